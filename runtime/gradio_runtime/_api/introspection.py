"""Endpoints as functions that other code can read: their signature, hints and schema.

Agents, MCP servers, web frameworks and notebooks take functions, and read what those
say of themselves. An endpoint is an object, and so is each of its faces (`submit`,
`aio`, …); here they say what a plain function that does the same would say.

All of it is made when it is asked for: importing a generated module makes none of it.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NamedTuple,
    Self,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from .._models.base import UNCHANGED, Input, Unchanged
from .._models.provenance import LOCAL_FILES

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

F = TypeVar("F", bound=Callable[..., Any])

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


class _Late:
    """An attribute of instances, made when it is asked for; their class has none."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            raise AttributeError("only its instances have that")
        return self._make(instance)


class _Hints(dict[str, Any]):
    """The hints of instances; those of their class are this dict itself, empty."""

    def __get__(self, instance: Any, owner: type | None = None) -> dict[str, Any]:
        return self if instance is None else dict(instance.__gradio_seen__().hints)


class Introspected:
    """A callable object that says of itself what a function would say.

    Its `__wrapped__` is a function with the same parameters.
    """

    def __init_subclass__(cls) -> None:
        """Have hints for instances in each class: Python would put an empty dict there."""
        super().__init_subclass__()
        if "__annotations__" not in vars(cls):
            cls.__annotations__ = _Hints()

    def __gradio_seen__(self) -> Seen:
        """Return what it says of itself."""
        raise NotImplementedError

    __signature__ = _Late(lambda self: self.__gradio_seen__().signature)
    # With these, `inspect.iscoroutinefunction` takes it for a function.
    __code__ = _Late(lambda self: self.__gradio_seen__().code)
    __defaults__ = _Late(lambda self: self.__wrapped__.__defaults__)
    __kwdefaults__ = _Late(lambda self: self.__wrapped__.__kwdefaults__)
    # Pydantic knows functions by their type.
    __get_pydantic_core_schema__ = _Late(
        lambda self: functools.partial(_call_schema, self)
    )


class _Bound(Introspected):
    """A method of an endpoint, such as `aio`, as the function that it is for users."""

    def __init__(self, endpoint: Any, method: Callable[..., Any]) -> None:
        self._endpoint = endpoint
        self._method = method
        self.__module__ = endpoint.__module__
        self.__name__ = endpoint.__name__
        self.__qualname__ = f"{endpoint.__qualname__}.{method.__name__}"
        self.__doc__ = endpoint.__doc__
        self.__wrapped__ = endpoint.__wrapped__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method."""
        return self._method(self._endpoint, *args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """Return itself; having this, it is a routine for `inspect` and `help`."""
        return self

    def __gradio_seen__(self) -> Seen:
        """Return what it says of itself."""
        seen: Seen = self._endpoint.__gradio_seen__(self._method)
        return seen

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the name of the method, as methods are."""
        return getattr, (self._endpoint, self._method.__name__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bound) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[int, Callable[..., Any]]:
        return id(self._endpoint), self._method

    def __repr__(self) -> str:
        return f"<{self._method.__name__} of {self._endpoint!r}>"


class Face(_Bound):
    """The same, with a `__call__` that says of itself what the method says."""

    if not TYPE_CHECKING:
        __call__ = _Late(lambda self: _Bound(self._endpoint, self._method))


class _Method:
    """A method that an instance gives as a `Face`; its class gives the function."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Callable[..., Any]:
        return self._method if instance is None else Face(instance, self._method)


def face(method: F) -> F:
    """Have a method of an endpoint say of itself what the endpoint's function says."""
    return cast("F", _Method(method))


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
        p.replace(annotation=annotated(name, False)) for name, p in parameters.items()
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
    from .call import Call
    from .job import Job
    from .stream import Stream

    made: dict[str, Any] = {"submit": Job, "stream": Stream, "call": Call}
    return made[method][result] if method in made else result


def _descriptions(doc: str) -> dict[str, str]:
    """Return the descriptions of parameters from a docstring's last `Args:`."""
    items = re.split(r"\nArgs:\n", doc)[-1].partition("\n\n")[0]
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", items, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


class _Signature(inspect.Signature):
    """A signature with `Annotated` parameters, whose text leaves that out."""

    def _plain(self) -> Any:
        parameters = [
            parameter.replace(annotation=_shown(parameter.annotation))
            for parameter in self.parameters.values()
        ]
        return inspect.Signature(
            parameters,
            return_annotation=self.return_annotation,
            __validate_parameters__=False,
        )

    def __str__(self) -> str:
        return str(self._plain())

    def format(self, **options: Any) -> str:
        """Return the text; Python 3.13 and later."""
        text: str = self._plain().format(**options)
        return text


def _shown(annotation: Any) -> Any:
    """Return the type that people are shown for a parameter's annotation."""
    for field in (
        get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    ):
        for item in getattr(field, "metadata", ()):
            if isinstance(item, _FromJson):
                return item.shown
    return annotation


@dataclass(frozen=True)
class _FromJson:
    """An annotation: how a parameter is read from JSON, for a call.

    Attributes:
        shown: The type that people are shown.
        local_files: Whether the JSON may name files of this machine.
    """

    shown: Any
    local_files: bool

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_wrap_validator_function(self._read, handler(source))

    def _read(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        before = LOCAL_FILES.set(self.local_files)
        try:
            read = handler(value)
        finally:
            LOCAL_FILES.reset(before)
        # An app's function may need a whole number where its type is any number.
        if type(read) is float and not isinstance(value, float) and read.is_integer():
            return int(value)
        return read


def _annotated(
    given: Any, shown: Any, constraints: Iterable[Any], text: str, local_files: bool
) -> Any:
    """Return the annotation of a parameter for what makes arguments of JSON."""
    from pydantic import Field

    names = {name for known in _BOUNDS.values() for name in known}
    bounds = {
        name: getattr(item, name)
        for item in constraints
        for name in names
        if hasattr(item, name)
    }
    if _takes_file(given):
        text = f"{text} {_FILE[local_files]}".strip()
    field: Any = Field(description=text or None)
    field.metadata.append(_FromJson(shown, local_files))
    return Annotated[_for_json(given, bounds, local_files), field]


#: What JSON gives for a file, by whether it may be one of this machine.
_FILE = {True: "A file: its path or URL.", False: "A file: its URL."}


def _takes_file(given: Any) -> bool:
    """Return whether a value of a type is a file, or several."""
    from .._models.file_inputs import FileInput

    return given == FileInput or any(map(_takes_file, get_args(given)))


def _for_json(given: Any, bounds: dict[str, Any], local_files: bool) -> Any:
    """Return the type of what JSON gives for a parameter of a type."""
    from pydantic import AfterValidator, Field, WithJsonSchema

    from .._models.file_inputs import FileInput
    from ..types._fields import ReadAs
    from ..types.several import Several

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


def _call_schema(
    called: Any, _source: Any, handler: GetCoreSchemaHandler
) -> CoreSchema:
    """Return the schema that a function with the same signature has."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return called(*args, **kwargs)

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(function, name, getattr(called, name))
    function.__annotations__ = called.__annotations__
    vars(function)["__signature__"] = called.__signature__
    return handler.generate_schema(function)
