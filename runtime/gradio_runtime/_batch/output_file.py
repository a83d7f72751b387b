"""Results as a file: a row for each, with what was given and what came of it."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, cast

from .._engine.output import Output
from .._models.base import Input
from .._models.texts import whole
from ..errors import InputError
from .columns import cell, error_cells, fitted, kind_of_cells, plain
from .results import Done, Failed
from .rows import pyarrow

Result: TypeAlias = Done[Any, Any] | Failed[Any]
Record: TypeAlias = dict[str, Any]

#: Columns that every file has.
_OWN = ("index", "attempts", "src", "error", "may_have_run")
#: Rows of a file that are in memory at a time.
_CHUNK = 5000


def kind_of(path: str | os.PathLike[str]) -> str:
    """Return what a file is to be, by its suffix.

    Raises:
        InputError: It is none of what can be written.
        GradioError: It needs pyarrow.
    """
    kind = Path(path).suffix.lower()
    if kind not in _WRITERS:
        raise InputError(
            f"cannot tell from the name {Path(path).name!r} how to write it",
            hint=f"End it with one of {', '.join(_WRITERS)}",
        )
    if kind == ".parquet":
        pyarrow("a Parquet file")
    if Path(path).is_dir() or not Path(path).parent.is_dir():
        what = "a folder" if Path(path).is_dir() else "in a folder that is not there"
        raise InputError(f"cannot write {path}, which is {what}")
    return kind


def written(
    results: Iterable[Result], path: str | os.PathLike[str]
) -> Iterator[Result]:
    """Write results to a file, and yield each of them; the file is there at the end."""
    write = _WRITERS[kind_of(path)]
    with _replacing(Path(path)) as part, _replacing(part, keep=False) as spool:
        columns: dict[str, set[type[Any]]] = {}
        with spool.open("w", encoding="utf-8") as lines:
            for result in results:
                record = record_of(result)
                for name, value in record.items():
                    columns.setdefault(name, set()).add(cell(value).__class__)
                lines.write(json.dumps(record) + "\n")
                yield result
        with spool.open(encoding="utf-8") as lines:
            # What is no number is nothing: JSON has no NaN.
            read = partial(json.loads, parse_constant=lambda _: None)
            write(map(read, lines), columns or {name: set() for name in _OWN}, part)


@contextmanager
def _replacing(target: Path, *, keep: bool = True) -> Generator[Path]:
    """Give the name of a file beside another, which it replaces unless there is an error."""
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield part
        if keep:
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def record_of(result: Result) -> Record:
    """Return a row of the file: of the result, of what was given, and of what came."""
    record: Record = {"index": result.index}

    def add(parts: Mapping[Any, Any], prefix: str) -> None:
        for key, value in parts.items():
            name = whole(str(key))
            while name in record or name in _OWN:
                name = prefix + name
            record[name] = plain(value)

    add(_parts(result.row, "row"), "row_")
    if isinstance(result, Done):
        add(_parts(result.value, "value"), "output_")
    error, may_have_run = None, None
    if isinstance(result, Failed):
        error, may_have_run = error_cells(result.error)
    return record | {
        "attempts": result.attempts,
        "src": result.src,
        "error": error,
        "may_have_run": may_have_run,
    }


def _parts(value: object, name: str) -> Mapping[str, Any]:
    """Return what has columns of its own in a value; of any other, one by that name."""
    if isinstance(value, Input | Output):
        return {field: value.__dict__.get(field) for field in type(value).model_fields}
    if name == "row" and isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    return {name: value}


def _write_jsonl(
    records: Iterable[Record], columns: Mapping[str, set[type]], path: Path
) -> None:
    # Half a character, which JSON may hold, stays as JSON writes it.
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        for record in records:
            whole = {name: record.get(name) for name in columns}
            file.write(json.dumps(whole, ensure_ascii=False) + "\n")


def _write_csv(
    records: Iterable[Record], columns: Mapping[str, set[type]], path: Path
) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        for record in records:
            writer.writerow({name: cell(value) for name, value in record.items()})


def _write_parquet(
    records: Iterable[Record], columns: Mapping[str, set[type]], path: Path
) -> None:
    arrow = pyarrow("a Parquet file")
    kinds = {name: kind_of_cells(classes) for name, classes in columns.items()}
    types = {name: arrow.type_for_alias(kind.arrow) for name, kind in kinds.items()}
    schema, rest = arrow.schema(list(types.items())), iter(records)
    with import_module("pyarrow.parquet").ParquetWriter(path, schema) as writer:
        while chunk := list(islice(rest, _CHUNK)):
            arrays = [
                arrow.array([fitted(row.get(name), kind) for row in chunk], types[name])
                for name, kind in kinds.items()
            ]
            writer.write_table(arrow.table(arrays, schema=schema))


_WRITERS: dict[
    str, Callable[[Iterable[Record], Mapping[str, set[type]], Path], None]
] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
