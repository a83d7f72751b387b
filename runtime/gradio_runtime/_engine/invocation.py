"""What a call asks of an app."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from ..description.signature import Shape
from .results import ResultReader

T = TypeVar("T")


@dataclass(frozen=True)
class Request(Generic[T]):
    """What to call and how to read the answer.

    Attributes:
        endpoint: The api_name, or a fn_index.
        names: Parameter names, in wire order.
        values: One value for each visible input slot, in wire order.
        shape: The shape the caller was generated for; None to take any.
        read: Reads the visible outputs.
        typed: Whether values come and go as the runtime's own types, the same for every
            Gradio version; otherwise they are left as this server has them.
    """

    endpoint: str | int
    names: list[str]
    values: list[Any]
    shape: Shape | None
    read: ResultReader[T]
    typed: bool = True

    def reading(self, outputs: int | None) -> Request[T]:
        """The same request, read from the first visible outputs; None for all."""

        def read(values: list[Any], names: list[str], strict: bool) -> T:
            return self.read(values[:outputs], names[:outputs], strict)

        return replace(self, read=read)
