"""A translator, before and after its author changed it: what a session of sync shows.

Environment: PORT; optional YEAR, `2026` for the changed app.
"""

from __future__ import annotations

import os

import gradio as gr

CHANGED = os.environ.get("YEAR") == "2026"
MORNING = {"French": "Bonjour", "German": "Guten Morgen", "Spanish": "Buenos días"}


def translate(text: str, language: str) -> str:
    """Translate a text from English."""
    return MORNING[language] if text == "Good morning" else text


def translate_formally(text: str, to: str, formal: bool) -> str:
    """Translate a text from English."""
    return translate(text, to) + ("!" if formal else "")


text, out = gr.Textbox(label="Text"), gr.Textbox(label="Translation")
if CHANGED:
    languages = ["French", "German", "Spanish"]
    inputs = [text, gr.Dropdown(languages, label="To"), gr.Checkbox(label="Formal")]
    demo = gr.Interface(translate_formally, inputs, out, api_name="translate")
else:
    choice = gr.Dropdown(["French", "German"], label="Language")
    demo = gr.Interface(translate, [text, choice], out, api_name="translate")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
