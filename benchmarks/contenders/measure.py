"""What the contenders share: a stopwatch, and the right answers."""

from __future__ import annotations

import asyncio
import filecmp
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from benchmarks.contenders.watch import Watch

ANSWER = "ok"
LONGEST = 120.0
"""Seconds that many calls at once may take; what is not there by then is lost."""
MESSAGES = 7
"""How many messages a history of `chat` has."""
MIB = 1 << 20

T = TypeVar("T")


class Job(Protocol):
    """What `submit` of either client gives."""

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the answer."""


class Burst(NamedTuple):
    """Many calls at once: time for all, threads at most, bytes more, calls lost."""

    seconds: float
    threads: int
    memory: int
    lost: int


class StreamRun(NamedTuple):
    """Seconds to the last output, to the first, and of the client's own CPU."""

    seconds: float
    first: float
    cpu: float


class Transfer(NamedTuple):
    """A file there and back: seconds, and bytes of memory more."""

    seconds: float
    memory: int


def seconds_of(call: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def burst_of(jobs: Callable[[], Iterable[Job]]) -> Burst:
    """Start jobs and wait for the answer of each; count those that come to nothing."""
    answers: list[str] = []
    lost = 0
    with Watch() as watch:
        start = time.perf_counter()
        for job in jobs():
            left = start + LONGEST - time.perf_counter()
            try:
                answers.append(job.result(timeout=max(left, 0)))
            except Exception as error:
                lost += 1
                print(f"lost a call: {error!r}", file=sys.stderr)
        seconds = time.perf_counter() - start
    check_answers(answers)
    return Burst(seconds, watch.threads, watch.memory, lost)


def check_answers(answers: list[str]) -> None:
    """Every answer of `noop` must be there and right."""
    assert answers, "no answers"
    assert all(answer == ANSWER for answer in answers), answers


class _Reading(Generic[T]):
    """Takes the outputs of a growing text, and checks each in constant time."""

    def __init__(self, text_of: Callable[[T], str]) -> None:
        self._text_of = text_of
        self._count = self._length = 0
        self._ends: list[T] = []
        self._first = 0.0
        self._cpu, self._start = time.process_time(), time.perf_counter()

    def take(self, output: T) -> None:
        """The next output: longer than the last by the next token."""
        text = self._text_of(output)
        token = f"token{self._count} "
        self._count += 1
        self._length += len(token)
        assert len(text) == self._length, f"output {self._count} has a wrong length"
        assert text.endswith(token), f"output {self._count} has a wrong end"
        if not self._ends:
            self._first = time.perf_counter() - self._start
            self._ends = [output, output]
        self._ends[1] = output

    def finish(self, n: int) -> StreamRun:
        """Stop the clock; then check all of the last output, and the first once more.

        A later output must not have changed an earlier one.
        """
        cpu = time.process_time() - self._cpu
        seconds = time.perf_counter() - self._start
        assert self._count == n, f"{self._count} outputs in place of {n}"
        first, last = map(self._text_of, self._ends)
        assert first == "token0 ", first
        assert last == "".join(f"token{i} " for i in range(n)), "a wrong last output"
        return StreamRun(seconds, self._first, cpu)


def plain(text: str) -> str:
    """The text of an output of `grow`."""
    return text


def last_text(history: list[Any]) -> str:
    """The text of the last message of an output of `chat`, as JSON."""
    assert len(history) == MESSAGES, f"{len(history)} messages"
    content = history[-1]["content"]
    text: str = content if isinstance(content, str) else content[0]["text"]
    return text


def read_stream(
    start: Callable[[], Iterable[T]], n: int, text_of: Callable[[T], str]
) -> StreamRun:
    """Start a stream and read its n outputs."""
    reading = _Reading(text_of)
    for output in start():
        reading.take(output)
    return reading.finish(n)


async def read_stream_async(
    start: Callable[[], AsyncIterable[T]], n: int, text_of: Callable[[T], str]
) -> StreamRun:
    """The same with `async for`."""
    reading = _Reading(text_of)
    async for output in start():
        reading.take(output)
    return reading.finish(n)


@contextmanager
def file_of(mib: int) -> Iterator[Path]:
    """A file of so many MiB in a folder of its own; always the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{mib}.bin"
        chance = random.Random(mib)
        with path.open("wb") as file:
            for _ in range(mib):
                file.write(chance.randbytes(MIB))
        yield path


def check_copy(source: Path, copy: Path) -> None:
    """What came back must be another file with the same bytes."""
    assert not source.samefile(copy), f"{copy} is what was sent"
    assert filecmp.cmp(source, copy, shallow=False), f"{copy} is not what was sent"


async def transfer_of_async(
    send: Callable[[Path], Awaitable[Path]], mib: int
) -> Transfer:
    """Send a small file to warm up, then one of so many MiB; each comes back."""
    with file_of(1) as small:
        check_copy(small, await send(small))
    with file_of(mib) as source:
        with Watch() as watch:
            start = time.perf_counter()
            copy = await send(source)
            seconds = time.perf_counter() - start
        check_copy(source, copy)
    return Transfer(seconds, watch.memory)


def transfer_of(send: Callable[[Path], Path], mib: int) -> Transfer:
    """The same for a function that waits."""

    async def sent(source: Path) -> Path:
        return send(source)

    return asyncio.run(transfer_of_async(sent, mib))
