"""Formatting as black does it, mostly without black.

The definitions of a module are formatted one by one, which makes no difference to any
of them. Those that are regular are laid out here; black does the others.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from .layout import WIDTH, Irregular, laid_out

if TYPE_CHECKING:
    from black.mode import Mode

#: Where a definition begins, with the two blank lines that black has before it. Only
#: a string could hold the same; its halves would not parse.
_DEFINITION = re.compile(r"\n\n\n+(?=class |@)")


def format_code(code: str) -> str:
    """Format Python source of our templates, the same way on every machine."""
    blocks = _DEFINITION.split(code)
    try:
        return "\n\n".join(map(_block, blocks))
    except ValueError:  # black's for half a string
        return format_any(code)


def _block(code: str) -> str:
    try:
        return laid_out(code)
    except Irregular:
        return format_any(code)


def format_any(code: str) -> str:
    """Format any Python source."""
    from black import format_str

    return format_str(code, mode=_mode())


@cache
def _mode() -> Mode:
    from black.mode import Mode, TargetVersion

    # Fixed: black would otherwise go by the features that it finds in the source.
    versions = {TargetVersion.PY311, TargetVersion.PY312}
    return Mode(target_versions=versions, line_length=WIDTH)
