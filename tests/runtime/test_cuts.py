"""Connections that are cut and servers that die, restart or change, for real."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gradio_runtime import (
    ConnectError,
    ConnectionLost,
    Job,
    ProtocolError,
    SchemaDrift,
    Status,
)

from tests.conftest import StartServer
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import until
from tests.support.proxies import Cutter
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow


@pytest.fixture
def cutter(every_gradio: GradioServer) -> Iterator[Cutter]:
    with Cutter(every_gradio.url) as proxy:
        yield proxy


@pytest.fixture
def marks(every_gradio: GradioServer) -> Iterator[Callable[[str], list[str]]]:
    with WireClient(every_gradio.url) as direct:
        yield lambda key: direct.marks(key)


def reached(job: Job[Any], code: Status) -> None:
    next(update for update in job.updates() if update.code is code)


def test_a_running_job_and_one_that_waits_are_cut_off(
    every_gradio: GradioServer,
    cutter: Cutter,
    marks: Callable[[str], list[str]],
    key: str,
) -> None:
    """What ran is lost. What waited does not run unseen, nor does anything run twice.

    From Gradio 4.9 on the one that waits is lost, too: nothing proves that it had not
    started. Before, its data had not been sent, so it joins once more.
    """
    with WireClient(cutter.url) as client:
        running = client.sleep.submit(key, 1.5)
        reached(running, Status.PROCESSING)
        waiting = client.sleep.submit(key + "w", 0)
        reached(waiting, Status.IN_QUEUE)
        cutter.cut()
        error = running.exception(timeout=10)
        assert isinstance(error, ConnectionLost)
        assert error.may_have_run
        assert "The app cancels it: it runs to its end" in str(error)
        if every_gradio.major == 3:
            assert waiting.result(timeout=10) == "slept 0"
            expected = ["start", "end"]
        else:
            error = waiting.exception(timeout=10)
            assert isinstance(error, ConnectionLost)
            assert error.may_have_run
            assert "was waiting when it was last heard of" in str(error)
            expected = []
        # The client goes on, and this comes after the other in the app's queue.
        assert client.sleep(key + "last", 0) == "slept 0"
    until(lambda: marks(key) == ["start", "end"])
    assert marks(key + "w") == expected


def test_a_generator_that_is_cut_off_stops(
    cutter: Cutter, marks: Callable[[str], list[str]], key: str
) -> None:
    with WireClient(cutter.url) as client:
        job = client.slow_stream.submit(key, 600, 0.1)
        reached(job, Status.ITERATING)
        cutter.cut()
        with pytest.raises(ConnectionLost, match="stops at its next output"):
            job.result(timeout=10)
        # The app runs one at a time; by the end of this the other would have gone on.
        before = client.slow_stream.submit(key + "next", 5, 0.1)
        assert before.first() == "step 0"
        steps = len(marks(key))
        assert before.result() == "step 4"
        assert len(marks(key)) == steps


def test_a_proxy_that_cuts_every_connection(every_gradio: GradioServer) -> None:
    """Calls that are shorter do not notice."""
    with (
        Cutter(every_gradio.url, longest=0.4) as proxy,
        WireClient(proxy.url) as client,
    ):
        ends = time.monotonic() + 2
        answers: list[object] = []
        while time.monotonic() < ends:
            answers.append(client.echo.submit("x").exception(timeout=10))
    lost = [error for error in answers if error is not None]
    assert all(isinstance(error, ConnectionLost) for error in lost)
    assert len(lost) < len(answers) / 2


# ---- servers


def test_a_server_that_dies_restarts_and_changes(
    start_server: StartServer, key: str
) -> None:
    server = start_server("wire", 6)
    with WireClient(server.url) as client:
        jobs = [client.parallel_sleep.submit(key, 30) for _ in range(3)]
        stream = client.parallel_stream.submit(key, 100, 0.1)
        for job in jobs:
            reached(job, Status.PROCESSING)
        reached(stream, Status.ITERATING)
        server.kill()
        for job in [*jobs, stream]:
            error = job.exception(timeout=10)
            assert isinstance(error, ConnectionLost)
            assert error.may_have_run
        with pytest.raises(ConnectError) as refused:
            client.echo("x")
        assert refused.value.not_sent

        server.restart()  # another process, another app_id
        assert client.echo("x") == "x"
        assert client.counter(2) == 2

        # An index that the app no longer has, as after a hot reload.
        live = client._connection().live
        assert live is not None
        live._routes["/echo"] = live.route("/echo")._replace(fn_index=9999)
        with pytest.raises(ProtocolError, match="500"):
            client.echo("x")
        until(lambda: heard(client))  # the server closes a connection then

        # Another app at the same address: no function is called for another.
        job = client.sleep.submit("k", 30)
        reached(job, Status.PROCESSING)
        server.restart("replicas/calculator")
        assert isinstance(job.exception(timeout=10), ConnectionLost)
        with pytest.raises(SchemaDrift, match="no endpoint /echo any more"):
            client.echo("x")


def heard(client: WireClient) -> bool:
    """Whether a call comes through."""
    try:
        return client.echo("x") == "x"
    except ConnectionLost:
        return False
