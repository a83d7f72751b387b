"""An app to submit to and to cancel without end. Environment: PORT.

Every output says for whom it is and which step it was, so that one that is cut short,
mixed up with another's or repeated is seen to be. Some endpoints run one at a time, so
that jobs wait for them; the others run beside each other, also in one session.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import gradio as gr

Row = dict[str, Any]


def grow(key: str, n: int, delay: float) -> Iterator[str]:
    text = ""
    for i in range(n):
        time.sleep(delay)
        text += f"{key}{i} "
        yield text


def queued_grow(key: str, n: int, delay: float) -> Iterator[str]:
    yield from grow(key, n, delay)


async def async_grow(key: str, n: int, delay: float) -> AsyncIterator[str]:
    text = ""
    for i in range(n):
        await asyncio.sleep(delay)
        text += f"{key}{i} "
        yield text


def rows(key: str, n: int, delay: float) -> Iterator[list[Row]]:
    """A list whose last row changes, then gets a successor."""
    table: list[Row] = []
    for i in range(n):
        time.sleep(delay)
        if i % 2:
            table[-1]["done"] = True
        else:
            table.append({"key": key, "step": i, "done": False})
        yield [dict(row) for row in table]


def state_grow(key: str, n: int, delay: float, runs: int) -> Iterator[tuple[str, int]]:
    for text in grow(key, n, delay):
        yield text, runs + 1


def queued_state_grow(
    key: str, n: int, delay: float, runs: int
) -> Iterator[tuple[str, int]]:
    yield from state_grow(key, n, delay, runs)


def work(key: str, seconds: float) -> str:
    time.sleep(seconds)
    return key


def queued_work(key: str, seconds: float) -> str:
    return work(key, seconds)


async def async_work(key: str, seconds: float) -> str:
    await asyncio.sleep(seconds)
    return key


def state_work(key: str, seconds: float, runs: int) -> tuple[str, int]:
    return work(key, seconds), runs + 1


def expose(function: Callable[..., Any], inputs: list[Any], outputs: list[Any]) -> None:
    name = function.__name__
    gr.Button(name).click(
        function,
        inputs,
        outputs,
        api_name=name,
        concurrency_limit=1 if name.startswith("queued") else None,
    )


with gr.Blocks(title="Storm") as demo:
    key, seconds = gr.Textbox(label="Key"), gr.Number(label="Seconds")
    n, delay = gr.Number(label="N", precision=0), gr.Number(label="Delay")
    text, table, runs = gr.Textbox(label="Text"), gr.JSON(label="Rows"), gr.State(0)
    for stream in (grow, queued_grow, async_grow):
        expose(stream, [key, n, delay], [text])
    expose(rows, [key, n, delay], [table])
    for stateful in (state_grow, queued_state_grow):
        expose(stateful, [key, n, delay, runs], [text, runs])
    for plain in (work, queued_work, async_work):
        expose(plain, [key, seconds], [text])
    expose(state_work, [key, seconds, runs], [text, runs])


if __name__ == "__main__":
    demo.queue()
    demo.launch(
        server_name="127.0.0.1",
        server_port=int(os.environ["PORT"]),
        quiet=True,
        ssr_mode=False,
    )
