"""Which default a parameter has, and how its module can say it.

What the app gives is not always of the type that it declares, nor always something
that can be written into a module; a parameter that has a default stays optional all
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradio_runtime._components.registry import VALUES
from gradio_runtime._models.texts import shortened
from gradio_runtime.description import ParameterInfo

from ..literals import shown
from ..narrow import as_list, as_map
from .ir import Default, Param, keyword_only_from
from .types import (
    ANY,
    FILE_INPUT,
    Named,
    TypeExpr,
    accepts,
    either,
    natural,
    optional,
    walk,
)

#: Types whose values are too large to write down, unless they are empty. A parameter
#: of one that can be left out can also be None.
_NOT_WRITTEN = {Named(value.name) for value in VALUES.values() if not value.written}


def default_of(
    type_: TypeExpr, item: ParameterInfo, *, holds_files: bool
) -> tuple[TypeExpr, Default | None, str | None]:
    """Return a parameter's type, wide enough for its default, the default, and its fault.

    Where a value of the type can hold files, the default is the app's own at each call:
    one that is written down would be sent as if the caller had given it, and could name
    a file of the caller's.
    """
    value: object = item.default
    if not item.has_default:
        return type_, None, None
    if item.live is not None:
        if FILE_INPUT in walk(type_):
            type_ = optional(type_)
        return type_, Default("live", item.live), None
    if value is None:
        return optional(type_), Default("plain", None), None
    if (value or value == {}) and not _NOT_WRITTEN.isdisjoint(walk(type_)):
        return optional(type_), Default("live", ""), None
    if holds_files and value != []:
        return type_, Default("live", ""), None
    made = as_map(value) is not None or as_list(value) is not None
    problem = None
    if not accepts(type_, value):
        problem = f"its own default {shortened(shown(value), 60)} does not fit its type; widened"
        type_ = ANY if made else either(type_, natural(value))
    if made and accepts(type_, None):
        # None is a value here, and cannot stand for the default as well.
        return type_, Default("live", f"now {shortened(shown(value), 60)}"), problem
    return type_, Default("made" if made else "plain", value), problem


def with_files_optional(params: Sequence[Param]) -> tuple[Param, ...]:
    """Return the parameters, with None as the default of files that may be None.

    Where a parameter follows that must be given by position, a file stays required:
    else that one could be given by name only.
    """
    named_from = keyword_only_from(params)
    done = list(params)
    last = True
    for index, param in reversed(list(enumerate(params))):
        file = FILE_INPUT in walk(param.type) and accepts(param.type, None)
        by_name = named_from is not None and index >= named_from
        if param.default is None and file and (last or by_name):
            done[index] = replace(param, default=Default("plain", None))
        last = last and done[index].default is not None
    return tuple(done)


def allowing(
    constraints: Sequence[tuple[str, int | float]], default: Default | None
) -> tuple[tuple[str, int | float], ...]:
    """Return the constraints that a parameter's own default meets.

    Apps break their own bounds; the server then decides about other values as well.
    """
    if default is None or default.kind == "live":
        return tuple(constraints)
    return tuple(c for c in constraints if _meets(default.value, *c))


def _meets(value: object, name: str, bound: int | float) -> bool:
    if isinstance(value, str):
        return name != "max_length" or len(value) <= bound
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return not (
        (name == "ge" and value < bound)
        or (name == "le" and value > bound)
        or (name == "multiple_of" and value % bound != 0)
    )
