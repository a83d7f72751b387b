"""An app whose author goes on working on it: VARIANT says how far it is.

Runs on every Gradio. Environment: PORT, VARIANT. `/calls` tells how often `/speak` (or
what it is called by then) has run since it was last asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import gradio as gr

VARIANT = os.environ.get("VARIANT") or "base"
calls: list[tuple[Any, ...]] = []


def said(*values: Any) -> str:
    calls.append(values)
    return "|".join(f"{v:g}" if isinstance(v, int | float) else str(v) for v in values)


def count() -> int:
    number = len(calls)
    calls.clear()
    return number


def speak(text: str, voice: str, times: float) -> str:
    return said(text, voice, times)


def speak_reordered(voice: str, text: str, times: float) -> str:
    return said(voice, text, times)


def speak_fast(text: str, speed: float, voice: str, times: float) -> str:
    return said(text, speed, voice, times)


def speak_high(text: str, voice: str, times: float, pitch: float) -> str:
    return said(text, voice, times, pitch)


def speak_freely(
    text: str, voice: str, times: float, pitch: float | None = None
) -> str:
    return said(text, voice, times, pitch)


def speak_plainly(text: str, times: float) -> str:
    return said(text, times)


def speak_twice(text: str, voice: str, times: float) -> tuple[str, float]:
    return said(text, voice, times), 7


def speak_slowly(text: str, voice: str, times: float) -> Iterator[str]:
    whole = said(text, voice, times)
    yield whole[:1]
    yield whole


with gr.Blocks() as demo:
    text = gr.Textbox(label="Text")
    voice = gr.Textbox(label="Voice")
    times = gr.Number(label="Times")
    out = gr.Textbox(label="Said")
    slider = gr.Slider(0, 10, label="Times")
    speed = gr.Number(label="Speed", value=1.5)
    pitch = gr.Number(label="Pitch")
    flag = gr.Checkbox(label="Times")
    prompt = gr.Textbox(label="What to say")
    length = gr.Number(label="Length")
    colour = gr.ColorPicker(label="Voice")
    anything = gr.JSON(label="Times")
    # The function, its inputs and its outputs.
    variants: dict[str, tuple[Any, list[Any], Any]] = {
        "base": (speak, [text, voice, times], out),
        "reworded": (speak, [prompt, voice, times], out),
        "slider": (speak, [text, voice, slider], out),
        "added": (speak_fast, [text, speed, voice, times], out),
        "coloured": (speak, [text, colour, times], out),
        "loose": (speak, [text, voice, anything], out),
        "optional": (speak_freely, [text, voice, times, pitch], out),
        "generator": (speak_slowly, [text, voice, times], out),
        "renamed": (speak, [text, voice, times], out),
        "reordered": (speak_reordered, [voice, text, times], out),
        "bare": (speak_high, [text, voice, times, pitch], out),
        "removed": (speak_plainly, [text, times], out),
        "retyped": (speak, [text, voice, flag], out),
        "outputs": (speak_twice, [text, voice, times], [out, length]),
    }
    function, inputs, outputs = variants[VARIANT]
    name = "say" if VARIANT == "renamed" else "speak"
    gr.Button("Speak").click(function, inputs, outputs, api_name=name)
    gr.Button("Count").click(count, None, gr.Number(label="Calls"), api_name="calls")
demo.queue()

if __name__ == "__main__":
    demo.launch(
        server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True
    )
