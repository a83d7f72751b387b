"""A server of ours that misbehaves as each test tells it to.

`Handler.answers` has what it answers by path; where that is silent it behaves, as the
Gradio whose `config` it serves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, TypeVar

T = TypeVar("T")

CONFIG: dict[str, Any] = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "api_prefix": "/gradio_api",
    "components": [{"id": 1, "type": "textbox", "props": {}}],
    "dependencies": [
        {"id": 0, "api_name": "echo", "inputs": [1], "outputs": [1], "types": {}},
    ],
}


def of_one(api_name: str, takes: str, gives: str) -> dict[str, Any]:
    """A `/config` of one endpoint, which takes one component and gives one."""
    (dependency,) = CONFIG["dependencies"]
    types = enumerate((takes, gives))
    return {
        **CONFIG,
        "components": [{"id": id_, "type": type_, "props": {}} for id_, type_ in types],
        "dependencies": [
            {**dependency, "api_name": api_name, "inputs": [0], "outputs": [1]}
        ],
    }


DONE = {
    "msg": "process_completed",
    "event_id": "e",
    "output": {"data": ["ok"]},
    "success": True,
}
CLOSE = {"msg": "close_stream", "event_id": None}

#: Gradio 4.0 to 4.8, Gradio 4.9 to 4.16, and Gradio 3 with a queue and without.
EARLY = {**CONFIG, "version": "4.8.0", "protocol": "sse", "api_prefix": ""}
FIRST = {**CONFIG, "version": "4.16.0", "protocol": "sse_v1", "api_prefix": ""}
SOCKETS = {
    **CONFIG,
    "version": "3.50.2",
    "protocol": "ws",
    "api_prefix": "",
    "enable_queue": True,
}
DIRECT = {**SOCKETS, "enable_queue": False}
ESTIMATION = {"msg": "estimation", "rank": 0, "queue_size": 1, "rank_eta": None}
ASKS = {"msg": "send_data", "event_id": "e"}
STARTS = {"msg": "process_starts"}

PAGE = b"<!DOCTYPE html><title>Sleeping</title><p>This Space is sleeping</p>"

Answer = Callable[["Handler"], object]


class Handler(BaseHTTPRequestHandler):
    """Answers each path by the test's table; behaves where the table is silent."""

    protocol_version = "HTTP/1.1"
    #: A head and a body are two packets, the second of which would wait for 40 ms.
    disable_nagle_algorithm = True
    answers: ClassVar[dict[str, Answer]] = {}
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []
    bodies: ClassVar[list[tuple[str, bytes]]] = []

    def do_GET(self) -> None:
        self.dispatch()

    def do_POST(self) -> None:
        self.body = self._content()
        self.bodies.append((self.path.partition("?")[0], self.body))
        self.dispatch()

    def _content(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def dispatch(self) -> None:
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

    def page(self) -> None:
        """What the Hub shows for a Space that sleeps."""
        self.raw(PAGE, "text/html; charset=utf-8")

    def redirect(self, where: str, status: int = 307) -> None:
        self.raw(b"", "text/plain", status, {"Location": where})

    def cut(self) -> None:
        """Hang up, without a word or in the middle of one."""
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def begin_events(self) -> None:
        """The head of an event stream; `event` and `end` are the rest of it."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def event(self, message: object) -> None:
        line = b"data: " + json.dumps(message).encode() + b"\n\n"
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def open_socket(self) -> None:
        """Answer the handshake of a WebSocket (RFC 6455, 4.2.2)."""
        key = self.headers["sec-websocket-key"]
        salted = f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()
        accept = base64.b64encode(hashlib.sha1(salted).digest()).decode()
        self.send_response(101)
        self.send_header("upgrade", "websocket")
        self.send_header("connection", "Upgrade")
        self.send_header("sec-websocket-accept", accept)
        self.end_headers()
        self.close_connection = True

    def send_frame(self, content: bytes, kind: int = 1) -> None:
        """One whole frame: 1 text, 2 bytes, 8 close, 9 ping."""
        size = len(content)
        if size < 126:
            head = struct.pack("!BB", 0x80 | kind, size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x80 | kind, 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 127, size)
        self.wfile.write(head + content)

    def say(self, message: object) -> None:
        self.send_frame(json.dumps(message).encode())

    def hear(self) -> bytes:
        """The next text that the client sends; pings are passed over."""
        while True:
            first, second = self.rfile.read(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self.rfile.read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self.rfile.read(8))
            mask = self.rfile.read(4)
            content = self.rfile.read(size)
            if first & 0x0F == 1:
                return bytes(c ^ mask[i % 4] for i, c in enumerate(content))

    def shut(self, code: int) -> None:
        """Close the WebSocket."""
        self.send_frame(struct.pack("!H", code), 8)

    def events(self, *messages: object, cut: bool = False, tail: bytes = b"") -> None:
        """An event stream; `cut` ends the connection in the middle of it."""
        body = b"".join(b"data: " + json.dumps(m).encode() + b"\n\n" for m in messages)
        self.begin_events()
        body += tail
        if body:
            self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        if cut:
            self.cut()
        else:
            self.end()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""

    secure = False

    @property
    def url(self) -> str:
        scheme = "https" if self.secure else "http"
        return f"{scheme}://127.0.0.1:{self.server_port}"


@contextmanager
def serving(
    handler: type[Handler] = Handler, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that runs; over TLS where a context is given."""
    with Server(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.secure = True
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(
            target=server.serve_forever, args=(0.01,), daemon=True
        )
        thread.start()
        yield server
        server.shutdown()


def forget_all() -> None:
    """Begin anew: nothing is special, nothing has been asked."""
    Handler.answers = {}
    Handler.seen, Handler.bodies = [], []


def count(end: str) -> int:
    """How many requests there were for paths that end so."""
    return sum(path.endswith(end) for path, _ in Handler.seen)


def sent(end: str) -> dict[str, str]:
    """The headers of the last request for a path that ends so."""
    return [headers for path, headers in Handler.seen if path.endswith(end)][-1]


def until(reached: Callable[[], T | None], seconds: float = 30.0) -> T:
    """Wait for something that must come, and return it."""
    deadline = time.monotonic() + seconds
    while not (it := reached()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)
    return it
