"""Tables of pandas, polars and the like, as rows of JSON values.

None of those libraries is imported: the attributes of a table say what it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from enum import Enum
from types import ModuleType
from typing import Any, Protocol, TypeAlias, cast

from ..errors import GradioError


class TableLike(Protocol):
    """A table of pandas, polars or another library that has columns and a shape."""

    @property
    def columns(self) -> Any:
        """Its columns, or their names."""

    @property
    def shape(self) -> Any:
        """Numbers of rows and columns."""


#: What a table can be made of: a table, one mapping or one list per row, or
#: `{"headers": …, "data": …}`.
TableSource: TypeAlias = (
    TableLike
    | Sequence[Mapping[str, Any]]
    | Sequence[Sequence[Any]]
    | Mapping[str, Any]
)


def rows_of(table: TableSource) -> tuple[list[str | int | float], list[list[Any]]]:
    """Return column names and rows of a table as JSON values, or raise `TypeError`."""
    names, rows = _read(table)
    return [header(name) for name in names], [[_cell(v) for v in row] for row in rows]


def _read(table: Any) -> tuple[Iterable[Any], Iterable[Iterable[Any]]]:
    if isinstance(table, list | tuple):
        return _of_records(cast("Sequence[Any]", table))
    if hasattr(table, "iloc") and len(table.shape) == 2:  # pandas
        columns = [table.iloc[:, i].tolist() for i in range(table.shape[1])]
        return list(table.columns), zip(*columns, strict=True)
    if hasattr(table, "iter_rows"):  # polars
        return list(table.columns), table.iter_rows()
    if hasattr(table, "to_pylist"):  # pyarrow
        columns = [column.to_pylist() for column in table.columns]
        return table.column_names, zip(*columns, strict=True)
    raise TypeError(
        "expected a table of pandas or polars, a list of dicts, a DataframeData or "
        f'{{"headers": …, "data": …}}, not {type(table).__name__}'
    )


def _of_records(records: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
    """Read one mapping per row, which may lack some of the columns, or one list."""
    if records and all(isinstance(record, list | tuple) for record in records):
        return [], [list(record) for record in records]
    names: dict[Any, None] = {}
    for record in records:
        if not isinstance(record, Mapping):
            kind = type(record).__name__
            raise TypeError(f"expected a dict for each row, not {kind}")
        names.update(dict.fromkeys(cast("Iterable[Any]", record)))
    return list(names), [[record.get(name) for name in names] for record in records]


def header(name: object) -> str | int | float:
    """Return a column's name as a JSON value."""
    name = _cell(name)
    return name if isinstance(name, str | int | float) else str(name)


def _cell(value: Any) -> Any:
    """Return a cell as a JSON value; None if missing or not finite, as in Gradio."""
    match value:
        case None | bool() | str():
            return value
        case Enum():
            return _cell(value.value)
        case int():
            return int(value)
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case date() | time():  # also a datetime or a pandas.Timestamp
            # `NaT` is a datetime that is not equal to itself.
            return value.isoformat() if value == value else None
        case Mapping():
            members = cast("dict[Any, Any]", value)
            return {str(key): _cell(item) for key, item in members.items()}
        case list() | tuple() | set() | frozenset():
            return [_cell(item) for item in cast("list[Any]", value)]
        case _ if type(value).__name__ == "NAType":  # pandas.NA
            return None
        case _ if hasattr(value, "tolist"):  # a scalar or an array of numpy
            return _cell(value.tolist())
        case _:
            return str(value)


def library(name: str) -> ModuleType:
    """Import pandas or polars, or raise `GradioError` if it is not installed."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        hint = f"pip install {name}"
        raise GradioError(f"{name} is not installed", hint=hint) from error
