r"""Make a stranger's text fit to be shown.

An app's texts go to terminals, logs and source code, which obey some characters: `ESC`
begins a command, U+202E turns the line around, a tag character is invisible. Every text
that leaves this package for people to read goes through here: it has visible characters
only, and no more than its place allows.

Ordinary text of any script stays as it is, combining marks and emoji included.
Characters that are invisible, and only shape their neighbours or separate words, are
left out: an emoji of several is shown as those. Blanks of any width become a plain one.
The other controls, line separators, marks that turn the direction of text, lone
surrogates and unknown characters are written as escapes, such as `\x1b`.
"""

from __future__ import annotations

import re
import reprlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any, Final

from .secrets import secret_at

#: Longest text of a stranger's in a message, in characters.
_MESSAGE = 1000
#: Longest repr of a value, of one of its fields, of a text in one, and longest name.
_VALUE = 2000
_FIELD = 800
_TEXT = 200
_NAME = 60

#: Invisible characters. Some are letters, so `isprintable` is true of them. U+FE0E and
#: U+FE0F, which choose between text and emoji, may stay.
UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2060-\u2064\u3164\ufe00-\ufe0d\ufeff\uffa0\U000e0000-\U000e0fff]"
)
#: Blanks of other widths than the plain one (category Zs).
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def is_whole(text: str) -> bool:
    """Return whether a text has no lone surrogates, which cannot be sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole(text: str) -> str:
    """Return a text with a question mark for each lone surrogate."""
    return text.encode("utf-8", "replace").decode()


def escaped(
    text: str, *, keep: str = "", by: Callable[[str], str] = lambda c: repr(c)[1:-1]
) -> str:
    """Return all of `text`, without anything invisible.

    Characters that cannot be printed stay if they are in `keep`; `by` replaces the
    others, by default with a Python escape.
    """
    text = UNSEEN.sub("", text)
    if text.isprintable():
        return text
    text = _BLANK.sub(" ", text)
    unseen = {c for c in set(text) if not c.isprintable() and c not in keep}
    return text.translate({ord(char): by(char) for char in unseen})


def shortened(text: str, most: int) -> str:
    """Return `text`, without its middle if it has more than `most` characters.

    No part of a secret stays at the cut: it would not be found where the text leaves.
    """
    if len(text) <= most:
        return text
    end = (most - 1) // 3
    left, _ = secret_at(text, most - 1 - end)
    _, right = secret_at(text, len(text) - end)
    return f"{text[:left]}…{text[right:]}"


def beginning(text: str, most: int) -> str:
    """Return at most the first `most` characters of `text`, and no part of a secret."""
    return text if len(text) <= most else text[: secret_at(text, most)[0]]


def printable(text: str, most: int = _MESSAGE) -> str:
    """Return `text` on one line of at most `most` characters, all printable."""
    # Cut first: the text may have megabytes. Its lines are cut once more when joined.
    lines = shortened(text, 4 * most).splitlines()
    line = " ".join(filter(None, map(str.strip, lines))).replace("\t", " ")
    return shortened(escaped(shortened(line, most)), most)


class _Repr(reprlib.Repr):
    """A `repr` that reads little more of a value than it shows."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.maxlevel = 10
        self.maxstring = self.maxlong = most
        self.maxother = sys.maxsize  # see `repr_instance`
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = most
        self._left = most

    def repr1(self, x: Any, level: int) -> str:
        """Return the repr of any value, until enough of them have been written."""
        self._left -= 1
        return super().repr1(x, level) if self._left >= 0 else self.fillvalue

    def repr_str(self, x: str, level: int) -> str:
        """Return the repr of a text; the standard library would cut within a secret."""
        return repr(shortened(x, self.maxstring))

    def repr_instance(self, x: object, level: int) -> str:
        """Return the repr of any other value."""
        return shortened(super().repr_instance(x, level), self.maxstring)

    def repr_int(self, x: int, level: int) -> str:
        """Return the repr of a number; Python writes at most 4,300 digits."""
        huge = x.bit_length() > 1024
        return f"<int of {x.bit_length()} bits>" if huge else super().repr_int(x, level)

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        """Return the repr of a dict, whose items keep their order."""
        if level <= 0 and x:
            return f"{{{self.fillvalue}}}"
        items: list[str] = []
        for key, value in x.items():
            if self._left <= 0:
                items.append(self.fillvalue)
                break
            items.append(
                f"{self.repr1(key, level - 1)}: {self.repr1(value, level - 1)}"
            )
        return f"{{{', '.join(items)}}}"


def brief(value: object, most: int = _VALUE) -> str:
    """Return the `repr` of any value, printable and of at most `most` characters."""
    return shortened(escaped(_Repr(most).repr(value)), most)


class BriefFields:
    """A mixin for dataclasses of `repr=False`: their `repr` is printable and short."""

    __slots__ = ()

    def __repr__(self) -> str:
        known: Any = self
        shown = [(f.name, getattr(self, f.name)) for f in fields(known) if f.repr]
        return f"{type(self).__name__}({_joined(shown, ', ')})"


class BriefModel:
    """A mixin for pydantic's models: their `repr` and `str` are printable and short."""

    __slots__ = ()

    def __repr_str__(self, join_str: str) -> str:
        """Return the fields, for both of them."""
        known: Any = self
        return _joined(known.__repr_args__(), join_str)


def _joined(shown: Iterable[tuple[str | None, object]], between: str) -> str:
    parts: list[str] = []
    for name, value in shown:
        text = brief(value, _TEXT if isinstance(value, str) else _FIELD)
        parts.append(f"{printable(name, _NAME)}={text}" if name else text)
    return shortened(between.join(parts), _VALUE)
