"""What scripts of the official client meet: State, layout in outputs, hidden endpoints.

Runs on Gradio 5.50 and 6.31. Environment: PORT; optional AUTH (`user:password`),
MAX_FILE_SIZE (`2kb`), MAX_QUEUE (`1`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

OLD = gr.__version__.startswith("5.")
PRIVATE: dict[str, Any] = {"api_name": False} if OLD else {"api_visibility": "private"}


def price(amount: float, rate: float = 1.0, note: str | None = None) -> str:
    return f"{amount * rate:g} {note or '-'}"


def visit(visits: int) -> tuple[int, int]:
    return visits + 1, visits + 1


def welcome(name: str, visits: int) -> tuple[int, str, int, Any]:
    return visits + 1, f"Welcome {name}", visits + 1, gr.Accordion(open=True)


def count(n: float) -> Iterator[str]:
    for i in range(int(n)):
        time.sleep(0.05)
        yield f"no {i}"


def announced(n: float) -> str:
    gr.Info("It takes a moment")
    time.sleep(0.2)
    return "a\tb\n" * int(n)


def partly() -> tuple[str, None]:
    return "“déjà vu”, l'été\n", None


def tell(message: str, history: list[Any]) -> tuple[str, list[Any]]:
    said = {"role": "user", "content": message}
    return "", [*history, said, {"role": "assistant", "content": message.upper()}]


def bars(n: float, report: gr.Progress = gr.Progress()) -> str:  # noqa: B008
    for _ in report.tqdm(range(int(n)), unit="pages"):
        time.sleep(0.1)
    return "read"


def sizes(message: dict[str, Any]) -> list[int]:
    return [os.stat(path).st_size for path in message["files"]]  # noqa: PTH116


with gr.Blocks() as demo:
    amount = gr.Number(label="Amount", value=10)
    rate, note = gr.Number(label="Rate"), gr.Textbox(label="Note")
    out, number = gr.Textbox(label="Out"), gr.Number(label="Number")
    visits = gr.State(0)
    click = gr.Button("Go").click
    with gr.Group(visible=False) as group:
        gr.Textbox("in a group")
    with gr.Accordion(label="More", open=False) as more:
        gr.Textbox("in an accordion")
    click(price, [amount, rate, note], out, api_name="price")
    click(visit, visits, [visits, number], api_name="visit")
    click(visit, visits, [visits, number], api_name="visit_now", queue=False)
    click(visit, visits, [visits, number], **PRIVATE)
    click(welcome, [note, visits], [visits, out, number, more], api_name="welcome")
    click(lambda: gr.Group(visible=True), None, group, api_name="show")
    click(count, number, out, api_name="count")
    click(announced, number, out, api_name="announced")
    click(partly, None, [out, note], api_name="partly")
    click(bars, number, out, api_name="bars")
    options: dict[str, Any] = {"type": "messages"} if OLD else {}
    chat = gr.Chatbot(label="Chat", **options)
    click(tell, [note, chat], [note, chat], api_name="tell")
    file, several = gr.File(label="File"), gr.File(file_count="multiple", label="Files")
    click(
        lambda one, many: (one, many), [file, several], [file, several], api_name="io"
    )
    message = gr.MultimodalTextbox(label="Message", file_count="multiple")
    click(sizes, message, gr.JSON(label="Sizes"), api_name="sizes")


if __name__ == "__main__":
    limit = os.environ.get("MAX_QUEUE")
    demo.queue(max_size=int(limit) if limit else None)
    auth = os.environ.get("AUTH")
    demo.launch(
        server_name="127.0.0.1",
        server_port=int(os.environ["PORT"]),
        auth=tuple(auth.split(":", 1)) if auth else None,
        max_file_size=os.environ.get("MAX_FILE_SIZE"),
        quiet=True,
    )
