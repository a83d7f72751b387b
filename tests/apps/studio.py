"""The app `acme/studio` of the documentation: files, tables, chats, progress, State."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
from PIL import Image

DELAY = float(os.environ.get("DELAY", "0.1"))


def enlarge(image: Image.Image, factor: int) -> Image.Image:
    """Enlarge a picture."""
    width, height = image.size
    return image.resize((width * factor, height * factor))


def classify(image: Image.Image) -> dict[str, float]:
    """Say what a picture is of."""
    red, _, blue = image.convert("RGB").resize((1, 1)).tobytes()
    return {"cat": 0.9, "dog": 0.1} if red > blue else {"cat": 0.2, "dog": 0.8}


def total(table: Any) -> tuple[Any, str]:
    """Sum the prices of a table up, and write the table to a file."""
    table["sum"] = table["price"].astype(float) * table["count"].astype(float)
    path = "bill.csv"
    table.to_csv(path, index=False)
    return table, path


def chat(message: str, history: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Answer word by word."""
    history = [*history, {"role": "user", "content": message}]
    words = f"You said {message}".split()
    for end in range(1, len(words) + 1):
        time.sleep(DELAY)
        yield [*history, {"role": "assistant", "content": " ".join(words[:end])}]


def train(epochs: int, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008 - so Gradio wants it
    """Train a model; one at a time."""
    gr.Info("The training begins")
    for epoch in range(epochs):
        progress((epoch + 1, epochs), desc="training", unit="epochs")
        time.sleep(DELAY)
    return f"trained for {epochs} epochs"


def remember(item: str, items: list[str]) -> tuple[str, list[str]]:
    """Keep a list of what was said in this session."""
    items = [*items, item]
    return ", ".join(items), items


with gr.Blocks() as demo:
    picture = gr.Image(label="image", type="pil")
    factor = gr.Radio([2, 4], value=2, label="factor")
    larger = gr.Image(label="enlarged", format="png")
    gr.Button().click(enlarge, [picture, factor], larger, api_name="enlarge")
    gr.Button().click(classify, picture, gr.Label(label="label"), api_name="classify")

    table = gr.Dataframe(
        headers=["item", "price", "count"], label="table", type="pandas"
    )
    bill = [gr.Dataframe(label="bill"), gr.File(label="file")]
    gr.Button().click(total, table, bill, api_name="total")

    message = gr.Textbox(label="message")
    history = gr.Chatbot(label="history")
    gr.Button().click(chat, [message, history], history, api_name="chat")

    epochs = gr.Slider(1, 50, value=3, step=1, label="epochs")
    outcome = gr.Textbox(label="outcome")
    gr.Button().click(train, epochs, outcome, api_name="train", concurrency_limit=1)

    items = gr.State([])
    said = gr.Textbox(label="said")
    gr.Button().click(remember, [message, items], [said, items], api_name="remember")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
