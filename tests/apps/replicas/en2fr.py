"""A stand-in for the Space abidlabs/en2fr: a dictionary in place of the model."""

import os

import gradio as gr

FRENCH = {
    "hello": "Bonjour",
    "goodbye": "Au revoir",
    "thanks": "Merci",
    "this": "Ceci",
    "is": "est",
    "a": "un",
}


def predict(text: str) -> str:
    return " ".join(FRENCH.get(word.lower(), word) for word in text.split())


demo = gr.Interface(
    predict,
    gr.Textbox(label="text", lines=3),
    gr.Textbox(label="output"),
    api_name="predict",
)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
