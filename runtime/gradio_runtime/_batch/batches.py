"""Batches as engines hand them over: mappings of columns, and tables.

Engines are told by what their objects can do, and imported only once they are there.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence, Set
from copy import copy
from importlib import import_module
from typing import Any, cast

from .._models.python_values import pythons_own
from .columns import Cell, Kind

#: New columns by name: what their cells are, and the cells.
Columns = Mapping[str, tuple[Kind, Sequence[Cell]]]

#: What has columns, by what it can do, and where their names are: frames of pandas and
#: Dask, Arrow's tables, Spark's schemas.
_NAMES = {"assign": "columns", "append_column": "column_names", "fieldNames": "names"}

#: Classes with a value that stands for none, and does not equal itself.
_MAY_BE_NONE = frozenset({"float", "Decimal", "NaTType", "datetime64", "timedelta64"})


def names_of(batch: Any) -> list[str]:
    """Return the names of the columns of a batch, or of a schema.

    Raises:
        TypeError: It is none of a kind that is known.
    """
    if isinstance(batch, Mapping):
        return list(cast("Mapping[str, Any]", batch))
    for ability, names in _NAMES.items():
        if hasattr(batch, ability):
            return list(getattr(batch, names))
    raise TypeError(
        "a batch is a mapping of columns, a pandas frame or an Arrow table, not "
        f"{type(batch).__name__}"
    )


def values_of(column: Any) -> list[Any]:
    """Return the values of a column; those that are missing are None.

    Raises:
        TypeError: It is a single value, or has no order.
    """
    single = isinstance(cast("object", column), str | bytes | Mapping | Set)
    if single or not hasattr(column, "__iter__"):
        raise TypeError(f"a column is a list or an array, not {type(column).__name__}")
    if hasattr(column, "to_pylist"):  # Arrow
        column = column.to_pylist()
    elif hasattr(column, "tolist") and type(column).__module__ != "numpy":
        column = column.tolist()  # numpy's own makes numbers of moments
    return [None if _is_missing(v) else v for v in map(pythons_own, column)]


def _is_missing(value: object) -> bool:
    """Return whether a value stands for none: NaN, NaT, pandas' NA."""
    name = type(value).__name__
    return name == "NAType" or (name in _MAY_BE_NONE and value != value)


def extended(batch: Any, columns: Columns) -> Any:
    """Return a batch with more columns."""
    if isinstance(batch, Mapping):
        # A copy, as `datasets` has columns in its own that are not decoded yet.
        known = cast("Mapping[str, Any]", batch)
        made: Any = copy(known) if isinstance(known, MutableMapping) else dict(known)
        made.update({name: list(cells) for name, (_, cells) in columns.items()})
        return made
    if hasattr(batch, "assign"):
        array = import_module("pandas").array
        made = {
            name: array(cells, kind.pandas) for name, (kind, cells) in columns.items()
        }
        return batch.assign(**made)
    arrow = import_module("pyarrow")
    for name, (kind, cells) in columns.items():
        column = arrow.array(cells, arrow.type_for_alias(kind.arrow))
        batch = batch.append_column(name, column)
    return batch


def extended_schema(known: Any, kinds: Mapping[str, Kind]) -> Any:
    """Return an engine's own schema with more columns; of Dask's frame, its `meta`.

    Raises:
        TypeError: It is of no engine that takes one.
    """
    match type(known).__module__.partition(".")[0]:
        case "datasets":
            value = import_module("datasets").Value
            new = {name: value(kind.arrow) for name, kind in kinds.items()}
            return type(known)({**known, **new})
        case "pyspark":
            made = type(known)(list(known))
            for name, kind in kinds.items():
                made.add(name, kind.spark)
            return made
        case "dask":
            empty = import_module("dask.dataframe.utils").make_meta(known)
            return extended(empty, {name: (kind, []) for name, kind in kinds.items()})
        case _:
            raise TypeError(
                "a schema is the features of `datasets`, a schema of Spark or a frame of "
                f"Dask, not {type(known).__name__}"
            )
