"""JSON of unknown content, narrowed to what both type checkers can follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast


def as_map(value: object) -> Mapping[str, Any] | None:
    """`value` if it is a JSON object."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def as_list(value: object) -> list[Any] | None:
    """`value` if it is a JSON array."""
    return value if isinstance(value, list) else None  # pyright: ignore[reportUnknownVariableType]
