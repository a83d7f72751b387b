"""A component that is not Gradio's own, whose values hold files.

Environment: PORT.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, GradioModel


class Marks(GradioModel):
    image: FileData
    more: list[FileData]
    size: float
    note: str | None = None


class Marker(gr.components.Component):
    """As a custom component is, without a page of its own."""

    data_model = Marks

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        return value

    def example_payload(self) -> Any:
        return None

    def example_value(self) -> Any:
        return None


# Gradio writes this file for each class of a component.
Path(__file__).with_suffix(".pyi").unlink(missing_ok=True)


def mark(marks: Marks, day: str, factor: float) -> tuple[Marks, str]:
    read = [Path(file.path).read_text() for file in (marks.image, *marks.more)]
    names = [file.orig_name for file in (marks.image, *marks.more)]
    marks.size *= factor
    return marks, f"{read} {names} {day} {marks.note}"


with gr.Blocks() as demo:
    marker = Marker(label="Marks")
    form = [marker, gr.Textbox(label="Day"), gr.Number(label="Factor")]
    gr.Button("Mark").click(mark, form, [marker, gr.Textbox()], api_name="mark")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
