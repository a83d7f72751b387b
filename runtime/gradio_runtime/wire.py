"""Values to the wire and back, without any I/O.

`encode` turns what a caller gave for one slot into JSON, `decode` what the server sent
into the value that the caller's type is validated from. Files are left as `File`
objects in both directions, for `transfer` to upload and download. Where the shape of a
component's value differs between Gradio versions, `shapes` translates, so that a module
generated from a Gradio 5 app and one from a Gradio 6 app speak the same types.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, TypeAlias, cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_jsonable_python

from .description import Component
from .dialect import Dialect
from .errors import InputError
from .filedata import inlined, is_file, is_inline
from .files import AppText, File, recast
from .jsontext import is_array, is_object
from .texts import is_whole
from .values import UNCHANGED, Unchanged

__all__ = [
    "SHAPED",
    "FileWith",
    "as_object",
    "decode",
    "encode",
    "files_in",
    "replace_files",
    "unwrap_update",
]

Json: TypeAlias = Any

#: The components that `shapes` knows. It is imported for these only, since it loads
#: the classes of all their values.
SHAPED = frozenset(
    {
        "annotatedimage",
        "chatbot",
        "dataframe",
        "datetime",
        "gallery",
        "highlightedtext",
        "sketch",
        "video",
    }
)


#: JSON that is in nothing else. Most of a value is, and a chat that streams is decoded
#: again for each token: a call for each atom would be half of the cost.
_ATOMS = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True)
class FileWith:
    """A file whose JSON has further keys."""

    file: File
    extra: Mapping[str, Json]


def encode(value: object, slot: Component, dialect: Dialect) -> Json:
    """One slot's value as JSON, with `File` objects where files go.

    Raises:
        InputError: The slot cannot take the value.
    """
    # An image that 3.x lets one draw on is a pair.
    kind = "sketch" if slot.props.get("tool") == "sketch" else slot.type
    if kind in SHAPED:
        from .shapes import ENCODERS

        if encoder := ENCODERS.get(kind):
            value = encoder(value, slot, dialect)
    plain = _plain(value)
    if is_inline(slot.type, dialect):
        return replace_files(plain, {id(f): inlined(f) for f in files_in(plain)})
    return plain


def _plain(value: object) -> Json:
    """JSON of any Python value; `File`s stay."""
    match value:
        case str():
            if not value.isascii():
                _check_text(value)
            return value
        case None | bool() | FileWith():
            return value
        case int() | float():
            return _number(value)
        case File():
            return _bare(value)
        case AppText(text):
            return text
        case Enum():
            return _plain(value.value)
        case BaseModel():
            # What was neither given nor has a default of its own is left out: apps
            # tell a missing key from null.
            fields = {
                name: item
                for name in type(value).model_fields
                if (item := getattr(value, name)) is not None
                or name in value.model_fields_set
            }
            named = {_alias(value, name): item for name, item in fields.items()}
            return _plain({**named, **(value.model_extra or {})})
        case Mapping():
            mapping = cast("Mapping[object, object]", value)
            return {str(key): _plain(item) for key, item in mapping.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in cast("list[object]", value)]
        case date():  # or a datetime
            return value.isoformat()
        case _ if callable(to_list := getattr(value, "tolist", None)):
            return _plain(to_list())  # a number or an array of numpy
        case bytes() | bytearray() | memoryview():
            raise InputError(
                "bytes are no JSON",
                hint="Decode them, or give them to a parameter that takes files",
            )
        case _:
            try:
                return to_jsonable_python(value)
            except PydanticSerializationError:
                raise InputError(
                    f"{type(value).__name__} objects are no JSON",
                    hint="Make it a dict, a list, a text or a number first",
                ) from None


def _number(value: float) -> float:
    """Refuse what no server reads as this number (`protocol.md` §4).

    Infinity and NaN have no JSON; whole numbers of more than 64 bits end the stream of
    every job in the session.
    """
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise InputError(f"the number {value:e} has more than 64 bits")
    elif not math.isfinite(value):
        raise InputError(f"{value} is no number that JSON has", hint="None may do")
    return value


def _check_text(text: str) -> None:
    """Refuse half a character: a server that repeats it ends every job's stream."""
    if not is_whole(text):
        raise InputError(
            f"the text {text[:40]!r} has a lone surrogate, which is no character"
        )


def _alias(model: BaseModel, name: str) -> str:
    field = type(model).model_fields[name]
    return field.serialization_alias or field.alias or name


def _bare(file: File) -> File:
    """The file without the subtitles it may have, which must not be uploaded with it."""
    return file if type(file) is File else recast(file, File)


def unwrap_update(value: Json) -> Json | Unchanged:
    """The value of a component update; UNCHANGED for one that has none."""
    if is_object(value) and value.get("__type__") == "update":
        return value.get("value", UNCHANGED)
    return value


def as_object(value: Json, component: str, dialect: Dialect) -> Json:
    """A file that came as a bare data URL (3.x) as an object, like any other file."""
    if isinstance(value, str) and is_inline(component, dialect):
        return {"name": component, "data": value}
    return value


def decode(
    value: Json, component: str, dialect: Dialect, make_file: Callable[[Json], File]
) -> Json:
    """One slot's JSON as plain values, with a `File` for each file in it.

    The result shares no container with `value`. An empty `component` leaves everything
    but files as this server has it.
    """
    files = partial(_with_files, dialect=dialect, make_file=make_file)
    if component in SHAPED:
        from .shapes import DECODERS

        if decoder := DECODERS.get(component):
            return decoder(value, files)
    return files(value)


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
    """Every `File` in a value."""
    if isinstance(value, FileWith):
        return [value.file]
    if isinstance(value, File):
        return [value, *files_in(getattr(value, "subtitles", None))]
    if is_object(value):
        return files_in(list(value.values()))
    if is_array(value):
        return [file for item in value for file in files_in(item)]
    return []


def replace_files(value: Json, wire: Mapping[int, Json]) -> Json:
    """A copy of a value in which each `File` is what `wire` has under its `id()`."""
    if isinstance(value, File):
        return wire[id(value)]
    if isinstance(value, FileWith):
        return {**wire[id(value.file)], **value.extra}
    if is_object(value):
        return {key: replace_files(item, wire) for key, item in value.items()}
    if is_array(value):
        return [replace_files(item, wire) for item in value]
    return value
