"""The bare protocol on a pooled httpx2 AsyncClient, one session for all calls."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import httpx2

from benchmarks.contenders.floor import DATA, TIMEOUT, Floor, Outputs
from benchmarks.contenders.measure import (
    Burst,
    StreamRun,
    Transfer,
    check_answers,
    last_text,
    plain,
    read_stream_async,
    transfer_of_async,
)
from benchmarks.contenders.watch import Watch

# More connections at once only make the server slower.
LIMITS = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
CHUNK = 1 << 18


class _Caller:
    """Calls of one session, whose stream is open exactly while a call waits."""

    def __init__(self, http: httpx2.AsyncClient, config: dict[str, Any]) -> None:
        self.http = http
        self.floor = Floor(config)
        self._join = f"{self.floor.prefix}/queue/join"
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._early: dict[str, Any] = {}
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, http: httpx2.AsyncClient) -> Self:
        caller = cls(http, (await http.get("/config")).json())
        check_answers([await caller.call("noop")])
        return caller

    async def call(self, name: str, *data: Any) -> Any:
        join = await self.http.post(self._join, json=self.floor.body(name, *data))
        event = join.json()["event_id"]
        if event in self._early:
            return self._early.pop(event)
        self._waiting[event] = asyncio.get_running_loop().create_future()
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return await self._waiting[event]

    async def outputs(self, name: str, *data: Any) -> AsyncIterator[Any]:
        """Each output of the only call as it comes."""
        await self.close()
        join = await self.http.post(self._join, json=self.floor.body(name, *data))
        join.raise_for_status()
        outputs = Outputs()
        async with self.http.stream("GET", self.floor.feed) as response:
            async for line in response.aiter_lines():
                for output in outputs.of(line):
                    yield output

    async def close(self) -> None:
        if self._reader is not None:
            await self._reader

    async def _read(self) -> None:
        while self._waiting:
            async with self.http.stream("GET", self.floor.feed) as response:
                async for line in response.aiter_lines():
                    if line.startswith(DATA):
                        self._take(json.loads(line[len(DATA) :]))

    def _take(self, message: dict[str, Any]) -> None:
        if message["msg"] != "process_completed":
            return
        event, value = message["event_id"], message["output"]["data"][0]
        if event in self._waiting:
            self._waiting.pop(event).set_result(value)
        else:
            self._early[event] = value  # its join has not been answered yet


def _http(url: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=url, timeout=TIMEOUT, limits=LIMITS)


def sequential(url: str, n: int) -> list[float]:
    return asyncio.run(_sequential(url, n))


async def _sequential(url: str, n: int) -> list[float]:
    seconds = []
    async with _http(url) as http:
        caller = await _Caller.connect(http)
        for _ in range(n):
            start = time.perf_counter()
            await caller.call("noop")
            seconds.append(time.perf_counter() - start)
        await caller.close()
    return seconds


def burst(url: str, n: int) -> Burst:
    return asyncio.run(_burst(url, n))


async def _burst(url: str, n: int) -> Burst:
    async with _http(url) as http:
        caller = await _Caller.connect(http)
        with Watch() as watch:
            start = time.perf_counter()
            answers = await asyncio.gather(*(caller.call("noop") for _ in range(n)))
            seconds = time.perf_counter() - start
        await caller.close()
    check_answers(list(answers))
    return Burst(seconds, watch.threads, watch.memory, lost=0)


def stream(url: str, n: int) -> StreamRun:
    return asyncio.run(_stream(url, n))


async def _stream(url: str, n: int) -> StreamRun:
    async with _http(url) as http:
        caller = await _Caller.connect(http)
        _ = [output async for output in caller.outputs("grow", 5)]
        return await read_stream_async(lambda: caller.outputs("grow", n), n, plain)


def chat(url: str, n: int) -> StreamRun:
    return asyncio.run(_chat(url, n))


async def _chat(url: str, n: int) -> StreamRun:
    async with _http(url) as http:
        caller = await _Caller.connect(http)
        _ = [output async for output in caller.outputs("chat", 5)]
        return await read_stream_async(lambda: caller.outputs("chat", n), n, last_text)


def transfer(url: str, n: int) -> Transfer:
    return asyncio.run(_transfer(url, n))


async def _transfer(url: str, n: int) -> Transfer:
    async with _http(url) as http:
        caller = await _Caller.connect(http)

        async def send(source: Path) -> Path:
            copy = source.with_name("copy")
            with source.open("rb") as file:
                to = f"{caller.floor.prefix}/upload"
                paths = (await http.post(to, files={"files": file})).json()
            meta = {"_type": "gradio.FileData"}
            answer = await caller.call("echo", {"path": paths[0], "meta": meta})
            async with http.stream("GET", answer["url"]) as response:
                response.raise_for_status()
                with copy.open("wb") as file:
                    async for chunk in response.aiter_bytes(CHUNK):
                        file.write(chunk)
            return copy

        result = await transfer_of_async(send, n)
        await caller.close()
        return result
