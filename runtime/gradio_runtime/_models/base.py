"""Base classes of generated models, and `UNCHANGED`, for a value left to the app."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from pydantic import ConfigDict, ValidationError, model_serializer, model_validator
from pydantic_core import PydanticOmit, SchemaSerializer, core_schema

from .provenance import Constructed, callers_own
from .python_values import pythons_own
from .texts import BriefModel

if TYPE_CHECKING:
    from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

#: Constraints of a union in pydantic's schemas, and in JSON Schema.
_BOUNDS = {"ge": "minimum", "le": "maximum", "multiple_of": "multipleOf"}


class Received(BriefModel, Constructed):
    """Base of the models of an app's values, of which there may be a million."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        """Return the schema, with which a long list does not block other threads."""
        from .misfits import in_steps

        return in_steps(handler(source))

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from .html import Page

        return Page().show(self)


class Model(Received):
    """Base of the object types that an app's schemas describe.

    Unknown keys are kept: an app may send more than it describes.
    """

    # Building a pydantic model takes a millisecond; a module has many and a script
    # uses few, so each is built at its first use.
    model_config = ConfigDict(extra="allow", defer_build=True, populate_by_name=True)

    if not TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None:
            # A text that is only made here is not the caller's own word for a file.
            self.__pydantic_validator__.validate_python(
                pythons_own(data), self_instance=self, context=callers_own(data)
            )

        # As in `Constructed`.
        __init__.__pydantic_base_init__ = True


#: Whether inputs are refused that are not among the choices or within the bounds.
STRICT_INPUTS: ContextVar[bool] = ContextVar("gradio_strict_inputs", default=True)


class Input(BriefModel, Constructed):
    """Base of an endpoint's inputs, in wire order.

    Useful on its own: `PredictInput.model_validate_json(body)`, or as the body of a
    FastAPI route; JSON gives files as URLs, never as paths of this machine, unless the
    context is `{"local_files": True}`. A value that does not fit raises `pydantic.ValidationError` here
    and `gradio_runtime.errors.InputError` from an endpoint, before anything is sent.
    """

    model_config = ConfigDict(
        extra="forbid", defer_build=True, populate_by_name=True, protected_namespaces=()
    )

    if not TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None:
            try:
                super().__init__(**data)
            except ValidationError as misfit:
                from .misfits import only_odd

                if STRICT_INPUTS.get() or not only_odd(misfit):
                    raise
                self._take(data, {item["loc"][0] for item in misfit.errors()})

        # As in `Constructed`.
        __init__.__pydantic_base_init__ = True

    def _take(self, data: dict[str, Any], as_given: set[int | str]) -> None:
        """Take the arguments of the constructor, some of them as they are given."""
        self.__setstate__(self.model_construct(**data).__getstate__())
        for name in data.keys() - as_given:
            self.__pydantic_validator__.validate_assignment(
                self, name, pythons_own(data[name]), context=callers_own(data)
            )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        """Return the schema, with which only texts are taken for texts."""
        from .misfits import as_given

        return as_given(handler(source))

    @model_validator(mode="before")
    @classmethod
    def _pythons_own(cls, values: Any) -> Any:
        return pythons_own(values)

    @model_serializer(mode="wrap")
    def _leave_out_unchanged(self, handler: Any) -> Any:
        """Leave out what is left to the app; what is read again is the same."""
        values = handler(self)
        for name, item in self.__dict__.items():
            if item is UNCHANGED:
                values.pop(name, None)
        return values

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema in standard keywords.

        UNCHANGED is not a value in it: leaving a parameter out says the same. And
        pydantic has keywords of its own for the bounds of an `int | float`.
        """
        # Leaving something out changes nothing in the schema of what is written.
        described = {k: v for k, v in schema.items() if k != "serialization"}
        result = handler(cast("CoreSchema", described))
        properties = handler.resolve_ref_schema(result).get("properties", {})
        for name, part in properties.items():
            if cls.model_fields[name].default is UNCHANGED:
                part.pop("default", None)
            for place in (part, *part.get("anyOf", ())):
                for own, standard in _BOUNDS.items():
                    if own in place:
                        place[standard] = place.pop(own)
        return result


if TYPE_CHECKING:

    class Unchanged(Enum):
        """The type of `UNCHANGED`; an enum's only member is known by identity."""

        UNCHANGED = "UNCHANGED"

        def __bool__(self) -> Literal[False]: ...

else:
    # Not an enum at run time: pydantic would take the member's value for a text. Nor a
    # plain class, which it could not write in a field of type Any.

    @dataclass(frozen=True, repr=False)
    class Unchanged:
        """The type of `UNCHANGED`."""

        def __bool__(self) -> Literal[False]:
            """Return False, so that `output or fallback` reads well."""
            return False

        def __repr__(self) -> str:
            """Return the name users write."""
            return "UNCHANGED"

        def __reduce__(self) -> str:
            """Return its name: there is one only, in copies and other processes too."""
            return "UNCHANGED"

        @classmethod
        def __get_pydantic_core_schema__(cls, _source, _handler):
            as_text = core_schema.to_string_ser_schema()
            return core_schema.is_instance_schema(cls, serialization=as_text)

        @classmethod
        def __get_pydantic_json_schema__(cls, _schema, _handler):
            raise PydanticOmit

    Unchanged.UNCHANGED = Unchanged()
    # Where no type says what it is, as in the default of a JSON Schema.
    Unchanged.__pydantic_serializer__ = SchemaSerializer(
        core_schema.any_schema(serialization=core_schema.to_string_ser_schema())
    )


#: Of an output: the app left the component as it was (`gr.skip()`). Of a parameter: the
#: app's own value at the time of the call, as its page shows it. Falsy.
UNCHANGED: Final = Unchanged.UNCHANGED
