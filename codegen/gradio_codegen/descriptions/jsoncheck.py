"""The shape of what an app sends, checked before anything relies on it.

Descriptions come from any server that a URL leads to. What is checked here need not
be checked again: the generator proper works on well-formed data and never meets a
list where it expects an object. How much there may be of it is said in `limits`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from gradio_runtime._models.texts import is_whole, shortened
from gradio_runtime.description import Config, Info

from ..errors import SpecError
from ..limits import (
    DEPTH,
    ENDPOINTS,
    INT_BITS,
    NAME,
    SCHEMA_TEXT,
    SCHEMA_VALUES,
    SLOTS,
    SLOTS_OF_ALL,
    VALUES,
)
from ..narrow import as_list, as_map

#: Where a value is: its container's place and its key there. Written out only for
#: an error, since keys can be as long as the description.
_Place: TypeAlias = "tuple[_Place, str | int] | str"


def kind(value: object) -> str:
    """Return what JSON calls a value's type."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "an object"
        case list():
            return "an array"
        case _:
            return f"a {type(value).__name__}"


def as_object(value: object, place: str) -> dict[str, Any]:
    """Return `value`, which has to be a JSON object.

    Raises:
        SpecError: It is something else.
    """
    if not isinstance(value, dict):
        raise SpecError(place, f"expected an object, found {kind(value)}")
    return cast("dict[str, Any]", value)


def check_values(value: object, place: str) -> bool:
    """Return whether all text in a JSON value is whole; see `repaired`.

    Raises:
        SpecError: It is too deep, or holds what JSON does not have, such as NaN.
    """
    whole = True
    todo: list[tuple[object, _Place, int]] = [(value, place, 0)]
    left = VALUES
    while todo:
        item, where, depth = todo.pop()
        left -= 1
        if left < 0:
            raise SpecError(place, f"it holds more than {VALUES:,} values")
        if depth > DEPTH:
            raise SpecError(_written(where), "it is nested too deeply")
        match item:
            case None | bool():
                pass
            case str():
                whole = whole and is_whole(item)
            case int() if item.bit_length() > INT_BITS:
                raise SpecError(_written(where), "the number is too large")
            case float() if not math.isfinite(item):
                raise SpecError(_written(where), f"{item!r} is not a JSON number")
            case int() | float():
                pass
            case dict():
                for key, part in cast("dict[Any, object]", item).items():
                    if not isinstance(key, str):
                        problem = f"the key {key!r} is not a string"
                        raise SpecError(_written(where), problem)
                    whole = whole and is_whole(key)
                    todo.append((part, (where, key), depth + 1))
            case list():
                parts = enumerate(cast("list[object]", item))
                todo.extend((part, (where, i), depth + 1) for i, part in parts)
            case _:
                raise SpecError(_written(where), f"{kind(item)} is not a JSON value")
    return whole


def _written(place: _Place) -> str:
    """Return a place as errors name it: `config.components[3].props`."""
    parts: list[str] = []
    while not isinstance(place, str):
        place, key = place
        parts.append(f"[{key}]" if isinstance(key, int) else f".{shortened(key, 60)}")
    return "".join([place, *reversed(parts)])


def repaired(value: Any) -> Any:
    """Return the value with half characters (lone surrogates) replaced in its text.

    JSON can have them, but pydantic and servers refuse them.
    """
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if (items := as_list(value)) is not None:
        return [repaired(item) for item in items]
    if (members := as_map(value)) is not None:
        return {repaired(key): repaired(part) for key, part in members.items()}
    return value


def check_schema(schema: object, place: str) -> None:
    """Make sure of a JSON Schema's size, and of the types of its keywords' values.

    Raises:
        SpecError: It is too large, or a keyword has a value of another type.
    """
    values = text = 0
    todo = [schema]
    while todo:
        item = todo.pop()
        values += 1
        if isinstance(item, str):
            text += len(item)
        elif (members := as_map(item)) is not None:
            text += sum(map(len, members))
            todo.extend(members.values())
        else:
            todo.extend(as_list(item) or ())
    if values > SCHEMA_VALUES or text > SCHEMA_TEXT:
        raise SpecError(place, "the schema is too large")
    _check_keywords(schema, place)


def check_sizes(config: Config, info: Info) -> None:
    """Make sure that an app is not larger than one that can be generated.

    Raises:
        SpecError: It is.
    """

    def check(size: int, most: int, place: str, what: str) -> None:
        if size > most:
            raise SpecError(place, f"{size:,} {what}, more than {most:,}")

    check(len(config.version), NAME, "config.version", "characters")
    check(len(config.protocol), NAME, "config.protocol", "characters")
    for index, component in enumerate(config.components):
        place = f"config.components[{index}].type"
        check(len(component.type), NAME, place, "characters")
    check(len(config.dependencies), ENDPOINTS, "config.dependencies", "endpoints")
    for index, item in enumerate(config.dependencies):
        place = f"config.dependencies[{index}]"
        check(len(item.api_name or ""), NAME, f"{place}.api_name", "characters")
        check(len(item.inputs), SLOTS, f"{place}.inputs", "components")
        check(len(item.outputs), SLOTS, f"{place}.outputs", "components")
    for kind_, endpoints in (
        ("named_endpoints", info.named_endpoints),
        ("unnamed_endpoints", info.unnamed_endpoints),
    ):
        check(len(endpoints), ENDPOINTS, f"info.{kind_}", "endpoints")
        for name, endpoint in endpoints.items():
            place = f"info.{kind_}.{name}"
            check(len(name), NAME + 1, place, "characters")
            check(len(endpoint.parameters), SLOTS, f"{place}.parameters", "of them")
            check(len(endpoint.returns), SLOTS, f"{place}.returns", "of them")
    slots = sum(len(item.inputs) + len(item.outputs) for item in config.dependencies)
    check(slots, SLOTS_OF_ALL, "config.dependencies", "inputs and outputs")


_MAPS = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


def _check_keywords(schema: object, place: str) -> None:
    if schema is None or isinstance(schema, bool):
        return
    checked = as_object(schema, place)
    for key in _MAPS:
        for name, part in as_object(checked.get(key, {}), f"{place}.{key}").items():
            _check_keywords(part, f"{place}.{key}.{name}")
    for key in _LISTS:
        for index, part in enumerate(_as_list(checked.get(key, []), f"{place}.{key}")):
            _check_keywords(part, f"{place}.{key}[{index}]")
    _as_list(checked.get("enum", []), f"{place}.enum")
    if not isinstance(checked.get("$ref", ""), str):
        raise SpecError(f"{place}.$ref", "expected a string")
    other = checked.get("additionalProperties")
    _check_keywords(other, f"{place}.additionalProperties")
    items = checked.get("items")
    if as_list(items) is None:
        _check_keywords(items, f"{place}.items")
    for index, part in enumerate(as_list(items) or ()):  # the tuple of older drafts
        _check_keywords(part, f"{place}.items[{index}]")
    type_ = checked.get("type")
    # Gradio's own "any JSON" is {"type": {}}.
    if type_ is not None and not isinstance(type_, str | dict):
        for item in _as_list(type_, f"{place}.type"):
            if not isinstance(item, str):
                problem = f"expected strings, found {kind(item)}"
                raise SpecError(f"{place}.type", problem)


def _as_list(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise SpecError(place, f"expected an array, found {kind(value)}")
    return cast("list[object]", value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_choices(value: object) -> bool:
    # Gradio 4 and later have `[label, value]`, older ones the bare value.
    return isinstance(value, list) and all(
        not isinstance(item, list) or len(cast("list[object]", item)) == 2
        for item in cast("list[object]", value)
    )


#: What the properties that matter have to be: of a type, or what a function says.
_PROPS: Mapping[str, type | Callable[[object], bool]] = {
    "choices": _is_choices,
    **dict.fromkeys(("allow_custom_value", "multiselect"), bool),
    **dict.fromkeys(("file_count", "language", "tool", "type"), str),
    **dict.fromkeys(
        ("max_choices", "max_length", "maximum", "minimum", "precision", "step"),
        _is_number,
    ),
}


def usable_prop(name: str, value: object) -> object:
    """Return a component's property, or None if it is not what Gradio's own have.

    Components of other people can be called as Gradio's are, and have properties of
    the same names with another meaning.
    """
    fits = _PROPS.get(name)
    if isinstance(fits, type):
        return value if isinstance(value, fits) else None
    return value if fits is None or fits(value) else None
