"""Jobs that are taken out of the queue in the moment in which the app begins them.

Gradio 6.14 and later answers a removal with an end without data, and ends the stream
with it if nothing else is pending. A generator that has just begun goes on all the
same, and nobody listens: only a `/cancel` of its endpoint stops it. What the app says
of its start comes before that end, after it, or not at all (seen on 6.31).

One that has put something out loses its iterator to the removal. After the end without
data it ends as if it were done, or is called anew and begins with a whole output again,
where edits are due.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from gradio_runtime import JobTimeout, Status
from gradio_runtime._engine import execution

from tests.runtime.faults.conftest import joins
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
OUTPUT = {**DONE, "msg": "process_generating"}
FAILED = {**DONE, "output": {"error": "no"}, "success": False}
#: What the app sends once the job is taken out.
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "it waited": [REMOVED, CLOSE],
    "started before": [BEGUN, REMOVED, CLOSE],
    "started after": [REMOVED, BEGUN, CLOSE],
    "cut short": [BEGUN, OUTPUT, REMOVED, DONE, CLOSE],
    "cut short before its first output": [BEGUN, REMOVED, DONE, CLOSE],
    "cut short unheard": [REMOVED, BEGUN, OUTPUT, DONE, CLOSE],
    "called anew": [BEGUN, OUTPUT, REMOVED, OUTPUT, DONE, CLOSE],
    "broken": [BEGUN, OUTPUT, REMOVED, FAILED, CLOSE],
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

    def generates(
        self, *, yes: bool, state: bool = False, version: str = "6.31.0"
    ) -> None:
        """Whether its one endpoint is a generator, and has State; on which Gradio."""
        (echo,) = CONFIG["dependencies"]
        dependency = {**echo, "types": {"generator": yes}}
        if state:
            dependency["inputs"] = [*echo["inputs"], 2]
        components = [*CONFIG["components"], {"id": 2, "type": "state", "props": {}}]
        config = {
            **CONFIG,
            "version": version,
            "components": components,
            "dependencies": [dependency],
        }
        Handler.answers["/config"] = lambda h: h.json(config)

    def stream(self, handler: Handler, *, ends: bool = True) -> None:
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
        if ends:
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


def test_a_generator_that_was_done_has_its_result(server: Server, app: App) -> None:
    """What the app sends before the end without data is whole."""
    app.generates(yes=True)
    app.answer = [BEGUN, OUTPUT, DONE, REMOVED, CLOSE]
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        assert job.cancel() is False
        assert job.result() == "ok"
        assert app.cancelled == [NONE]


def test_a_generator_whose_removal_is_not_confirmed_is_left(
    server: Server, app: App
) -> None:
    """The app may have broken it all the same."""

    def cancel(handler: Handler) -> None:
        app.cancelled.append(json.loads(handler.body)["fn_index"])
        handler.cut()

    Handler.answers["/gradio_api/cancel"] = cancel
    app.generates(yes=True)
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        assert job.cancel() is True
        assert job.cancelled()
        assert app.cancelled == [NONE, ECHO]


@pytest.mark.parametrize("generator", [True, False])
@pytest.mark.parametrize("silent", ["/queue/join", "/cancel", "the end"])
def test_a_cancel_ends_although_the_app_says_nothing(
    server: Server,
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    silent: str,
    generator: bool,
) -> None:
    over = threading.Event()

    def keep_silent(handler: Handler) -> None:
        assert over.wait(20)
        handler.cut()

    monkeypatch.setattr(execution, "ANSWERED_WITHIN", 0.2)
    monkeypatch.setattr(app, "answer", [{"msg": "heartbeat"}])
    monkeypatch.setattr(app, "stream", partial(app.stream, ends=False))
    Handler.answers["/gradio_api/queue/data"] = app.stream
    Handler.answers[f"/gradio_api{silent}"] = keep_silent
    app.generates(yes=generator)
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        least = Status.IN_QUEUE if silent != "/queue/join" else Status.JOINING_QUEUE
        next(u for u in job.updates() if u.code is least)
        until(lambda: joins() == 1)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(job.cancel).result(15) is True
        assert job.cancelled()
        over.set()
        app.let_go()


def test_a_sibling_of_a_generator_goes_on(server: Server, app: App) -> None:
    """Stopping the endpoint's jobs would take it along, so that is left to."""
    names = iter("ef")
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
        {"event_id": next(names)}
    )
    over = threading.Event()

    def stream(handler: Handler) -> None:
        app.stream(handler, ends=False)
        assert over.wait(10)
        handler.event({**DONE, "event_id": "f"})
        handler.event(CLOSE)
        handler.end()

    Handler.answers["/gradio_api/queue/data"] = stream
    app.generates(yes=True, state=True)
    others = [{**message, "event_id": "f"} for message in (BEGUN, OUTPUT)]
    app.answer = [BEGUN, OUTPUT, *others, REMOVED, OUTPUT, DONE]
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        sibling = client.echo.submit("x")
        until(lambda: joins() == 2)
        assert job.cancel() is True
        assert job.cancelled()
        over.set()
        assert sibling.result(10) == "ok"
        assert app.cancelled == [NONE]


def test_nothing_joins_while_its_endpoint_is_being_stopped(
    server: Server, app: App
) -> None:
    """It would be stopped too, and never hear of it."""
    stopping, submitted = threading.Event(), threading.Event()
    joined: list[int] = []

    def cancel(handler: Handler) -> None:
        if json.loads(handler.body)["fn_index"] == ECHO:
            stopping.set()
            assert submitted.wait(10)
            time.sleep(0.1)
            joined.append(joins())
        app.cancel(handler)

    Handler.answers["/gradio_api/cancel"] = cancel
    app.generates(yes=True, state=True)
    app.answer = ANSWERS["cut short"]
    with WireClient(server.url) as client, ThreadPoolExecutor(1) as pool:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        cancelling = pool.submit(job.cancel)
        assert stopping.wait(10)
        Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(DONE, CLOSE)
        second = client.echo.submit("x")
        submitted.set()
        assert second.result(10) == "ok"
        assert cancelling.result(10) is True
    assert joined == [1]


def test_outputs_that_begin_with_edits_of_another_jobs(
    server: Server, app: App
) -> None:
    """Before 6.27 a server may mix them up; what cannot be known is left out."""
    app.generates(yes=True, state=True, version="5.50.0")
    steps = [["append", [], "?"]], [["replace", [], "b"]], [["append", [], "c"]]
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        assert job.cancel() is True
        app.let_go()
        messages = [{**OUTPUT, "output": {"data": [edits]}} for edits in steps]
        done = {**DONE, "output": {"data": ["bc"]}}
        Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(
            BEGUN, *messages, done, CLOSE
        )
        job = client.echo.submit("x")
        assert job.result(10) == "bc"
        assert job.outputs() == ["b", "bc"]


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
next(update for update in job.updates() if update.code >= Status.JOINING_QUEUE)
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
