"""What an endpoint says of itself: the signature, the hints and the schema of a function.

Agents, MCP servers, web frameworks and notebooks take functions, and read these. They
are made when they are asked for (`faces`), and so is this module imported.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .._models.base import UNCHANGED, Input, Unchanged
from .._models.file_inputs import FileInput
from .._models.provenance import LOCAL_FILES
from ..types._fields import ReadAs
from ..types.several import Several
from .call import Call
from .job import Job
from .stream import Stream

#: What bounds a value of these types, as pydantic's `Field` calls it.
_BOUNDS: dict[Any, tuple[str, ...]] = {
    int: ("ge", "le", "multiple_of"),
    float: ("ge", "le", "multiple_of"),
    str: ("max_length",),
}


class Seen(NamedTuple):
    """What a function says of itself.

    Attributes:
        signature: Its signature, whose text is for people.
        hints: Its hints, for what makes arguments of JSON.
        code: The code object, which says whether it is async.
    """

    signature: inspect.Signature
    hints: dict[str, Any]
    code: types.CodeType


@functools.cache
def seen(
    describe: Callable[..., Any],
    inputs: type[Input],
    method: Callable[..., Any],
    local_files: bool | None,
) -> Seen:
    """Return what a method of an endpoint says of itself.

    What reads hints (agents, MCP servers) acts for who runs it, as a call does: JSON may
    name files of this machine there, unless `local_files` is False. What reads only the
    signature (FastAPI) acts for strangers, whose JSON may not.
    """
    given = get_type_hints(describe, include_extras=True)
    shown = get_type_hints(describe)
    said = _descriptions(inspect.getdoc(describe) or "")
    (result,) = get_args(given.pop("return"))
    result = _result_of(method.__name__, result)

    parameters = inspect.signature(describe).parameters

    def annotated(name: str, local: bool) -> Any:
        field = inputs.model_fields.get(name)
        type_ = given[name]
        if parameters[name].default is UNCHANGED:
            type_ |= Unchanged
        constraints = field.metadata if field else ()
        return _annotated(type_, shown[name], constraints, said.get(name, ""), local)

    own = [
        _Parameter(name, p.kind, default=p.default, annotation=annotated(name, False))
        for name, p in parameters.items()
    ]
    hints = {name: annotated(name, local_files is not False) for name in given}
    code = describe.__code__
    if inspect.iscoroutinefunction(method):
        code = code.replace(co_flags=code.co_flags | inspect.CO_COROUTINE)
    return Seen(
        _Signature(own, return_annotation=result), {**hints, "return": result}, code
    )


def _result_of(method: str, result: Any) -> Any:
    """Return what a method gives of an endpoint with some result."""
    made: dict[str, Any] = {"submit": Job, "stream": Stream, "call": Call}
    return made[method][result] if method in made else result


def _descriptions(doc: str) -> dict[str, str]:
    """Return the descriptions of parameters from a docstring's last `Args:`."""
    items = re.split(r"\nArgs:\n", doc)[-1].partition("\n\n")[0]
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", items, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


class _Parameter(inspect.Parameter):
    """A parameter that is `Annotated`, whose text leaves that out."""

    @property
    def plain(self) -> inspect.Parameter:
        """Return the parameter as people are shown it."""
        hint = _shown(self.annotation)
        return inspect.Parameter(
            self.name, self.kind, default=self.default, annotation=hint
        )

    def __str__(self) -> str:
        return str(self.plain)


class _Signature(inspect.Signature):
    """A signature of such parameters, whose text is for people too."""

    def _plain(self) -> Any:
        plain = [getattr(item, "plain", item) for item in self.parameters.values()]
        return inspect.Signature(plain, return_annotation=self.return_annotation)

    def __str__(self) -> str:
        return str(self._plain())

    def format(self, **options: Any) -> str:
        """Return the text; Python 3.13 and later."""
        text: str = self._plain().format(**options)
        return text


def _shown(annotation: Any) -> Any:
    """Return the type that people are shown for a parameter's annotation."""
    metadata = getattr(annotation, "__metadata__", ())
    items = [item for field in metadata for item in getattr(field, "metadata", ())]
    return next((i.shown for i in items if isinstance(i, _FromJson)), annotation)


@dataclass(frozen=True)
class _FromJson:
    """An annotation: how a parameter is read from JSON, for a call.

    Attributes:
        shown: The type that people are shown.
        description: What its JSON Schema says of it.
        local_files: Whether the JSON may name files of this machine.
    """

    shown: Any
    description: str
    local_files: bool

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # Pydantic loses that of the field where an annotation has a schema of its own.
        described = {"description": self.description} if self.description else {}
        return {**handler(schema), **described}

    def _read(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        before = LOCAL_FILES.set(self.local_files)
        try:
            read = handler(value)
        finally:
            LOCAL_FILES.reset(before)
        # An app's function may need a whole number where its type is any number.
        if type(read) is float and not isinstance(value, float) and read.is_integer():
            return value if type(value) is int else int(read)
        return read


def _annotated(
    given: Any, shown: Any, constraints: Iterable[Any], text: str, local_files: bool
) -> Any:
    """Return the annotation of a parameter for what makes arguments of JSON."""
    names = {name for known in _BOUNDS.values() for name in known}
    bounds = {
        name: getattr(item, name)
        for item in constraints
        for name in names
        if hasattr(item, name)
    }
    if _takes_file(given):
        # Modules of before do not say it.
        text = f"{text.replace(_FILE[True], '').strip()} {_FILE[local_files]}".strip()
    field: Any = Field(description=text or None)
    field.metadata.append(_FromJson(shown, text, local_files))
    return Annotated[_for_json(given, bounds, local_files), field]


#: What JSON gives for a file, by whether it may be one of this machine.
_FILE = {True: "A file: its path or URL.", False: "A file: its URL."}


def _takes_file(given: Any) -> bool:
    """Return whether a value of a type is a file, or several."""
    return given == FileInput or any(map(_takes_file, get_args(given)))


def _for_json(given: Any, bounds: dict[str, Any], local_files: bool) -> Any:
    """Return the type of what JSON gives for a parameter of a type."""

    def part(item: Any) -> Any:
        return _for_json(item, bounds, local_files)

    if own := {key: bounds[key] for key in _BOUNDS.get(given, ()) if key in bounds}:
        return Annotated[given, Field(**own)]
    if given is Unchanged:
        return Annotated[Literal["UNCHANGED"], AfterValidator(lambda _: UNCHANGED)]
    origin, args = get_origin(given), get_args(given)
    if given == FileInput:
        # The parameter's own description says that it is a file.
        return Annotated[(str, *args[1:], WithJsonSchema({"type": "string"}))]
    if origin is Annotated:
        if get_origin(args[0]) is get_origin(get_args(Several)[0]):
            return types.GenericAlias(list, part(get_args(args[0])[0]))
        read = next((item.type for item in args[1:] if isinstance(item, ReadAs)), None)
        return Annotated[(read or args[0], *args[1:])]
    if origin is Union or origin is types.UnionType:
        # What is left to the app comes first: a text takes it otherwise.
        members = sorted(args, key=lambda item: item is not Unchanged)
        union: Any = Union
        return union[tuple(map(part, members))]
    if origin in (list, tuple, dict):
        return types.GenericAlias(origin, tuple(map(part, args)))
    return given


def call_schema(called: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Return the schema that a function with the same signature has."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return called(*args, **kwargs)

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(function, name, getattr(called, name))
    function.__annotations__ = called.__annotations__
    vars(function)["__signature__"] = called.__signature__
    return handler.generate_schema(function)
