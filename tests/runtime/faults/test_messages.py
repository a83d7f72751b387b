"""Messages that make no sense: each ends its own job at most, and no other."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gradio_runtime import (
    AppError,
    ConnectionLost,
    GradioError,
    Job,
    JobCancelled,
    OutputMismatch,
    ProtocolError,
    Status,
)

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import CLOSE, DONE, Handler, Server, count, until

BAD = "bad"
GOOD = {**DONE, "event_id": "good"}


def generating(*data: Any, event_id: str = BAD) -> dict[str, Any]:
    output = {"data": list(data), "is_generating": True}
    return {
        "msg": "process_generating",
        "event_id": event_id,
        "output": output,
        "success": True,
    }


def completed(output: Any, **more: Any) -> dict[str, Any]:
    return {"msg": "process_completed", "event_id": BAD, "output": output, **more}


def two_jobs(client: WireClient, texts: list[bytes]) -> tuple[Job[str], Job[str]]:
    """A job that gets these messages, and one beside it that gets its result after."""
    names: Iterator[str] = iter([BAD, "good", *"abcdef"])
    lock = threading.Lock()

    def join(handler: Handler) -> None:
        with lock:
            handler.json({"event_id": next(names)})

    both = threading.Event()

    def stream(handler: Handler) -> None:
        assert both.wait(10)
        tail = b"".join(b"data: " + text + b"\n\n" for text in texts)
        tail += b"".join(
            b"data: " + json.dumps(m).encode() + b"\n\n" for m in (GOOD, CLOSE)
        )
        handler.events(tail=tail)

    Handler.answers = {
        "/gradio_api/queue/join": join,
        "/gradio_api/queue/data": stream,
    }
    bad = client.echo.submit("x")
    next(u for u in bad.updates() if u.code is Status.JOINING_QUEUE)
    until(lambda: count("/queue/data"))  # it has joined, so the next one is the other
    good = client.echo.submit("x")
    until(lambda: count("/queue/join") >= 2)
    threading.Timer(0.1, both.set).start()  # the answer to the second join comes
    return bad, good


FULL = generating("abc")
CASES: dict[str, tuple[list[Any], Callable[[], type[BaseException]], str]] = {
    "malformed JSON": (
        [b'{"event_id": "bad", nonsense'],
        lambda: ProtocolError,
        "JSON",
    ),
    "nested without end": (
        [b'{"event_id": "bad", "a": ' + b"[" * 100_000],
        lambda: ProtocolError,
        "nested more than",
    ),
    "no object": ([b'["bad"]'], lambda: ProtocolError, "not a message"),
    "an output that is a number": (
        [completed(5, success=True)],
        lambda: ProtocolError,
        "as the output",
    ),
    "data that is a text": (
        [completed({"data": "abc"}, success=True)],
        lambda: ProtocolError,
        "not a list of outputs",
    ),
    "a yield that is a number": (
        [{**FULL, "output": {"data": 5}}],
        lambda: ProtocolError,
        "not a list of outputs",
    ),
    "an edit that does not apply": (
        [FULL, generating([["append", ["no", "such"], "x"]])],
        lambda: ProtocolError,
        "does not apply",
    ),
    "an edit that is none": (
        [FULL, generating([["explode", [], 1]])],
        lambda: ProtocolError,
        "does not apply",
    ),
    "edits of more outputs": (
        [FULL, generating([], [])],
        lambda: ProtocolError,
        "another number",
    ),
    "an edit before its base": (
        [generating([["append", [], "x"]])],
        lambda: OutputMismatch,
        "declared",
    ),
    "error: null": (
        [completed({"error": None}, success=False)],
        lambda: AppError,
        "hides",
    ),
    "an error that is a number": (
        [completed({"error": 7, "duration": "x", "title": 5}, success=False)],
        lambda: AppError,
        "7",
    ),
    "cancelled": ([completed({}, success=True)], lambda: JobCancelled, "cancelled"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_message_ends_its_own_job_only(server: Server, case: str) -> None:
    messages, error, text = CASES[case]
    texts = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages]
    with WireClient(server.url) as client:
        bad, good = two_jobs(client, texts)
        with pytest.raises(error(), match=text) as caught:
            bad.result(timeout=10)
        assert good.result(timeout=10) == "ok"
    assert isinstance(caught.value, GradioError)
    assert caught.value.endpoint == "/echo"
    assert caught.value.hint


ODD: dict[str, list[Any]] = {
    "NaN and Infinity": [
        b'{"msg":"estimation","event_id":"bad","rank":NaN,"queue_size":Infinity}',
        b'{"msg":"progress","event_id":"bad","progress_data":[{"index":NaN}]}',
    ],
    "unknown": [{"msg": "confetti", "event_id": BAD}, {"hello": 1}, {}],
    "for nobody": [generating("x", event_id="nobody"), {**DONE, "event_id": "nobody"}],
    "an id that is none": [{**FULL, "event_id": ["bad"]}, {**FULL, "event_id": 5}],
    "a yield before the start": [
        generating("ok"),
        {"msg": "process_starts", "event_id": BAD},
        {"msg": "estimation", "event_id": BAD, "rank": 3},
    ],
    "fields of other types": [
        {"msg": "estimation", "event_id": BAD, "rank": "x", "rank_eta": []},
        {"msg": "process_starts", "event_id": BAD, "eta": {}},
        {"msg": "progress", "event_id": BAD, "progress_data": {"a": 1}},
        {"msg": "progress", "event_id": BAD, "progress_data": [5, {"index": "x"}]},
        {"msg": "log", "event_id": BAD, "log": None, "title": 7, "level": []},
    ],
    "heartbeats and comments": [{"msg": "heartbeat", "event_id": None}],
}


@pytest.mark.parametrize("case", ODD)
def test_odd_messages_are_no_harm(server: Server, case: str) -> None:
    texts = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in ODD[case]]
    done = [json.dumps({**DONE, "event_id": BAD}).encode()]
    # What comes after the end, and the end itself once more, say nothing either.
    with WireClient(server.url) as client:
        bad, good = two_jobs(client, [*texts, *done, *done, *texts])
        assert bad.result(timeout=10) == "ok"
        assert good.result(timeout=10) == "ok"
        updates = list(bad.updates())
    assert [u.code for u in updates] == sorted(u.code for u in updates)
    assert all(u.rank is None or u.rank == 3 for u in updates)


def test_a_message_without_a_name_may_be_anybodys(server: Server) -> None:
    with WireClient(server.url) as client:
        bad, good = two_jobs(client, [b"{nonsense"])
        for job in (bad, good):
            with pytest.raises(ProtocolError, match="malformed JSON"):
                job.result(timeout=10)


@pytest.mark.parametrize("size", [1 << 16, 200 << 20], ids=["64 KiB", "200 MiB"])
def test_a_message_beyond_the_limit(server: Server, size: int) -> None:
    """The limit is named; nothing of the message is kept."""
    text = b'{"msg":"process_completed","event_id":"e","output":{"data":["'

    def stream(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b"data: " + text)
        try:
            for _ in range(size >> 16):
                handler.wfile.write(b"x" * (1 << 16))
            handler.wfile.write(b'"]},"success":true}\n\n')
        except OSError:
            pass  # the client has had enough
        handler.close_connection = True

    Handler.answers["/gradio_api/queue/data"] = stream
    with (
        WireClient(server.url, max_message_size=1 << 15) as client,
        pytest.raises(ProtocolError, match="more than 32768 bytes") as caught,
    ):
        client.echo("x")
    assert "max_message_size" in str(caught.value)


def test_messages_that_come_before_the_join_is_answered(server: Server) -> None:
    """Those of others, whatever their number, do not pile up."""
    streaming = threading.Event()
    first = {**DONE, "event_id": "first"}
    names = iter(["first", "second"])

    def join(handler: Handler) -> None:
        name = next(names)
        if name == "second":
            assert streaming.wait(10)
        handler.json({"event_id": name})

    def stream(handler: Handler) -> None:
        handler.begin_events()
        until(lambda: count("/queue/join") >= 2)
        for number in range(3000):
            handler.event(generating("x", event_id=f"ghost {number}"))
        handler.event({**DONE, "event_id": "second"})
        assert streaming.wait(10)
        handler.event(first)
        handler.event(CLOSE)
        handler.end()

    Handler.answers = {
        "/gradio_api/queue/join": join,
        "/gradio_api/queue/data": stream,
    }
    with WireClient(server.url) as client:
        jobs = [client.echo.submit("x")]
        until(lambda: count("/queue/data"))
        jobs.append(client.echo.submit("x"))
        live = client._connection().live
        assert live is not None
        own = live.sessions.own
        until(lambda: "second" in own._early)
        assert len(own._early) <= 1000
        streaming.set()
        assert [job.result(timeout=10) for job in jobs] == ["ok", "ok"]
        assert len(own._early) == 0


def test_a_fault_of_the_stream_ends_every_job_of_it(server: Server) -> None:
    with WireClient(server.url) as client:
        gone = b'{"msg":"unexpected_error","message":"x","session_not_found":true}'
        for job in two_jobs(client, [gone]):
            with pytest.raises(ConnectionLost, match="no longer knows the session"):
                job.result(timeout=10)
