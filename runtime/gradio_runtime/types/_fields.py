"""How the fields of value types are validated: what may be given, what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

from pydantic import (
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .._models.base import Model
from .._models.file_inputs import FILE_TEXT, as_file
from .._models.files import File
from .._models.texts import beginning
from ..description.json_values import is_object

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue


@dataclass(frozen=True)
class ReadAs:
    """An annotation: prepare a value, then validate it as another type.

    The declared type is what callers may write; `type` is what the model holds.

    Attributes:
        type: What the prepared value is validated as.
        prepare: Turns what was given into something that `type` takes; the context says
            where it comes from (`provenance`).
        also: JSON Schemas of what may be given besides `type` itself.
    """

    type: Any
    prepare: Callable[[Any, ValidationInfo], Any]
    also: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]], hash=False)

    def __get_pydantic_core_schema__(
        self, _source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_before_validator_function(
            self.prepare, handler.generate_schema(self.type)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        held = handler(schema)
        if not self.also or handler.mode == "serialization":
            return held
        return {"anyOf": [*self.also, *held.get("anyOf", [held])]}


class Known(Model):
    """Base of the values all of whose fields may be left out.

    Unknown keys are kept, but an object of nothing else is refused: a misspelt key would
    otherwise make an empty value.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _is_known(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(value)
        known = type(made).model_fields
        if made.model_extra and not made.model_fields_set & known.keys():
            extra = sorted(islice(made.model_extra, 20))
            found = beginning(", ".join(extra), 100)
            raise PydanticCustomError(
                "unknown",
                "expected some of {known}, found {found}",
                {"known": ", ".join(known), "found": found},
            )
        return made


def is_file_object(value: object) -> bool:
    """Return whether a value is the JSON of a `File`, among other objects."""
    return is_object(value) and ("path" in value or "url" in value)


#: A file in a value: constructing also takes a path, a URL, bytes or an open file.
FileField: TypeAlias = Annotated[File, ReadAs(File, as_file, [FILE_TEXT])]
