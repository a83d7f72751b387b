"""Defaults that are lists or objects, as expressions that make a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .literals import source
from .narrow import as_list, as_map
from .typeexpr import Either, Generic, ModelOf, Named, TypeExpr, accepts, walk

#: Fields of the runtime's types that take plain values, and what the values are.
_PLAIN_FIELDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "DataframeData": {"headers": list, "data": list},
    "LabelData": {"label": (str, int, float)},
}
_WITH_PLAIN_FIELDS = (*map(Named, _PLAIN_FIELDS), Named("DataframeInput"))
_BUILTINS = frozenset({"Any", "None", "bool", "int", "str"})


def without_nulls(type_: TypeExpr, value: Any) -> Any:
    """The value without members that a type of the runtime has as None anyway."""
    if type_ in _WITH_PLAIN_FIELDS:
        return {key: part for key, part in value.items() if part is not None}
    return value


def needs_validation(type_: TypeExpr, value: Any) -> bool:
    """Whether a JSON default of the type has to be turned into something else."""
    return value != [] and any(
        isinstance(part, ModelOf)
        or (isinstance(part, Named) and part.name not in _BUILTINS)
        or (isinstance(part, Generic) and part.origin == "tuple")
        for part in walk(type_)
    )


def made(type_: TypeExpr, value: Any) -> str:
    """An expression for a JSON value as a value of a type that accepts it."""
    match type_:
        case Either(types):
            fitting = next((t for t in types if accepts(t, value)), types[0])
            return made(fitting, value)
        case Generic("list" | "Several", (item,)) if (
            values := as_list(value)
        ) is not None:
            parts = [made(item, part) for part in values]
            return f"[{', '.join(parts)}]"
        case Generic("tuple", items) if (values := as_list(value)) is not None:
            parts = [made(*pair) for pair in zip(items, values, strict=True)]
            return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        case Generic("dict", (_, item)) if (members := as_map(value)) is not None:
            parts = [f"{source(k)}: {made(item, v)}" for k, v in members.items()]
            return f"{{{', '.join(parts)}}}"
        case ModelOf(name):
            return f"{name}.model_validate({source(value)})"
        case Named("DataframeInput"):
            return made(Named("DataframeData"), value)
        case Named(name) if name not in _BUILTINS:
            return _simple(name, value) or f"{name}.model_validate({source(value)})"
        case _:
            return source(value)


def _simple(name: str, value: Any) -> str | None:
    """The constructor's call, where plain values will do."""
    fields = _PLAIN_FIELDS.get(name, {})
    given = {key: part for key, part in value.items() if part is not None}
    for key, part in given.items():
        if key not in fields or not isinstance(part, fields[key]):
            return None
    if not all(
        isinstance(part, str | int | float) for part in given.get("headers", ())
    ):
        return None
    if not all(isinstance(row, list) for row in given.get("data", ())):
        return None
    words = [f"{key}={source(part)}" for key, part in given.items()]
    return f"{name}({', '.join(words)})"
