"""What a call asks of an app, and whether the app still is what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .results import ResultReader

__all__ = ["Request", "first_difference"]

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
    shape: str | None
    read: ResultReader[T]
    typed: bool = True


def first_difference(expected: str, live: str, names: list[str]) -> str:
    """The first parameter or output that differs between two shapes."""
    was_in, _, was_out = expected.partition("->")
    is_in, _, is_out = live.partition("->")
    old = [part.strip() for part in was_in.split(",")]
    new = [part.strip() for part in is_in.split(",")]
    for index, (a, b) in enumerate(zip(old, new, strict=False)):
        if a != b and index < len(names):
            return f"parameter {names[index]!r}"
    if len(old) != len(new):
        index = min(len(old), len(new))
        return (
            f"parameter {names[index]!r}" if index < len(names) else "a new parameter"
        )
    if was_in.strip() != is_in.strip():
        return "the parameters"
    return "the outputs" if was_out != is_out else "nothing"
