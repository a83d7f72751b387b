"""The app that is measured: it does as little as an app can."""

import os
from collections.abc import Iterator

import gradio as gr


def noop() -> str:
    return "ok"


def grow(n: int) -> Iterator[str]:
    """A text that grows by a token, n times."""
    text = ""
    for i in range(n):
        text += f"token{i} "
        yield text


with gr.Blocks() as demo:
    number = gr.Number(label="N", precision=0)
    out = gr.Textbox(label="Out")
    for function, inputs in ((noop, []), (grow, [number])):
        button = gr.Button(function.__name__)
        button.click(
            function, inputs, out, api_name=function.__name__, concurrency_limit=None
        )

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
