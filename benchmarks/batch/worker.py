"""Rows in a process of their own; prints what they took as JSON.

python -m benchmarks.batch.worker CASE URL ROWS STORE
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from gradio_runtime import Done

from benchmarks.contenders.watch import resident
from tests.runtime.wire_api import WireClient

#: Calls at once.
AT_ONCE = 64
#: The row after which a process has what it needs for good.
EARLY = 1000
_WARM = 200


class Pace(NamedTuple):
    """What rows took: seconds, and seconds of the client's CPU."""

    seconds: float
    cpu: float


def bare(url: str, rows: int, _store: str) -> Pace:
    """`aio` with a semaphore, as one writes it by hand."""

    async def timed() -> Pace:
        with WireClient(url) as client:
            await _bare(client, _WARM)
            clocks = time.perf_counter(), time.process_time()
            await _bare(client, rows)
            return _since(*clocks)

    return asyncio.run(timed())


async def _bare(client: WireClient, rows: int) -> None:
    limit = asyncio.Semaphore(AT_ONCE)

    async def one() -> str:
        async with limit:
            return await client.noop.aio()

    answers = await asyncio.gather(*(one() for _ in range(rows)))
    assert answers == ["ok"] * rows


def mapped(url: str, rows: int, store: str) -> Pace:
    """`map`, with a store or without."""
    with WireClient(url) as client:
        _map(client, _WARM, "")
        clocks = time.perf_counter(), time.process_time()
        _map(client, rows, store)
        return _since(*clocks)


def _map(client: WireClient, rows: int, store: str) -> None:
    results = client.noop.map(
        range(rows),
        lambda _: client.noop.call(),
        concurrency=AT_ONCE,
        store=store or None,
    )
    assert list(results.values()) == ["ok"] * rows


def _since(seconds: float, cpu: float) -> Pace:
    return Pace(time.perf_counter() - seconds, time.process_time() - cpu)


def memory(
    url: str, rows: int, store: str, *, name: str, values: tuple[str, ...]
) -> tuple[int, int]:
    """Bytes of the process after the first thousand rows, and at the end."""
    early = last = 0
    with WireClient(url) as client:
        endpoint: Any = getattr(client, name)
        for result in endpoint.map(
            range(rows),
            lambda _: endpoint.call(*values),
            concurrency=AT_ONCE,
            store=store or None,
            may_repeat=True,
        ):
            assert isinstance(result, Done), result
            last = result.index
            if last == EARLY:
                early = resident()
        assert last == rows - 1
        return early, resident()


CASES: dict[str, Callable[[str, int, str], Any]] = {
    "bare": bare,
    "mapped": mapped,
    "memory-noop": partial(memory, name="noop", values=()),
    "memory-echo": partial(memory, name="echo", values=("a text of some length",)),
}


def main(case: str, url: str, rows: str, store: str) -> None:
    print(json.dumps(CASES[case](url, int(rows), store)))


if __name__ == "__main__":
    main(*sys.argv[1:])
