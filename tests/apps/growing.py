"""An app that changes: GROWN=1 for a new parameter and a choice less. Also PORT."""

from __future__ import annotations

import os

import gradio as gr

GROWN = os.environ.get("GROWN") == "1"
LANGUAGES = ["French"] if GROWN else ["French", "German"]


def translate(text: str, language: str) -> str:
    return f"{text} in {language}"


def translate_politely(text: str, language: str, polite: bool) -> str:
    return f"{text} in {language}{', please' if polite else ''}"


with gr.Blocks() as demo:
    text = gr.Textbox(label="Text")
    language = gr.Radio(LANGUAGES, label="Language")
    polite = gr.Checkbox(label="Polite")
    result = gr.Textbox(label="Result")
    if GROWN:
        gr.Button().click(
            translate_politely, [text, language, polite], result, api_name="translate"
        )
    else:
        gr.Button().click(translate, [text, language], result, api_name="translate")
    gr.Button().click(lambda text: text[::-1], text, result, api_name="lambda_3")

if __name__ == "__main__":
    demo.launch(server_port=int(os.environ["PORT"]), quiet=True)
