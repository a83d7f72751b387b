"""What pydantic says of values that do not fit, in words for callers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import ValidationError

__all__ = ["misfits"]

#: Parts of a place that name no field but the member of a union that was tried.
_MEMBER = re.compile(
    r"any|bool|float|int|none|nullable|str|[A-Z]\w*"
    r"|(dict|function|is-instance|list|literal|model|nullable|tuple|union)\b.*",
    re.DOTALL,
)


def misfits(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field, by its path, such as `size` or `rows.0.name`.

    A field that may be of several types has a complaint of each of them.
    """
    found: dict[str, dict[str, None]] = {}
    for item in error.errors(include_url=False, include_input=False):
        found.setdefault(_path(item["loc"]), {})[item["msg"]] = None
    return {path: " or ".join(messages) for path, messages in found.items()}


def _path(place: Sequence[int | str]) -> str:
    rest = (
        str(part)
        for part in place[1:]
        if isinstance(part, int) or not _MEMBER.fullmatch(part)
    )
    return ".".join([*map(str, place[:1]), *rest])
