"""One caller for each way of reading streams: n streams at once, of n outputs each.

Each connects and reads a short stream before the clock starts, and checks its outputs.
"""

from __future__ import annotations

import asyncio
import importlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import httpx2
from gradio_runtime import App, Call, Client, Input
from gradio_runtime._http.network import DirectTransport

from benchmarks.contenders.floor import Outputs
from tests.support.fast_server import PREFIX, grown

_GROW = 1
_FEED = f"{PREFIX}/queue/data?session_hash="
_JOIN = f"{PREFIX}/queue/join"
#: Outputs of the stream that warms a caller up.
_WARM = 5
_app = App("http://127.0.0.1:9", spec="sha256:0", gradio="6.31.0")


class GrowInput(Input):
    n: int


@_app.stream_endpoint("/grow", GrowInput, shape="number -> textbox")
def _grow(n: int) -> Call[str]:
    """Let a text grow."""
    return Call(GrowInput(n=n))


class GrowClient(Client):
    app = _app
    grow = _grow


class Reading(NamedTuple):
    """The client's CPU seconds for all streams, and the seconds that each took."""

    cpu: float
    streams: list[float]


def _last(outputs: int) -> str:
    *_, (text, _sent) = grown(outputs)
    return text


class _Check:
    """Takes the outputs of one stream and checks the number and the last."""

    def __init__(self, outputs: int) -> None:
        self._outputs, self._expected = outputs, _last(outputs)
        self._count, self._text = 0, ""
        self._begun = time.perf_counter()

    def take(self, text: str) -> None:
        self._count += 1
        self._text = text

    def result(self, text: str) -> float:
        """The seconds of a stream of which only the result is read."""
        self._count, self._text = self._outputs, text
        return self.seconds()

    def seconds(self) -> float:
        assert self._count == self._outputs, f"{self._count} outputs"
        assert self._text == self._expected, self._text[:80]
        return time.perf_counter() - self._begun


def _body(session: str, outputs: int) -> dict[str, Any]:
    return {"data": [outputs], "fn_index": _GROW, "session_hash": session}


# ---- asyncio


async def _gathered(
    read: Callable[[int], Awaitable[float]], streams: int, outputs: int
) -> Reading:
    await read(_WARM)
    begun = time.process_time()
    seconds = await asyncio.gather(*(read(outputs) for _ in range(streams)))
    return Reading(time.process_time() - begun, list(seconds))


async def _lines_read(lines: AsyncIterator[str], check: _Check) -> float:
    found = Outputs()
    async for line in lines:
        for text in found.of(line):
            check.take(text)
    return check.seconds()


async def _httpx(
    url: str,
    streams: int,
    outputs: int,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Reading:
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(
        base_url=url, timeout=60, limits=limits, transport=transport
    ) as http:

        async def read(outputs: int) -> float:
            session, check = uuid.uuid4().hex, _Check(outputs)
            await http.post(_JOIN, json=_body(session, outputs))
            async with http.stream("GET", _FEED + session) as response:
                return await _lines_read(response.aiter_lines(), check)

        return await _gathered(read, streams, outputs)


async def _httpx_plain(url: str, streams: int, outputs: int) -> Reading:
    transport = DirectTransport(
        verify=False, limits=httpx2.Limits(max_connections=None)
    )
    return await _httpx(url, streams, outputs, transport)


async def _aiohttp(url: str, streams: int, outputs: int) -> Reading:
    # It is not installed where nothing is measured, so it is not imported above.
    aiohttp: Any = importlib.import_module("aiohttp")
    unlimited = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=unlimited) as http:

        async def lines(response: Any) -> AsyncIterator[str]:
            async for line in response.content:
                yield line.decode().rstrip("\n")

        async def read(outputs: int) -> float:
            session, check = uuid.uuid4().hex, _Check(outputs)
            await (await http.post(_JOIN, json=_body(session, outputs))).read()
            async with http.get(_FEED + session) as response:
                return await _lines_read(lines(response), check)

        return await _gathered(read, streams, outputs)


async def _ours_async(url: str, streams: int, outputs: int) -> Reading:
    client = GrowClient(url)

    async def read(outputs: int) -> float:
        check = _Check(outputs)
        async for text in client.grow.stream(outputs):
            check.take(text)
        return check.seconds()

    return await _gathered(read, streams, outputs)


def _run(
    main: Callable[[str, int, int], Any], url: str, streams: int, outputs: int
) -> Reading:
    reading: Reading = asyncio.run(main(url, streams, outputs))
    return reading


# ---- threads


def _on_threads(read: Callable[[int], float], streams: int, outputs: int) -> Reading:
    read(_WARM)
    with ThreadPoolExecutor(streams) as pool:
        begun = time.process_time()
        seconds = list(pool.map(read, [outputs] * streams))
        return Reading(time.process_time() - begun, seconds)


def _followed(follow: Callable[[int], Iterable[str]], outputs: int) -> float:
    check = _Check(outputs)
    for text in follow(outputs):
        check.take(text)
    return check.seconds()


def _httpx_threads(url: str, streams: int, outputs: int) -> Reading:
    limits = httpx2.Limits(max_connections=None)
    with httpx2.Client(base_url=url, timeout=60, limits=limits) as http:

        def follow(outputs: int) -> Iterable[str]:
            session, found = uuid.uuid4().hex, Outputs()
            http.post(_JOIN, json=_body(session, outputs))
            with http.stream("GET", _FEED + session) as response:
                for line in response.iter_lines():
                    yield from found.of(line)

        return _on_threads(partial(_followed, follow), streams, outputs)


def _ours_threads(url: str, streams: int, outputs: int) -> Reading:
    client = GrowClient(url)
    return _on_threads(partial(_followed, client.grow.stream), streams, outputs)


def _ours_submit(url: str, streams: int, outputs: int) -> Reading:
    client = GrowClient(url)
    assert client.grow.submit(_WARM).result() == _last(_WARM)
    begun, checks = time.process_time(), [_Check(outputs) for _ in range(streams)]
    jobs = [client.grow.submit(outputs) for _ in checks]
    seconds = [
        check.result(job.result()) for check, job in zip(checks, jobs, strict=True)
    ]
    return Reading(time.process_time() - begun, seconds)


def _official(url: str, streams: int, outputs: int) -> Reading:
    # It is imported for its own row only: it would add to what the others' processes do.
    gradio_client: Any = importlib.import_module("gradio_client")
    client = gradio_client.Client(
        url, verbose=False, analytics_enabled=False, max_workers=streams
    )

    def follow(outputs: int) -> Iterable[str]:
        yield from client.submit(outputs, api_name="/grow")

    return _on_threads(partial(_followed, follow), streams, outputs)


CALLERS: dict[str, Callable[[str, int, int], Reading]] = {
    "bare httpx2, async": partial(_run, _httpx),
    "bare httpx2, our transport": partial(_run, _httpx_plain),
    "bare aiohttp": partial(_run, _aiohttp),
    "bare httpx2": _httpx_threads,
    "gradio_client": _official,
    "stream, threads": _ours_threads,
    "stream, async": partial(_run, _ours_async),
    "submit().result()": _ours_submit,
}
