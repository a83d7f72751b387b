"""JSON as Gradio servers really send it."""

from __future__ import annotations

from typing import Any, TypeGuard

import pydantic_core

__all__ = ["dump_json", "is_array", "is_object", "load_json"]


def load_json(text: bytes | str) -> Any:
    """Parse JSON, also with NaN, Infinity, or lone surrogates in it.

    Raises:
        ValueError: It is not JSON.
    """
    try:
        # Values are not kept for the next time, as they would be by default: the names
        # of jobs and the outputs of an app are new each time.
        return pydantic_core.from_json(text, cache_strings="keys")
    except (ValueError, TypeError):  # the latter for a surrogate in a str
        import json

        try:
            return json.loads(text)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def dump_json(value: Any) -> bytes:
    """Write compact JSON for the wire."""
    import json

    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether parsed JSON is an object; its keys are then strings."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether parsed JSON is an array."""
    return isinstance(value, list)
