"""Types: read from a module's annotations, and compared by what they let through."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from gradio_runtime._components.kind import fits

from ..decide.types import (
    ANY,
    FLOAT,
    INT,
    NONE,
    Either,
    Generic,
    Literals,
    ModelOf,
    Named,
    TypeExpr,
    accepts,
    either,
    write,
)
from ..literals import LiteralValue

Constraint: TypeAlias = tuple[str, int | float]
_CONSTRAINTS = ("ge", "le", "multiple_of", "max_length")


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a class that a module defines.

    Attributes:
        type: What it holds.
        default: Its default as source text; None when it must be given.
        constraints: The bounds that are checked, as keyword arguments of `Field`.
    """

    type: TypeExpr
    default: str | None = None
    constraints: tuple[Constraint, ...] = ()

    @property
    def required(self) -> bool:
        """Return whether it must be given to make an object."""
        return self.default is None


#: The classes of a module, each by its fields.
Classes: TypeAlias = Mapping[str, Mapping[str, Member]]


class TypeReader:
    """Reads annotations.

    Whatever it does not know stays a name, equal to itself and to nothing else.

    Attributes:
        constraints: What was found in `Annotated[..., Field(...)]` on the way.
    """

    def __init__(
        self, aliases: Mapping[str, ast.expr], classes: Collection[str]
    ) -> None:
        self._aliases = aliases
        self._classes = classes
        self.constraints: list[Constraint] = []

    def read(self, node: ast.expr | None) -> TypeExpr:
        """Return the type that an annotation says."""
        match node:
            case None:
                return ANY
            case ast.Name(id="float"):
                return FLOAT
            case ast.Name(id=name):
                return self._named(name)
            case ast.Constant(value=None):
                return NONE
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return either(self.read(left), self.read(right))
            case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
                return _literals(inner)
            case ast.Subscript(
                value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *extra])
            ):
                for item in extra:
                    self.constraints += constraints(item)
                return self.read(inner)
            case ast.Subscript(value=ast.Name(id=origin), slice=ast.Tuple(elts=parts)):
                return Generic(origin, tuple(map(self.read, parts)))
            case ast.Subscript(value=ast.Name(id=origin), slice=part):
                return Generic(origin, (self.read(part),))
            case _:
                return Named(ast.unparse(node))

    def _named(self, name: str) -> TypeExpr:
        match self._aliases.get(name):
            case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
                return _literals(inner)
            case _:
                return ModelOf(name) if name in self._classes else Named(name)


def _literals(node: ast.expr) -> TypeExpr:
    items = node.elts if isinstance(node, ast.Tuple) else [node]
    values: list[LiteralValue] = []
    for item in items:
        try:
            value = ast.literal_eval(item)
        except ValueError:
            value = ast.unparse(item)
        values.append(value if isinstance(value, str | int | None) else repr(value))
    return Literals(tuple(values))


def constraints(node: ast.expr | None) -> Iterable[Constraint]:
    """Yield the bounds that a call of `Field` sets."""
    match node:
        case ast.Call(func=ast.Name(id="Field"), keywords=keywords):
            for item in keywords:
                value = _number(item.value)
                if item.arg in _CONSTRAINTS and value is not None:
                    yield item.arg, value
        case _:
            pass


def _number(node: ast.expr) -> int | float | None:
    """Return a number that stands in the source."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int | float) else None


@dataclass(frozen=True)
class Fit:
    """Tells whether the values of one type are right where another is wanted.

    A parameter has to take from callers what it took before; an output has to give them
    what can be used as before. The classes of a module have names of their own, so
    what counts is their fields: code that makes an object needs those that it had, and
    no more; code that reads one needs those that it had, at least.

    Lists and objects are seen as values: a list of one choice is a list of any of two.

    Attributes:
        given: Classes of the module that the values come from.
        wanted: Classes of the other.
        reading: The values are read, as outputs are, rather than made.
    """

    given: Classes
    wanted: Classes
    reading: bool = False
    _known: dict[tuple[str, str], bool] = field(
        default_factory=dict[tuple[str, str], bool], repr=False
    )

    @cached_property
    def _back(self) -> Fit:
        """Return the same the other way around."""
        return Fit(self.wanted, self.given, self.reading)

    def both_ways(self, given: TypeExpr, wanted: TypeExpr) -> bool:
        """Return whether the values of each type are right for the other."""
        return self(given, wanted) and self._back(wanted, given)

    def __call__(self, given: TypeExpr, wanted: TypeExpr) -> bool:
        """Return whether all values of the first type are right for the second."""
        match given, wanted:
            case _, Named("Any"):
                return True
            case Either(members), _:
                return all(self(member, wanted) for member in members)
            case Literals(values), _:
                return _all_accepted(values, wanted)
            case _, Either(members):
                return any(self(given, member) for member in members)
            case Generic(origin, parts), Generic(other, others):
                same = origin == other or (origin, other) == ("list", "Several")
                return (
                    same and len(parts) == len(others) and all(map(self, parts, others))
                )
            case ModelOf(name), ModelOf(other):
                return self._classes(name, other)
            case Named("bool"), Literals(values):
                return _keys((True, False)) <= _keys(values)
            case Named(name), Named(other):
                return fits(name, other)
            case Named(), _:
                return (given, wanted) == (INT, FLOAT)
            case _:
                return given == wanted

    def _classes(self, name: str, other: str) -> bool:
        pair = (name, other)
        if pair not in self._known:
            self._known[pair] = True  # a class within itself fits if the rest does
            self._known[pair] = not any(self._misfits(name, other))
        return self._known[pair]

    def _misfits(self, name: str, other: str) -> Iterable[str]:
        """Yield the fields by which a class does not fit another."""
        given, wanted = self.given.get(name, {}), self.wanted.get(other, {})
        for key in wanted if self.reading else given:
            if (
                key not in given
                or key not in wanted
                or not self(given[key].type, wanted[key].type)
                or (not self.reading and wanted[key].required > given[key].required)
            ):
                yield key
        if not self.reading:
            yield from (k for k, v in wanted.items() if k not in given and v.required)

    def difference(self, given: TypeExpr, wanted: TypeExpr) -> str:
        """Say which fields keep two types of one name from fitting both ways."""
        found = self._difference(given, wanted)
        return found or self._back._difference(wanted, given)

    def _difference(self, given: TypeExpr, wanted: TypeExpr) -> str:
        waiting, seen = [(given, wanted)], set[tuple[str, str]]()
        while waiting:
            match waiting.pop():
                case (Generic(_, parts), Generic(_, others)) | (
                    Either(parts),
                    Either(others),
                ):
                    waiting += zip(parts, others, strict=False)
                case ModelOf(name), ModelOf(other) if (name, other) not in seen:
                    seen.add((name, other))
                    fields = sorted(self._misfits(name, other))
                    if deeper := list(self._written_alike(name, other, fields)):
                        waiting += deeper
                    elif fields:
                        what = "fields" if len(fields) > 1 else "field"
                        return f"{what} {', '.join(fields[:5])} of {name}"
                case _:
                    pass
        return ""

    def _written_alike(
        self, name: str, other: str, fields: Iterable[str]
    ) -> Iterator[tuple[TypeExpr, TypeExpr]]:
        """Yield the types of fields that differ only in what their names stand for."""
        given, wanted = self.given.get(name, {}), self.wanted.get(other, {})
        for key in fields:
            if key in given and key in wanted:
                pair = given[key].type, wanted[key].type
                if write(pair[0]) == write(pair[1]):
                    yield pair


def _all_accepted(values: Iterable[LiteralValue], wanted: TypeExpr) -> bool:
    rest = _keys(values)
    others: list[TypeExpr] = []
    for member in wanted.members if isinstance(wanted, Either) else (wanted,):
        if isinstance(member, Literals):
            rest -= _keys(member.values)
        else:
            others.append(member)
    return all(any(accepts(member, value) for member in others) for _, value in rest)


def _keys(values: Iterable[LiteralValue]) -> frozenset[tuple[str, LiteralValue]]:
    """Return the values, such that True and 1 differ."""
    return frozenset((type(value).__name__, value) for value in values)
