"""A server of ours that misbehaves: each fault gives its error, and nothing hangs."""

from __future__ import annotations

import gc
import gzip
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, cast

import pytest
from gradio_runtime import (
    AuthenticationError,
    Client,
    ConnectError,
    ConnectionLost,
    GradioError,
    InputError,
    JobCancelled,
    JobTimeout,
    ProtocolError,
    QueueFull,
    RateLimited,
    ServerValidationError,
    connect,
)
from gradio_runtime.http import pools

from tests.runtime.wire_api import WireClient

CONFIG: dict[str, Any] = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "api_prefix": "/gradio_api",
    "components": [{"id": 1, "type": "textbox", "props": {}}],
    "dependencies": [
        {"id": 0, "api_name": "echo", "inputs": [1], "outputs": [1], "types": {}},
    ],
}
DONE = {
    "msg": "process_completed",
    "event_id": "e",
    "output": {"data": ["ok"]},
    "success": True,
}
CLOSE = {"msg": "close_stream", "event_id": None}

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each path by the test's table; behaves where the table is silent."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[dict[str, Answer]] = {}
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self._dispatch()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._dispatch()

    def _dispatch(self) -> None:
        path = self.path.partition("?")[0]
        self.seen.append((path, {k.lower(): v for k, v in self.headers.items()}))
        default: dict[str, Answer] = {
            "/config": lambda h: h.json(CONFIG),
            "/gradio_api/queue/join": lambda h: h.json({"event_id": "e"}),
            "/gradio_api/queue/data": lambda h: h.events(DONE, CLOSE),
            "/gradio_api/cancel": lambda h: h.json({"success": True}),
        }
        answer = {**default, **self.answers}.get(path)
        if answer is None:
            self.json({"detail": "Not Found"}, 404)
        else:
            answer(self)

    def json(
        self, body: object, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self.raw(json.dumps(body).encode(), "application/json", status, headers)

    def raw(
        self,
        content: bytes,
        kind: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def events(self, *messages: object, cut: bool = False, tail: bytes = b"") -> None:
        """An event stream; `cut` ends the connection in the middle of it."""
        body = b"".join(b"data: " + json.dumps(m).encode() + b"\n\n" for m in messages)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        body += tail
        if body:
            self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        if cut:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    Handler.answers, Handler.seen = {}, []
    with Server(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(
            target=running.serve_forever, args=(0.01,), daemon=True
        )
        thread.start()
        yield running
        running.shutdown()


def echo(server: Server) -> str:
    with WireClient(server.url) as client:
        return client.echo("x")


def joins() -> int:
    return sum(path.endswith("/join") for path, _ in Handler.seen)


def test_a_server_that_behaves(server: Server) -> None:
    assert echo(server) == "ok"


CONFIG_FAULTS: dict[str, tuple[Answer, type[GradioError], str]] = {
    "html": (
        lambda h: h.raw(b"<html>sleeping</html>", "text/html"),
        ConnectError,
        "an HTML page, not JSON",
    ),
    "json-of-something-else": (
        lambda h: h.json({"hello": 1}),
        ConnectError,
        "not that of a Gradio app",
    ),
    "404": (lambda h: h.json({"detail": "Not Found"}, 404), ConnectError, "404"),
    "401": (
        lambda h: h.json({"detail": "Not authenticated"}, 401),
        AuthenticationError,
        "Not authenticated",
    ),
    "500": (
        lambda h: h.raw(b"Internal Server Error", "text/plain", 500),
        ProtocolError,
        "500",
    ),
    "unknown-protocol": (
        lambda h: h.json({**CONFIG, "protocol": "sse_v9", "version": "9.0.0"}),
        ProtocolError,
        "Gradio 9.0.0",
    ),
}


@pytest.mark.parametrize("fault", CONFIG_FAULTS)
def test_config_faults(server: Server, fault: str) -> None:
    answer, error, text = CONFIG_FAULTS[fault]
    Handler.answers["/config"] = answer
    with pytest.raises(error, match=text) as caught:
        connect(server.url)
    assert caught.value.src == server.url
    assert "\n" not in str(caught.value)


def test_a_passing_failure_of_config_is_tried_again(server: Server) -> None:
    answers = iter([503, 200])

    def flaky(handler: Handler) -> None:
        status = next(answers)
        handler.json(CONFIG if status == 200 else {}, status)

    Handler.answers["/config"] = flaky
    assert echo(server) == "ok"


JOIN_FAULTS: dict[str, tuple[Answer, type[GradioError], str]] = {
    "queue-full": (
        lambda h: h.json({"detail": "Queue is full. Max size is 1."}, 503),
        QueueFull,
        "Queue is full",
    ),
    "429": (
        lambda h: h.json({"detail": "slow down"}, 429, {"Retry-After": "0"}),
        RateLimited,
        "too many requests",
    ),
    "422": (
        lambda h: h.json(
            {
                "detail": [
                    {"is_valid": True, "message": "", "parameter_name": "name"},
                    {
                        "is_valid": False,
                        "message": "too young",
                        "parameter_name": "age",
                    },
                ]
            },
            422,
        ),
        ServerValidationError,
        "age: too young",
    ),
    "500": (
        lambda h: h.raw(b"Traceback\nKeyError: 7", "text/plain", 500),
        ProtocolError,
        "KeyError: 7",
    ),
    "504": (
        lambda h: h.raw(b"", "text/plain", 504),
        ConnectionLost,
        "may have run",
    ),
    "404": (lambda h: h.json({"detail": "Not Found"}, 404), ConnectError, "404"),
    "no-event-id": (lambda h: h.json({}), ProtocolError, "without naming it"),
}


@pytest.mark.parametrize("fault", JOIN_FAULTS)
def test_join_faults(server: Server, fault: str) -> None:
    answer, error, text = JOIN_FAULTS[fault]
    Handler.answers["/gradio_api/queue/join"] = answer
    with pytest.raises(error, match=text) as caught:
        echo(server)
    assert caught.value.endpoint == "/echo"
    # Only what certainly was not taken is sent again.
    assert joins() == (3 if error in {QueueFull, RateLimited} else 1)


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


def test_tokens_stay_on_their_origin(server: Server) -> None:
    with Server(("127.0.0.1", 0), Handler) as other:
        threading.Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
        elsewhere = f"{other.url}/elsewhere"
        Handler.answers["/config"] = lambda h: h.raw(
            b"", "text/plain", 302, {"Location": elsewhere}
        )
        Handler.answers["/elsewhere"] = lambda h: h.json(CONFIG)
        client = Client(server.url, token="hf_secret", headers={"cookie": "a=b"})
        client.connect()
        other.shutdown()
    sent = dict(Handler.seen)
    assert sent["/config"]["x-hf-authorization"] == "Bearer hf_secret"
    assert "x-hf-authorization" not in sent["/elsewhere"]
    assert "cookie" not in sent["/elsewhere"]


def test_a_circle_of_redirects(server: Server) -> None:
    Handler.answers["/config"] = lambda h: h.raw(
        b"", "text/plain", 302, {"Location": "/config"}
    )
    with pytest.raises(ConnectError, match="circle"):
        connect(server.url)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_no_more_is_read_than_a_description_has(server: Server, coding: str) -> None:
    """Nor does a small answer that unpacks to a large one get further."""
    body = b'"' + b"x" * (33 << 20) + b'"'
    sent = gzip.compress(body) if coding == "gzip" else body
    Handler.answers["/config"] = lambda h: h.raw(
        sent, "application/json", 200, {"Content-Encoding": coding}
    )
    with pytest.raises(ProtocolError, match="more than 32 MiB"):
        connect(server.url)


def test_a_packed_description_is_read(server: Server) -> None:
    packed = gzip.compress(json.dumps(CONFIG).encode())
    Handler.answers["/config"] = lambda h: h.raw(
        packed, "application/json", 200, {"Content-Encoding": "gzip"}
    )
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"


def test_a_timeout_during_the_join_takes_the_job_back(server: Server) -> None:
    cancelled = threading.Event()

    def slow_join(handler: Handler) -> None:
        time.sleep(0.5)
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
        assert cancelled.wait(5)
        del Handler.answers["/gradio_api/queue/join"]
        assert client.echo("x") == "ok"


def test_cancelling_while_a_join_is_tried_again(server: Server) -> None:
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
        {"detail": "slow down"}, 429, {"Retry-After": "30"}
    )
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        while not joins():  # the first one is refused, the next is half a minute away
            time.sleep(0.01)
        time.sleep(0.1)
        assert job.cancel() is True
        assert job.cancelled()


@pytest.mark.slow
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
    time.sleep(4.2)  # they have been idle too long
    del Handler.answers["/gradio_api/queue/join"]
    with WireClient(server.url) as client:
        for _ in range(20):
            client.echo.submit("x").cancel()
        Handler.answers.clear()
        assert client.echo("x") == "ok"
    gc.collect()  # a socket that is forgotten warns, and a warning fails the test
    assert len(open_sockets()) < idle


def open_sockets() -> list[object]:
    shared = [cast("Any", pool)._pool for pool in pools._pools.values()]
    return [connection for pool in shared for connection in pool.connections]


def test_a_stream_to_upload_that_times_out_by_itself(server: Server) -> None:
    class Slow:
        def read(self, size: int = -1) -> bytes:
            raise TimeoutError("the source is slow")

    Handler.answers["/config"] = lambda h: h.json(
        {**CONFIG, "components": [{"id": 1, "type": "file", "props": {}}]}
    )
    with WireClient(server.url) as client:
        one = client.file
        one.api_name, one._shape = "/echo", "file -> file"
        with pytest.raises(GradioError, match="the source is slow"):
            one.submit(cast("Any", Slow())).result(timeout=5)


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
    client = WireClient(server.url)
    barrier = threading.Barrier(20)
    connections: list[object] = []

    def connect() -> None:
        barrier.wait()
        connections.append(client._connection())

    threads = [threading.Thread(target=connect) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, connections))) == 1
    client.close()


def test_a_stream_that_was_left_does_not_end_quietly(server: Server) -> None:
    Handler.answers["/gradio_api/queue/data"] = lambda h: time.sleep(0.3)
    with WireClient(server.url) as client:
        stream = client.grow
        stream.api_name, stream._shape = "/echo", "textbox -> textbox"
        left = stream.stream(1)
        left.close()
        with pytest.raises(JobCancelled):
            next(left)


def test_an_exit_handler_of_the_user_does_not_hang(server: Server) -> None:
    script = f"""
import atexit
from tests.runtime.wire_api import WireClient
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


def test_a_restarted_app_is_read_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = [
        {"id": 0, "api_name": "other", "inputs": [1], "outputs": [1], "types": {}},
        {"id": 7, "api_name": "echo", "inputs": [1], "outputs": [1], "types": {}},
    ]
    bodies: list[bytes] = []

    def record(handler: Handler) -> None:
        bodies.append(handler.rfile.read(int(handler.headers["content-length"])))
        handler._dispatch()

    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"
        sessions = client._connection().live.sessions
        Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(cut=True)
        with pytest.raises(ConnectionLost):
            client.echo("x")
        config = {**CONFIG, "dependencies": swapped}
        Handler.answers = {"/config": lambda h: h.json(config)}
        monkeypatch.setattr(Handler, "do_POST", record)
        assert client.echo("x") == "ok"
        assert json.loads(bodies[0])["fn_index"] == 7
        # No second stream of the same session beside one that may still be open.
        assert client._connection().live.sessions is sessions
