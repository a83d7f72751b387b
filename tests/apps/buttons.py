"""An app that names none of its endpoints: VARIANT is the buttons that it has.

Runs on every Gradio. Environment: PORT, VARIANT (`Upper-Lower`). Two buttons may have
the same text. Each answers with its text and its number among those of that text.
"""

from __future__ import annotations

import os

import gradio as gr

with gr.Blocks() as demo:
    said = gr.Textbox(label="Said")
    texts = (os.environ.get("VARIANT") or "Upper-Lower").split("-")
    for place, text in enumerate(texts):
        answer = f"{text} {texts[:place].count(text)}"
        gr.Button(text).click(lambda word, a=answer: f"{a}: {word}", said, said)
demo.queue()

if __name__ == "__main__":
    demo.launch(
        server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True
    )
