"""Formatting with black, in a third of black's time.

black formats a file twice: what it changed may fit otherwise now. The time is in step
with the text, and the memory with the largest tree. So the definitions of a module are
formatted one by one, which makes no difference to any of them, and the plain ones,
which black would leave as they are, are left out.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from black.mode import Mode

_WIDTH = 88

#: Where a definition begins, with the two blank lines that black has before it. Only
#: a string could hold the same; its halves would not parse.
_DEFINITION = re.compile(r"\n\n\n+(?=class |@)")

_TEXT = r"""(?:"[^"\\'\n]*"|'[^"\\'\n]*')"""
_VALUE = rf"(?:None|True|False|UNCHANGED|-?\d+|-?\d+\.\d+|{_TEXT})"
_TYPE = r"[\w\[\], |]+"
_DOC = r'"""[^ "\\\n](?:[^"\\\n]*[^ "\\\n])?"""'
#: A class of short fields, written as black writes it but for its quotes. Anything
#: else is black's.
_PLAIN = re.compile(
    rf"class \w+\(\w+\):\n"
    rf"    {_DOC}\n"
    rf"(?:\n(?:    \w+: {_TYPE}(?: = (?:{_VALUE}|Field\(\w+={_VALUE}(?:, \w+={_VALUE})*\)))?\n)+)?"
    rf"(?:\n    def astuple\(self\) -> {_TYPE}:\n"
    rf"        {_DOC}\n"
    rf"        return \(self\.\w+(?:, self\.\w+)+\)\n)?"
)
_FIELD = re.compile(r"^    \w+: .*", re.MULTILINE)


def format_code(code: str) -> str:
    """Format Python source, the same way on every machine."""
    from black import format_str
    from black.parsing import InvalidInput

    try:
        blocks = [_block(part) for part in _DEFINITION.split(code)]
    except InvalidInput:
        return format_str(code, mode=_mode())
    return "\n\n".join(blocks)


def _block(code: str) -> str:
    from black import format_str

    text = code.strip("\n") + "\n"
    if text.isascii() and _is_short(text) and _PLAIN.fullmatch(text):
        return _FIELD.sub(lambda field: field[0].replace("'", '"'), text)
    return format_str(code, mode=_mode())


def _is_short(text: str) -> bool:
    return all(len(line) <= _WIDTH for line in text.split("\n"))


@cache
def _mode() -> Mode:
    from black.mode import Mode, TargetVersion

    # Fixed: black would otherwise go by the features that it finds in the source.
    versions = {TargetVersion.PY311, TargetVersion.PY312}
    return Mode(target_versions=versions, line_length=_WIDTH)
