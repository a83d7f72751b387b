"""The same generated module in async code: `await noop.aio()`, `async for`."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.contenders.measure import (
    Burst,
    StreamRun,
    Transfer,
    check_answers,
    plain,
    read_stream_async,
    transfer_of_async,
)
from benchmarks.contenders.ours import connect, message_text
from benchmarks.contenders.watch import Watch


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
    with Watch() as watch:
        start = time.perf_counter()
        answers = await asyncio.gather(*(noop.aio() for _ in range(n)))
        seconds = time.perf_counter() - start
    check_answers(list(answers))
    return Burst(seconds, watch.threads, watch.memory, lost=0)


def stream(url: str, n: int) -> StreamRun:
    return asyncio.run(_stream(url, n))


async def _stream(url: str, n: int) -> StreamRun:
    grow = connect(url).grow
    _ = [output async for output in grow.stream(5)]
    return await read_stream_async(lambda: grow.stream(n), n, plain)


def chat(url: str, n: int) -> StreamRun:
    return asyncio.run(_chat(url, n))


async def _chat(url: str, n: int) -> StreamRun:
    chat = connect(url).chat
    _ = [output async for output in chat.stream(5)]
    return await read_stream_async(lambda: chat.stream(n), n, message_text)


def transfer(url: str, n: int) -> Transfer:
    return asyncio.run(_transfer(url, n))


async def _transfer(url: str, n: int) -> Transfer:
    echo = connect(url).echo

    async def send(source: Path) -> Path:
        return Path(await echo.aio(source))

    return await transfer_of_async(send, n)
