"""Faults of a stream: it breaks, ends, goes silent, or says what makes no sense."""

from __future__ import annotations

import gc
import gzip
import json
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import wait
from typing import Any, cast

import pytest
from gradio_runtime import (
    AuthenticationError,
    ConnectionLost,
    GradioError,
    JobCancelled,
    ProtocolError,
    Status,
)
from gradio_runtime._http.events import EventReader

from tests.runtime.faults.conftest import echo, joins
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    DONE,
    ESTIMATION,
    FIRST,
    Answer,
    Handler,
    Server,
    until,
)

STREAM_FAULTS: dict[str, tuple[Answer, type[GradioError], str]] = {
    "cut-before-the-result": (
        lambda h: h.events({"msg": "estimation", "event_id": "e"}, cut=True),
        ConnectionLost,
        "broke",
    ),
    "cut-in-a-message": (
        lambda h: h.events(tail=b'data: {"msg": "proc', cut=True),
        ConnectionLost,
        "broke",
    ),
    "ended-before-the-result": (
        lambda h: h.events({"msg": "estimation", "event_id": "e"}),
        ConnectionLost,
        "closed the stream",
    ),
    "closed-before-the-result": (
        lambda h: h.events(CLOSE),
        ConnectionLost,
        "forgotten",
    ),
    "session-not-found": (
        lambda h: h.events(
            {"msg": "unexpected_error", "message": "404", "session_not_found": True}
        ),
        ConnectionLost,
        "restarted",
    ),
    "server-stops": (
        lambda h: h.events({"msg": "unexpected_error", "message": "Server stopped"}),
        ConnectionLost,
        "Server stopped",
    ),
    "malformed": (
        lambda h: h.events(tail=b"data: {nonsense\n\n"),
        ProtocolError,
        "malformed JSON",
    ),
    "no-event-stream": (
        lambda h: h.raw(b"<html>", "text/html"),
        ProtocolError,
        "not with an event stream",
    ),
    "cancelled-by-the-app": (
        lambda h: h.events({**DONE, "output": {}}, CLOSE),
        cast("type[GradioError]", JobCancelled),
        "cancelled",
    ),
}


@pytest.mark.parametrize("fault", STREAM_FAULTS)
def test_stream_faults(server: Server, fault: str) -> None:
    answer, error, text = STREAM_FAULTS[fault]
    Handler.answers["/gradio_api/queue/data"] = answer
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        with pytest.raises(error, match=text):
            job.result(timeout=10)
        assert joins() == 1
        # The client is as good as new once the server is.
        del Handler.answers["/gradio_api/queue/data"]
        assert client.echo.submit("x").result(timeout=10) == "ok"


@pytest.mark.parametrize("fault", [None, *STREAM_FAULTS])
def test_what_a_job_kept_goes_with_it(server: Server, fault: str | None) -> None:
    if fault is not None:
        Handler.answers["/gradio_api/queue/data"] = STREAM_FAULTS[fault][0]
    gc.disable()  # nothing waits for a collection
    try:
        with WireClient(server.url) as client:
            job = client.echo.submit("x")
            wait([job], timeout=10)
            kept = weakref.ref(job._outcome)
            del job
            until(lambda: kept() is None)
    finally:
        gc.enable()


def test_a_compressed_stream_is_read_in_small_parts(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b": " + bytes(4 << 20) + b"\n"
    events = b"".join(b"data: %b\n\n" % json.dumps(m).encode() for m in (DONE, CLOSE))
    headers = {"content-encoding": "gzip"}
    content = gzip.compress(lines + events)
    Handler.answers["/gradio_api/queue/data"] = lambda h: h.raw(
        content, "text/event-stream", headers=headers
    )
    sizes: list[int] = []
    feed = EventReader.feed

    def spy(reader: EventReader, chunk: bytes) -> Iterator[bytes]:
        sizes.append(len(chunk))
        return feed(reader, chunk)

    monkeypatch.setattr(EventReader, "feed", spy)
    assert echo(server) == "ok"
    assert sum(sizes) == len(lines + events)
    assert max(sizes) <= 1 << 16


def test_a_connection_that_is_cut_after_the_result(server: Server) -> None:
    Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(
        DONE, CLOSE, cut=True
    )
    assert echo(server) == "ok"


def test_messages_that_mean_nothing_are_passed_over(server: Server) -> None:
    noise = [
        {"msg": "heartbeat", "event_id": None},
        {"msg": "confetti", "event_id": "e"},
        {**DONE, "event_id": "somebody else's"},
    ]
    Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(*noise, DONE, CLOSE)
    assert echo(server) == "ok"


def test_a_close_that_comes_too_early_reopens_the_stream(server: Server) -> None:
    turns: Iterator[list[dict[str, Any]]] = iter([[CLOSE], [DONE, CLOSE]])
    Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(*next(turns))
    assert echo(server) == "ok"


def test_one_lost_stream_loses_all_its_jobs_and_none_hangs(server: Server) -> None:
    in_queue = threading.Event()
    numbers = iter(range(100))

    def join(handler: Handler) -> None:
        handler.json({"event_id": f"e{next(numbers)}"})

    def stream(handler: Handler) -> None:
        handler.begin_events()
        for n in range(5):
            handler.event({"msg": "estimation", "event_id": f"e{n}", "rank": n})
        in_queue.wait(10)
        handler.cut()

    Handler.answers["/gradio_api/queue/join"] = join
    Handler.answers["/gradio_api/queue/data"] = stream
    with WireClient(server.url) as client:
        jobs = [client.echo.submit("x") for _ in range(5)]
        for job in jobs:
            next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        in_queue.set()
        errors = [job.exception(timeout=10) for job in jobs]
    assert all(isinstance(error, ConnectionLost) for error in errors)
    assert len({id(error) for error in errors}) == 5


@pytest.mark.slow
@pytest.mark.parametrize("drip", [False, True])
def test_a_stream_that_goes_silent(server: Server, drip: bool) -> None:
    """Whatever comes is a sign of life; nothing for `idle_timeout` is none."""
    over = threading.Event()

    def stream(handler: Handler) -> None:
        handler.begin_events()
        handler.event({**ESTIMATION, "event_id": "e"})
        for _ in range(9 if drip else 0):
            assert not over.wait(0.25)
            handler.event({"msg": "heartbeat", "event_id": None})
        if drip:
            handler.event(DONE)
            handler.event(CLOSE)
            handler.end()
        else:
            over.wait(10)

    Handler.answers["/gradio_api/queue/data"] = stream
    with WireClient(server.url, idle_timeout=2.0 if drip else 0.5) as client:
        if drip:
            assert client.echo("x") == "ok"
        else:
            with pytest.raises(ConnectionLost, match=r"silent for 0\.5 s") as lost:
                client.echo("x")
            assert lost.value.may_have_run
    over.set()


@pytest.mark.slow
def test_a_stream_whose_head_does_not_come(server: Server) -> None:
    over = threading.Event()
    Handler.answers["/gradio_api/queue/data"] = lambda h: over.wait(10)
    with (
        WireClient(server.url, idle_timeout=0.3) as client,
        pytest.raises(ConnectionLost, match=r"silent for 0\.3 s"),
    ):
        client.echo("x")
    over.set()


@pytest.mark.parametrize("fault", [429, 503, "cut"])
def test_a_stream_that_opens_at_the_second_try(
    server: Server, fault: int | str
) -> None:
    """Its messages wait at the server, so what was not opened is opened again."""
    answers: Iterator[Answer] = iter(
        [
            lambda h: (
                h.json({}, fault, {"Retry-After": "0"})
                if isinstance(fault, int)
                else h.cut()
            ),
            lambda h: h.events(DONE, CLOSE),
        ]
    )
    Handler.answers["/gradio_api/queue/data"] = lambda h: next(answers)(h)
    assert echo(server) == "ok"
    assert joins() == 1


LAST_HEARD: dict[str, tuple[list[Any], str]] = {
    "waiting": ([{**ESTIMATION, "event_id": "e"}], "was waiting when it was last"),
    "running": ([{"msg": "process_starts", "event_id": "e"}], "runs to its end"),
}


@pytest.mark.parametrize("state", LAST_HEARD)
def test_a_lost_stream_says_what_became_of_the_job(server: Server, state: str) -> None:
    messages, text = LAST_HEARD[state]
    Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(*messages, cut=True)
    with pytest.raises(ConnectionLost, match=text) as lost:
        echo(server)
    assert lost.value.may_have_run  # it may have started, unheard
    assert joins() == 1


def test_what_joins_after_a_loss_is_not_lost_with_it(server: Server) -> None:
    """The server may notice later, and then drops what is in that session."""
    Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(cut=True)
    with WireClient(server.url) as client:
        with pytest.raises(ConnectionLost):
            client.echo("x")
        Handler.answers.clear()
        assert client.echo("x") == "ok"
    sessions = [
        json.loads(body)["session_hash"]
        for path, body in Handler.bodies
        if path.endswith("/join")
    ]
    assert len(set(sessions)) == 2


def test_a_job_that_was_never_sent_did_not_run(server: Server) -> None:
    Handler.answers["/config"] = lambda h: h.cut()
    with pytest.raises(ConnectionLost, match="has not run: call again") as lost:
        echo(server)
    assert not lost.value.may_have_run
    assert joins() == 0


# ---- 4.9 to 4.21, whose streams end without a word

FIRST_FAULTS: dict[str, tuple[Answer, type[GradioError], str]] = {
    "cut": (lambda h: h.events(cut=True), ConnectionLost, "broke"),
    "cut in a message": (
        lambda h: h.events(tail=b'data: {"msg"', cut=True),
        ConnectionLost,
        "broke",
    ),
    "ended": (lambda h: h.events(), ConnectionLost, "forgotten the job"),
    "session not found": (
        lambda h: h.events({"msg": "unexpected_error", "message": "404: Session"}),
        ConnectionLost,
        "404: Session",
    ),
    "silent": (lambda h: h.rfile.read(1), ConnectionLost, "silent"),
    "malformed": (
        lambda h: h.events(tail=b"data: {nonsense\n\n"),
        ProtocolError,
        "malformed",
    ),
    "page": (lambda h: h.page(), ProtocolError, "not with an event stream"),
    "401": (lambda h: h.json({}, 401), AuthenticationError, "refuses access"),
    "404": (lambda h: h.json({}, 404), ConnectionLost, "cannot be read"),
}


@pytest.mark.parametrize("fault", FIRST_FAULTS)
def test_streams_that_end_without_a_word(server: Server, fault: str) -> None:
    answer, error, text = FIRST_FAULTS[fault]
    Handler.answers = {
        "/config": lambda h: h.json(FIRST),
        "/queue/join": lambda h: h.json({"event_id": "e"}),
        "/queue/data": answer,
    }
    with WireClient(server.url, idle_timeout=0.3) as client:
        with pytest.raises(error, match=text) as caught:
            client.echo("x")
        Handler.answers["/queue/data"] = lambda h: h.events(DONE)
        assert client.echo("x") == "ok"
    assert getattr(caught.value, "may_have_run", True)
