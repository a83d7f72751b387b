"""Values as the cells of a table, which has no lists and no objects, and their types."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
)

from pydantic_core import to_jsonable_python

from .._engine.output import Output
from .._engine.results import result_type
from .._models.base import UNCHANGED
from .._models.files import AppText, File
from .._models.python_values import pythons_own
from .._models.texts import whole
from ..errors import GradioError

Cell: TypeAlias = bool | int | float | str | None

_MOST = 2**63


class Kind(NamedTuple):
    """What the cells of a column are, and the names that others have for it."""

    cls: type[bool | int | float | str]
    arrow: str
    pandas: str
    spark: str


BOOL = Kind(bool, "bool", "boolean", "boolean")
INT = Kind(int, "int64", "Int64", "long")
FLOAT = Kind(float, "float64", "float64", "double")
TEXT = Kind(str, "string", "string", "string")


def kind_of_cells(classes: Set[type]) -> Kind:
    """Return the kind of a column, whose cells are of these classes."""
    match classes - {type(None)}:
        case known if known == {bool}:
            return BOOL
        case known if known == {int}:
            return INT
        case known if known and known <= {int, float}:
            return FLOAT
        case _:
            return TEXT


@functools.cache
def kinds_of_outputs(describe: Callable[..., Any]) -> dict[str, Kind]:
    """Return the columns of a described call's outputs; of a single one, `value`."""
    declared = result_type(describe)
    if declared is None or declared is type(None):
        return {}
    if isinstance(declared, type) and issubclass(declared, Output):
        declared.model_rebuild()
        fields = declared.model_fields.items()
        return {n: kind_of_cells(set(_classes(f.annotation))) for n, f in fields}
    return {"value": kind_of_cells(set(_classes(declared)))}


def _classes(declared: Any) -> Iterable[type]:
    """Yield the classes of the cells of values of a type."""
    origin, args = get_origin(declared), get_args(declared)
    if origin is Annotated:
        yield from _classes(args[0])
    elif origin is Literal:
        yield from map(type, args)
    elif origin in {Union, UnionType}:
        for arg in args:
            yield from _classes(arg)
    else:
        yield declared if declared in {bool, int, float, type(None)} else str


def plain(value: Any) -> Any:
    """Return a value as JSON; a file is where it is, and what is no JSON its text."""
    try:
        return _as_json(value)
    except (RecursionError, ValueError):
        return _text(value)


def _as_json(value: Any) -> Any:
    match value:
        case bytes() | bytearray() | memoryview():
            return f"{len(cast('bytes', value))} bytes"
        case File() | AppText() | os.PathLike() | Iterator():  # an open stream is one
            return _text(cast("object", value))
        case list() | tuple():
            return [_as_json(item) for item in cast("Iterable[Any]", value)]
        case Mapping():
            known = cast("Mapping[object, object]", value)
            return {str(key): _as_json(item) for key, item in known.items()}
        case _ if value is UNCHANGED:
            return None
        case _:
            return to_jsonable_python(pythons_own(value), fallback=_text)


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001  # it is somebody's class
        return f"<{type(value).__name__}>"


def cell(value: Any) -> Cell:
    """Return a value of JSON as a cell."""
    if isinstance(value, dict | list):
        return _json(value)
    if isinstance(value, int) and abs(value) >= _MOST:
        return str(value)
    return cast("Cell", value)


def _json(value: Any) -> str:
    """Return a text of JSON, which has no NaN."""
    finite = to_jsonable_python(value, inf_nan_mode="null")
    return json.dumps(finite, ensure_ascii=False)


def fitted(value: Any, kind: Kind) -> Cell:
    """Return a value of JSON as a cell of a kind.

    Raises:
        TypeError: It cannot be one.
        OverflowError: It is too large for one.
    """
    if kind == FLOAT and type(value) is int:
        return float(value)
    known = cell(value)
    if known is None or (type(known) is kind.cls and kind != TEXT):
        return known
    if kind != TEXT:
        raise TypeError(f"a cell of a column of {kind.arrow} cannot be {known!r}")
    text = known if isinstance(known, str) else _json(known)
    return whole(text)


def error_cells(error: GradioError) -> tuple[str, bool]:
    """Return what went wrong with a row, and whether its call may have run."""
    return f"{type(error).__name__}: {error}", error.may_have_run
