"""A call's own timeout covers all of it, whatever it waits for."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from gradio_runtime import Call, Client, FileInput, Input, JobTimeout

from tests.runtime.wire_api import WireClient, _app
from tests.support.misbehaving import CONFIG, Handler, Server, count

pytestmark = pytest.mark.slow  # its servers stall

#: What does not answer, by the step that waits for it; in their order.
STALLS = {
    "config": "/config",
    "upload": "/gradio_api/upload",
    "join": "/gradio_api/queue/join",
    "stream": "/gradio_api/queue/data",
}
WITH_FILE = {**CONFIG, "components": [{"id": 1, "type": "file", "props": {}}]}


class OneFile(Input):
    text: FileInput


@_app.endpoint("/echo", OneFile, shape="file -> file")
def send(text: FileInput) -> Call[Any]:
    return Call(OneFile(text=text))


class FileClient(Client):
    app = _app

    send = send


@pytest.fixture(params=STALLS)
def step(request: pytest.FixtureRequest, server: Server) -> Iterator[str]:
    """A step at which the server is silent, until the test is over."""
    over = threading.Event()
    step: str = request.param
    Handler.answers["/config"] = lambda h: h.json(WITH_FILE)
    Handler.answers["/gradio_api/upload"] = lambda h: h.json(["/up/a"])

    def stall(handler: Handler) -> None:
        over.wait(30)
        if step in {"join", "stream"}:
            # These are waited for: the answer to a join alone names the job to take
            # back, and a server notices the end only of a stream that it has begun.
            handler.cut()

    Handler.answers[STALLS[step]] = stall
    yield step
    over.set()


def reached(step: str) -> None:
    """The call came to this step, and not to the next one."""
    steps = list(STALLS)
    asked = [bool(count(STALLS[each])) for each in steps]
    assert asked == [steps.index(each) <= steps.index(step) for each in steps]


def test_a_server_that_stalls(server: Server, step: str) -> None:
    with FileClient(server.url) as client:
        limited = client.send.with_options(timeout=0.3)
        with pytest.raises(JobTimeout, match=r"no result within 0\.3 s") as late:
            limited(b"x")
    assert late.value.endpoint == "/echo"
    reached(step)


def test_a_server_that_stalls_an_async_call(server: Server, step: str) -> None:
    async def call(client: FileClient) -> None:
        await client.send.with_options(timeout=0.3).aio(b"x")

    with FileClient(server.url) as client, pytest.raises(JobTimeout):
        asyncio.run(call(client))
    reached(step)


def test_a_host_that_does_not_answer_a_connection() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        with WireClient(f"http://127.0.0.1:{address[1]}") as client:
            job = client.echo.with_options(timeout=0.3).submit("x")
            assert isinstance(job.exception(30), JobTimeout)
        for one in waiting:
            one.close()
