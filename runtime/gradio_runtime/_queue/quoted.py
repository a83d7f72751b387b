"""Error texts of Gradio before 5.3, which are sent as Python reprs.

They are untrusted, so a pattern reads them and not Python's parser.
"""

from __future__ import annotations

import re

#: An escape that `repr` writes, and a whole text.
_ESCAPE = re.compile(
    r"""\\(?:[nrt'"\\]|x[0-9a-f]{2}|u[0-9a-f]{4}|U000[0-9a-f]{5}|U0010[0-9a-f]{4})"""
)
_REPR = re.compile(
    rf"""'(?:[^'\\\n]++|{_ESCAPE.pattern})*+'|"(?:[^"\\\n]++|{_ESCAPE.pattern})*+\""""
)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


def unquoted(text: str) -> str | None:
    """Return the message in a Python repr; None for `"None"`, a hidden message.

    A text that is not such a repr is returned unchanged.
    """
    if text == "None":
        return None
    if not _REPR.fullmatch(text):
        return text
    return _ESCAPE.sub(_unescaped, text[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    kind, digits = found[0][1], found[0][2:]
    return chr(int(digits, 16)) if digits else _PLAIN.get(kind, kind)
