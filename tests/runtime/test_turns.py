"""Gradio 4.0 to 4.21, as a server of ours speaks it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from gradio_runtime import (
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    QueueFull,
    Status,
)

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import CONFIG, DONE, Handler, Server

CAPTURES = Path(__file__).parent / "captures"
EARLY = {**CONFIG, "version": "4.8.0", "protocol": "sse", "api_prefix": ""}
FIRST = {**CONFIG, "version": "4.16.0", "protocol": "sse_v1", "api_prefix": ""}
ESTIMATION = {"msg": "estimation", "rank": 0, "queue_size": 1, "rank_eta": None}
ASKS = {"msg": "send_data", "event_id": "e"}
STARTS = {"msg": "process_starts"}


class OldHandler(Handler):
    """Keeps what is posted, and can hold a stream until the data has come."""

    posted: ClassVar[list[dict[str, Any]]] = []
    given: ClassVar[threading.Event] = threading.Event()

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.posted.append(json.loads(content))
        self.given.set()
        self.dispatch()

    def conversation(self, before: list[Any], after: list[Any]) -> None:
        """Messages until the server asks, and the rest once it has its data."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for messages in (before, after):
            for message in messages:
                line = b"data: " + json.dumps(message).encode() + b"\n\n"
                self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            if messages is before:
                assert self.given.wait(10)
        self.wfile.write(b"0\r\n\r\n")


@pytest.fixture
def server() -> Iterator[Server]:
    Handler.answers, Handler.seen = {}, []
    OldHandler.posted.clear()
    OldHandler.given.clear()
    with Server(("127.0.0.1", 0), OldHandler) as running:
        serving = threading.Thread(
            target=running.serve_forever, args=(0.01,), daemon=True
        )
        serving.start()
        yield running
        running.shutdown()


def recorded(case: str) -> list[Any]:
    lines = (CAPTURES / "v48" / f"{case}.jsonl").read_text().splitlines()
    frames = [json.loads(line) for line in lines]
    return [f["data"] for f in frames if f["ch"] == "sse" and "data" in f]


def test_the_data_is_sent_when_it_is_asked_for(server: Server) -> None:
    messages = recorded("gen_text")
    asked = next(i for i, m in enumerate(messages) if m["msg"] == "send_data")
    joins: list[str] = []

    def join(handler: Any) -> None:
        joins.append(handler.path)
        handler.conversation(messages[: asked + 1], messages[asked + 1 :])

    Handler.answers = {
        "/config": lambda h: h.json(EARLY),
        "/queue/join": join,
        "/queue/data": lambda h: h.json(None),
    }
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        assert job.result() == "tok0 tok1 tok2 "
        assert job.outputs() == ["tok0 ", "tok0 tok1 ", "tok0 tok1 tok2 "]
        codes = [update.code for update in job.updates()]
        assert Status.IN_QUEUE in codes
        assert codes == sorted(codes)
    (query,) = [parse_qs(urlsplit(path).query) for path in joins]
    assert query["fn_index"] == ["0"]
    (body,) = OldHandler.posted
    assert body["data"] == ["x"]
    assert body["event_id"] == messages[asked]["event_id"]
    assert [body["session_hash"]] == query["session_hash"]


def test_a_queue_that_is_full(server: Server) -> None:
    Handler.answers = {
        "/config": lambda h: h.json(EARLY),
        "/queue/join": lambda h: h.events({"msg": "queue_full"}),
    }
    with WireClient(server.url) as client, pytest.raises(QueueFull):
        client.echo.with_options(retries=0)("x")
    assert OldHandler.posted == []


def test_a_full_queue_is_tried_again(server: Server) -> None:
    answers: Iterator[Any] = iter(
        [
            lambda h: h.events({"msg": "queue_full"}),
            lambda h: h.conversation([ESTIMATION, ASKS], [STARTS, DONE]),
        ]
    )
    Handler.answers = {
        "/config": lambda h: h.json(EARLY),
        "/queue/join": lambda h: next(answers)(h),
        "/queue/data": lambda h: h.json(None),
    }
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"


@pytest.mark.parametrize("asked", [True, False])
def test_a_stream_that_breaks_says_whether_it_ran(server: Server, asked: bool) -> None:
    def join(handler: Any) -> None:
        if asked:
            handler.conversation([ESTIMATION, ASKS], [])
        else:
            handler.events(ESTIMATION)

    Handler.answers = {
        "/config": lambda h: h.json(EARLY),
        "/queue/join": join,
        "/queue/data": lambda h: h.json(None),
    }
    with WireClient(server.url) as client, pytest.raises(ConnectionLost) as lost:
        client.echo.with_options(retries=0)("x")
    assert lost.value.may_have_run is asked


def test_a_job_that_waits_is_taken_back_by_leaving(server: Server) -> None:
    def join(handler: Any) -> None:
        handler.conversation([ESTIMATION], [ASKS])

    Handler.answers = {"/config": lambda h: h.json(EARLY), "/queue/join": join}
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        for update in job.updates():
            if update.code is Status.IN_QUEUE:
                break
        assert job.cancel() is True
    assert OldHandler.posted == []
    OldHandler.given.set()


def test_a_login_that_is_wanted(server: Server) -> None:
    Handler.answers = {
        "/config": lambda h: h.json(EARLY),
        "/queue/join": lambda h: h.json({"detail": "Not authenticated"}, 401),
    }
    with WireClient(server.url) as client, pytest.raises(AuthenticationError):
        client.echo("x")


def test_an_app_too_old_to_describe_itself(server: Server) -> None:
    config = {**EARLY, "version": "3.23.0", "protocol": "ws"}
    Handler.answers = {"/config": lambda h: h.json(config)}
    with (
        WireClient(server.url) as client,
        pytest.raises(ConnectError, match=r"3\.23\.0 does not describe.*3\.26"),
    ):
        client.predict(text="x", api_name="/echo")


# ---- 4.9 to 4.21: streams end without a word


@pytest.mark.parametrize("empty", [0, 2])
def test_the_end_of_a_stream_is_its_close(server: Server, empty: int) -> None:
    """A stream can end just as a job joins; the next one has its messages."""
    streams = iter([()] * empty + [(DONE,)])
    Handler.answers = {
        "/config": lambda h: h.json(FIRST),
        "/queue/join": lambda h: h.json({"event_id": "e"}),
        "/queue/data": lambda h: h.events(*next(streams)),
    }
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"


def test_a_job_that_never_ends_is_given_up(server: Server) -> None:
    Handler.answers = {
        "/config": lambda h: h.json(FIRST),
        "/queue/join": lambda h: h.json({"event_id": "e"}),
        "/queue/data": lambda h: h.events(),
    }
    with WireClient(server.url) as client, pytest.raises(ConnectionLost, match="forg"):
        client.echo("x")
