"""Types of parameters and outputs, as data.

A `TypeExpr` says what a value is; how it is written depends on the place. A number is
`int | float` in a model, since pydantic's `float` would turn the caller's `3` into
`3.0` and `range(n)` in the app would fail; in a signature it is `float`, which by PEP
484 takes an int as well and reads better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from gradio_runtime._components.registry import VALUES

from ..literals import LiteralValue, source


@dataclass(frozen=True, slots=True)
class Named:
    """A type by its name: a builtin, or one that the module imports."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """An int or a float."""


@dataclass(frozen=True, slots=True)
class Literals:
    """One of several values."""

    values: tuple[LiteralValue, ...]


@dataclass(frozen=True, slots=True)
class AliasOf:
    """A type that the module gives a name."""

    name: str
    target: Literals


@dataclass(frozen=True, slots=True)
class ModelOf:
    """A class that the module defines for an object schema."""

    name: str


@dataclass(frozen=True, slots=True)
class Generic:
    """`list[...]`, `Several[...]`, `dict[...]`, `tuple[...]`."""

    origin: str
    arguments: tuple[TypeExpr, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """A union; made by `either`, which keeps it flat."""

    members: tuple[TypeExpr, ...]


TypeExpr: TypeAlias = Named | Number | Literals | AliasOf | ModelOf | Generic | Either

ANY = Named("Any")
BOOL = Named("bool")
FILE = Named("File")
FILE_INPUT = Named("FileInput")
FLOAT = Number()
INT = Named("int")
NONE = Named("None")
STR = Named("str")
#: The type of the runtime's `UNCHANGED`.
UNCHANGED = Named("Unchanged")
#: What an app changes about a component without giving it a value.
UPDATE = Named("Update")


def list_of(item: TypeExpr) -> TypeExpr:
    """Return `list[item]`; of files that the runtime converts, `Several[item]`."""
    return Generic("Several" if item == FILE_INPUT else "list", (item,))


def dict_of(value: TypeExpr) -> TypeExpr:
    """Return `dict[str, value]`."""
    return Generic("dict", (STR, value))


def either(*members: TypeExpr) -> TypeExpr:
    """Return the union of `members`: flat, without repetition, with None at the end."""
    flat: dict[TypeExpr, None] = {}
    for member in members:
        for part in member.members if isinstance(member, Either) else (member,):
            flat[part] = None
    if ANY in flat or not flat:
        return ANY
    if FLOAT in flat:
        flat.pop(INT, None)
    if NONE in flat:
        del flat[NONE]
        flat[NONE] = None
    parts = tuple(flat)
    return parts[0] if len(parts) == 1 else Either(parts)


def optional(type_: TypeExpr) -> TypeExpr:
    """Return `type_ | None`."""
    return either(type_, NONE)


def without(type_: TypeExpr, *left_out: TypeExpr) -> TypeExpr:
    """Return a union without some of its members."""
    if not isinstance(type_, Either):
        return type_
    return either(*(part for part in type_.members if part not in left_out))


def write(type_: TypeExpr, *, in_model: bool = False) -> str:
    """Write a type as source text, for a signature or for a field `in_model`."""
    match type_:
        case Number():
            return "int | float" if in_model else "float"
        case Named(name) | AliasOf(name, _) | ModelOf(name):
            return name
        case Literals(values):
            return f"Literal[{', '.join(map(source, values))}]"
        case Generic(origin, arguments):
            inner = ", ".join(write(part, in_model=in_model) for part in arguments)
            return f"{origin}[{inner}]"
        case Either(members):
            return " | ".join(write(part, in_model=in_model) for part in members)


def parsed(text: str) -> TypeExpr:
    """Read a type of the registry: a name, a list of one type, or a union."""
    if len(parts := text.split(" | ")) > 1:
        return either(*map(parsed, parts))
    origin, found, inner = text.partition("[")
    return Generic(origin, (parsed(inner[:-1]),)) if found else Named(origin)


def walk(type_: TypeExpr) -> Iterator[TypeExpr]:
    """Yield the type and every type in it."""
    yield type_
    match type_:
        case Generic(_, parts) | Either(parts):
            for part in parts:
                yield from walk(part)
        case AliasOf(_, target):
            yield target
        case _:
            pass


def mapped(type_: TypeExpr, change: Callable[[TypeExpr], TypeExpr]) -> TypeExpr:
    """Return the type with each part that has no parts itself changed."""
    match type_:
        case Generic(origin, parts):
            return Generic(origin, tuple(mapped(part, change) for part in parts))
        case Either(parts):
            return either(*(mapped(part, change) for part in parts))
        case _:
            return change(type_)


def natural(value: object) -> TypeExpr:
    """Return the type a JSON value has by itself."""
    return _NATURAL.get(type(value), ANY)


_NATURAL: Mapping[type, TypeExpr] = {
    type(None): NONE,
    bool: BOOL,
    str: STR,
    int: INT,
    float: FLOAT,
    dict: dict_of(ANY),
    list: list_of(ANY),
}


def accepts(type_: TypeExpr, value: object) -> bool:
    """Return whether a type checker would take a JSON value's literal for the type.

    Objects are taken to fit any class: pydantic looks at them closely.
    """
    match type_:
        case Literals(values) | AliasOf(_, Literals(values)):
            return any(type(v) is type(value) and v == value for v in values)
        case Number():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Either(members):
            return any(accepts(member, value) for member in members)
        case Generic(origin, arguments):
            return _fits_generic(origin, arguments, value)
        case ModelOf():
            return isinstance(value, dict)
        case Named(name):
            return _fits_named(name, value)


def _fits_named(name: str, value: object) -> bool:
    if name in ("str", "bool", "int"):
        return type(value).__name__ == name
    if name in ("Any", "None"):
        return name == "Any" or value is None
    text = name in VALUES and VALUES[name].text
    return isinstance(value, str if text else dict)


def _fits_generic(origin: str, types: tuple[TypeExpr, ...], value: object) -> bool:
    if origin == "dict":
        items = cast("dict[str, object]", value) if isinstance(value, dict) else None
        return items is not None and all(accepts(types[1], v) for v in items.values())
    if not isinstance(value, list):
        return False
    values = cast("list[object]", value)
    if origin == "tuple":
        return len(values) == len(types) and all(map(accepts, types, values))
    return all(accepts(types[0], item) for item in values)
