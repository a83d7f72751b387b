"""What the contenders share: a stopwatch, a count of threads, the right answers."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

ANSWER = "ok"
LONGEST = 60.0
_TASKS = Path("/proc/self/task")


class Job(Protocol):
    """What `submit` of either client gives."""

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the answer."""


def seconds_of(call: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def read_stream(outputs: Iterable[str], n: int) -> tuple[float, float, float]:
    """Read all outputs of `grow(n)`: seconds in all, to the first, and of our CPU."""
    cpu, start = time.process_time(), time.perf_counter()
    arrived = []
    seen = []
    for output in outputs:
        arrived.append(time.perf_counter())
        seen.append(output)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    check_growth(seen, n)
    return seconds, arrived[0] - start, cpu_seconds


class Burst(NamedTuple):
    """The outcome of many calls at once: time for all, threads at most, calls lost."""

    seconds: float
    threads: int
    lost: int


def burst_of(jobs: Callable[[], Iterable[Job]]) -> Burst:
    """Start jobs and wait for the answer of each; count those that come to nothing."""
    answers: list[str] = []
    lost = 0
    with ThreadCount() as threads:
        start = time.perf_counter()
        for job in jobs():
            try:
                answers.append(job.result(timeout=LONGEST))
            except Exception as error:
                lost += 1
                print(f"lost a call: {error!r}", file=sys.stderr)
        seconds = time.perf_counter() - start
    check_answers(answers)
    return Burst(seconds, threads.most, lost)


def check_answers(answers: list[str]) -> None:
    """Every answer of `noop` must be there and right."""
    assert answers, "no answers"
    assert all(answer == ANSWER for answer in answers), answers


def check_growth(outputs: list[str], n: int) -> None:
    """The outputs of `grow(n)`: none lost, none twice, each longer than the last."""
    assert len(outputs) == n, f"{len(outputs)} outputs in place of {n}"
    text = ""
    for i, output in enumerate(outputs):
        text += f"token{i} "
        assert output == text, f"output {i} is wrong"


class ThreadCount:
    """The most threads that this process had while in the `with` block."""

    def __init__(self) -> None:
        self.most = 0
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self.most = max(self.most, _threads() - 1)  # the watcher does not count

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._watcher.join()


def _threads() -> int:
    if _TASKS.is_dir():
        return sum(1 for _ in _TASKS.iterdir())
    return threading.active_count()
