"""Values to the wire and back, without any I/O.

`encode` turns what a caller gave for one slot into JSON, `decode` what the server sent
into the value that the caller's type is validated from. Files are left as `File`
objects in both directions, for `transfer` to upload and download. Where the shape of a
component's value differs between Gradio versions, its codec translates, so that a module
generated from a Gradio 5 app and one from a Gradio 6 app speak the same types.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache, partial
from importlib import import_module
from json import dumps
from pathlib import PurePath
from typing import Any, TypeGuard, cast
from uuid import UUID

from pydantic import BaseModel

from .._components.kind import Codec, Json, Kind
from .._components.registry import KINDS, kind_of, kind_of_slot
from .._models.files import AppText, File, recast
from .._models.python_values import pythons_own
from .._models.texts import beginning, is_whole
from ..description import Component
from ..description.dialect import Dialect
from ..description.json_values import is_array, is_object
from ..errors import InputError
from .file_objects import inlined, is_file

#: JSON that is in nothing else. Most of a value is, and a chat that streams is decoded
#: again for each token: a call for each atom would be half of the cost.
_ATOMS = frozenset({str, int, float, bool, type(None)})


#: What a component takes that takes texts.
_TEXTS = {"str", "choice", "Any"}


def _members(*files: str) -> frozenset[str]:
    kinds = [kind for kind in KINDS.values() if kind.files in files]
    return frozenset(name for kind in kinds for name in kind.members.split())


#: Members of objects that are files, or lists of files, among texts and elsewhere.
_MEMBERS_AMONG_TEXTS = _members("among") | {"path"}
_MEMBERS = _members("among", "bare", "captioned") | {"data", "name", "path", "url"}


@cache
def _codec(kind: Kind) -> Codec:
    """Return the codec of a component, which loads the classes of its values."""
    module, _, name = kind.codec.partition(":")
    if not module:
        return Codec()
    return cast("Codec", getattr(import_module(f"gradio_runtime.{module}"), name))


def sent(value: object, slot: Component, dialect: Dialect, *, typed: bool) -> Json:
    """Return what is sent for one slot: its JSON.

    Some servers parse a text; to arrive as one it has to be JSON itself. A text of an
    untyped call is left to them, as the official client does.
    """
    json = encode(value, slot, dialect)
    is_text = isinstance(json, str) and (typed or not isinstance(value, str))
    return dumps(json) if is_text and kind_of(slot.type).parses_text else json


def encode(value: object, slot: Component, dialect: Dialect) -> Json:
    """Return one slot's value as JSON, with a `File` where a file goes.

    Raise `InputError` for a value that the slot cannot take.
    """
    codec = _codec(kind_of_slot(slot))
    own = pythons_own(value)
    made = codec.encode(own, slot, dialect)
    plain = _plain(made)
    if isinstance(plain, str) and made is own and not isinstance(value, str | AppText):
        _check_text(type(value).__name__, slot)
    if is_inline(slot.type, dialect):
        return replace_files(plain, {id(f): inlined(f) for f in files_in(plain)})
    return plain


def _plain(value: object) -> Json:
    """Return JSON of any Python value; `File`s stay."""
    match value:
        case str():
            return _text(value)
        case None | bool():
            return value
        case int() | float():
            return _number(value)
        case File():
            return _bare(value)
        case AppText(text):
            return text
        case BaseModel():
            # What was neither given nor has a default of its own is left out: apps
            # tell a missing key from null.
            members = {
                field.serialization_alias or field.alias or name: item
                for name, field in type(value).model_fields.items()
                if (item := getattr(value, name)) is not None
                or name in value.model_fields_set
            }
            return _plain({**members, **(value.model_extra or {})})
        case Mapping():
            mapping = cast("Mapping[object, object]", value)
            return {_key(key): _plain(item) for key, item in mapping.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in cast("list[object]", value)]
        case _:
            return _others(value)


def _others(value: object) -> Json:
    """Return JSON of a value that is not JSON itself."""
    if (own := pythons_own(value)) is not value or (own := _listed(value)) is not value:
        return _plain(own)
    match value:
        case Decimal():
            return _number(float(value))
        case date():  # or a datetime
            return whole(value).isoformat()
        case time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            raise InputError(
                "bytes are not JSON",
                hint="Decode them, or give them to a parameter that takes files",
            )
        case PurePath() | UUID():
            return _text(str(value))
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case Iterator() | deque() | range():
            return [_plain(item) for item in cast("Iterable[object]", value)]
        case _:
            raise InputError(
                f"{type(value).__name__} objects are not JSON",
                hint="Make it a dict, a list, a text or a number first",
            )


def whole(value: date) -> date:
    """Return a moment, or raise `InputError` for pandas' NaT, which is one to Python."""
    if value != value:
        raise InputError(f"{value} is not a moment", hint="None may do")
    return value


def _listed(value: Any) -> Any:
    """Return a list of a column of pandas or polars, and anything else as it is."""
    to_list = getattr(value, "to_list", None)
    return to_list() if hasattr(value, "dtype") and callable(to_list) else value


def _key(value: object) -> str:
    """Return the name of a member of an object, of which JSON has only texts."""
    plain = _plain(value)
    if isinstance(plain, File | dict | list):
        raise InputError(f"a {type(value).__name__} cannot be a key in JSON")
    return plain if isinstance(plain, str) else str(value)


def _check_text(name: str, slot: Component) -> None:
    """Refuse what is a text only in JSON, where no text is taken: a date for a number."""
    takes = kind_of_slot(slot).takes
    type_ = slot.schema_in.get("type") if is_object(slot.schema_in) else None
    if takes and _TEXTS.isdisjoint(takes.split(" | ")):
        raise InputError(f"a {slot.type} takes no {name}")
    if isinstance(type_, str) and type_ != "string":
        raise InputError(f"the app expects JSON of the type {type_}, not a {name}")


def _text(value: str) -> str:
    """Refuse half a character: a server that repeats it ends every job's stream."""
    if not value.isascii() and not is_whole(value):
        what = f"the text {beginning(value, 40)!r} has a lone surrogate"
        raise InputError(f"{what}, which is not a character")
    return value


def _number(value: float) -> float:
    """Refuse what no server reads as this number (docs/protocol.md#values).

    Infinity and NaN have no JSON; whole numbers of more than 64 bits end the stream of
    every job in the session.
    """
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise InputError(f"the number {value:e} has more than 64 bits")
    elif not math.isfinite(value):
        raise InputError(f"{value} is not a number in JSON", hint="None may do")
    return value


def _bare(file: File) -> File:
    """Return the file without its subtitles, which must not be uploaded with it."""
    return file if type(file) is File else recast(file, File)


def is_pair(value: object) -> TypeGuard[list[Any]]:
    """Return whether JSON is a list of two."""
    return is_array(value) and len(value) == 2


def unpaired(value: Json, *keys: str) -> Json:
    """Make objects of two keys of the lists of two that Gradio 3 has instead."""
    if not is_array(value):
        return value
    return [
        dict(zip(keys, item, strict=True)) if is_pair(item) else item for item in value
    ]


def as_object(value: Json, component: str, dialect: Dialect) -> Json:
    """Return a file that came as a bare data URL (3.x) as an object, like any other."""
    if isinstance(value, str) and is_inline(component, dialect):
        return {"name": component, "data": value}
    return value


def decode(
    value: Json, component: str, dialect: Dialect, make_file: Callable[[Json], File]
) -> Json:
    """Return one slot's JSON as plain values, with a `File` for each file in it.

    The result shares no container with `value`. With an empty `component` all but the
    files is as this server has it.
    """
    files = partial(_with_files, dialect=dialect, make_file=make_file)
    return _codec(kind_of(component)).decode(value, files)


def _with_files(
    value: Json, dialect: Dialect, make_file: Callable[[Json], File]
) -> Json:
    if is_object(value):
        if is_file(value, dialect):
            return make_file(value)
        return {
            key: item if type(item) in _ATOMS else _with_files(item, dialect, make_file)
            for key, item in value.items()
        }
    if is_array(value):
        return [
            item if type(item) in _ATOMS else _with_files(item, dialect, make_file)
            for item in value
        ]
    return value


def files_in(value: Json) -> list[File]:
    """Return every `File` in a value."""
    if isinstance(value, File):
        return [value, *files_in(getattr(value, "subtitles", None))]
    if is_object(value):
        return files_in(list(value.values()))
    if is_array(value):
        return [file for item in value for file in files_in(item)]
    return []


def replace_files(value: Json, wire: Mapping[int, Json]) -> Json:
    """Return a copy of a value with `wire[id(file)]` for each `File`."""
    if isinstance(value, File):
        return wire[id(value)]
    if is_object(value):
        return {key: replace_files(item, wire) for key, item in value.items()}
    if is_array(value):
        return [replace_files(item, wire) for item in value]
    return value


def is_inline(component: str, dialect: Dialect) -> bool:
    """Return whether the files of a component travel as data URLs."""
    return dialect.file_dicts and kind_of(component).inline


def inert(value: Any, component: str) -> Any:
    """Return a decoded output with an `AppText` for each text at the place of a file.

    An app that gives `"/etc/passwd"` as its image must not have it uploaded when the
    image is handed on. The containers are changed in place.
    """
    files = kind_of(component).files
    if files == "among":
        _mark_members(value, _MEMBERS_AMONG_TEXTS)
    return _without_names(value, depth=0) if files in ("bare", "captioned") else value


def _without_names(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return AppText(value)
    if is_array(value):
        # What follows in an inner list is a caption, or a label.
        names = len(value) if depth == 0 else 1
        for place, item in enumerate(value):
            if place < names or not isinstance(item, str):
                value[place] = _without_names(item, depth + 1)
    else:
        _mark_members(value, _MEMBERS)
    return value


def _mark_members(value: Any, members: frozenset[str]) -> None:
    """Mark the members of objects that are files by their names."""
    if is_array(value):
        for item in value:
            _mark_members(item, members)
    elif is_object(value):
        for key, item in value.items():
            if key in members and (isinstance(item, str) or is_array(item)):
                value[key] = _without_names(item, depth=0)
            else:
                _mark_members(item, members)
