"""The parameters of an endpoint as options of the shell, and values from their texts."""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from gradio_runtime import UNCHANGED, FileInput
from pydantic import TypeAdapter, ValidationError

from .modules import AnyEndpoint
from .names import flags_of

_NAMES: Mapping[Any, str] = {
    FileInput: "FILE",
    bool: "true|false",
    float: "NUMBER",
    int: "INTEGER",
    str: "TEXT",
}
#: Longest list of choices in the place of a value.
_LONGEST = 60


@dataclass(frozen=True)
class Parameter:
    """A parameter of an endpoint as an option.

    Attributes:
        name: Of the function's parameter.
        flag: The option.
        kinds: What its values are, as the help page says it.
        about: What it is for, in the app's words.
        required: Whether it must be given.
        choices: The values that it takes, if these are all.
        several: Whether it is a list, and may be repeated.
        hint: The type of what it is read from.
    """

    name: str
    flag: str
    kinds: Sequence[str]
    about: str
    required: bool
    choices: Sequence[str]
    several: bool
    hint: Any

    @property
    def switch(self) -> bool:
        """Whether it has no value, and means no with `--no-`."""
        return list(self.kinds) == [_NAMES[bool]]

    @property
    def metavar(self) -> str:
        """What stands for its value in a command."""
        choices = "|".join(self.choices)
        return choices if 0 < len(choices) <= _LONGEST else "|".join(self.kinds)

    @property
    def usage(self) -> str:
        """The option with its value, in brackets if it may be left out."""
        word = self.flag if self.switch else f"{self.flag} {self.metavar}"
        return word if self.required else f"[{word}]"

    def read(self, given: Sequence[str | bytes]) -> Any:
        """Return the value that texts mean, the first of what fits.

        Of a text it is what JSON says, if that is no text itself; the text as it is; or
        an item of a list. A value that fits nowhere is left to the call to refuse.
        """
        adapter = TypeAdapter[Any](self.hint)
        for value in self._readings(given):
            with suppress(ValidationError):
                return adapter.validate_python(value)
        return list(given) if self.several else given[-1]

    def _readings(self, given: Sequence[str | bytes]) -> Iterator[Any]:
        data = [_from_json(text) for text in given]
        if len(given) == 1:
            if list(self.kinds) == ["JSON"] or not isinstance(data[0], str | None):
                yield data[0]
            yield given[0]
        if self.several:
            yield from (list(given), data)
        yield data[-1]


def _from_json(text: str | bytes) -> Any:
    if isinstance(text, bytes):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def parameters_of(endpoint: AnyEndpoint) -> list[Parameter]:
    """Return the parameters of an endpoint."""
    # The types that people are shown, and those that JSON is read by.
    given = get_type_hints(inspect.unwrap(endpoint), include_extras=True)
    hints: Mapping[str, Any] = endpoint.__annotations__
    parameters = inspect.signature(endpoint).parameters
    flags = flags_of(parameters)
    return [
        _parameter(name, flags[name], given[name], hints[name], item.default)
        for name, item in parameters.items()
    ]


def _parameter(name: str, flag: str, type_: Any, hint: Any, default: Any) -> Parameter:
    members = list(_members(type_))
    inner = [part for one in members for item in _items(one) for part in _members(item)]
    literals = [get_args(part) for part in inner if get_origin(part) is Literal]
    choices = [_word(value) for values in literals for value in values]
    about = (getattr(item, "description", None) for item in hint.__metadata__)
    return Parameter(
        name=name,
        flag=flag,
        kinds=list(dict.fromkeys(map(_kind, inner))),
        about=next(filter(None, about), ""),
        required=default is inspect.Parameter.empty,
        choices=choices if len(literals) == len(inner) else (),
        several=inner != members,
        hint=hint,
    )


def _members(type_: Any) -> Iterator[Any]:
    """Yield what a type is one of, without None and what is left to the app."""
    origin, args = get_origin(type_), get_args(type_)
    if type_ == FileInput:
        yield type_
    elif origin is Annotated:
        yield from _members(args[0])
    elif origin in (Union, types.UnionType):
        for part in args:
            yield from _members(part)
    elif type_ not in (types.NoneType, type(UNCHANGED)):
        yield type_


def _items(type_: Any) -> Sequence[Any]:
    """Return the types of the items of a list; of another type, itself."""
    origin = get_origin(type_)
    listed = isinstance(origin, type) and issubclass(origin, Collection)
    if not listed or issubclass(cast("type", origin), Mapping):
        return (type_,)
    return [item for item in get_args(type_) if item is not Ellipsis]


def _kind(type_: Any) -> str:
    if get_origin(type_) is Literal:
        return "CHOICE"
    return _NAMES.get(type_, "JSON")


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
