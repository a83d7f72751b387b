"""Values as source text. Nothing else in the generator writes a value.

Labels, choices and descriptions come from strangers' apps; whatever they hold must
stay data. So values are written by `repr` alone, and prose goes through one escaper.
"""

from __future__ import annotations

import math
import re

from gradio_runtime._models.texts import UNSEEN, escaped

from .narrow import as_list, as_map

#: What `typing.Literal` may hold, of what JSON can.
LiteralValue = str | int | bool | None

#: Quotes that stand together, or last: they could end a docstring.
_RISKY_QUOTE = re.compile(r'"(?="|\Z)|(?<=")"')


def string(text: str) -> str:
    """Return a string literal.

    `repr` escapes what cannot be printed, including marks that turn the direction of
    text, but leaves letters and marks that are not seen.
    """
    return UNSEEN.sub(lambda found: ascii(found[0])[1:-1], repr(str(text)))


def source(value: object) -> str:
    """Return a JSON value as a Python expression.

    Raises:
        TypeError: It is not a JSON value.
        ValueError: It is a number that has no literal (infinite, NaN).
    """
    match value:
        case None | bool():
            return repr(value)
        case str():
            return string(value)
        case int():
            return int.__repr__(value)
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{value!r} has no literal")
            return float.__repr__(value)
        case _ if (items := as_list(value)) is not None:
            return f"[{', '.join(map(source, items))}]"
        case _ if (members := as_map(value)) is not None:
            inner = (f"{string(_key(key))}: {source(v)}" for key, v in members.items())
            return f"{{{', '.join(inner)}}}"
        case _:
            raise TypeError(f"{type(value).__name__} is not a JSON value")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a JSON object has no {type(key).__name__} keys")
    return key


def shown(value: object) -> str:
    """Return a JSON value for people to read, quoted the way the module's code is."""
    match value:
        case str():
            text = string(value)
            if not value:
                return text  # a pair of double quotes looks odd in a docstring
            return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
        case _ if (items := as_list(value)) is not None:
            return f"[{', '.join(map(shown, items))}]"
        case _ if (members := as_map(value)) is not None:
            inner = (f"{shown(key)}: {shown(v)}" for key, v in members.items())
            return f"{{{', '.join(inner)}}}"
        case _:
            return source(value)


def docstring(text: str, indent: str = "") -> str:
    """Return a docstring literal, triple quotes included, for text of any content.

    `indent` goes before each line but the first: the formatter leaves lines alone that
    a backslash ends.
    """
    plain = escaped(text.replace("\\", "\\\\"), keep="\n").strip()
    plain = _RISKY_QUOTE.sub(r'\\"', plain)
    if "\n" in plain:
        lines = (f"{indent}{line}" if line else "" for line in plain.split("\n"))
        return f'"""{chr(10).join(lines).lstrip(" ")}\n{indent}"""'
    return f'"""{plain}"""'


def comment(text: str) -> str:
    """Escape text for the rest of a comment line."""
    return escaped(text)
