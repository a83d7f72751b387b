"""A stand-in for the Space abidlabs/whisper: audio in, text out, no model."""

import os
import time
import wave

import gradio as gr

DELAY = float(os.environ.get("DELAY", "0"))


def predict(audio: str) -> str:
    time.sleep(DELAY)
    with wave.open(audio) as recording:
        seconds = recording.getnframes() / recording.getframerate()
    return f"This is a test of the whisper speech recognition model. ({seconds:.2f} s)"


demo = gr.Interface(
    predict,
    gr.Audio(type="filepath", label="audio"),
    gr.Textbox(label="output"),
    api_name="predict",
)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
