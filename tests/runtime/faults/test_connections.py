"""No connection is left behind, whenever whoever uses it is cancelled.

The pool's work is held at each of its steps, the task that wanted it is cancelled, and
the work goes on: nothing depends on how long it takes. A socket that is forgotten warns,
and a warning fails the test.
"""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from typing import Any

import pytest
from gradio_runtime._http import pools
from gradio_runtime._http.network import Network, Stream
from gradio_runtime._http.settings import Settings
from gradio_runtime._loop.loop import run_sync

from tests.runtime.faults.conftest import echo, open_sockets
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import CLOSE, DONE, Handler, Server, count, until


class Gate:
    """Holds one step of the pool until it is opened; on the runtime's loop."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    def before(self, step: Callable[..., Any]) -> Callable[..., Any]:
        async def held(*args: Any, **kwargs: Any) -> Any:
            await self._pass()
            return await step(*args, **kwargs)

        return held

    def after(self, step: Callable[..., Any]) -> Callable[..., Any]:
        async def held(*args: Any, **kwargs: Any) -> Any:
            result = await step(*args, **kwargs)
            await self._pass()
            return result

        return held

    async def _pass(self) -> None:
        self.reached.set()
        await self.opened.wait()


@pytest.fixture
def own_pools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pools that nobody else uses."""
    monkeypatch.setattr(pools, "_pools", {})
    yield
    run_sync(pools.close_all())


async def cancelled(gate: Gate, action: asyncio.Task[Any]) -> None:
    """Cancel what has come to the gate; then the gate opens."""
    await gate.reached.wait()
    for _ in range(3):  # a job, its timeout and its client may all give it up
        action.cancel()
        await asyncio.wait([action], timeout=0)
    gate.opened.set()
    await asyncio.wait([action])
    assert action.cancelled()


def idle_connections(server: Server, number: int) -> list[Any]:
    """So many connections that have been idle for too long."""

    async def make() -> None:
        client = pools.make_client(Settings(), CookieJar())
        paths = [f"{server.url}/config"] * number
        requests = [client.build_request("GET", path) for path in paths]
        sent = [client.send(request, stream=True) for request in requests]
        for response in await asyncio.gather(*sent):
            await response.aread()

    run_sync(make())
    made = open_sockets()
    assert len(made) == number
    for connection in made:
        connection._connection._expire_at = 0.0
    return made


def nothing_is_open() -> bool:
    return all(connection.is_closed() for connection in open_sockets())


@pytest.mark.usefixtures("own_pools")
def test_a_request_that_closes_what_was_idle_too_long(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = idle_connections(server, 5)

    async def run() -> None:
        gate = Gate()
        monkeypatch.setattr(Stream, "aclose", gate.before(Stream.aclose))
        client = pools.make_client(Settings(), CookieJar())
        request = client.build_request("GET", f"{server.url}/config")
        await cancelled(gate, asyncio.create_task(client.send(request, stream=True)))

    run_sync(run())
    until(lambda: all(connection.is_closed() for connection in made))
    until(nothing_is_open)
    gc.collect()
    # Whoever was cancelled first of all never asked.
    assert count("/config") == len(made)


@pytest.mark.usefixtures("own_pools")
def test_a_request_that_connects(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        gate = Gate()
        step = Network.connect_tcp
        monkeypatch.setattr(Network, "connect_tcp", gate.after(step))
        client = pools.make_client(Settings(), CookieJar())
        request = client.build_request("GET", f"{server.url}/config")
        await cancelled(gate, asyncio.create_task(client.send(request, stream=True)))

    run_sync(run())
    until(nothing_is_open)
    gc.collect()


@pytest.mark.usefixtures("own_pools")
def test_a_response_that_is_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives its connection back, and closes what was idle too long."""
    made = idle_connections(server, 5)

    async def run() -> None:
        gate = Gate()
        client = pools.make_client(Settings(), CookieJar())
        for connection in made:
            connection._connection._expire_at = None
        request = client.build_request("GET", f"{server.url}/config")
        response = await client.send(request, stream=True)
        for connection in made:
            connection._connection._expire_at = 0.0
        monkeypatch.setattr(Stream, "aclose", gate.before(Stream.aclose))
        await cancelled(gate, asyncio.create_task(response.aclose()))

    run_sync(run())
    until(lambda: all(connection.is_closed() for connection in made))
    until(nothing_is_open)
    gc.collect()


@pytest.mark.usefixtures("own_pools")
@pytest.mark.parametrize("own", [False, True], ids=["shared pool", "own pool"])
def test_a_server_that_is_silent_is_left_at_once(server: Server, *, own: bool) -> None:
    over = threading.Event()

    async def run() -> None:
        loop, asked = asyncio.get_running_loop(), asyncio.Event()

        def silence(handler: Handler) -> None:
            loop.call_soon_threadsafe(asked.set)
            over.wait(60)

        Handler.answers["/config"] = silence
        options = Settings(httpx_kwargs={"http1": True} if own else {})
        client = pools.make_client(options, CookieJar())
        assert isinstance(client, pools.SharingClient) is not own
        request = client.build_request("GET", f"{server.url}/config", timeout=None)
        sending = asyncio.create_task(client.send(request, stream=True))
        await asked.wait()
        sending.cancel()
        await asyncio.wait([sending])
        assert sending.cancelled()

    run_sync(run())
    # The fixture waits for the tasks' end; the server still says nothing.
    until(nothing_is_open)
    over.set()


@pytest.mark.parametrize(
    ("status", "kept"), [(200, True), (422, True), (500, False), (503, False)]
)
def test_a_connection_after_an_exception_of_the_app(
    server: Server, status: int, *, kept: bool
) -> None:
    """Gradio's server closes it, without having said so."""
    ports: list[int] = []

    def join(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        later = status if len(ports) == 1 else 200
        handler.json({"event_id": "e"}, later)

    def data(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        handler.events(DONE, CLOSE)

    Handler.answers["/gradio_api/queue/join"] = join
    Handler.answers["/gradio_api/queue/data"] = data
    with WireClient(server.url) as client:
        job = client.echo.with_options(retries=0).submit("x")
        assert (job.exception(10) is None) is (status == 200)
    assert echo(server) == "ok"
    assert (ports[0] in ports[1:]) is kept


def test_what_follows_the_end_of_a_stream_answers_no_request(server: Server) -> None:
    own = {**DONE, "output": {"data": ["not asked for"]}}
    stray = b"data: " + json.dumps(own).encode() + b"\n\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d"

    def data(handler: Handler) -> None:
        handler.begin_events()
        events = b"".join(
            b"data: %b\n\n" % json.dumps(m).encode() for m in (DONE, CLOSE)
        )
        chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(events), events)
        handler.wfile.write(chunk + head % len(stray) + b"\r\n\r\n" + stray)

    Handler.answers["/gradio_api/queue/data"] = data
    with WireClient(server.url) as client:
        assert [client.echo("x") for _ in range(3)] == ["ok"] * 3
