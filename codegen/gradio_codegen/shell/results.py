"""Results as texts: what a terminal shows, and what a pipe gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from gradio_runtime import File, Output
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from ..narrow import as_list, parts


def files_in(value: object) -> Iterator[File]:
    """Yield the files of a result."""
    if isinstance(value, File):
        yield value
    if isinstance(value, BaseModel):
        value = dict(value)
    for part in parts(value):
        yield from files_in(part)


def keep_files(value: object, folder: Path) -> None:
    """Copy the files of a result to a folder, under names that are free there."""
    for file in files_in(value):
        file.path = file.save(folder)


def as_json(value: object, *, indent: int | None = None) -> str:
    """Return a result as JSON, on one line or with an indent."""
    data = to_jsonable_python(value, inf_nan_mode="null")
    return json.dumps(data, ensure_ascii=False, indent=indent)


def as_text(value: object, *, indent: int | None = None) -> str:
    """Return a result as people read it.

    A text is itself, a file is its path or URL, and of several outputs each has its
    name. Other values are JSON, on one line or with an indent.
    """
    match value:
        case None:
            return ""
        case str() | File():
            return str(value)
        case Output():
            pairs = cast("list[tuple[str, object]]", list(value))
            return "\n".join(
                f"{name}: {as_text(part, indent=indent)}" for name, part in pairs
            )
        case _:
            pass
    items = as_list(value)
    if items and all(isinstance(item, str | File) for item in items):
        return "\n".join(map(str, items))
    return as_json(value, indent=indent)


class Growing:
    """Outputs that come one after the other; a text may go on with the last one."""

    def __init__(self, indent: int | None) -> None:
        self._indent = indent
        self._last = ""

    def next(self, value: object) -> str:
        """Return what is to be written for an output: of a text, what is new in it."""
        text = as_text(value, indent=self._indent)
        if not isinstance(value, str):
            return f"{self.end()}{text}\n"
        grows = self._last and text.startswith(self._last)
        new = text[len(self._last) :] if grows else f"{self.end()}{text}"
        self._last = text
        return new

    def end(self) -> str:
        """Return what is to be written after the last text."""
        ended, self._last = "\n" if self._last else "", ""
        return ended
