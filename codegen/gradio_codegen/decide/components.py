"""What callers pass to Gradio's components, and get from them.

Most components say it in their schema. Those here say it elsewhere: choices and
bounds are in `/config` alone, and for files, chats, tables and the like the runtime
has types that are the same whatever the server's version.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradio_runtime._components.files import in_a_list
from gradio_runtime._components.registry import kind_of, kind_of_slot
from gradio_runtime.description import Component

from ..narrow import as_list
from .choices import choice_input, choice_notes, choice_output, open_choice, some
from .schema import SchemaMapper, all_required
from .types import (
    FILE,
    FILE_INPUT,
    FLOAT,
    INT,
    STR,
    Literals,
    TypeExpr,
    list_of,
    parsed,
)

Constraint = tuple[str, int | float]


@dataclass(frozen=True, slots=True)
class InputType:
    """What a parameter takes, with the fields of `Param`.

    `choices` is the part of the type that deserves a name of its own, if there is one.
    """

    type: TypeExpr
    choices: Literals | None = None
    constraints: tuple[Constraint, ...] = ()
    notes: tuple[str, ...] = ()
    example: str = ""
    open: TypeExpr | None = None


def input_type(
    component: Component, schema: Any, mapper: SchemaMapper, wanted: str
) -> InputType:
    """Return what callers pass to a component; `wanted` is the name of an object type."""
    notes = tuple(_notes(component))
    kind = kind_of_slot(component)
    if kind.takes == "choice":
        type_, choices = choice_input(component, schema)
        open_ = open_choice(component, schema)
        return InputType(type_, choices, notes=notes, open=open_)
    if not kind.schema_wanted:
        type_ = _files(component, parsed(kind.takes))
        return InputType(type_, notes=notes, example=kind.example)
    type_ = _number(component, schema) or _mapped(component, schema, mapper, wanted)
    constraints = tuple(_constraints(component, type_))
    choices = type_ if isinstance(type_, Literals) else None
    open_ = type_ if component.app_sets and constraints else None
    return InputType(type_, choices, constraints, notes, kind.example, open_)


def output_type(
    component: Component, schema: Any, mapper: SchemaMapper, wanted: str
) -> TypeExpr:
    """Return what callers get from a component."""
    kind = kind_of_slot(component)
    if kind.takes == "choice":
        return choice_output(component, schema)
    if not kind.schema_wanted:
        return _files(component, parsed(kind.gives))
    return _number(component, schema) or _mapped(component, schema, mapper, wanted)


def _mapped(
    component: Component, schema: Any, mapper: SchemaMapper, wanted: str
) -> TypeExpr:
    # `gr.api` lists the wrong fields of a dataclass as required.
    whole = kind_of(component.type).of_function
    return mapper.map(all_required(schema) if whole else schema, wanted)


def _files(component: Component, type_: TypeExpr) -> TypeExpr:
    several = type_ in (FILE, FILE_INPUT) and in_a_list(component.props)
    return list_of(type_) if several else type_


def _number(component: Component, schema: Any) -> TypeExpr | None:
    if not kind_of(component.type).bounded:
        return None
    whole = component.props.get("precision") == 0 or schema == {"type": "integer"}
    return INT if whole else FLOAT


_LONGEST_TEXT = 2**31


def _constraints(component: Component, type_: TypeExpr) -> Iterator[Constraint]:
    props = component.props
    if kind_of(component.type).bounded:
        whole = type_ == INT
        minimum, maximum = props.get("minimum"), props.get("maximum")
        if minimum is not None:
            yield "ge", math.ceil(minimum) if whole else minimum
        if maximum is not None:
            yield "le", math.floor(maximum) if whole else maximum
        if (step := _exact_step(component)) is not None:
            yield "multiple_of", step
    elif (
        type_ == STR
        and (length := props.get("max_length")) is not None
        and 0 <= length < _LONGEST_TEXT  # what pydantic can take
    ):
        yield "max_length", int(length)


def _exact_step(component: Component) -> int | None:
    """Return the step, where `multiple_of` says the same.

    Steps are counted from the minimum, `multiple_of` from zero, and no float is an
    exact multiple of 0.1. A number's step of 1 is Gradio's default, and not enforced.
    """
    step, start = component.props.get("step"), component.props.get("minimum", 0)
    if step is None or step != int(step) or step < 1 or start % step:
        return None
    return None if step == kind_of(component.type).default_step else int(step)


# --- Notes


def _notes(component: Component) -> Iterator[str]:
    props = component.props
    if text := " ".join(str(props.get("info", "")).split()):
        yield text if text[-1] in ".!?" else f"{text}."
    kind = kind_of_slot(component)
    if kind.takes == "choice":
        yield from choice_notes(component)
    yield from _bounds(component)
    if language := props.get("language"):
        yield f"Language: {language}."
    if kind.note:
        yield kind.note
    if props.get("file_count") == "directory":
        yield "The files of a folder."
    if types := as_list(props.get("file_types")):
        yield f"File types: {some([str(item) for item in types])}."


def _bounds(component: Component) -> Iterator[str]:
    props = component.props
    minimum, maximum, step = (props.get(k) for k in ("minimum", "maximum", "step"))
    words: list[str] = []
    if minimum is not None and maximum is not None:
        words.append(f"from {minimum} to {maximum}")
    elif minimum is not None:
        words.append(f"at least {minimum}")
    elif maximum is not None:
        words.append(f"at most {maximum}")
    if step not in (None, kind_of(component.type).default_step):
        words.append(f"in steps of {step}")
    if text := ", ".join(words):
        yield f"{text[0].upper()}{text[1:]}."
    if (length := props.get("max_length")) is not None:
        yield f"At most {length} characters."
