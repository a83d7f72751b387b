"""The values of calls as JSON, from which they are read again as they were.

Objects with one key that begins with `$` stand for what is not JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from .._models.base import UNCHANGED
from .._models.files import AppText, File, recast, set_facts
from .._models.provenance import as_said
from .._models.secrets import strike_all
from .._models.updates import Update
from ..types.chat import DescribedFile
from ..types.media import VideoFile
from .output import Output

Json: TypeAlias = Any
#: The classes of files that say more than where they are.
_FILES: dict[str, type[File]] = {c.__name__: c for c in (DescribedFile, VideoFile)}
#: The key of a file's content, in which no secret is looked for.
CONTENT = "base64"


def slots_of(output: object) -> list[Any]:
    """Return the values of an output's slots; one that is missing is empty."""
    if isinstance(output, Output):
        return [output.__dict__.get(name) for name in type(output).model_fields]
    return [output]


def encoded(value: Any, of_file: Callable[[File], Json]) -> Json:
    """Return JSON for a value of a call."""
    match value:
        case File():
            more = {
                name: encoded(getattr(value, name), of_file)
                for name in type(value).model_fields.keys() - File.model_fields.keys()
            }
            said = {"more": more, "class": type(value).__name__} if more else {}
            return {"$file": of_file(value) | said}
        case AppText(text):
            return {"$text": text}
        case Update(props):
            return {"$update": encoded(props, of_file)}
        case _ if value is UNCHANGED:
            return {"$unchanged": True}
        case BaseModel():
            members = {name: getattr(value, name) for name in type(value).model_fields}
            return encoded(members | (value.model_extra or {}), of_file)
        case Mapping():
            known = cast("dict[Any, Any]", value)
            plain = {str(key): encoded(item, of_file) for key, item in known.items()}
            dollar = any(key.startswith("$") for key in plain)
            return {"$object": plain} if dollar else plain
        case list() | tuple():
            return [encoded(item, of_file) for item in cast("Sequence[Any]", value)]
        case _:
            return to_jsonable_python(value)


def decoded(value: Json, file_of: Callable[[dict[str, Any]], File]) -> Any:
    """Return what was encoded of an output."""
    match value:
        case {"$file": known}:
            return _file(cast("dict[str, Any]", known), file_of)
        case {"$text": text}:
            return AppText(text)
        case {"$update": props}:
            return Update(as_said(decoded(props, file_of)))
        case {"$unchanged": _}:
            return UNCHANGED
        case {"$object": known}:
            plain = cast("dict[str, Any]", known)
            return {key: decoded(item, file_of) for key, item in plain.items()}
        case dict():
            known = cast("dict[str, Any]", value)
            return {key: decoded(item, file_of) for key, item in known.items()}
        case list():
            return [decoded(item, file_of) for item in cast("Sequence[Any]", value)]
        case _:
            return value


def _file(known: dict[str, Any], file_of: Callable[[dict[str, Any]], File]) -> File:
    given = dict(known)
    more: dict[str, Any] = given.pop("more", {})
    cls = _FILES.get(given.pop("class", ""))
    file = file_of(given)
    set_facts(file, named=False)
    if cls is None:
        return file
    return recast(
        file, cls, **{name: decoded(item, file_of) for name, item in more.items()}
    )


def shown_url(url: str) -> str:
    """Return a URL without its query, which may be a signature that gives access."""
    return "data:" if url.startswith("data:") else url.partition("?")[0]


def struck(value: Json, key: str = "") -> Json:
    """Return JSON without the secrets of any app."""
    if isinstance(value, dict):
        known = cast("dict[str, Any]", value)
        return {strike_all(name): struck(item, name) for name, item in known.items()}
    if isinstance(value, list):
        return [struck(item) for item in cast("Sequence[Any]", value)]
    told = isinstance(value, str) and key != CONTENT
    return strike_all(value) if told else value
