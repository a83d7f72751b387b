"""One caller for each way of reading streams: n streams at once, of n outputs each.

Each connects and reads a short stream before the clock starts, and checks its outputs.
"""

from __future__ import annotations

import asyncio
import importlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import cache, partial
from typing import Any, NamedTuple

import httpx2
from gradio_runtime import App, Call, Client, Input
from gradio_runtime._http.network import DirectTransport

from benchmarks.contenders.floor import Outputs
from benchmarks.contenders.watch import Memory
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


#: When a stream begins for its own caller, and when that one has its end.
Span = tuple[float, float]


class Reading(NamedTuple):
    """What all streams took together.

    Attributes:
        cpu: Seconds of this process, in all its threads.
        memory: Bytes by which it has grown, at its peak.
        spans: When each stream began and ended.
    """

    cpu: float
    memory: int
    spans: list[Span]

    @property
    def seconds(self) -> float:
        """From the first begin to the last end."""
        return max(end for _, end in self.spans) - min(begin for begin, _ in self.spans)

    @property
    def spread(self) -> float:
        """How many times as long as the fastest stream the slowest one took."""
        each = [end - begin for begin, end in self.spans]
        return max(each) / min(each)


class _Meter:
    """Measures from when it is made, which is after the short stream."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._cpu = time.process_time()

    def reading(self, spans: Iterable[Span]) -> Reading:
        """Return what there has been once all streams are read."""
        spans = list(spans)
        return Reading(time.process_time() - self._cpu, self._memory.grown(), spans)


@cache
def _last(outputs: int) -> str:
    *_, (text, _sent) = grown(outputs)
    return text


class _Check:
    """Takes the outputs of one stream, which begins now; checks the number and the last."""

    def __init__(self, outputs: int) -> None:
        self._outputs, self._expected = outputs, _last(outputs)
        self._count, self._text = 0, ""
        self._begun = time.perf_counter()

    def take(self, text: str) -> None:
        self._count += 1
        self._text = text

    def result(self, text: str) -> Span:
        """The span of a stream of which only the result is read."""
        self._count, self._text = self._outputs, text
        return self.span()

    def span(self) -> Span:
        ended = time.perf_counter()
        assert self._count == self._outputs, f"{self._count} outputs"
        assert self._text == self._expected, self._text[:80]
        return self._begun, ended


def _body(session: str, outputs: int) -> dict[str, Any]:
    return {"data": [outputs], "fn_index": _GROW, "session_hash": session}


# ---- asyncio


async def _gathered(
    read: Callable[[int], Awaitable[Span]], streams: int, outputs: int
) -> Reading:
    await read(_WARM)
    meter = _Meter()
    return meter.reading(await asyncio.gather(*(read(outputs) for _ in range(streams))))


async def _lines_read(lines: AsyncIterator[str], check: _Check) -> Span:
    found = Outputs()
    async for line in lines:
        for text in found.of(line):
            check.take(text)
    return check.span()


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

        async def read(outputs: int) -> Span:
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

        async def read(outputs: int) -> Span:
            session, check = uuid.uuid4().hex, _Check(outputs)
            await (await http.post(_JOIN, json=_body(session, outputs))).read()
            async with http.get(_FEED + session) as response:
                return await _lines_read(lines(response), check)

        return await _gathered(read, streams, outputs)


async def _ours_async(url: str, streams: int, outputs: int) -> Reading:
    client = GrowClient(url)

    async def read(outputs: int) -> Span:
        check = _Check(outputs)
        async for text in client.grow.stream(outputs):
            check.take(text)
        return check.span()

    return await _gathered(read, streams, outputs)


def _run(
    main: Callable[[str, int, int], Any], url: str, streams: int, outputs: int
) -> Reading:
    reading: Reading = asyncio.run(main(url, streams, outputs))
    return reading


# ---- threads


def _on_threads(read: Callable[[int], Span], streams: int, outputs: int) -> Reading:
    read(_WARM)
    with ThreadPoolExecutor(streams) as pool:
        meter = _Meter()
        return meter.reading(pool.map(read, [outputs] * streams))


def _followed(follow: Callable[[int], Iterable[str]], outputs: int) -> Span:
    # The pool starts its threads one by one: a stream begins when its own one runs.
    check = _Check(outputs)
    for text in follow(outputs):
        check.take(text)
    return check.span()


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
    meter = _Meter()
    checks: dict[Future[str], _Check] = {}
    for _ in range(streams):
        check = _Check(outputs)
        checks[client.grow.submit(outputs)] = check
    # In the order of their ends: none is charged with the wait for another one.
    jobs = as_completed(checks)
    return meter.reading(checks[job].result(job.result()) for job in jobs)


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
