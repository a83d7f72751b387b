"""Rows as they are given: any iterable, or a table by Arrow's interface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from importlib import import_module
from typing import Any, cast

from ..errors import GradioError


def as_rows(given: Any) -> Iterable[Any]:
    """Return rows to iterate over; those of a table are mappings."""
    return _of_table(given) if _is_table(given) else cast("Iterable[Any]", given)


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


def _is_table(given: Any) -> bool:
    return hasattr(given, "__arrow_c_stream__")


def _of_table(given: Any) -> Iterator[dict[str, Any]]:
    reader = pyarrow("a table of rows").RecordBatchReader.from_stream(given)
    for batch in reader:
        yield from batch.to_pylist()
