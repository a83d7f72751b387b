"""Values of Python's libraries that are not what they look like to pydantic.

It takes any member of an enum for a number, makes floats of numpy's integers, and a
number of a moment of numpy's.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, cast

_AS_THEY_ARE: frozenset[object] = frozenset({str, int, float, bool, bytes, type(None)})
_SEVERAL: frozenset[object] = frozenset({list, tuple, set, frozenset})


def pythons_own(value: Any) -> Any:
    """Return a value with Python's own in place of enums' members and numpy's values.

    What needs no change stays the object that it is: which texts are the caller's goes
    by identity (`provenance`). A moment of numpy that is none stays, too, to be refused.
    """
    kind = cast("object", type(value))
    if kind in _AS_THEY_ARE:
        return value
    if kind in _SEVERAL:
        new: list[Any] = [pythons_own(item) for item in value]
        return value if _same(new, value) else cast("Any", kind)(new)
    if kind is dict:
        own = {pythons_own(key): pythons_own(item) for key, item in value.items()}
        same = _same(own, value) and _same(own.values(), value.values())
        return value if same else own
    # A member that is a text, and a text of numpy, are `str`s.
    if isinstance(value, Enum) and not isinstance(value, str):
        return pythons_own(value.value)
    if type(value).__module__ == "numpy" and not isinstance(value, str | bytes):
        return _of_numpy(value)
    return value


def _same(new: Iterable[Any], old: Iterable[Any]) -> bool:
    return all(one is other for one, other in zip(new, old, strict=False))


def _of_numpy(value: Any) -> Any:
    unit = value.dtype.kind
    if unit not in "mM":
        return value.tolist()
    if (value != value).any():
        return value
    return value.astype(f"{unit}8[us]").tolist()  # of nanoseconds it makes numbers
