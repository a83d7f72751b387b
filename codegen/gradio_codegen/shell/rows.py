"""Rows of a file as calls of an endpoint."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from gradio_runtime import Call, InputError

from ..errors import UsageError
from ..narrow import as_map
from ..suggest import did_you_mean
from .modules import AnyEndpoint
from .parameters import Parameter

Row: TypeAlias = Mapping[str, Any]

#: The column of cells beyond those that the first line of a CSV names.
_MORE = "(more cells)"
#: Characters of a cell; `csv` itself stops at 128 Ki.
_LONGEST_CELL = 1 << 30


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, as they are read.

    Raises:
        UsageError: It cannot be read.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise UsageError(f"{path} is none of {', '.join(_READERS)}")
    try:
        yield from read(path)
    except (OSError, ValueError, RecursionError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def columns_of(
    parameters: Sequence[Parameter], given: Sequence[str], first: Row
) -> dict[str, str]:
    """Return the column of each parameter that has one.

    Args:
        parameters: Of the endpoint.
        given: `parameter=column`, where these are not called the same.
        first: The first row.

    Raises:
        UsageError: One is malformed, or a parameter that must be given has no column.
    """
    names = [item.name for item in parameters]
    columns = {name: name for name in names if name in first}
    for word in given:
        name, equals, column = word.partition("=")
        if not equals:
            raise UsageError(f"--column takes PARAMETER=COLUMN, not {word!r}")
        if name not in names:
            raise UsageError(f"no parameter is {name!r}. {did_you_mean(name, names)}")
        if column not in first:
            raise UsageError(f"no column is {column!r}. {did_you_mean(column, first)}")
        columns[name] = column
    for item in parameters:
        if item.required and item.name not in columns:
            raise UsageError(
                f"no column is for {item.name}, which must be given. The rows have "
                f"{', '.join(first)}. Choose one: --column {item.name}=COLUMN"
            )
    return columns


def call_of(
    endpoint: AnyEndpoint, parameters: Sequence[Parameter], columns: Mapping[str, str]
) -> Callable[[Row], Call[Any]]:
    """Return what makes a call of a row.

    A cell that is empty leaves its parameter to the default, if there is one.
    """

    def call(row: Row) -> Call[Any]:
        if _MORE in row:
            raise InputError("the row has more cells than there are columns")
        inputs: dict[str, Any] = {}
        for item in parameters:
            value = row.get(columns.get(item.name, ""))
            if value is None or (value == "" and not item.required):
                if item.required:
                    raise InputError(f"the row has no {columns[item.name]}")
                continue
            inputs[item.name] = item.read([value]) if isinstance(value, str) else value
        return endpoint.call(**inputs)

    return call


def _csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file, restkey=_MORE)
        names = rows.fieldnames or ()
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two columns are called {twice!r}")
        yield from rows


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            row = as_map(json.loads(line))
            if row is None:
                raise ValueError(f"line {number} is no object")
            yield row


def _parquet(path: Path) -> Iterator[Row]:
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow: pip install 'gradio-runtime[arrow]'"
        ) from None
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(1000):
            yield from batch.to_pylist()


_READERS: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
