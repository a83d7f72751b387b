"""Validate large values in steps, and say in callers' words what does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, cast

from pydantic import GetPydanticSchema, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import (
    no_info_before_validator_function,
    no_info_wrap_validator_function,
)

from .bounds import STEP

#: Parts of a place that name the member of a union that was tried, and not a field.
_MEMBER = re.compile(
    r"any|bool|float|int|none|nullable|str|[A-Z]\w*"
    r"|(dict|function|is-instance|list|literal|model|nullable|tuple|union)\b.*",
    re.DOTALL,
)


#: Values that are not as the app describes them, but may be right for it all the same.
_ODD = re.compile(
    r"literal_error|greater_than_equal|less_than_equal|multiple_of|string_too_long"
    r"|none_required|is_instance_of|int_from_float|(string|int|float|bool)_\w+"
)


def only_odd(error: ValidationError) -> bool:
    """Return whether choices, bounds, plain types and None are all that is not met."""
    return all(
        item["input"] is None or _ODD.fullmatch(item["type"]) for item in error.errors()
    )


def misfits(error: ValidationError) -> dict[str, str]:
    """Return what is wrong with each field, by its path, such as `rows.0.name`.

    A field that may be of several types has a message of each of them.
    """
    found: dict[str, dict[str, None]] = {}
    for item in error.errors(include_url=False, include_input=False):
        found.setdefault(_path(item["loc"]), {})[item["msg"]] = None
    return {path: " or ".join(messages) for path, messages in found.items()}


def _path(place: Sequence[int | str]) -> str:
    rest = (
        str(part)
        for part in place[1:]
        if isinstance(part, int) or not _MEMBER.fullmatch(part)
    )
    return ".".join([*map(str, place[:1]), *rest])


def in_steps(schema: CoreSchema) -> CoreSchema:
    """Return a schema whose lists and objects are validated in steps, to the first misfit.

    Pydantic would report each of a million items, with a kilobyte of memory or more,
    and let no other thread run meanwhile.
    """
    return cast("CoreSchema", _changed(schema, _in_steps))


def as_given(schema: CoreSchema) -> CoreSchema:
    """Return a schema that takes only texts for texts, and only items for a list.

    It takes numbers between the steps of a slider, as every version of Gradio does; the
    JSON Schema has these steps.
    """
    return cast("CoreSchema", _changed(schema, _as_given))


#: An annotation: validate the lists and objects of a type as `in_steps` says.
IN_STEPS = GetPydanticSchema(lambda source, handler: in_steps(handler(source)))


def _changed(part: Any, change: Callable[[dict[str, Any]], Any]) -> Any:
    """Return part of a schema, each node of which is changed in place, once."""
    if isinstance(part, list | tuple):
        parts = [_changed(item, change) for item in cast("Sequence[Any]", part)]
        return list(parts) if isinstance(part, list) else tuple(parts)
    if not isinstance(part, dict):
        return part
    node = cast("dict[str, Any]", part)
    kind = node.get("type")
    if not isinstance(kind, str):  # fields by their names
        return {name: _changed(item, change) for name, item in node.items()}
    if kind.startswith("function") and node["function"]["function"] in _OURS:
        return node
    for key in [k for k in node if k.endswith("schema") or k in {"fields", "choices"}]:
        node[key] = _changed(node[key], change)
    # Pydantic makes texts of bytes, and moments of them and of numbers.
    if kind in {"str", "date", "datetime"}:
        node["strict"] = True
    return change(node)


def _as_given(node: dict[str, Any]) -> Any:
    if "multiple_of" in node:
        step = {"multiple_of": node.pop("multiple_of")}
        node["metadata"] = {**node.get("metadata", {}), "pydantic_js_updates": step}
    elif "multiple_of" in getattr(
        node.get("function", {}).get("function"), "keywords", ()
    ):
        node["function"]["function"] = _itself
    if node["type"] != "list":
        return node
    return no_info_before_validator_function(_no_whole, cast("CoreSchema", node))


def _itself(value: Any) -> Any:
    return value


def _no_whole(value: Any) -> Any:
    """Refuse a table, whose items are columns or their names, and an open file's lines."""
    if hasattr(value, "columns") or hasattr(value, "read"):
        kind = {"kind": type(value).__name__}
        raise PydanticCustomError("list", "expected a list, not a {kind}", kind)
    return value


def _in_steps(node: dict[str, Any]) -> Any:
    kind = node["type"]
    if kind in {"list", "tuple", "set", "frozenset"}:
        node["fail_fast"] = True
    held = node.get("items_schema" if kind == "list" else "values_schema", {})
    if kind not in _STEPS or held.get("type", "any") in _QUICK:
        return _as_given(node)
    if held.get("function", {}).get("function") is _no_whole:
        # There may be a million such lists, and only an app gives that many.
        node["items_schema" if kind == "list" else "values_schema"] = held["schema"]
    if "min_length" in node or "max_length" in node:
        return node
    return no_info_wrap_validator_function(_STEPS[kind], cast("CoreSchema", node))


def _list_in_steps(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    if cast("object", type(value)) is not list or len(value) <= STEP:
        return validate(_no_whole(value))
    done: list[Any] = []
    for start in range(0, len(value), STEP):
        try:
            done += validate(value[start : start + STEP])
        except ValidationError as error:
            raise _moved(error, start) from None
    return done


def _dict_in_steps(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    if cast("object", type(value)) is not dict or len(value) <= STEP:
        return validate(value)
    done: dict[Any, Any] = {}
    items = iter(value.items())
    while some := dict(islice(items, STEP)):
        done |= validate(some)
    return done


#: What validates each kind in steps.
_STEPS = {"list": _list_in_steps, "dict": _dict_in_steps}
#: Kinds of items that are validated at once, since they take pydantic next to no time.
_QUICK = frozenset({"any", "bool"})
_OURS = (*_STEPS.values(), _no_whole)


def _moved(error: ValidationError, start: int) -> ValidationError:
    """Return the error of a slice of a list, which began at `start`, as the list's."""
    return ValidationError.from_exception_data(
        error.title,
        [
            {
                # Braces in a message would be taken for places to fill in.
                "type": PydanticCustomError(
                    cast("Any", item["type"]), "{said}", {"said": item["msg"]}
                ),
                "loc": tuple(
                    part + start if place == 0 and isinstance(part, int) else part
                    for place, part in enumerate(item["loc"])
                ),
                "input": item["input"],
            }
            for item in error.errors(include_url=False, include_context=False)
        ],
    )
