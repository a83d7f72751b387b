"""What the soak calls, on Gradio 4.44 and 6.31 alike. Environment: PORT."""

import os
import time
from collections.abc import Iterator

import gradio as gr


def echo(text: str) -> str:
    return text


def nap(text: str, seconds: float) -> str:
    time.sleep(seconds)
    return text


def count(n: float, delay: float) -> Iterator[str]:
    """A text that grows."""
    text = ""
    for i in range(int(n)):
        time.sleep(delay)
        text += f"{i} "
        yield text


def counter(by: float, total: float) -> tuple[float, float]:
    return total + by, total + by


def copy(file: str) -> str:
    return file


def fail(text: str) -> str:
    raise gr.Error(text)


with gr.Blocks() as demo:
    text = gr.Textbox(label="Text")
    out = gr.Textbox(label="Out")
    seconds = gr.Number(label="Seconds")
    number = gr.Number(label="N")
    total = gr.State(0)
    for function, inputs, outputs, limit in (
        (echo, [text], [out], 20),
        (nap, [text, seconds], [out], 2),
        (count, [number, seconds], [out], 8),
        (counter, [number, total], [gr.Number(label="Total"), total], 8),
        (copy, [gr.File(label="File")], [gr.File(label="Copy")], 8),
        (fail, [text], [out], 8),
    ):
        gr.Button(function.__name__).click(
            function,
            inputs,
            outputs,
            api_name=function.__name__,
            concurrency_limit=limit,
        )

if __name__ == "__main__":
    demo.launch(
        server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True
    )
