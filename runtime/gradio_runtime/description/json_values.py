"""JSON as Gradio servers really send it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

import pydantic_core

from .._models.bounds import MAX_DEPTH, MAX_MESSAGE_SIZE, MAX_ODD_SIZE, max_values

#: Bytes that may be looked at before another thread gets its turn.
_SLICE = 64 << 10
_MAX_VALUES = max_values(MAX_MESSAGE_SIZE)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class ExcessiveJson(ValueError):
    """JSON has too many values, is nested too deeply, or is too large and not strict.

    Attributes:
        allowable: Whether an option allows more, as it does of values.
    """

    def __init__(self, text: str, *, allowable: bool = False) -> None:
        super().__init__(text)
        self.allowable = allowable


def load_json(text: bytes | str, most: int = _MAX_VALUES) -> Any:
    """Parse JSON of at most `most` values, also with NaN, Infinity, or lone surrogates.

    Raises:
        ExcessiveJson: It goes beyond one of the bounds.
        ValueError: It is not JSON.
    """
    if len(text) > _SLICE:
        _check_values(text, most)
    try:
        # Values are not kept for the next time, as they would be by default: the names
        # of jobs and the outputs of an app are new each time.
        return pydantic_core.from_json(text, cache_strings="keys")
    except (ValueError, TypeError):  # the latter for a surrogate in a str
        return _load_oddities(text)


def _load_oddities(text: bytes | str) -> Any:
    """Parse what `pydantic_core` refuses: odd JSON, or very deep one."""
    import json

    _check_depth(text)
    if len(text) > MAX_ODD_SIZE:
        raise ExcessiveJson(f"it is not strict JSON, in more than {MAX_ODD_SIZE} bytes")
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except RecursionError:
        raise ExcessiveJson(_TOO_DEEP) from None


_TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"


def _check_values(text: bytes | str, most: int) -> None:
    """Refuse JSON that would take too much memory and time to parse."""
    count = 0
    for part in _structure(text):
        count += part.count(b",") + 2 * part.count(b":")
        count += 2 * part.count(b"[") + 4 * part.count(b"{")
        if count > most:
            raise ExcessiveJson(f"it has more than {most} values", allowable=True)


def _check_depth(text: bytes | str) -> None:
    depth = 0
    for part in _structure(text):
        for bracket in part.translate(None, _NO_BRACKETS):
            depth += 1 if bracket in b"[{" else -1
            if depth > MAX_DEPTH:
                raise ExcessiveJson(_TOO_DEEP)


def _structure(text: bytes | str) -> Iterator[bytes]:
    """Yield the parts of JSON that are outside its strings."""
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogatepass")
    start, within = 0, False
    while part := text[start : start + _SLICE]:
        if (len(part) - len(part.rstrip(b"\\"))) % 2:
            part += text[start + len(part) : start + len(part) + 1]
        start += len(part)
        if b"\\" in part:
            part = part.replace(b"\\\\", b"").replace(b'\\"', b"")
        pieces = part.split(b'"')
        yield b"".join(pieces[within::2])
        within ^= len(pieces) % 2 == 0


def dump_json(value: Any) -> bytes:
    """Write compact JSON for the wire."""
    import json

    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether parsed JSON is an object; its keys are then strings."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Return whether parsed JSON is an array."""
    return isinstance(value, list)
