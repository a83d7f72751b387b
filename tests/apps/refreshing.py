"""Choices and bounds that events change while the app runs, and files that may be left out.

Environment: PORT.
"""

from __future__ import annotations

import os
from typing import Any

import gradio as gr


def models() -> Any:
    return gr.Dropdown(choices=["small", "new"], value="new")


def voices(language: str) -> tuple[Any, Any]:
    return gr.Radio(choices=[f"{language} 1"]), gr.Slider(maximum=100)


def speak(model: str, language: str, voice: str, speed: float, tone: str) -> str:
    return f"{model} {language} {voice} {speed} {tone}"


def describe(text: str, image: str | None, file: str | None) -> str:
    return f"{text} {image is None} {file is None}"


with gr.Blocks() as demo:
    model = gr.Dropdown(["small", "large"], value="small", label="Model")
    language = gr.Radio(["en", "fr"], value="en", label="Language")
    voice = gr.Radio(["en 1", "en 2"], value="en 1", label="Voice")
    speed = gr.Slider(1, 10, value=1, label="Speed")
    tone = gr.Radio(["high", "low"], value="low", label="Tone")
    said = gr.Textbox()
    form = [model, language, voice, speed, tone]
    gr.Button("Refresh").click(models, None, model, api_name="models")
    gr.Button("Voices").click(voices, language, [voice, speed], api_name="voices")
    gr.Button("Speak").click(speak, form, said, api_name="speak")
    text = gr.Textbox(label="Text")
    files = [gr.Image(type="filepath", label="Image"), gr.File(label="File")]
    gr.Button("Describe").click(describe, [text, *files], said, api_name="describe")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
