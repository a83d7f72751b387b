"""The app that is measured: it does as little as an app can."""

import inspect
import os
from collections.abc import Iterator
from typing import Any

import gradio as gr

EARLIER = [
    {"role": role, "content": "What was said before stays as it is. " * 4}
    for role in ("user", "assistant") * 3
]
# Gradio 6 knows messages only and has no such parameter.
MESSAGES: dict[str, Any] = (
    {"type": "messages"} if "type" in inspect.signature(gr.Chatbot).parameters else {}
)


def noop() -> str:
    return "ok"


def grow(n: int) -> Iterator[str]:
    """A text that grows by a token, n times."""
    text = ""
    for i in range(n):
        text += f"token{i} "
        yield text


def chat(n: int) -> Iterator[list[dict[str, str]]]:
    """A chat's history, whose last message grows in the same way."""
    for text in grow(n):
        yield [*EARLIER, {"role": "assistant", "content": text}]


def echo(path: str) -> str:
    """The uploaded file itself."""
    return path


with gr.Blocks() as demo:
    number = gr.Number(label="N", precision=0)
    out = gr.Textbox(label="Out")
    history = gr.Chatbot(label="History", **MESSAGES)
    file, copy = gr.File(label="File"), gr.File(label="Copy")
    for function, inputs, output in (
        (noop, [], out),
        (grow, [number], out),
        (chat, [number], history),
        (echo, [file], copy),
    ):
        button = gr.Button(function.__name__)
        button.click(
            function,
            inputs,
            output,
            api_name=function.__name__,
            concurrency_limit=None,
        )

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
