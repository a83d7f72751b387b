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

from pydantic_core import to_jsonable_python

from .._engine.output import Output
from .._models.base import UNCHANGED, Input
from .._models.files import AppText, File
from .._models.python_values import pythons_own
from ..errors import InputError
from .results import Done, Failed
from .rows import pyarrow

Result: TypeAlias = Done[Any, Any] | Failed[Any]
Record: TypeAlias = dict[str, Any]

#: Columns that every file has.
_OWN = ("index", "attempts", "src", "error", "may_have_run")
#: Rows of a file that are in memory at a time.
_CHUNK = 5000
_MOST = 2**63


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
                    columns.setdefault(name, set()).add(_cell(value).__class__)
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
            name = str(key).encode("utf-8", "replace").decode()
            while name in record or name in _OWN:
                name = prefix + name
            record[name] = _plain(value)

    add(_parts(result.row, "row"), "row_")
    if isinstance(result, Done):
        add(_parts(result.value, "value"), "output_")
    error = result.error if isinstance(result, Failed) else None
    return record | {
        "attempts": result.attempts,
        "src": result.src,
        "error": None if error is None else f"{type(error).__name__}: {error}",
        "may_have_run": None if error is None else error.may_have_run,
    }


def _parts(value: object, name: str) -> Mapping[str, Any]:
    """Return what has columns of its own in a value; of any other, one by that name."""
    if isinstance(value, Input | Output):
        return {field: value.__dict__.get(field) for field in type(value).model_fields}
    if name == "row" and isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    return {name: value}


def _plain(value: Any) -> Any:
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


def _cell(value: Any) -> Any:
    """Return a value as it is in a table, which has no lists and no objects."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, int) and abs(value) >= _MOST else value


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
            writer.writerow({name: _cell(value) for name, value in record.items()})


def _write_parquet(
    records: Iterable[Record], columns: Mapping[str, set[type]], path: Path
) -> None:
    arrow = pyarrow("a Parquet file")
    types = {name: _arrow_type(kinds, arrow) for name, kinds in columns.items()}
    schema, rest = arrow.schema(list(types.items())), iter(records)
    with import_module("pyarrow.parquet").ParquetWriter(path, schema) as writer:
        while chunk := list(islice(rest, _CHUNK)):
            arrays = [
                arrow.array([_typed(row.get(name), kind, arrow) for row in chunk], kind)
                for name, kind in types.items()
            ]
            writer.write_table(arrow.table(arrays, schema=schema))


def _arrow_type(kinds: set[type], arrow: Any) -> Any:
    """Return the type of a column, whose values are of these."""
    match kinds - {type(None)}:
        case known if known == {bool}:
            return arrow.bool_()
        case known if known == {int}:
            return arrow.int64()
        case known if known and known <= {int, float}:
            return arrow.float64()
        case _:
            return arrow.string()


def _typed(value: Any, kind: Any, arrow: Any) -> Any:
    cell = _cell(value)
    if cell is not None and kind == arrow.float64():
        return float(cell)
    if cell is None or kind != arrow.string():
        return cell
    text = cell if isinstance(cell, str) else json.dumps(cell)
    return text.encode("utf-8", "replace").decode()


_WRITERS: dict[
    str, Callable[[Iterable[Record], Mapping[str, set[type]], Path], None]
] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
