"""What parameters take for a file, and how it becomes a `File`."""

from __future__ import annotations

import os
from typing import Annotated, Any, BinaryIO, TypeAlias, cast

from pydantic import PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from .files import AppText, File, content_url, is_remote, set_facts
from .provenance import is_of_the_app, local_file_refused, may_name_local_file

#: The JSON Schema of a file that is given by its address.
FILE_TEXT: dict[str, Any] = {
    "type": "string",
    "description": "A file: its URL. From Python, also its path.",
}


def as_file(value: Any, info: ValidationInfo) -> Any:
    """Return a `File` of what a file parameter takes; objects are left to pydantic."""
    if isinstance(value, dict | File):
        return cast("Any", value)
    if is_of_the_app(info.context):
        kind = "a text" if isinstance(value, str | AppText) else type(value).__name__
        text = "expected a file of the app, not {kind}"
        raise PydanticCustomError("file", text, {"kind": kind})
    own = not isinstance(value, str) or may_name_local_file(value, info.context)
    if not own and not is_remote(value):
        raise local_file_refused()
    try:
        file = File.of(value)
    except TypeError as error:
        raise PydanticCustomError(
            "file", "{problem}", {"problem": str(error)}
        ) from None
    set_facts(file, named=own)
    return file


def one_file(value: Any, info: ValidationInfo) -> File:
    """Return a `File` of what a file parameter takes, or of the JSON of a file."""
    return File.model_validate(as_file(value, info), context=info.context)


def _address(file: File) -> str:
    """Return the path, URL or `data:` URL that a `FileInput` is read from."""
    return str(file.path or file.url or content_url(file))


#: What a file parameter takes: a path, a URL, bytes, an open binary file, or a
#: `File`. Models hold it as a `File`.
FileInput: TypeAlias = Annotated[
    str | os.PathLike[str] | bytes | BinaryIO | File,
    PlainValidator(one_file),
    PlainSerializer(_address, return_type=str, when_used="json"),
    WithJsonSchema(FILE_TEXT),
]
