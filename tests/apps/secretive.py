"""An app whose defaults are files and paths of its server: what nobody else should see.

Environment: PORT; optional AUTH (`user:password`), which logs in at `/login`. Runs on
Gradio 3, 4 and 6.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr

MAJOR = int(gr.__version__.split(".")[0])
FOLDER = Path(tempfile.mkdtemp(prefix="secret-folder-"))
PICTURE = FOLDER / "picture.png"
NOTE = FOLDER / "note.txt"
PICTURE.write_bytes(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
    )
)
NOTE.write_text("secret")
with tempfile.NamedTemporaryFile(
    dir=FOLDER, prefix="tmp", suffix=".txt", delete=False
) as made_up:
    made_up.write(b"another name each time")


def same(value: Any) -> str:
    return str(value)


def components() -> dict[str, Any]:
    """What has a file or a path for its value, by the names of the endpoints."""
    found: dict[str, Any] = {
        "image": gr.Image(str(PICTURE), type="filepath"),
        "file": gr.File(str(NOTE)),
        "made_up": gr.File(made_up.name),
        "files": gr.File([str(NOTE), str(PICTURE)], file_count="multiple"),
        "gallery": gr.Gallery([(str(PICTURE), "a caption")]),
        "chat": gr.Chatbot(
            [{"role": "user", "content": {"path": str(PICTURE)}}]  # type: ignore[list-item]
            if MAJOR >= 6
            else [((str(PICTURE),), "seen")]  # type: ignore[list-item]
        ),
        "path": gr.Textbox(str(NOTE), label="Path"),
        "route": gr.Textbox("/v1/chat", label="Route"),
        "paths": gr.JSON({"where": [str(FOLDER)], "count": 1}),
        "page": gr.HTML(f'<img src="/file={PICTURE}">'),
    }
    return found


with gr.Blocks() as demo:
    for name, component in components().items():
        shown = gr.Textbox(label="Shown")
        gr.Button(name).click(same, component, shown, api_name=name)

demo.queue()
if __name__ == "__main__":
    login = os.environ.get("AUTH")
    demo.launch(
        server_port=int(os.environ["PORT"]),
        auth=tuple(login.split(":")) if login else None,
        allowed_paths=[str(FOLDER)],
        quiet=True,
    )
