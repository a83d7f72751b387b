"""What callers pass to Gradio's components, and get from them.

Most components say it in their schema. Those here say it elsewhere: choices and
bounds are in `/config` alone, and for files, chats, tables and the like the runtime
has types that are the same whatever the server's version.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradio_runtime._components.registry import KINDS
from gradio_runtime.description import Component

from .choices import choice_input, choice_notes, choice_output, some
from .narrow import as_list
from .schema import SchemaMapper, all_required
from .typeexpr import (
    FILE,
    FILE_INPUT,
    FLOAT,
    INT,
    STR,
    Literals,
    Named,
    TypeExpr,
    list_of,
    parsed,
    several,
)

__all__ = ["KEPT_PROPS", "SELF_TYPED", "InputType", "input_type", "output_type"]

_CHOICES = frozenset({"dropdown", "radio", "checkboxgroup"})


#: Components with a type of the runtime's own: as parameter, and as output.
_KNOWN: Mapping[str, tuple[TypeExpr, TypeExpr]] = {
    name: (parsed(kind.takes), parsed(kind.gives))
    for name, kind in KINDS.items()
    if not kind.schema_wanted
}
_FILES = frozenset(name for name, known in _KNOWN.items() if known[0] == FILE_INPUT)
_MESSAGES = list_of(Named("ChatMessage")), list_of(Named("ChatMessage"))
_PAIRS = (several(Named("ChatPairInput")), list_of(Named("ChatPair")))

#: Components whose schema is not needed.
SELF_TYPED = frozenset(_KNOWN) | {"chatbot"}

#: Properties of a component that decide about the generated code.
KEPT_PROPS: Mapping[str, tuple[str, ...]] = {
    "chatbot": ("type",),
    "checkboxgroup": ("choices",),
    "code": ("language",),
    "dropdown": ("allow_custom_value", "choices", "max_choices", "multiselect"),
    "file": ("file_count", "file_types"),
    "image": ("tool",),
    "multimodaltextbox": ("file_count", "file_types"),
    "number": ("maximum", "minimum", "precision", "step"),
    "radio": ("choices",),
    "slider": ("maximum", "minimum", "precision", "step"),
    "text": ("max_length",),
    "textbox": ("max_length",),
    "uploadbutton": ("file_count", "file_types"),
}

Constraint = tuple[str, int | float]


@dataclass(frozen=True, slots=True)
class InputType:
    """What a parameter takes.

    Attributes:
        type: Its type.
        choices: The part of it that deserves a name of its own, if any.
        constraints: Keyword arguments of pydantic's `Field`.
        notes: Sentences for the docstring.
    """

    type: TypeExpr
    choices: Literals | None = None
    constraints: tuple[Constraint, ...] = ()
    notes: tuple[str, ...] = ()


def input_type(
    component: Component, schema: Any, mapper: SchemaMapper, wanted: str
) -> InputType:
    """What callers pass to a component.

    Args:
        component: The component.
        schema: Its JSON Schema.
        mapper: For components that are not known here.
        wanted: The name for an object type.
    """
    notes = tuple(_notes(component))
    if component.type in _CHOICES:
        type_, choices = choice_input(component, schema)
        return InputType(type_, choices, notes=notes)
    if component.type == "image" and component.props.get("tool") == "sketch":
        return InputType(Named("EditorInput"), notes=notes)  # Gradio 3: with a mask
    if component.type in _FILES:
        return InputType(_files(component, FILE_INPUT), notes=notes)
    if (known := _known(component)) is not None:
        return InputType(known[0], notes=notes)
    type_ = _number(component, schema) or _mapped(component, schema, mapper, wanted)
    constraints = tuple(_constraints(component, type_))
    choices = type_ if isinstance(type_, Literals) else None
    return InputType(type_, choices, constraints, notes)


def output_type(
    component: Component, schema: Any, mapper: SchemaMapper, wanted: str
) -> TypeExpr:
    """What callers get from a component."""
    if component.type in _CHOICES:
        return choice_output(component, schema)
    if component.type == "video" and not component.props.get("bare"):
        return Named("VideoFile")
    if component.type in _FILES:
        return _files(component, FILE)
    if (known := _known(component)) is not None:
        return known[1]
    return _number(component, schema) or _mapped(component, schema, mapper, wanted)


def _mapped(
    component: Component, schema: Any, mapper: SchemaMapper, wanted: str
) -> TypeExpr:
    # `gr.api` says of a dataclass just the wrong fields that they are required.
    whole = component.type == "api"
    return mapper.map(all_required(schema) if whole else schema, wanted)


def _known(component: Component) -> tuple[TypeExpr, TypeExpr] | None:
    if component.type == "chatbot":
        return _MESSAGES if component.props.get("type") == "messages" else _PAIRS
    return _KNOWN.get(component.type)


def _files(component: Component, file: TypeExpr) -> TypeExpr:
    several = component.props.get("file_count") in ("multiple", "directory")
    return list_of(file) if several else file


def _number(component: Component, schema: Any) -> TypeExpr | None:
    if component.type not in ("number", "slider"):
        return None
    whole = component.props.get("precision") == 0 or schema == {"type": "integer"}
    return INT if whole else FLOAT


_LONGEST_TEXT = 2**31


def _constraints(component: Component, type_: TypeExpr) -> Iterator[Constraint]:
    props = component.props
    if component.type in ("number", "slider"):
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
    """The step, where `multiple_of` says the same.

    Steps are counted from the minimum, `multiple_of` from zero, and no float is an
    exact multiple of 0.1. A number's step of 1 is Gradio's default, and binds nobody.
    """
    step, start = component.props.get("step"), component.props.get("minimum", 0)
    if step is None or step != int(step) or step < 1 or start % step:
        return None
    return None if component.type == "number" and step == 1 else int(step)


# --- Notes


def _notes(component: Component) -> Iterator[str]:
    props = component.props
    if text := " ".join(str(props.get("info", "")).split()):
        yield text if text[-1] in ".!?" else f"{text}."
    if component.type in _CHOICES:
        yield from choice_notes(component)
    yield from _bounds(component)
    if language := props.get("language"):
        yield f"Language: {language}."
    if component.type == "datetime":
        time = "" if props.get("date_only") else " HH:MM:SS"
        yield f"As text: YYYY-MM-DD{time}."
    if props.get("file_count") == "directory":
        yield "The files of a folder."
    if types := as_list(props.get("file_types")):
        yield f"File types: {some([str(item) for item in types])}."


def _bounds(component: Component) -> Iterator[str]:
    props = component.props
    minimum, maximum, step = (props.get(k) for k in ("minimum", "maximum", "step"))
    if component.type == "number" and step == 1:
        step = None
    range_ = ""
    if minimum is not None and maximum is not None:
        range_ = f"from {minimum} to {maximum}"
    elif minimum is not None:
        range_ = f"at least {minimum}"
    elif maximum is not None:
        range_ = f"at most {maximum}"
    steps = "" if step is None else f"in steps of {step}"
    if text := ", ".join(filter(None, (range_, steps))):
        yield f"{text[0].upper()}{text[1:]}."
    if (length := props.get("max_length")) is not None:
        yield f"At most {length} characters."
