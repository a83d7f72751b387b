"""Suggestions for a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST = 20


def did_you_mean(given: str, names: Iterable[str]) -> str:
    """Return a sentence with those of `names` closest to `given`, or with all of them."""
    known = list(dict.fromkeys(names))
    folded = {name.casefold().lstrip("/"): name for name in reversed(known)}
    close = difflib.get_close_matches(given.casefold().lstrip("/"), folded, n=3)
    if close:
        return f"Did you mean {' or '.join(folded[name] for name in close)}?"
    if not known:
        return "There are none"
    more = f" and {len(known) - _MOST} more" if len(known) > _MOST else ""
    return f"There are {', '.join(known[:_MOST])}{more}"
