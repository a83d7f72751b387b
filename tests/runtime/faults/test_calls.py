"""A server of ours that misbehaves: each fault gives its error, and nothing hangs."""

from __future__ import annotations

import gc
import json
import logging
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from gradio_runtime import (
    Client,
    ConnectionLost,
    GradioError,
    InputError,
    JobCancelled,
    JobTimeout,
    QueueFull,
    SchemaDrift,
    Status,
)
from gradio_runtime._loop.loop import get_loop

from tests.runtime.faults.conftest import echo, joins, open_sockets
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    CONFIG,
    DONE,
    Handler,
    Server,
    count,
    of_one,
    until,
)


def test_a_server_that_behaves(server: Server) -> None:
    assert echo(server) == "ok"


def test_a_timeout_during_the_join_takes_the_job_back(server: Server) -> None:
    timed_out, cancelled = threading.Event(), threading.Event()

    def slow_join(handler: Handler) -> None:
        timed_out.wait(10)
        handler.json({"event_id": "e"})

    def cancel(handler: Handler) -> None:
        cancelled.set()
        handler.json({"success": True})

    Handler.answers["/gradio_api/queue/join"] = slow_join
    Handler.answers["/gradio_api/cancel"] = cancel
    with WireClient(server.url) as client:
        with pytest.raises(JobTimeout):
            client.echo.with_options(timeout=0.2)("x")
        assert joins() == 1
        timed_out.set()
        assert cancelled.wait(10)
        del Handler.answers["/gradio_api/queue/join"]
        assert client.echo("x") == "ok"


def test_cancelling_while_a_join_is_tried_again(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gradio_runtime")
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
        {"detail": "slow down"}, 429, {"Retry-After": "30"}
    )
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        # The first one is refused, the next is half a minute away.
        until(lambda: "joining again in 30.0 s" in caplog.text)
        assert job.cancel() is True
        assert job.cancelled()


def test_nothing_is_sent_of_a_job_that_is_cancelled_first(server: Server) -> None:
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"
        at_rest, go_on = threading.Event(), threading.Event()
        get_loop().call_soon_threadsafe(at_rest.set)
        get_loop().call_soon_threadsafe(go_on.wait, 10)
        at_rest.wait(10)
        job = client.echo.submit("x")  # which begins when the loop goes on
        with ThreadPoolExecutor(1) as pool:
            cancelling = pool.submit(job.cancel)
            until(lambda: getattr(job._execution, "_declined", False))
            go_on.set()
            assert cancelling.result(10) is True
        assert job.cancelled()
        assert joins() == 1


def test_a_crowd_waits_here_and_not_in_the_queue(server: Server) -> None:
    """What waits is cancelled without a word to the app."""
    held = threading.Event()
    numbers = iter(range(100))
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
        {"event_id": f"e{next(numbers)}"}
    )

    def stream(handler: Handler) -> None:
        held.wait(10)
        done = [{**DONE, "event_id": f"e{i}"} for i in range(joins())]
        handler.events(*done, CLOSE)

    Handler.answers["/gradio_api/queue/data"] = stream
    with WireClient(server.url, max_workers=3) as client:
        jobs = [client.echo.submit("x") for _ in range(8)]
        until(lambda: joins() == 3)
        last = jobs.pop()
        assert last.cancel() is True
        assert last.cancelled()
        waiting = [job for job in jobs if job.status().code is Status.STARTING]
        assert len(waiting) == 4
        held.set()
        assert [job.result(10) for job in jobs] == ["ok"] * 7
    assert joins() == 7


def test_a_cancelled_call_leaves_no_connection_behind(server: Server) -> None:
    """Whoever asks next closes what has been idle too long, and may be cancelled."""
    with WireClient(server.url) as client:
        numbers = iter(range(1000))
        Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
            {"event_id": f"e{next(numbers)}"}
        )
        Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(
            *({**DONE, "event_id": f"e{n}"} for n in range(40)), CLOSE
        )
        jobs = [client.echo.submit("x") for _ in range(40)]
        for job in jobs:
            job.exception(timeout=10)
    idle = len(open_sockets())
    assert idle > 3
    for connection in open_sockets():
        connection._connection._expire_at = 0.0  # it has been idle too long
    del Handler.answers["/gradio_api/queue/join"]
    with WireClient(server.url) as client:
        for _ in range(20):
            client.echo.submit("x").cancel()
        Handler.answers.clear()
        assert client.echo("x") == "ok"
    gc.collect()  # a socket that is forgotten warns, and a warning fails the test
    assert len(open_sockets()) < idle


def test_a_stream_to_upload_that_times_out_by_itself(server: Server) -> None:
    class Slow:
        def read(self, size: int = -1) -> bytes:
            raise TimeoutError("the source is slow")

    Handler.answers["/config"] = lambda h: h.json(of_one("file", "file", "file"))
    with (
        WireClient(server.url) as client,
        pytest.raises(GradioError, match="the source is slow"),
    ):
        client.file.submit(cast("Any", Slow())).result(timeout=5)


def test_half_a_character_is_not_sent(server: Server) -> None:
    with WireClient(server.url) as client, pytest.raises(InputError, match="surrogate"):
        client.echo("\ud800")
    assert not joins()


def test_what_httpx_would_send_to_every_host_is_refused() -> None:
    for key in ("headers", "auth", "cookies"):
        with pytest.raises(InputError, match=key):
            Client("http://127.0.0.1:9", httpx_kwargs={key: {}})


def test_a_closed_client_stays_closed(server: Server) -> None:
    client = WireClient(server.url)
    client.close()  # before it was ever connected
    with pytest.raises(GradioError, match="closed"):
        client.echo("x")
    busy = WireClient(server.url)
    job = busy.echo.submit("x")  # not yet connected, or just joining
    busy.close()
    assert job.exception(timeout=5) is None or "closed" in str(job.exception())
    with pytest.raises(GradioError, match="closed"):
        busy.echo("x")


def test_threads_that_come_first_get_one_session(server: Server) -> None:
    barrier = threading.Barrier(20)
    names: set[str] = set()

    def join(handler: Handler) -> None:
        names.add(json.loads(handler.body)["session_hash"])
        handler.json({"detail": "Queue is full."}, 503)

    def first_call() -> None:
        barrier.wait()
        with pytest.raises(QueueFull):
            client.echo.with_options(retries=0)("x")

    Handler.answers["/gradio_api/queue/join"] = join
    with WireClient(server.url) as client, ThreadPoolExecutor(20) as pool:
        for call in [pool.submit(first_call) for _ in range(20)]:
            call.result(30)
    assert joins() == 20
    assert len(names) == 1
    assert count("/config") == 1


def test_a_stream_that_was_left_does_not_end_quietly(server: Server) -> None:
    over = threading.Event()
    Handler.answers["/config"] = lambda h: h.json(of_one("grow", "number", "textbox"))
    Handler.answers["/gradio_api/queue/data"] = lambda h: over.wait(10)
    with WireClient(server.url) as client:
        left = client.grow.stream(1)
        left.close()
        with pytest.raises(JobCancelled):
            next(left)
        over.set()


@pytest.mark.slow
def test_an_exit_handler_of_the_user_does_not_hang(server: Server) -> None:
    script = f"""
import atexit
from tests.runtime.faults.conftest import echo, joins, open_sockets
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    CONFIG,
    DONE,
    Answer,
    Handler,
    Server,
    count,
    serving,
)
client = WireClient({server.url!r})
atexit.register(client.close)
print(client.echo("x"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("ok\n", "")


def test_a_restarted_app_is_read_again(server: Server) -> None:
    swapped = [
        {"id": 0, "api_name": "other", "inputs": [1], "outputs": [1], "types": {}},
        {"id": 7, "api_name": "echo", "inputs": [1], "outputs": [1], "types": {}},
    ]
    joined: list[dict[str, Any]] = []

    def join(handler: Handler) -> None:
        joined.append(json.loads(handler.body))
        handler.json({"event_id": "e"})

    Handler.answers["/gradio_api/queue/join"] = join
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"
        Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(cut=True)
        with pytest.raises(ConnectionLost):
            client.echo("x")
        config = {**CONFIG, "dependencies": swapped}
        del Handler.answers["/gradio_api/queue/data"]
        Handler.answers["/config"] = lambda h: h.json(config)
        assert client.echo("x") == "ok"
    assert [body["fn_index"] for body in joined] == [0, 0, 7]
    # No second stream of the same session beside one that may still be open.
    first, lost, after = (body["session_hash"] for body in joined)
    assert first == lost != after


def test_a_restarted_app_that_has_changed(server: Server) -> None:
    """It is compared anew before anything is sent to it."""
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"
        Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(cut=True)
        with pytest.raises(ConnectionLost):
            client.echo("x")
        number = {"id": 1, "type": "number", "props": {}}
        config = {**CONFIG, "components": [number]}
        Handler.answers = {"/config": lambda h: h.json(config)}
        before = joins()
        with pytest.raises(SchemaDrift, match="the app has changed"):
            client.echo("x")
        assert joins() == before
