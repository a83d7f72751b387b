"""Endpoints of `gr.api`, whose types come from annotations (Gradio 5 and 6).

No `from __future__ import annotations` here: Gradio reads what a function returns
without resolving strings, and would know nothing of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Optional, TypedDict

from tests.apps.components.kit import gr


@dataclass
class Point:
    x: int
    y: int = 0


def typed_scalars(a: int, b: float, c: str, d: bool) -> list[Any]:
    return [a, b, c, d]


def typed_optional(a: Optional[int], b: str | None = None) -> list[Any]:  # noqa: UP045
    return [a, b]


def typed_literal(mode: Literal["fast", "slow"], level: Literal[1, 2] = 1) -> str:
    return f"{mode} {level}"


def typed_collections(
    rows: list[list[int]], table: dict[str, float], pair: tuple[int, str]
) -> dict[str, Any]:
    return {"rows": rows, "table": table, "pair": pair}


def typed_any(value: Any) -> Any:
    return value


def typed_several(a: int) -> tuple[int, str, list[int]]:
    return a, str(a), [a]


def typed_none(a: int) -> None:
    return None


def typed_point(point: Point) -> dict[str, int]:
    return dict(point) if isinstance(point, dict) else {"x": point.x, "y": point.y}


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Book(TypedDict):
    title: str
    pages: int


def typed_unions(
    either: int | str, only: Literal["only"], colour: Colour, several: float | list[str]
) -> int | str:
    """The colour is a string here, whatever its hint says."""
    return either if isinstance(either, int) else f"{only} {colour} {several!r}"


def typed_containers(
    bare: list[Any], mapping: dict[str, int], numbers: tuple[int, ...], tags: set[str]
) -> tuple[list[int], dict[str, int], list[str]]:
    return [*bare, *numbers], mapping, [*tags]


def typed_book(book: Book, others: list[Book]) -> Book:
    return {"title": book["title"], "pages": book["pages"] + len(others)}


def typed_stream(n: int) -> Iterator[int]:
    yield from range(n)


TYPED = (
    typed_scalars,
    typed_optional,
    typed_literal,
    typed_collections,
    typed_any,
    typed_several,
    typed_none,
    typed_point,
    typed_unions,
    typed_containers,
    typed_book,
    typed_stream,
)


def add_all() -> None:
    for function in TYPED:
        gr.api(function, api_name=function.__name__)
