"""Where a module's functions go that are called on no client: which app, which client."""

from __future__ import annotations

import os
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from .app import App
    from .client import Client

__all__ = ["InUse", "client_in_use", "src_of", "src_variable"]

C = TypeVar("C", bound="Client")

#: What is in use in this context, and in those that have nothing of the app in use.
_here: ContextVar[tuple[InUse[Any], ...]] = ContextVar("gradio_clients", default=())
_everywhere: list[InUse[Any]] = []


def src_variable(module: str) -> str:
    """The environment variable that gives a module's app another address."""
    return f"GRADIO_CODEGEN_{module.rpartition('.')[2].upper()}_SRC"


def src_of(app: App) -> str:
    """The app's address: what the environment says, or what it was generated from."""
    if app.module is None:
        return app.src
    return os.environ.get(src_variable(app.module), "").strip() or app.src


def client_in_use(app: App) -> Client | None:
    """The client of the app that was last put to use here, or else everywhere."""
    for entries in (_here.get(), tuple(_everywhere)):
        for entry in reversed(entries):
            if entry.app is app:
                client: Client = entry.client
                return client
    return None


class InUse(Generic[C]):
    """A client that its module's functions are called on; see `Client.use`.

    Attributes:
        app: The module's app.
        client: The client.
    """

    def __init__(self, app: App, client: C, *, everywhere: bool) -> None:
        self.app = app
        self.client = client
        self._is_everywhere = everywhere
        self._begin()

    def _begin(self) -> None:
        if self._is_everywhere and self not in _everywhere:
            _everywhere.append(self)
        elif not self._is_everywhere and self not in _here.get():
            _here.set((*_here.get(), self))

    def __enter__(self) -> C:
        """The client."""
        self._begin()
        return self.client

    def __exit__(self, *_: object) -> None:
        """Go back to the client before it. This one stays open."""
        if self._is_everywhere:
            with suppress(ValueError):
                _everywhere.remove(self)
        else:
            _here.set(tuple(entry for entry in _here.get() if entry is not self))
