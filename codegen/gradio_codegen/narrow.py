"""JSON of unknown content, narrowed to what both type checkers can follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast


def as_map(value: object) -> Mapping[str, Any] | None:
    """Return `value` if it is a JSON object."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def as_list(value: object) -> list[Any] | None:
    """Return `value` if it is a JSON array."""
    return value if isinstance(value, list) else None  # pyright: ignore[reportUnknownVariableType]


def parts(value: object) -> Iterable[object]:
    """Return what stands directly in a JSON value."""
    members = as_map(value)
    return as_list(value) or () if members is None else members.values()
