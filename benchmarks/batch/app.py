"""An app that stamps a file, and tells which it has stamped."""

import os
import tempfile
from pathlib import Path

import gradio as gr

_stamped: list[str] = []


def stamp(path: str) -> str:
    """A file of the same name, with a stamp."""
    text = Path(path).read_text("utf-8")
    _stamped.append(text)
    target = Path(tempfile.mkdtemp()) / Path(path).name
    target.write_text(f"{text}, stamped", "utf-8")
    return str(target)


def stamps() -> list[str]:
    """What was stamped."""
    return _stamped


with gr.Blocks() as demo:
    file, out = gr.File(label="Value"), gr.File(label="Out")
    gr.Button("stamp").click(stamp, file, out, api_name="stamp", concurrency_limit=None)
    gr.Button("stamps").click(stamps, None, gr.JSON(label="All"), api_name="stamps")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
