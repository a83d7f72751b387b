"""Defaults that are lists or objects, as expressions that make a new one."""

from __future__ import annotations

from typing import Any

from gradio_runtime._components.kind import Value
from gradio_runtime._components.registry import VALUES

from ..literals import source
from ..narrow import as_list, as_map
from .types import Either, Generic, ModelOf, Named, TypeExpr, accepts, walk

_BUILTINS = frozenset({"Any", "None", "bool", "int", "str"})


def without_nulls(type_: TypeExpr, value: Any) -> Any:
    """Return the value without members that the runtime's type has as None anyway."""
    if isinstance(type_, Named) and type_.name in VALUES and VALUES[type_.name].plain:
        return {key: part for key, part in value.items() if part is not None}
    return value


def needs_validation(type_: TypeExpr, value: Any) -> bool:
    """Return whether a JSON default of the type must be turned into something else."""
    return value != [] and any(
        isinstance(part, ModelOf)
        or (isinstance(part, Named) and part.name not in _BUILTINS)
        or (isinstance(part, Generic) and part.origin == "tuple")
        for part in walk(type_)
    )


def made(type_: TypeExpr, value: Any) -> str:
    """Return an expression for a JSON value as a value of a type that accepts it."""
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
        case Named(name) if name not in _BUILTINS:
            return _constructed(VALUES.get(name, Value(name)), value)
        case _:
            return source(value)


def _constructed(type_: Value, value: Any) -> str:
    """Return the constructor's call, where plain values will do."""
    name = type_.made_as or type_.name
    given = {key: part for key, part in value.items() if part is not None}
    if type_.plain is None or not type_.plain(given):
        return f"{name}.model_validate({source(value)})"
    words = [f"{key}={source(part)}" for key, part in given.items()]
    return f"{name}({', '.join(words)})"
