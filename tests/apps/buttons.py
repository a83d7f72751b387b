"""An app that names none of its endpoints: VARIANT is the buttons that it has.

Runs on every Gradio. Environment: PORT, VARIANT (`Upper-Lower`; with a `!` at its end,
all functions are called `generate`, which Gradio numbers). Two buttons may have the same
text. Each answers with its text and its number among those of that text.
"""

from __future__ import annotations

import os

import gradio as gr

variant = os.environ.get("VARIANT") or "Upper-Lower"
texts = variant.removesuffix("!").split("-")

with gr.Blocks() as demo:
    said = gr.Textbox(label="Said")
    for place, text in enumerate(texts):
        answer = f"{text} {texts[:place].count(text)}"

        def generate(word: str, answer: str = answer) -> str:
            return f"{answer}: {word}"

        function = generate if variant.endswith("!") else lambda w, f=generate: f(w)
        gr.Button(text).click(function, said, said)
demo.queue()

if __name__ == "__main__":
    demo.launch(
        server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True
    )
