"""A module that gradio-codegen generated for the app: `bench_api`, blocking calls."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from benchmarks.contenders.measure import (
    MESSAGES,
    Burst,
    StreamRun,
    Transfer,
    burst_of,
    check_answers,
    plain,
    read_stream,
    seconds_of,
    transfer_of,
)


def connect(url: str) -> Any:
    """The generated module, its default client connected and warm."""
    module = importlib.import_module("bench_api")
    check_answers([module.noop()])
    return module


def message_text(history: list[Any]) -> str:
    """The text of the last `ChatMessage`."""
    assert len(history) == MESSAGES, f"{len(history)} messages"
    text: str = history[-1].text
    return text


def sequential(url: str, n: int) -> list[float]:
    noop = connect(url).noop
    return [seconds_of(noop) for _ in range(n)]


def burst(url: str, n: int) -> Burst:
    noop = connect(url).noop
    return burst_of(lambda: [noop.submit() for _ in range(n)])


def stream(url: str, n: int) -> StreamRun:
    grow = connect(url).grow
    list(grow.stream(5))
    return read_stream(lambda: grow.stream(n), n, plain)


def chat(url: str, n: int) -> StreamRun:
    chat = connect(url).chat
    list(chat.stream(5))
    return read_stream(lambda: chat.stream(n), n, message_text)


def transfer(url: str, n: int) -> Transfer:
    echo = connect(url).echo
    return transfer_of(lambda source: Path(echo(source)), n)
