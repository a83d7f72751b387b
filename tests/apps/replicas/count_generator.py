"""A stand-in for the Space gradio/count_generator: one number every so often."""

import os
import time
from collections.abc import Iterator

import gradio as gr

DELAY = float(os.environ.get("DELAY", "0.1"))


def count(steps: float) -> Iterator[int]:
    """Count up from zero."""
    for number in range(int(steps)):
        time.sleep(DELAY)
        yield number


def show(steps: float) -> str:
    """The same numbers, all at once."""
    return str(list(range(int(steps))))


with gr.Blocks() as demo:
    steps = gr.Slider(1, 100, value=5, step=1, label="steps")
    out = gr.Textbox(label="output")
    gr.Button("Count").click(count, steps, out, api_name="count")
    gr.Button("List").click(show, steps, out, api_name="show")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
