"""JSON Schema, as far as Gradio uses it, to types.

Gradio's schemas are pydantic's, with some peculiarities: `{"type": {}}` is any JSON,
`prefixItems` makes a tuple, files are objects of a known shape. Keywords that only
describe are ignored, and what cannot be expressed becomes `Any`: a wider type, never
a wrong one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeGuard

from gradio_runtime import types
from gradio_runtime._components.files import is_file_schema
from gradio_runtime._components.kind import Value
from gradio_runtime._components.registry import HOMES, VALUES
from pydantic import BaseModel

from ..limits import CHOICES, CHOICES_TEXT, TYPE_DEPTH, TYPE_PARTS, UNFOLDED
from ..literals import LiteralValue
from ..narrow import as_list, as_map
from .types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    Generic,
    Literals,
    Named,
    TypeExpr,
    dict_of,
    either,
    list_of,
    natural,
)

Schema = Mapping[str, Any]

_SCALARS: Mapping[str, TypeExpr] = {
    "string": STR,
    "boolean": BOOL,
    "integer": INT,
    "number": FLOAT,
    "null": NONE,
}


class ModelSink(Protocol):
    """Takes object schemas and names their classes; see `objects.ModelRegistry`."""

    unfolding: Unfolding

    def add(
        self, schema: Schema, defs: Schema, wanted: str, title: str | None = None
    ) -> TypeExpr:
        """Return the type of an object schema."""
        ...


class Unfolding:
    """Bounds what references unfold to.

    A schema of twenty lines can refer to itself in a million ways, or lead to another
    and another until Python's stack is full.
    """

    def __init__(self) -> None:
        self._left = UNFOLDED
        self._own = TYPE_PARTS
        self._depth = 0

    def spend(self) -> bool:
        """Take one more part; whether it may be looked at."""
        self._left -= 1
        return self._left >= 0

    @contextmanager
    def whole(self) -> Generator[None]:
        """Bound what is made within: the type of one parameter or property."""
        outer, self._own = self._own, TYPE_PARTS
        try:
            yield
        finally:
            self._own = outer

    @contextmanager
    def deeper(self) -> Generator[bool]:
        """Take one more part, a level deeper; gives whether it may be looked at."""
        self._depth += 1
        self._own -= 1
        try:
            yield self.spend() and self._own >= 0 and self._depth <= TYPE_DEPTH
        finally:
            self._depth -= 1


def resolve(schema: Schema, defs: Schema) -> tuple[str | None, Schema]:
    """Follow a reference to the definition's name (None without one) and its schema.

    The schema is empty, which means anything, where the reference leads nowhere.
    """
    name: str | None = None
    seen: set[str] = set()
    while isinstance(reference := schema.get("$ref"), str):
        name = reference.rpartition("/")[2]
        target = as_map(defs.get(name))
        if name in seen or target is None:
            return name, {}
        seen.add(name)
        schema = target
    return name, schema


def _properties(schema: Schema) -> Mapping[str, Any]:
    return as_map(schema.get("properties")) or {}


def _variants(schema: Schema) -> Sequence[Any] | None:
    """Return the alternatives of a schema that has several, else None."""
    parts: Sequence[Any] = schema.get("anyOf") or schema.get("oneOf") or ()
    # pydantic wraps a reference that has a default or a description.
    wrapped: Sequence[Any] = schema.get("allOf") or ()
    if parts or len(wrapped) == 1:
        return parts or wrapped
    if (types := as_list(schema.get("type"))) is not None:
        return [{**schema, "type": name} for name in types]
    return None


def _is_array(schema: Schema) -> bool:
    """Return whether it describes an array, be it by what is in it."""
    type_ = schema.get("type")
    return type_ == "array" or (
        type_ is None and ("items" in schema or "prefixItems" in schema)
    )


def _tuple_items(schema: Schema) -> Sequence[Any] | None:
    """Return the items of an array schema that describes a tuple, else None.

    An array that may go on after them is a list.
    """
    items = as_list(schema.get("prefixItems") or schema.get("items"))
    if not items or as_map(schema.get("items")):
        return None
    bounds = (schema.get("minItems"), schema.get("maxItems"))
    return items if all(n is None or n == len(items) for n in bounds) else None


def _item_schema(schema: Schema) -> Any:
    """Return what may be anywhere in an array that is a list."""
    rest, first = schema.get("items"), as_list(schema.get("prefixItems"))
    if not first:
        parts = as_list(rest)
        return rest if parts is None else {"anyOf": parts}
    return {"anyOf": [*first, *([rest] if as_map(rest) else [])]}


def _merged(schema: Schema, defs: Schema) -> Schema:
    """Return a schema with the properties of all the parts of its `allOf`."""
    parts = as_list(schema.get("allOf")) or ()
    if len(parts) < 2:
        return schema
    properties: dict[str, Any] = {}
    required: list[Any] = []
    rest = {key: value for key, value in schema.items() if key != "allOf"}
    for part in (*parts, rest):
        _, target = resolve(as_map(part) or {}, defs)
        properties |= _properties(target)
        required += as_list(target.get("required")) or ()
    return {**rest, "properties": properties, "required": required}


@cache
def _classes() -> Mapping[str, tuple[Value, frozenset[str]]]:
    """Return the runtime's class for each of Gradio's value types, by Gradio's name."""
    found: dict[str, tuple[Value, frozenset[str]]] = {}
    for name in VALUES.keys() & HOMES.keys():
        class_ = getattr(types, name)
        if isinstance(class_, type) and issubclass(class_, BaseModel):
            value = VALUES[name]
            found[value.title or name] = value, frozenset(class_.model_fields)
    return found


def all_required(schema: Any) -> Any:
    """Return a schema in which every property of an object has to be there."""
    if (items := as_list(schema)) is not None:
        return [all_required(item) for item in items]
    if (members := as_map(schema)) is None:
        return schema
    changed = {key: all_required(value) for key, value in members.items()}
    if (properties := as_map(members.get("properties"))) is not None:
        changed["required"] = list(properties)
    return changed


def _runtime_class(schema: Schema) -> str | None:
    """Return the runtime's class for an object schema that is one of Gradio's own."""
    title = schema.get("title")
    known = _classes().get(title) if isinstance(title, str) else None
    properties = _properties(schema)
    if known is None or frozenset(properties) != known[1]:
        return None
    arrays = all(_is_array(as_map(properties[name]) or {}) for name in known[0].arrays)
    return known[0].name if arrays else None


def choice_type(values: Iterable[object]) -> TypeExpr | None:
    """Return the type of one of several values; None without any value.

    `Literal` cannot hold floats, arrays and objects, so these open the type. More than
    a certain number of values are data rather than a type to choose from.
    """
    literal: dict[str, LiteralValue] = {}
    wider: list[TypeExpr] = []
    for value in values:
        if value is None or isinstance(value, str | bool) or _is_small(value):
            literal[repr(value)] = value
        else:
            wider.append(natural(value))
    if FLOAT in wider:  # takes the whole numbers too
        literal = {k: v for k, v in literal.items() if type(v) is not int}
    texts = sum(len(value) for value in literal.values() if isinstance(value, str))
    if len(literal) > CHOICES or texts > CHOICES_TEXT:
        wider += map(natural, literal.values())
        literal = {}
    members: list[TypeExpr] = [Literals(tuple(literal.values()))] if literal else []
    return either(*members, *wider) if members or wider else None


def _is_small(value: object) -> TypeGuard[int]:
    """Return whether it is an int that mypy reads in a `Literal`."""
    return isinstance(value, int) and abs(value) < 2**63


@dataclass(frozen=True)
class SchemaMapper:
    """Maps schemas to types.

    Object schemas go to `models`; a file is a `FileInput` in parameters, and a `File`
    in outputs.
    """

    models: ModelSink
    file: TypeExpr

    def map(self, schema: Any, wanted: str, defs: Schema | None = None) -> TypeExpr:
        """Return the type of a parameter, an output or a property.

        Args:
            schema: Its schema; anything but an object means any value.
            wanted: The name of the class, should it be an object without a title.
            defs: What references lead to; None for the schema's own definitions.
        """
        if (members := as_map(schema)) is None:
            return ANY
        if defs is None:
            defs = {**members.get("definitions", {}), **members.get("$defs", {})}
        with self.models.unfolding.whole():
            return self.type(members, defs, wanted, ())

    def type(
        self, schema: Any, defs: Schema, wanted: str, within: tuple[str, ...]
    ) -> TypeExpr:
        """Return the type of a part of a schema, which is `within` definitions."""
        with self.models.unfolding.deeper() as may:
            return self._type(schema, defs, wanted, within) if may else ANY

    def _type(
        self, schema: Any, defs: Schema, wanted: str, within: tuple[str, ...]
    ) -> TypeExpr:
        if (members := as_map(schema)) is None:
            return ANY
        name, schema = resolve(members, defs)
        if name is not None:
            if name in within:
                return ANY  # refers to itself without an object in between
            within = (*within, name)
        if is_file_schema(schema):
            return self.file
        if (known := _runtime_class(schema)) is not None:
            return Named(known)
        if (values := _values(schema)) is not None:
            return choice_type(values) or self._plain(schema, defs, wanted, within)
        if (parts := _variants(schema)) is not None:
            return either(*(self.type(part, defs, wanted, within) for part in parts))
        return self._plain(schema, defs, wanted, within)

    def _plain(
        self, schema: Schema, defs: Schema, wanted: str, within: tuple[str, ...]
    ) -> TypeExpr:
        type_ = schema.get("type")
        if isinstance(type_, str) and type_ in _SCALARS:
            return _SCALARS[type_]
        if _is_array(schema):
            if (items := _tuple_items(schema)) is not None:
                parts = (self.type(item, defs, wanted, within) for item in items)
                return Generic("tuple", tuple(parts))
            return list_of(self.type(_item_schema(schema), defs, wanted, within))
        schema = _merged(schema, defs)
        if schema.get("properties") and type_ in ("object", None):
            title = within[-1] if within else None
            return self.models.add(schema, defs, wanted, title)
        if type_ == "object":
            values = schema.get("additionalProperties")
            return dict_of(self.type(values, defs, wanted, within))
        return ANY


def _values(schema: Schema) -> Sequence[object] | None:
    if "const" in schema:
        return [schema["const"]]
    return schema.get("enum")
