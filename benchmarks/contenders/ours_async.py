"""The same generated module, awaited: `await noop.aio()`."""

from __future__ import annotations

import asyncio
import time

from benchmarks.contenders.measure import Burst, ThreadCount, check_answers
from benchmarks.contenders.ours import connect


def sequential(url: str, n: int) -> list[float]:
    return asyncio.run(_sequential(url, n))


async def _sequential(url: str, n: int) -> list[float]:
    noop = connect(url).noop
    await noop.aio()
    seconds = []
    for _ in range(n):
        start = time.perf_counter()
        await noop.aio()
        seconds.append(time.perf_counter() - start)
    return seconds


def burst(url: str, n: int) -> Burst:
    return asyncio.run(_burst(url, n))


async def _burst(url: str, n: int) -> Burst:
    noop = connect(url).noop
    await noop.aio()
    with ThreadCount() as threads:
        start = time.perf_counter()
        answers = await asyncio.gather(*(noop.aio() for _ in range(n)))
        seconds = time.perf_counter() - start
    check_answers(list(answers))
    return Burst(seconds, threads.most, lost=0)
