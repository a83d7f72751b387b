"""The lines of a module, laid out as black does it, without black.

black takes nine tenths of the time that a big module takes. What our templates write
is regular: definitions, calls and lists, each on a line of its own and with the spaces
where black has them. What is left is quotes, and lines that are too long. `laid_out`
does that for the forms that it knows, and gives anything else back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH = 88
_INDENT = " " * 4

_STRING = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\"""")
#: A line outside of its strings; possessive, since what does not fit can be long.
_KNOWN = re.compile(
    r'(?:\w++|""|, | = | -> |: | \| |(?<=\w) (?=[\w(])|[][(){}.=*@:#-])*+'
)
_MAGIC_COMMA = re.compile(r",\s*[])}]")
_DOC = '"""'
_PAIRS = {"(": ")", "[": "]", "{": "}"}
#: Blank lines where black has fewer, or none where it has one.
_MISPLACED = re.compile(r'\n\n\n|\Aclass .*\n    """.*"""\n(?=.)')
#: What is split at its last bracket: a call, a subscript, a list or a tuple.
_SPLIT_LAST = re.compile(
    r"@_app\.\w+\(|\w+ = \w+(?:\.\w+)*\(|return \(|__all__ = \[|\) -> tuple\["
    r"|\w+: TypeAlias = Literal\[|\w+: [\w |,[\]]+ = Field\("
)
#: What gets parentheses: its value, or else the union that is its type.
_WRAPPED = re.compile(
    r"\w+: (?P<type>(?:(?! = ).)+)"
    r'(?: = (?P<value>"x*"|UNCHANGED|None|True|False|-?[\d.]+))?'
)
_UNION_OF_TEXT = re.compile(r'\w+: (\w+(?: \| \w+)+) = "x*",')
#: What stays on its line however long it is.
_ATOM = re.compile(r'(?:\w+=|\w+: \w+ = )?"",?')
_NESTED = re.compile(r"\w+=[\[{]")


class Irregular(Exception):
    """A form of code that only black knows how to lay out."""


def laid_out(code: str) -> str:
    """Return a block of lines as black would write it.

    Raises:
        Irregular: It holds something that is not known here.
    """
    return "".join(f"{line}\n" for line in _all_lines(code.strip("\n")))


def _all_lines(code: str) -> Iterator[str]:
    lines = code.split("\n")
    if len(lines) != len(code.splitlines()) or _MISPLACED.search(code):
        raise Irregular
    waiting = iter(lines)
    for line in waiting:
        text = line.lstrip(" ")
        indent = line[: len(line) - len(text)]
        if text.startswith(_DOC):
            yield from _docstring(text, indent, waiting)
        elif text.startswith("# ") or not text:
            if text != text.rstrip() or indent:
                raise Irregular
            yield line
        else:
            yield from _statement(indent, _quoted(text))


def _docstring(first: str, indent: str, rest: Iterator[str]) -> Iterator[str]:
    """Yield the lines of a docstring, which are right if they are ours."""
    ends = first.endswith(_DOC) and len(first) >= 2 * len(_DOC)
    line, text = f"{indent}{first}", first[len(_DOC) :].removesuffix(_DOC)
    if not text or text[0] in ' "' or text[-1] in ' "' or "\t" in line:
        raise Irregular
    yield line
    while not ends:
        line = next(rest, "\t")
        ends = line == f"{indent}{_DOC}"
        inside = not line or (line.startswith(indent) and line[-1] not in " \\")
        if not inside or "\t" in line or (_DOC in line and not ends):
            raise Irregular
        yield line


def _quoted(text: str) -> str:
    """Return a line with double quotes; raise if anything else is odd about it."""
    bare = _STRING.sub('""', text)
    if not _KNOWN.fullmatch(bare) or any(
        bare.count(opening) != bare.count(closing)
        for opening, closing in _PAIRS.items()
    ):
        raise Irregular
    if _MAGIC_COMMA.search(bare) and not text.startswith("__all__ = ["):
        raise Irregular
    return _STRING.sub(_double, text)


def _double(found: re.Match[str]) -> str:
    """Return a literal with double quotes, unless it would need more backslashes."""
    literal, inner = found[0], found[0][1:-1]
    if literal[0] == '"':
        if '\\"' in inner:
            raise Irregular
        return literal
    if inner.count('"') > inner.count("'"):
        return literal
    plain = inner.replace("\\'", "'").replace('"', '\\"')
    return f'"{plain}"'


def _fits(text: str) -> bool:
    """Return whether a line is short enough; a wide character counts twice."""
    if text.isascii():
        return len(text) <= WIDTH
    least = sum(map(str.isascii, text))
    if least <= WIDTH < 2 * len(text) - least:
        raise Irregular
    return least <= WIDTH


def _statement(indent: str, text: str) -> Iterator[str]:
    if _fits(indent + text) and not text.startswith("__all__ = ["):
        yield indent + text
    elif text.startswith("def "):
        opening = text.index("(")
        closing = _closing(text, opening)
        items = list(_items(text[opening + 1 : closing]))
        if not items:
            raise Irregular
        yield f"{indent}{text[: opening + 1]}"
        yield from _body(indent, items, one_line=len(items) > 1)
        yield from _statement(indent, text[closing:])
    elif text.startswith("from "):
        module, _, names = text.partition(" import ")
        yield f"{indent}{module} import ("
        yield from _body(indent, names.split(", "), one_line=False)
        yield f"{indent})"
    elif found := _SPLIT_LAST.match(text):
        one_line = found[0] not in ("return (", "__all__ = [")
        yield from _split(indent, text, found.end() - 1, one_line=one_line)
    elif found := _WRAPPED.fullmatch(_STRING.sub(_masked, text)):
        if found["value"] and _fits(f"{indent}{text[: found.start('value')]}("):
            part = "value"
        elif _is_union(found["type"]):
            part = "type"
        else:
            raise Irregular
        yield from _wrapped(indent, text, *found.span(part))
    else:
        raise Irregular


def _wrapped(indent: str, text: str, start: int, end: int) -> Iterator[str]:
    """Yield a line with parentheses around a part of it."""
    inner = f"{indent}{_INDENT}{text[start:end]}"
    if text[start] not in "\"'" and not _fits(inner):
        raise Irregular
    yield from (f"{indent}{text[:start]}(", inner, f"{indent}){text[end:]}")


def _is_union(type_: str) -> bool:
    """Return whether a type is a union itself, and not only within brackets."""
    depth = 0
    for character in type_:
        depth += (character in _PAIRS) - (character in _PAIRS.values())
        if character == "|" and not depth:
            return True
    return False


def _masked(found: re.Match[str]) -> str:
    return f'"{"x" * (len(found[0]) - 2)}"'


def _split(indent: str, text: str, opening: int, *, one_line: bool) -> Iterator[str]:
    """Yield a line split at the bracket that ends it."""
    closing = _closing(text, opening)
    items = list(_items(text[opening + 1 : closing]))
    head = f"{indent}{text[: opening + 1]}"
    if text[closing + 1 :] not in ("", ",", ":") or not items or not _fits(head):
        raise Irregular
    yield head
    if len(items) == 1 and one_line:
        yield from _item(f"{indent}{_INDENT}", items[0])
    elif len(items) == 1:
        raise Irregular
    else:
        yield from _body(indent, items, one_line=one_line)
    yield f"{indent}{text[closing:]}"


def _body(indent: str, items: list[str], *, one_line: bool) -> Iterator[str]:
    """Yield what is in a bracket: on one line if that may be, or a line for each."""
    inner = indent + _INDENT
    together = inner + ", ".join(items)
    if one_line and _fits(together):
        yield together
        return
    for item in items:
        yield from _item(inner, f"{item},")


def _item(indent: str, text: str) -> Iterator[str]:
    if _fits(indent + text) or _ATOM.fullmatch(_STRING.sub('""', text)):
        yield indent + text
    elif found := _UNION_OF_TEXT.fullmatch(_STRING.sub(_masked, text)):
        yield from _wrapped(indent, text, *found.span(1))
    elif found := _NESTED.match(text):
        yield from _split(indent, text, found.end() - 1, one_line=False)
    else:
        raise Irregular


def _closing(text: str, opening: int) -> int:
    """Return the place of the bracket that closes another."""
    depth = 0
    for place, character in _outside(text, opening):
        if character in _PAIRS:
            depth += 1
        elif character in _PAIRS.values():
            depth -= 1
            if not depth:
                return place
    raise Irregular


def _items(body: str) -> Iterator[str]:
    """Yield what commas divide."""
    depth, start = 0, 0
    for place, character in _outside(body, 0):
        if character in _PAIRS:
            depth += 1
        elif character in _PAIRS.values():
            depth -= 1
        elif character == "," and not depth:
            yield body[start:place].strip()
            start = place + 1
    if last := body[start:].strip():
        yield last


_MARK = re.compile(rf"{_STRING.pattern}|[][(){{}},]")


def _outside(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield the brackets and commas that are not in strings, and where they are."""
    for found in _MARK.finditer(text, start):
        if found[0][0] not in "\"'":
            yield found.start(), found[0]
