"""Several apps of this folder in one process, each at a port of its own.

`APPS` names them, `replicas/whisper=8001,drifting:renamed=8002`; what follows a colon is
the app's VARIANT. One process takes a fraction of the time that it takes to start one for
each. When PORT answers, all of them do.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent

for entry in os.environ["APPS"].split(","):
    app, _, port = entry.partition("=")
    name, _, os.environ["VARIANT"] = app.partition(":")
    demo = runpy.run_path(str(HERE / f"{name}.py"))["demo"]
    demo.launch(
        server_name="127.0.0.1", server_port=int(port), prevent_thread_lock=True
    )

if __name__ == "__main__":
    with gr.Blocks() as ready:
        gr.Markdown("All of them run.")
    ready.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
