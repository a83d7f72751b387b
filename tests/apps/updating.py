"""What an app says besides values: empty outputs, updates, and streams of updates.

Environment: PORT. Runs on Gradio 3 to 6.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import gradio as gr

BEFORE_4 = gr.__version__.startswith("3.")


def refresh() -> Any:
    """The models that there are now."""
    return gr.update(choices=["large", "small"], label="Model (2)")


def use(model: str) -> str:
    """What makes the list one of choices that are taken."""
    return model


def remake() -> Any:
    """The same, said as the version's own documentation says it."""
    make: Any = gr.Dropdown
    if BEFORE_4:
        make = make.update
    return make(choices=["large", "small"])


def bound(most: float) -> tuple[Any, str]:
    return gr.update(maximum=most, visible=False), "bounded"


def skip(text: str) -> tuple[Any, str]:
    return gr.update(), text


def agree(agreed: bool) -> tuple[str, str | None, float | None]:
    if not agreed:
        return "You must agree to the terms", None, None
    return "Done", None, 1.5


def steps(count: float) -> Iterator[Any]:
    for number in range(int(count)):
        yield gr.update(label="Second") if number == 1 else gr.update()


def clear() -> None:
    return None


with gr.Blocks() as demo:
    text = gr.Textbox(label="Text")
    number = gr.Number(label="Number")
    agreed = gr.Checkbox(label="Agreed")
    model = gr.Dropdown(["small"], label="Model")
    size = gr.Slider(1, 10, label="Size")
    said = gr.Textbox(label="Said")
    image = gr.Image(label="Image")
    score = gr.Number(label="Score")
    ends: list[tuple[Any, Any, Any]] = [
        (refresh, None, model),
        (remake, None, model),
        (bound, number, [size, said]),
        (skip, text, [score, said]),
        (agree, agreed, [said, image, score]),
        (steps, number, said),
        (clear, None, text),
        (use, model, said),
    ]
    for function, inputs, outputs in ends:
        button = gr.Button()
        button.click(function, inputs, outputs, api_name=function.__name__)

demo.queue()

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
