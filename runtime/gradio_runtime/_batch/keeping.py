"""How rows, results and errors are written in a store: as JSON, without any secret."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias, cast

from .. import errors
from .._engine.kept import Json, decoded, encoded, shown_url, slots_of, struck
from .._engine.results import ResultReader
from .._models.filenames import reserved_place, safe_name
from .._models.files import File, facts_of
from .._models.python_values import pythons_own
from .._transfer.sources import measure
from .._transfer.transfer import default_download_dir
from ..errors import GradioError, InputError, OutputMismatch
from .stage import Item

#: A row's number; or the caller's key, as JSON.
Key: TypeAlias = str | int


@dataclass(frozen=True)
class Keeping:
    """What a store must know of one stage.

    Attributes:
        endpoint: Its api_name.
        spec: That of its module.
        read: Reads a result again.
        key: What names a row, from the caller; None for its number.
    """

    endpoint: str
    spec: str
    read: ResultReader[Any]
    key: Callable[[Any], object] | None

    def key_of(self, item: Item) -> Key:
        """Return what a row is known by."""
        if self.key is None:
            return item.index
        key = pythons_own(self.key(item.row))
        if not isinstance(key, str | int):
            raise TypeError(f"a key is a text or a whole number, not {key!r}")
        return json.dumps(key)

    def digest(self, item: Item, folder: Path) -> str:
        """Return what tells the inputs of a row from others; a store is in the folder."""
        inputs, identity = item.call.inputs, partial(_identity, folder=folder)
        values = {
            name: encoded(getattr(inputs, name), identity)
            for name in type(inputs).model_fields
        }
        return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def codec(self, folder: Path, files: str) -> Codec:
        """Return what writes results; their files go into a folder within another."""
        return Codec(folder, files, self.read)


class Codec:
    """Writes results and errors, and reads them again."""

    def __init__(self, folder: Path, files: str, read: ResultReader[Any]) -> None:
        self._folder = folder
        self._files = files
        self._read = read

    def of_value(self, value: Any, key: Key) -> str:
        """Return JSON for a result, and take its files, which then have another path."""
        name = str(key) if isinstance(key, int) else sha256(key.encode()).hexdigest()
        place = self._folder / self._files / name
        shutil.rmtree(place, ignore_errors=True)  # of an attempt that was cut off
        slots = [
            encoded(slot, lambda file: self._taken(file, place))
            for slot in slots_of(value)
        ]
        return json.dumps(struck(slots))

    def value(self, text: str) -> Any:
        """Return a result."""
        slots = [decoded(slot, self._file) for slot in json.loads(text)]
        names = ["output"] * len(slots)
        try:
            return self._read(slots, names, None)
        except OutputMismatch:  # it was let through by strict_outputs=False
            return self._read(slots, names, False)

    def of_error(self, error: GradioError) -> str:
        """Return JSON for an error, with its attributes."""
        said: dict[str, Json] = {"class": type(error).__name__}
        for known in fields(error):
            if known.name not in {"hint", "usual_hint"}:
                said[known.name] = encoded(getattr(error, known.name), self._remote)
        return json.dumps(struck(said))

    def error(self, text: str) -> GradioError:
        """Return an error."""
        said: dict[str, Json] = json.loads(text)
        cls = cast("type[GradioError]", getattr(errors, said.pop("class"), GradioError))
        error = cls(said.pop("message"))
        for known in fields(error):
            if known.name in said and known.name != "may_have_run":
                setattr(error, known.name, decoded(said[known.name], self._file))
        error.told(may_have_run=said["may_have_run"])
        return error

    def _taken(self, file: File, place: Path) -> Json:
        """Take a file into the store."""
        known = self._remote(file)
        if file.path is not None:
            place.mkdir(parents=True, exist_ok=True)
            target = reserved_place(place, safe_name(file.orig_name or file.path.name))
            _copy(file.path, target)
            file.path = target
            known["path"] = target.relative_to(self._folder).as_posix()
        return known

    def _remote(self, file: File) -> dict[str, Json]:
        return {
            "url": None if file.url is None else shown_url(file.url),
            "orig_name": file.orig_name,
            "mime_type": file.mime_type,
            "size": file.size,
        }

    def _file(self, known: dict[str, Any]) -> File:
        path = known.pop("path", None)
        return File(**known, path=None if path is None else self._folder / path)


def _copy(path: Path, target: Path) -> None:
    """Copy a file over an empty one; of a download of ours, which nobody writes to, link."""
    if path.is_relative_to(default_download_dir()):
        with suppress(OSError):
            target.unlink()
            os.link(path, target)
            return
    shutil.copyfile(path, target)


def _identity(file: File, folder: Path) -> dict[str, Json]:
    """Return what a file among the inputs is known by."""
    content = facts_of(file).content
    if content is not None and not isinstance(content, bytes):
        if measure(content) is None:
            raise InputError(
                "a store cannot know an open stream again that cannot seek",
                hint="Pass a path, bytes, or a stream that can seek",
            )
        content = content.read()
    if content is not None:
        return {"sha256": sha256(content).hexdigest()}
    if file.path is None:
        # An app's own address of a file may have what gives access, for a time.
        url = file.url or ""
        return {"url": url if facts_of(file).named else shown_url(url)}
    if file.path.is_relative_to(folder / "files"):
        # It came with a result, and the folder may be elsewhere now.
        return {"kept": file.path.relative_to(folder).as_posix()}
    known: dict[str, Json] = {"path": str(file.path)}
    with suppress(OSError):
        found = file.path.stat()
        known |= {"size": found.st_size, "mtime": found.st_mtime_ns}
    return known
