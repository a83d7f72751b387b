"""How rows, results and errors are written in a store: as JSON, without any secret."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias, cast

from pydantic_core import to_jsonable_python

from .. import errors
from .._engine.kept import Json, decoded, encoded, shown_url, slots_of, struck
from .._engine.results import ResultReader
from .._models.filenames import reserved_place, safe_name
from .._models.files import File, facts_of
from .._transfer.transfer import default_download_dir
from ..errors import GradioError, OutputMismatch
from .stage import Item

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
        key = self.key(item.row)
        if not isinstance(key, str | int):
            raise TypeError(f"a key is a text or a whole number, not {key!r}")
        return key

    def digest(self, item: Item) -> str:
        """Return what tells the inputs of a row from others."""
        inputs = item.call.inputs
        values = {
            name: encoded(getattr(inputs, name), _identity)
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
            value = getattr(error, known.name)
            if known.name == "raw":
                said["raw"] = encoded(value, self._remote)
            elif known.name not in {"hint", "usual_hint"}:
                said[known.name] = to_jsonable_python(value)
        return json.dumps(struck(said))

    def error(self, text: str) -> GradioError:
        """Return an error."""
        said: dict[str, Json] = json.loads(text)
        cls = cast("type[GradioError]", getattr(errors, said.pop("class"), GradioError))
        if "raw" in said:
            said["raw"] = decoded(said["raw"], self._file)
        error = cls(said.pop("message"))
        for known in fields(error):
            if known.name in said and known.name != "may_have_run":
                setattr(error, known.name, said[known.name])
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


def _identity(file: File) -> dict[str, Json]:
    """Return what a file among the inputs is known by."""
    content = facts_of(file).content
    if isinstance(content, bytes):
        return {"sha256": sha256(content).hexdigest()}
    if content is not None:
        place = content.tell()
        whole = content.read()
        content.seek(place)
        return {"sha256": sha256(whole).hexdigest()}
    if file.path is None:
        # An app's own address of a file may have what gives access, for a time.
        url = file.url or ""
        return {"url": url if facts_of(file).named else shown_url(url)}
    known: dict[str, Json] = {"path": str(file.path)}
    with suppress(OSError):
        found = file.path.stat()
        known |= {"size": found.st_size, "mtime": found.st_mtime_ns}
    return known
