"""A module that gradio-codegen generated for the app: `bench_api`, blocking calls."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.contenders.measure import (
    Burst,
    burst_of,
    check_answers,
    read_stream,
    seconds_of,
)


def connect(url: str) -> Any:
    """The generated module, its default client connected and warm."""
    module = importlib.import_module("bench_api")
    check_answers([module.noop()])
    return module


def sequential(url: str, n: int) -> list[float]:
    noop = connect(url).noop
    return [seconds_of(noop) for _ in range(n)]


def burst(url: str, n: int) -> Burst:
    noop = connect(url).noop
    return burst_of(lambda: [noop.submit() for _ in range(n)])


def stream(url: str, n: int) -> tuple[float, float, float]:
    grow = connect(url).grow
    return read_stream((output for output in grow.stream(n)), n)
