"""The Gradio app of the tour: a few small endpoints of different kinds.

`python -m gradio_codegen.demo.app` serves it to look at in a browser. The tour runs it
with `--with-starter`: then it ends as soon as its starter does.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import wave
from collections.abc import Iterator
from typing import Literal

import gradio as gr
from PIL import Image, ImageOps

Operation = Literal["add", "subtract", "multiply", "divide"]
OPERATIONS: tuple[Operation, ...] = ("add", "subtract", "multiply", "divide")
SIZE = 256


def calculate(num1: float, operation: Operation, num2: float) -> float:
    """Run one arithmetic operation on two numbers."""
    match operation:
        case "add":
            return num1 + num2
        case "subtract":
            return num1 - num2
        case "multiply":
            return num1 * num2
        case "divide":
            if num2 == 0:
                raise gr.Error("Cannot divide by zero!", title="Calculator")
            return num1 / num2


def count(steps: int, delay: float) -> Iterator[int]:
    """Count up from one, a number every so often."""
    for number in range(1, steps + 1):
        time.sleep(delay)
        yield number


def transcribe(audio: str) -> tuple[str, float]:
    """Pretend to understand a recording, and measure how long it is."""
    with wave.open(audio) as recording:
        seconds = recording.getnframes() / recording.getframerate()
    return "Bonjour! I am not really listening.", round(seconds, 3)


def gradient(start: str, end: str) -> Image.Image:
    """Paint a gradient from one colour to another."""
    grey = Image.linear_gradient("L").resize((SIZE, SIZE))
    return ImageOps.colorize(grey, start, end)


def bake(cake: str, seconds: float) -> str:
    """Bake one cake at a time; the others wait in the queue."""
    time.sleep(seconds)
    return f"{cake}, ready after {seconds:g} s"


def train(epochs: int, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008 - so Gradio wants it
    """Train a model that does not exist, and report the progress."""
    for epoch in range(epochs):
        progress((epoch, epochs), desc="training", unit="epochs")
        time.sleep(0.1)
    return f"trained for {epochs} epochs"


def build() -> gr.Blocks:
    """Lay the app out, a tab for each endpoint."""
    demo: gr.Blocks = gr.Blocks(title="Demo of gradio-codegen", analytics_enabled=False)
    with demo:
        with gr.Tab("Calculator"):
            gr.Button("Calculate").click(
                calculate,
                [
                    gr.Number(label="num1"),
                    gr.Radio(list(OPERATIONS), label="operation"),
                    gr.Number(100, label="num2", minimum=-1000, maximum=1000),
                ],
                gr.Number(label="result"),
            )
        with gr.Tab("Count"):
            gr.Button("Count").click(
                count,
                [
                    gr.Slider(1, 100, 5, step=1, label="steps"),
                    gr.Number(0.2, label="delay", minimum=0, maximum=1),
                ],
                gr.Number(label="number", precision=0),
            )
        _files()
        _jobs()
    return demo


def _files() -> None:
    with gr.Tab("Transcribe"):
        gr.Button("Transcribe").click(
            transcribe,
            gr.Audio(type="filepath", label="audio"),
            [gr.Textbox(label="text"), gr.Number(label="seconds")],
        )
    with gr.Tab("Gradient"):
        gr.Button("Paint").click(
            gradient,
            [gr.Textbox("orange", label="start"), gr.Textbox("navy", label="end")],
            gr.Image(label="image", format="png"),
        )


def _jobs() -> None:
    with gr.Tab("Bake"):
        gr.Button("Bake").click(
            bake,
            [gr.Textbox(label="cake"), gr.Slider(0, 10, 1, label="seconds")],
            gr.Textbox(label="baked"),
            concurrency_limit=1,
        )
    with gr.Tab("Train"):
        gr.Button("Train").click(
            train,
            gr.Slider(1, 100, 10, step=1, label="epochs"),
            gr.Textbox(label="outcome"),
        )


def _end_with_starter() -> None:
    """Wait for the end of standard input, whose other end the starter holds."""
    # Not sys.stdin: its lock, held here for ever, would break a normal exit.
    while os.read(0, 1024):
        pass
    os._exit(0)


def main() -> None:
    """Serve the app on loopback, at the port that PORT names or any free one."""
    if "--with-starter" in sys.argv:
        threading.Thread(target=_end_with_starter, daemon=True).start()
    port = os.environ.get("PORT")
    build().launch(server_name="127.0.0.1", server_port=int(port) if port else None)


if __name__ == "__main__":
    main()
