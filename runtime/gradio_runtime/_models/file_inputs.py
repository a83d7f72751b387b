"""What parameters take for a file, and how that becomes a `File`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TypeAlias, cast

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .files import AppText, File, content_url, is_remote, set_facts
from .provenance import is_of_the_app, local_file_refused, may_name_local_file

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue


def _address(file: File) -> str:
    """Path, URL or `data:` URL: what a `FileInput` is read from."""
    return str(file.path or file.url or content_url(file))


#: The JSON Schema of a file that is given by its address.
FILE_TEXT: dict[str, Any] = {
    "type": "string",
    "description": "A file: its URL. From Python, also its path.",
}


def as_file(value: Any, info: ValidationInfo) -> Any:
    """A `File` of whatever a file parameter takes; objects are left to pydantic."""
    if isinstance(value, dict | File):
        return cast("Any", value)
    if is_of_the_app(info.context):
        raise PydanticCustomError(
            "file", "expected a file of the app, not {kind}", {"kind": _kind(value)}
        )
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


def _kind(value: object) -> str:
    return "a text" if isinstance(value, str | AppText) else type(value).__name__


def one_file(value: Any, info: ValidationInfo) -> File:
    """The same, of the JSON of a file too."""
    return File.model_validate(as_file(value, info), context=info.context)


class _FileInputSchema:
    """Tells pydantic to validate a `FileInput` into a `File`."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            one_file,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _address, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return dict(FILE_TEXT)


#: What a file parameter takes: a path, a URL, bytes, an open binary file, or a
#: `File`. Models hold it as a `File`.
FileInput: TypeAlias = Annotated[
    str | os.PathLike[str] | bytes | BinaryIO | File, _FileInputSchema
]
