"""Which app, which of its clients, or what in their place a module's functions call."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from ..description.signature import shown_name

C = TypeVar("C")

#: What is in use in this context; and in every context that has no client of the app.
_here: ContextVar[tuple[InUse[Any], ...]] = ContextVar("gradio_clients", default=())
_everywhere: list[InUse[Any]] = []
#: What answers calls in the app's place, by the function that describes them; the last
#: one does. See `fakes`.
stand_ins: dict[Callable[..., Any], tuple[Any, ...]] = {}
#: The default of a parameter that may be given anything, also None.
ABSENT: Any = ...


def src_variable(module: str) -> str:
    """Return the environment variable that gives a module's app another address."""
    return f"GRADIO_CODEGEN_{module.rpartition('.')[2].upper()}_SRC"


class Source:
    """What a module was generated from: the part of an `App` that needs no client."""

    def __init__(self, src: str, *, spec: str, gradio: str) -> None:
        self.src = src
        self.spec = spec
        self.gradio = gradio
        #: The module, known from its endpoints; it names the environment variable.
        self.module: str | None = None
        #: Its endpoints by what runs them on the app's page, if their names say little.
        self.triggers: dict[str, str] = {}

    def know(self, trigger: str, api_name: str | int) -> None:
        """Keep what runs an endpoint, if that is said of it."""
        if trigger:
            self.triggers[trigger] = shown_name(api_name)

    @property
    def address(self) -> str:
        """The app's address: what the environment says, or else `src`."""
        named = os.environ.get(src_variable(self.module), "") if self.module else ""
        return named.strip() or self.src


def client_in_use(source: Source) -> Any:
    """Return the client that was last put to use here, or else everywhere, or None."""
    entries = (*_everywhere, *_here.get())
    return next((e.client for e in reversed(entries) if e.source is source), None)


class InUse(Generic[C]):
    """A client that its module's functions are called on; see `Client.use`."""

    def __init__(self, source: Source, client: C, *, everywhere: bool) -> None:
        self.source = source
        self.client = client
        self._is_everywhere = everywhere
        self._begin()

    def _begin(self) -> None:
        if self._is_everywhere and self not in _everywhere:
            _everywhere.append(self)
        elif not self._is_everywhere and self not in _here.get():
            _here.set((*_here.get(), self))

    def __enter__(self) -> C:
        self._begin()
        return self.client

    def __exit__(self, *_: object) -> None:
        """Go back to the client before it. This one stays open."""
        if self._is_everywhere:
            with suppress(ValueError):
                _everywhere.remove(self)
        else:
            _here.set(tuple(entry for entry in _here.get() if entry is not self))
