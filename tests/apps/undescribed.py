"""An app whose server fails to describe its API, as Gradio 4 and 5 with a later pydantic.

Environment: PORT. Runs on Gradio 3 to 6.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import gradio as gr


def fail(*_: Any, **__: Any) -> Any:
    raise TypeError("argument of type 'bool' is not iterable")


def repeat(text: str, times: float, style: str) -> str:
    return f"{style}:{text * int(times)}"


def size(file: Any) -> int:
    return Path(file if isinstance(file, str) else file.name).stat().st_size


def spell(text: str) -> Iterator[str]:
    for end in range(1, len(text) + 1):
        yield text[:end]


with gr.Blocks() as demo:
    text, shown = gr.Textbox(label="Text"), gr.Textbox(label="Shown")
    times = gr.Slider(1, 5, value=2, step=1, label="How often")
    style = gr.Radio(["loud", "soft"], value="soft", label="Style")
    file, number = gr.File(label="A file"), gr.Number(label="Size")
    gr.Button("Repeat").click(repeat, [text, times, style], shown, api_name="repeat")
    gr.Button("Measure").click(size, file, number, api_name="size")
    gr.Button("Spell").click(spell, text, shown, api_name="spell")

demo.queue()
if __name__ == "__main__":
    place = gr.blocks if gr.__version__.startswith("3.") else gr.Blocks
    with mock.patch.object(place, "get_api_info", fail):
        demo.launch(server_port=int(os.environ["PORT"]), quiet=True)
