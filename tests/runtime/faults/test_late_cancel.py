"""Jobs that are taken out of the queue in the moment in which the app begins them.

Gradio 6.14 and later answers a removal with an end without data, and ends the stream
with it if nothing else is pending. A generator that has just begun goes on all the
same, and nobody listens: only a `/cancel` of its endpoint stops it. What the app says
of its start comes before that end, after it, or not at all (seen on 6.31).
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from gradio_runtime import JobTimeout, Status

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    CONFIG,
    DONE,
    ESTIMATION,
    STARTS,
    Handler,
    Server,
    until,
)

#: The endpoint's number in `CONFIG`, and one that no endpoint has.
ECHO, NONE = 0, -1

REMOVED = {**DONE, "output": {}}
BEGUN = {**STARTS, "event_id": "e"}
#: What the app sends once the job is taken out.
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "it waited": [REMOVED, CLOSE],
    "started before": [BEGUN, REMOVED, CLOSE],
    "started after": [REMOVED, BEGUN, CLOSE],
}


class App:
    """The app's side of one job that waits until it is cancelled.

    Attributes:
        cancelled: The function indices with which `/cancel` was called.
        answer: What it sends after the first of them.
    """

    def __init__(self) -> None:
        self.cancelled: list[int] = []
        self.answer: list[dict[str, Any]] = []
        self._taken_out = threading.Event()
        self._stopped = threading.Event()

    def generates(self, *, yes: bool) -> None:
        """Whether its one endpoint is a generator."""
        (echo,) = CONFIG["dependencies"]
        dependency = {**echo, "types": {"generator": yes}}
        config = {**CONFIG, "dependencies": [dependency]}
        Handler.answers["/config"] = lambda h: h.json(config)

    def stream(self, handler: Handler) -> None:
        """The first stream ends with the removal, the next with the stop."""
        handler.begin_events()
        if not self._taken_out.is_set():
            handler.event({**ESTIMATION, "event_id": "e"})
            assert self._taken_out.wait(10)
            for message in self.answer:
                handler.event(message)
        else:
            handler.event({"msg": "heartbeat"})
            assert self._stopped.wait(10)
            handler.event(REMOVED)
            handler.event(CLOSE)
        handler.end()

    def cancel(self, handler: Handler) -> None:
        """Take out of the queue, or stop."""
        index = json.loads(handler.body)["fn_index"]
        self.cancelled.append(index)
        (self._stopped if index == ECHO else self._taken_out).set()
        handler.json({"success": True})

    def let_go(self) -> None:
        """Let every stream end."""
        self._taken_out.set()
        self._stopped.set()


@pytest.fixture
def app(server: Server) -> Iterator[App]:
    app = App()
    Handler.answers["/gradio_api/queue/data"] = app.stream
    Handler.answers["/gradio_api/cancel"] = app.cancel
    yield app
    app.let_go()


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_generator_is_stopped(
    server: Server, app: App, answer: list[dict[str, Any]]
) -> None:
    app.generates(yes=True)
    app.answer = answer
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        assert job.cancel() is True
        # Whoever closes the client now leaves nothing behind.
        assert app.cancelled == [NONE, ECHO]
        assert job.cancelled()


def test_a_generator_whose_time_is_over_is_stopped(server: Server, app: App) -> None:
    app.generates(yes=True)
    app.answer = ANSWERS["it waited"]
    with WireClient(server.url) as client:
        with pytest.raises(JobTimeout):
            client.echo.with_options(timeout=0.3)("x")
        until(lambda: app.cancelled == [NONE, ECHO])


def test_a_plain_function_is_not(server: Server, app: App) -> None:
    """It would lose its result."""
    app.generates(yes=False)
    app.answer = ANSWERS["it waited"]
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        assert job.cancel() is True
        assert app.cancelled == [NONE]


#: A process that ends while its job joins, or while its stream is being opened.
ENDS = """
import sys, time
from gradio_runtime import Status
from tests.runtime.wire_api import WireClient
job = WireClient(sys.argv[1]).echo.submit("x")
while job.status().code < Status.JOINING_QUEUE:
    time.sleep(0.01)
time.sleep(0.05)
"""


@pytest.mark.slow
@pytest.mark.parametrize("slow", ["join", "data"])
def test_a_process_that_ends_takes_its_job_back(
    server: Server, app: App, slow: str
) -> None:
    def late(handler: Handler) -> None:
        time.sleep(0.2)
        if slow == "join":
            handler.json({"event_id": "e"})
        else:
            app.stream(handler)

    Handler.answers[f"/gradio_api/queue/{slow}"] = late
    app.generates(yes=True)
    app.answer = ANSWERS["started before"]
    process = subprocess.run(
        [sys.executable, "-c", ENDS, server.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    assert app.cancelled == [NONE, ECHO]
