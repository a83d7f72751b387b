"""The bare protocol on a pooled httpx2 AsyncClient, one session for all calls."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any, Self

import httpx2

from benchmarks.contenders.floor import DATA, TIMEOUT, function_ids
from benchmarks.contenders.measure import Burst, ThreadCount, check_answers

LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=64)


class _Caller:
    """Calls of one session, whose stream is open exactly while a call waits."""

    def __init__(self, http: httpx2.AsyncClient, config: dict[str, Any]) -> None:
        self._http = http
        self._prefix = config["api_prefix"]
        self._ids = function_ids(config)
        self._session = uuid.uuid4().hex
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._early: dict[str, Any] = {}
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, http: httpx2.AsyncClient) -> Self:
        caller = cls(http, (await http.get("/config")).json())
        check_answers([await caller.call("noop")])
        return caller

    async def call(self, name: str) -> Any:
        body = {"data": [], "fn_index": self._ids[name], "session_hash": self._session}
        join = await self._http.post(f"{self._prefix}/queue/join", json=body)
        event = join.json()["event_id"]
        if event in self._early:
            return self._early.pop(event)
        self._waiting[event] = asyncio.get_running_loop().create_future()
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return await self._waiting[event]

    async def close(self) -> None:
        if self._reader is not None:
            await self._reader

    async def _read(self) -> None:
        feed = f"{self._prefix}/queue/data?session_hash={self._session}"
        while self._waiting:
            async with self._http.stream("GET", feed) as response:
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
        with ThreadCount() as threads:
            start = time.perf_counter()
            answers = await asyncio.gather(*(caller.call("noop") for _ in range(n)))
            seconds = time.perf_counter() - start
        await caller.close()
    check_answers(list(answers))
    return Burst(seconds, threads.most, lost=0)
