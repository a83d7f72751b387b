"""Small proxies: one between client and server that cuts, one that forwards HTTP."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Cutter:
    """A TCP proxy that cuts connections; both sides of each, at once.

    Attributes:
        url: Its address, for the client.
        longest: Seconds after which a connection is cut; None for never.
    """

    def __init__(self, server: str, longest: float | None = None) -> None:
        parts = urlsplit(server)
        self.longest = longest
        self._target = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self._target)
                pair = (near, far)
                self._pairs.add(pair)
                for source, target in (pair, pair[::-1]):
                    threading.Thread(
                        target=self._copy, args=(source, target, pair), daemon=True
                    ).start()
                if self.longest is not None:
                    timer = threading.Timer(self.longest, self._end, pair)
                    timer.daemon = True
                    timer.start()

    def _copy(
        self,
        source: socket.socket,
        target: socket.socket,
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        self._end(*pair)

    def _end(self, near: socket.socket, far: socket.socket) -> None:
        self._pairs.discard((near, far))
        for each in (near, far):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def cut(self) -> None:
        """Cut every connection that there is."""
        for pair in list(self._pairs):
            self._end(*pair)

    def __enter__(self) -> Cutter:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()


class Forwarder:
    """An HTTP proxy that serves one request per connection: requests by their whole URL, and tunnels by CONNECT.

    Attributes:
        url: Its address.
        asked: The first line of each request.
        heads: The head of each request, in lower case.
        login: `user:password` that it wants, if any.
    """

    def __init__(self, login: str | None = None) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.login = login
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                threading.Thread(target=self._one, args=(near,), daemon=True).start()

    def _one(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := near.recv(1 << 16)):
                    return
                head += more
            head, _, body = head.partition(b"\r\n\r\n")
            line, _, fields = head.decode("latin-1").partition("\r\n")
            self.asked.append(line)
            self.heads.append(fields.lower())
            if self.login is not None:
                token = base64.b64encode(self.login.encode()).decode()
                if f"Basic {token}" not in fields:
                    near.sendall(
                        b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                        b"content-length: 0\r\nconnection: close\r\n\r\n"
                    )
                    return
            method, target, version = line.split(" ")
            if method == "CONNECT":
                host, _, port = target.rpartition(":")
                with socket.create_connection((host, int(port))) as far:
                    near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=_pump, args=(far, near), daemon=True)
                    back.start()
                    _pump(near, far)
                    back.join(10)
                return
            parts = urlsplit(target)
            path = parts._replace(scheme="", netloc="").geturl()
            kept = "\r\n".join(
                field
                for field in fields.split("\r\n")
                if not field.lower().startswith(("proxy-", "connection:"))
            )
            ahead = f"{method} {path} {version}\r\nconnection: close\r\n{kept}\r\n\r\n"
            address = (parts.hostname, parts.port or 80)
            with socket.create_connection(address) as far:
                far.sendall(ahead.encode("latin-1") + body)
                threading.Thread(target=_pump, args=(near, far), daemon=True).start()
                status = b""
                while b"\r\n" not in status:
                    status += far.recv(1 << 16)
                status, _, rest = status.partition(b"\r\n")
                near.sendall(status + b"\r\nconnection: close\r\n" + rest)
                _pump(far, near)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def forwarding(login: str | None = None) -> Iterator[Forwarder]:
    proxy = Forwarder(login)
    threading.Thread(target=proxy.serve, daemon=True).start()
    yield proxy
    with contextlib.suppress(OSError):
        proxy.listener.shutdown(socket.SHUT_RDWR)
    proxy.listener.close()
