"""The app of the other tests, mounted under `/sub/app` of somebody's FastAPI app.

Runs on every Gradio from 3.50 to 6.31. Environment: PORT.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

import fastapi
import gradio as gr
import uvicorn

NAME = "old" if int(gr.__version__.split(".")[0]) < 5 else "wire"

demo: Any = importlib.import_module(NAME).demo
demo.queue()
app = gr.mount_gradio_app(fastapi.FastAPI(), demo, path="/sub/app")

if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
