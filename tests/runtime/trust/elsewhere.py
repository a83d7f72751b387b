"""A second server beside the app's: what is sent to it is what leaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from tests.support.misbehaving import Handler, Server, serving


class Elsewhere(Handler):
    """Answers everything with a little JSON, and keeps what it was sent."""

    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []
    bodies: ClassVar[list[tuple[str, bytes]]] = []
    #: The verb, the path with its query, and the headers of each request.
    asked: ClassVar[list[tuple[str, str, dict[str, str]]]] = []
    #: What its answers set.
    cookie: ClassVar[str] = "theirs=foreign; Path=/"

    def dispatch(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append((self.command, self.path, headers))
        self.json({"event_id": "e"}, 200, {"Set-Cookie": self.cookie})


@contextmanager
def elsewhere() -> Iterator[Server]:
    """Have it run, on another port of 127.0.0.1."""
    Elsewhere.asked.clear()
    Elsewhere.bodies.clear()
    with serving(Elsewhere) as running:
        yield running
