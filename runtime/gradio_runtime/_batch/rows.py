"""Rows as they are given: any iterable, or a table by Arrow's interface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from importlib import import_module
from typing import Any, cast

from ..errors import GradioError

#: Rows of a table that are made at a time: its batch may be the whole table.
_CHUNK = 1000


def as_rows(given: Any) -> Iterable[Any]:
    """Return rows to iterate over; those of a table are mappings, of a column values."""
    is_arrow = hasattr(given, "__arrow_c_stream__")
    return _of_arrow(given) if is_arrow else cast("Iterable[Any]", given)


def count_of(given: Any) -> int | None:
    """Return how many rows there are, where that is known before."""
    if isinstance(given, Sized) and not hasattr(given, "num_rows"):
        return len(given)
    rows: object = getattr(given, "num_rows", None)
    return rows if isinstance(rows, int) else None


def pyarrow(wanted_for: str) -> Any:
    """Return pyarrow, or one of its modules, or say how to get it."""
    try:
        return import_module("pyarrow")
    except ImportError:
        raise GradioError(
            f"{wanted_for} needs pyarrow", hint="pip install 'gradio-runtime[arrow]'"
        ) from None


def _of_arrow(given: Any) -> Iterator[Any]:
    arrow = pyarrow("a table of rows")
    try:
        batches = arrow.RecordBatchReader.from_stream(given)
    except arrow.ArrowInvalid:  # a column by itself
        batches = arrow.chunked_array(given).chunks
    for batch in batches:
        for start in range(0, len(batch), _CHUNK):
            yield from batch.slice(start, _CHUNK).to_pylist()
