"""An app of ours that takes and serves files, and misbehaves where a test says so.

It has the endpoints `/file`, which gives back what it is given, and `/file_sizes`, as
`WireClient` declares them.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

PREFIX = "/gradio_api"
META = {"_type": "gradio.FileData"}
CONFIG: dict[str, Any] = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "api_prefix": PREFIX,
    "components": [
        {"id": 1, "type": "file", "props": {}},
        {"id": 2, "type": "json", "props": {}},
    ],
    "dependencies": [
        {"id": 0, "api_name": "file", "inputs": [1], "outputs": [1], "types": {}},
        {
            "id": 1,
            "api_name": "file_sizes",
            "inputs": [1, 1],
            "outputs": [2],
            "types": {},
        },
    ],
}


@dataclass
class Uploaded:
    """One file that came.

    Attributes:
        head: The headers of its part, as they came.
        content: Its bytes.
        headers: The headers of the request, their names in lower case.
    """

    head: str
    content: bytes
    headers: dict[str, str]

    @property
    def name(self) -> str:
        """What the client calls it."""
        found = re.search(r'filename="([^"]*)"', self.head)
        assert found is not None
        return found[1]


@dataclass
class Served:
    """One file that is served.

    Attributes:
        content: Its bytes.
        tag: Its ETag; "" for none, None for a hash of the content.
        faults: What happens to its first, second, … request instead of an answer.
        ranges: The `Range` of each request.
    """

    content: bytes
    tag: str | None = None
    faults: list[Fault] = field(default_factory=list["Fault"])
    ranges: list[str | None] = field(default_factory=list["str | None"])

    @property
    def etag(self) -> str:
        if self.tag is None:
            return f'"{hashlib.md5(self.content).hexdigest()}"'
        return self.tag


class Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FileServer

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self._lowered()))
        path = unquote(self.path.partition("?")[0])
        served = self.server.served.get(path)
        if path == "/config":
            self.json({**CONFIG, "max_file_size": self.server.max_file_size})
        elif path == f"{PREFIX}/queue/data":
            self._events()
        elif served is None:
            self.answer(self.server.missing, b"gone")
        else:
            served.ranges.append(self.headers.get("range"))
            if served.faults:
                served.faults.pop(0)(self, served)
            else:
                self.serve(served)

    def do_POST(self) -> None:
        self.server.seen.append((self.path, self._lowered()))
        if self.path.startswith(f"{PREFIX}/upload"):
            fault = (
                self.server.upload_faults.pop(0) if self.server.upload_faults else None
            )
            if fault is not None:
                fault(self)
            else:
                self.take()
            return
        body = json.loads(self.read_body())
        if self.path.startswith(f"{PREFIX}/queue/join"):
            self.server.joined.append(body)
            self.json({"event_id": "e"})
        else:
            self.json({"success": True})

    def _lowered(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def take(self) -> None:
        """Take an upload, as it should be."""
        with self.server.at_once():
            body = self.read_body()
        kind = self.headers["content-type"]
        boundary = b"--" + kind.partition("boundary=")[2].encode()
        head, _, rest = body.removeprefix(boundary + b"\r\n").partition(b"\r\n\r\n")
        content = rest.removesuffix(b"\r\n" + boundary + b"--\r\n")
        uploaded = Uploaded(head.decode(), content, self._lowered())
        self.server.uploads.append(uploaded)
        path = f"/up/{len(self.server.uploads)}/{uploaded.name}"
        self.server.serve(path, content)
        self.json([path])

    def read_body(self) -> bytes:
        """The body of a request, whole."""
        if (length := self.headers.get("content-length")) is not None:
            body = self.rfile.read(int(length))
            assert len(body) == int(length), "the body broke off"
            return body
        pieces: list[bytes] = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _events(self) -> None:
        body = self.server.joined[-1]
        output = self.server.output
        data = [{"taken": True} if body["fn_index"] else body["data"][0]]
        done = {
            "msg": "process_completed",
            "event_id": "e",
            "success": True,
            "output": {"data": data if output is None else [output]},
        }
        started = {"msg": "process_starts", "event_id": "e"}
        events = [started, done, {"msg": "close_stream", "event_id": None}]
        text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        self.answer(200, text.encode(), {"content-type": "text/event-stream"})

    def json(self, value: object, status: int = 200) -> None:
        kind = {"content-type": "application/json"}
        self.answer(status, json.dumps(value).encode(), kind)

    def serve(self, served: Served, *, ranges: bool = True) -> None:
        """Serve a file, or the part of it that is asked for, as it should be."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        same = self.headers.get("if-range", served.etag) == served.etag
        headers = {"etag": served.etag} if served.etag else {}
        content = served.content
        if not (ranges and asked and same):
            self.answer(200, content, headers)
            return
        start = int(asked[1])
        headers["content-range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.answer(206, content[start:], headers)

    def answer(
        self,
        status: int,
        content: bytes,
        headers: dict[str, str] | None = None,
        *,
        cut: int | None = None,
    ) -> None:
        """Answer; `cut` ends the connection after so many bytes of the content."""
        self.send_response(status)
        for key, value in {
            "content-length": str(len(content)),
            **(headers or {}),
        }.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content[:cut])
        if cut is not None:
            self.hang_up()

    def hang_up(self) -> None:
        """End the connection."""
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


Fault = Callable[[Handler, Served], None]


class FileServer(ThreadingHTTPServer):
    """The app.

    Attributes:
        served: Files by path.
        uploads: What came.
        upload_faults: What happens to the first, second, … upload instead.
        joined: The body of each call.
        output: What every call gives; None for what it was given.
        missing: The status of what is not served.
        max_file_size: What the app says of itself.
        seen: Path and headers of each request, their names in lower case.
        most: How many uploads came at the same time, at most.
        hold: Uploads wait until as many have come.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.served: dict[str, Served] = {}
        self.uploads: list[Uploaded] = []
        self.upload_faults: list[Callable[[Handler], None] | None] = []
        self.joined: list[dict[str, Any]] = []
        self.output: object = None
        self.missing = 403
        self.max_file_size: int | None = None
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.most = 0
        self.hold = 0
        self._now = 0
        self._changed = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def serve(self, path: str, content: bytes, **how: Any) -> dict[str, Any]:
        """Serve a file from now on; returns the `FileData` that names it."""
        self.served[f"{PREFIX}/file={path}"] = Served(content, **how)
        name = path.rpartition("/")[2]
        return {"path": path, "orig_name": name, "url": None, "meta": META}

    def ranges(self, path: str) -> list[str | None]:
        """The `Range` of each request for a file."""
        return self.served[f"{PREFIX}/file={path}"].ranges

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Count an upload; let it wait for others, though not for ever."""
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self.hold, timeout=5)
        try:
            yield
        finally:
            with self._changed:
                self._now -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


@contextmanager
def file_server() -> Iterator[FileServer]:
    """A server, until the end of the block."""
    server = FileServer()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
