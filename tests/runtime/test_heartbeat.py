"""The heartbeat: open while a client is in use, for the apps that ask for it."""

from __future__ import annotations

import asyncio
import functools
import gc
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any, ParamSpec, cast

import pytest
from gradio_runtime import Client, ConnectError, ConnectionLost, connect
from gradio_runtime._engine import heartbeat
from gradio_runtime._engine.heartbeat import Heartbeat
from gradio_runtime._http.transport import Transport

from tests.conftest import StartServer
from tests.support.misbehaving import until

APP = """
import os, pathlib
import gradio as gr

NOTES = pathlib.Path(os.environ["NOTES"])

def left(request: gr.Request):
    with NOTES.open("a") as notes:
        notes.write(request.session_hash + "\\n")

def add(by, total):
    return total + by, total + by

with gr.Blocks() as demo:
    total, by, out = gr.State(0), gr.Number(), gr.Number()
    gr.Button().click(add, [by, total], [out, total], api_name="add")
    demo.unload(left)

demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True)
"""


class Server:
    """A transport whose server beats twice on each request, and then does as told."""

    def __init__(self, then: Callable[[], Any]) -> None:
        self.paths: list[str] = []
        self.open = 0
        self._then = then

    async def messages(self, path: str) -> AsyncGenerator[str]:
        self.paths.append(path)
        self.open += 1
        try:
            yield "ALIVE"
            yield "ALIVE"
            await self._then()
        finally:
            self.open -= 1


class Owner:
    pass


P = ParamSpec("P")


def on_a_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """A test as a coroutine."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


async def for_ever() -> None:
    await asyncio.Event().wait()


def transport(server: Server) -> Transport:
    return cast("Transport", server)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@on_a_loop
async def test_one_request_until_it_is_stopped() -> None:
    server, owner = Server(for_ever), Owner()
    beat = Heartbeat(owner)
    beat.start(transport(server), "/gradio_api", "a/b")
    beat.start(transport(server), "/gradio_api", "a/b")
    await settle()
    assert (server.paths, server.open) == (["/gradio_api/heartbeat/a%2Fb"], 1)
    beat.stop()
    await settle()
    assert server.open == 0
    beat.start(transport(server), "", "other")
    await settle()
    assert (server.paths[1:], server.open) == (["/heartbeat/other"], 1)
    beat.stop()
    await settle()


@on_a_loop
async def test_it_is_over_when_nobody_has_the_owner() -> None:
    server, owner = Server(for_ever), Owner()
    Heartbeat(owner).start(transport(server), "", "s")
    await settle()
    assert server.open == 1
    del owner
    gc.collect()
    await settle()
    assert server.open == 0


@pytest.mark.parametrize("error", [None, ConnectionLost("cut")])
@on_a_loop
async def test_a_request_that_ends_is_made_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    monkeypatch.setattr(heartbeat, "_PAUSE", 0.0)

    async def end_twice() -> None:
        if len(server.paths) == 3:
            await for_ever()
        if error is not None:
            raise error

    server, owner = Server(end_twice), Owner()
    beat = Heartbeat(owner)
    beat.start(transport(server), "", "s")
    async with asyncio.timeout(10):
        while len(server.paths) < 3:  # noqa: ASYNC110  # of a stand-in
            await asyncio.sleep(0)
    await settle()
    assert (len(server.paths), server.open) == (3, 1)
    beat.stop()
    await settle()


@on_a_loop
async def test_a_refused_request_is_not_made_again() -> None:
    async def refuse() -> None:
        raise ConnectError("404")

    server, owner = Server(refuse), Owner()
    beat = Heartbeat(owner)
    beat.start(transport(server), "", "s")
    await settle()
    assert (len(server.paths), server.open) == (1, 0)
    beat.stop()


def test_an_app_learns_when_a_session_ends(
    start_server: StartServer, tmp_path: Path
) -> None:
    app, notes = tmp_path / "app.py", tmp_path / "notes.txt"
    app.write_text(APP)
    notes.touch()
    server = start_server(app, 6, {"NOTES": str(notes)})

    def sessions() -> list[str]:
        return notes.read_text().split()

    client = connect(server.url)
    assert client.predict(2, api_name="/add") == 2
    first = session_of(client)
    client.reset_session()
    until(lambda: sessions() == [first])
    assert client.predict(1, api_name="/add") == 1
    second = session_of(client)
    assert sessions() == [first]
    client.close()
    until(lambda: sessions() == [first, second])


def session_of(client: Client) -> str:
    return client._connection().session_hash
