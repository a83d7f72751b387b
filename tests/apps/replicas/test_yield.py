"""A stand-in for the Space abidlabs/test-yield: a text, letter by letter."""

import os
import time
from collections.abc import Iterator

import gradio as gr

DELAY = float(os.environ.get("DELAY", "0.1"))


def predict(a: str) -> Iterator[str]:
    for end in range(1, len(a) + 1):
        time.sleep(DELAY)
        yield a[:end]


demo = gr.Interface(
    predict, gr.Textbox(label="a"), gr.Textbox(label="output"), api_name="predict"
)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
