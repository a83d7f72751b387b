"""What stands before a Space's app: it answers itself while the app sleeps."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.support.hub.spaces import Space

_PAGE = b"<!DOCTYPE html><title>Space</title><p>This Space is sleeping or paused"


class Front:
    """A host that hands everything on to an app while its Space serves.

    While it does not, each request gets a page, and wakes a Space that sleeps.

    Attributes:
        space: The Space, whose `host` is this.
        status: The status of that page.
        late: How many requests get the page though the Space serves again.
        heads: The first line and headers of each request that got the page.
    """

    def __init__(self, app: str, space: Space, status: str = "503 Unavailable") -> None:
        parts = urlsplit(app)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._serving: list[threading.Thread] = []
        self.space = space
        self.status = status
        self.late = 0
        self.heads: list[str] = []
        space.host = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def rest(self, stage: str, *then: str) -> None:
        """Have the Space sleep or pause, and drop who is connected."""
        self.space.stage, self.space.stages = stage, list(then)
        for each in list(self._open):
            _end(each)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _end(self._listener)
        self._thread.join(10)
        self._listener.close()
        for each in list(self._open):
            _end(each)
        for thread in self._serving:
            thread.join(10)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                serve = self._hand_on if self.space.serves else self._show_page
                if self.space.serves and self.late:
                    self.late, serve = self.late - 1, self._show_page
                thread = threading.Thread(target=serve, args=(near,), daemon=True)
                self._serving.append(thread)
                thread.start()

    def _show_page(self, near: socket.socket) -> None:
        self._open.add(near)
        with contextlib.suppress(OSError), near, near.makefile("rb") as lines:
            head = ""
            while (line := lines.readline().decode("latin-1")).strip():
                head += line
            lengths = [
                int(line.partition(":")[2])
                for line in head.lower().splitlines()
                if line.startswith("content-length:")
            ]
            lines.read(sum(lengths))
            self.heads.append(head)
            self.space.wake()
            near.sendall(
                f"HTTP/1.1 {self.status}\r\nconnection: close\r\n"
                f"content-type: text/html\r\ncontent-length: {len(_PAGE)}\r\n\r\n".encode()
                + _PAGE
            )
        self._open.discard(near)

    def _hand_on(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._target) as far:
            self._open |= {near, far}
            back = threading.Thread(target=self._copy, args=(far, near), daemon=True)
            back.start()
            self._copy(near, far)
            back.join()
            self._open -= {near, far}

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        for each in (source, target):
            _end(each)


def _end(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
