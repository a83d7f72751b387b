"""Endpoints of `gr.api`, whose types come from annotations (Gradio 5 and 6).

No `from __future__ import annotations` here: Gradio reads what a function returns
without resolving strings, and would know nothing of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Optional

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
    typed_stream,
)


def add_all() -> None:
    for function in TYPED:
        gr.api(function, api_name=function.__name__)
