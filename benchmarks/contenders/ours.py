"""A module that gradio-codegen generated for the app: `bench_api`, blocking calls."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.contenders.measure import (
    ThreadCount,
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


def burst(url: str, n: int) -> tuple[float, int]:
    noop = connect(url).noop
    answers: list[str] = []

    def run() -> None:
        jobs = [noop.submit() for _ in range(n)]
        answers.extend(job.result() for job in jobs)

    with ThreadCount() as threads:
        seconds = seconds_of(run)
    check_answers(answers)
    return seconds, threads.most


def stream(url: str, n: int) -> tuple[float, float, float]:
    grow = connect(url).grow
    return read_stream((output for output in grow.stream(n)), n)
