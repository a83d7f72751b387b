"""Values to the wire and back, without any I/O.

`encode` turns what a caller gave for one slot into JSON, `decode` what the server sent
into the value that the caller's type is validated from. Files are left as `File`
objects in both directions, for `transfer` to upload and download. The shapes that
differ between Gradio versions are translated here, so that a module generated from a
Gradio 5 app and one from a Gradio 6 app speak the same types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeAlias, TypeGuard, cast

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from .errors import InputError
from .filedata import inlined, is_file, is_inline
from .files import File
from .jsontext import is_array, is_object
from .protocol import Dialect
from .types import ChatFile, ChatMessage, ChatText
from .values import UNCHANGED, Unchanged

__all__ = [
    "as_object",
    "decode",
    "encode",
    "files_in",
    "replace_files",
    "unwrap_update",
]

Json: TypeAlias = Any


def encode(value: object, component: str, dialect: Dialect) -> Json:
    """One slot's value as JSON, with `File` objects where files go."""
    paired = not dialect.bare_video and not dialect.file_dicts
    if component == "video" and isinstance(value, File) and paired:
        return {"video": value, "subtitles": None}
    if component == "chatbot" and _is_chat(value) and not dialect.chat_parts:
        value = [flat for message in value for flat in _flat_message(message)]
    plain = _plain(value)
    if is_inline(component, dialect):
        return replace_files(plain, {id(f): inlined(f) for f in files_in(plain)})
    return plain


def _plain(value: object) -> Json:
    """JSON of any Python value; `File`s stay."""
    match value:
        case str():
            if not value.isascii():
                _check_text(value)
            return value
        case None | bool() | int() | float() | File():
            return value
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
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case _:
            return to_jsonable_python(value)


def _check_text(text: str) -> None:
    """Refuse half a character: a server that repeats it ends every job's stream."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"the text {text[:40]!r} has a lone surrogate, which is no character"
        ) from None


def _alias(model: BaseModel, name: str) -> str:
    field = type(model).model_fields[name]
    return field.serialization_alias or field.alias or name


def _is_chat(value: object) -> TypeGuard[list[ChatMessage]]:
    return is_array(value) and all(isinstance(item, ChatMessage) for item in value)


def _flat_message(message: ChatMessage) -> list[dict[str, Any]]:
    """A message as Gradio 4 and 5 have it: one part each, text as a bare string."""
    shared = {
        "role": message.role,
        "metadata": message.metadata,
        "options": message.options,
    }
    contents: list[object] = []
    for part in message.parts:
        match part:
            case ChatText():
                contents.append(part.text)
            case ChatFile():
                contents.append({"file": part.file, "alt_text": part.alt_text})
            case _:
                contents.append(part)
    return [{**shared, "content": content} for content in contents or [""]]


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
    value = _with_files(value, dialect, make_file)
    if component == "video" and not dialect.bare_video and is_object(value):
        return value.get("video", value)
    if component == "video" and dialect.file_dicts and is_array(value):
        return value[0] if value else None  # the other is its subtitles
    if component == "chatbot" and not dialect.chat_parts and is_array(value):
        return [_message_of_parts(item) for item in value]
    return value


def _with_files(
    value: Json, dialect: Dialect, make_file: Callable[[Json], File]
) -> Json:
    if is_object(value):
        if is_file(value, dialect):
            return make_file(value)
        return {k: _with_files(v, dialect, make_file) for k, v in value.items()}
    if is_array(value):
        return [_with_files(item, dialect, make_file) for item in value]
    return value


def _message_of_parts(message: Json) -> Json:
    """A message of Gradio 4 or 5 with the content list that Gradio 6 has."""
    if not is_object(message):
        return message
    content: Json = message.get("content")
    if isinstance(content, str):
        part: Json = {"type": "text", "text": content}
    elif isinstance(content, File):
        part = {"type": "file", "file": content}
    elif is_object(content) and "file" in content:
        part = {"type": "file", **content}
    elif is_object(content) and "component" in content:
        part = {"type": "component", **content}
    else:
        return message
    return {**message, "content": [part]}


def files_in(value: Json) -> list[File]:
    """Every `File` in a value."""
    if isinstance(value, File):
        return [value]
    if is_object(value):
        return files_in(list(value.values()))
    if is_array(value):
        return [file for item in value for file in files_in(item)]
    return []


def replace_files(value: Json, wire: Mapping[int, Json]) -> Json:
    """A copy of a value in which each `File` is what `wire` has under its `id()`."""
    if isinstance(value, File):
        return wire[id(value)]
    if is_object(value):
        return {key: replace_files(item, wire) for key, item in value.items()}
    if is_array(value):
        return [replace_files(item, wire) for item in value]
    return value
