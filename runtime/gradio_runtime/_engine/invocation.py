"""What a call asks of an app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from ..description.signature import Shape
from ..errors import InputError
from .results import ResultReader, Strict

T = TypeVar("T")


class StateShared(InputError):
    """Calls that share one session are many, and the endpoint keeps State there."""

    usual_hint = "Call it row by row, on a client for each sequence of calls"


class Request(NamedTuple, Generic[T]):
    """What to call and how to read the answer."""

    endpoint: str | int  # the api_name, or a fn_index
    names: list[str]
    #: One for each visible input slot, in wire order, as the names are.
    values: list[Any]
    #: The shape that the caller was generated for; None to take any.
    shape: Shape | None
    #: The endpoints of the caller's module by what ran them, if their names say little.
    known: Mapping[str, str]
    #: Reads the visible outputs.
    read: ResultReader[T]
    #: Whether values come and go as the runtime's own types, the same for every Gradio
    #: version; otherwise they are left as this server has them.
    typed: bool = True

    def reading(self, outputs: int | None) -> Request[T]:
        """Return the same request, read from the first visible outputs; None for all."""

        def read(values: list[Any], names: list[str], strict: Strict) -> T:
            return self.read(values[:outputs], names[:outputs], strict)

        return self._replace(read=read)
