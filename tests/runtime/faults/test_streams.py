"""Faults of a stream: it breaks, ends, goes silent, or says what makes no sense."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from gradio_runtime import (
    ConnectionLost,
    GradioError,
    JobCancelled,
    ProtocolError,
)

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    DONE,
    Answer,
    Handler,
    Server,
    count,
)


def echo(server: Server) -> str:
    with WireClient(server.url) as client:
        return client.echo("x")


def joins() -> int:
    return count("/join")


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
        "no event stream",
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
    joined = threading.Semaphore(0)
    numbers = iter(range(100))

    def join(handler: Handler) -> None:
        handler.json({"event_id": f"e{next(numbers)}"})
        joined.release()

    def stream(handler: Handler) -> None:
        for _ in range(5):
            joined.acquire()
        time.sleep(0.1)  # the answers to the joins are on their way
        handler.events(cut=True)

    Handler.answers["/gradio_api/queue/join"] = join
    Handler.answers["/gradio_api/queue/data"] = stream
    with WireClient(server.url) as client:
        jobs = [client.echo.submit("x") for _ in range(5)]
        errors = [job.exception(timeout=10) for job in jobs]
    assert all(isinstance(error, ConnectionLost) for error in errors)
    assert len({id(error) for error in errors}) == 5
