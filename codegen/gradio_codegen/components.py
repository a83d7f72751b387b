"""What callers pass to Gradio's components, and get from them.

Most components say it in their schema. Those here say it elsewhere: choices and
bounds are in `/config` alone, and for files, chats and tables the runtime has types
that are the same whatever the server's version.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gradio_runtime.description import Component

from .literals import shown
from .schema import SchemaMapper, choice_type
from .typeexpr import (
    FILE,
    FILE_INPUT,
    FLOAT,
    INT,
    STR,
    Literals,
    Named,
    TypeExpr,
    either,
    list_of,
    natural,
)

__all__ = ["KEPT_PROPS", "SELF_TYPED", "InputType", "input_type", "output_type"]

_FILES = frozenset(
    {"image", "audio", "video", "file", "model3d", "uploadbutton", "downloadbutton"}
)
_CHOICES = frozenset({"dropdown", "radio", "checkboxgroup"})
#: Components with a type of the runtime's own: as parameter, and as output.
_KNOWN: Mapping[str, tuple[TypeExpr, TypeExpr]] = {
    "dataframe": (Named("DataframeData"), Named("DataframeData")),
    "gallery": (list_of(Named("GalleryInput")), list_of(Named("GalleryItem"))),
    "label": (Named("LabelData"), Named("LabelData")),
    "multimodaltextbox": (Named("MultimodalInput"), Named("MultimodalData")),
}

#: Components whose schema is not needed.
SELF_TYPED = _FILES | frozenset(_KNOWN) | {"slider"}

#: Properties of a component that decide about the generated code.
KEPT_PROPS: Mapping[str, tuple[str, ...]] = {
    "chatbot": ("type",),
    "checkboxgroup": ("choices",),
    "dropdown": ("allow_custom_value", "choices", "max_choices", "multiselect"),
    "file": ("file_count", "file_types"),
    "multimodaltextbox": ("file_types",),
    "number": ("maximum", "minimum", "precision"),
    "radio": ("choices",),
    "slider": ("maximum", "minimum", "step"),
    "text": ("max_length",),
    "textbox": ("max_length",),
    "uploadbutton": ("file_count", "file_types"),
}


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
    constraints: tuple[tuple[str, int | float], ...] = ()
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
    kind, props = component.type, component.props
    if kind in _CHOICES:
        return _choice_input(component, notes)
    if kind in _FILES:
        return InputType(_files(component, FILE_INPUT), notes=notes)
    if kind in _KNOWN:
        return InputType(_KNOWN[kind][0], notes=notes)
    if kind == "chatbot" and props.get("type") == "messages":
        return InputType(list_of(Named("ChatMessage")), notes=notes)
    type_ = _number(component) or mapper.map(schema, wanted)
    constraints = tuple(_constraints(component, type_))
    choices = type_ if isinstance(type_, Literals) else None
    return InputType(type_, choices, constraints, notes)


def output_type(
    component: Component, schema: Any, mapper: SchemaMapper, wanted: str
) -> TypeExpr:
    """What callers get from a component."""
    kind, props = component.type, component.props
    if kind in _CHOICES:
        return _choice_output(component)
    if kind in _FILES:
        return _files(component, FILE)
    if kind in _KNOWN:
        return _KNOWN[kind][1]
    if kind == "chatbot" and props.get("type") == "messages":
        return list_of(Named("ChatMessage"))
    return _number(component) or mapper.map(schema, wanted)


def _files(component: Component, file: TypeExpr) -> TypeExpr:
    several = component.props.get("file_count") in ("multiple", "directory")
    return list_of(file) if several else file


def _number(component: Component) -> TypeExpr | None:
    if component.type == "slider":
        return FLOAT
    if component.type == "number":
        return INT if component.props.get("precision") == 0 else FLOAT
    return None


def _constraints(
    component: Component, type_: TypeExpr
) -> Iterator[tuple[str, int | float]]:
    props = component.props
    if component.type in ("number", "slider"):
        whole = type_ == INT
        if (minimum := props.get("minimum")) is not None:
            yield "ge", math.ceil(minimum) if whole else minimum
        if (maximum := props.get("maximum")) is not None:
            yield "le", math.floor(maximum) if whole else maximum
    elif type_ == STR and (length := props.get("max_length")) is not None:
        yield "max_length", int(length)


# --- Choices


def _choices(component: Component) -> list[tuple[object, object]]:
    """Label and value of each choice; older versions have the value alone."""
    raw = cast("list[object]", component.props.get("choices", []))
    return [
        cast("tuple[object, object]", tuple(cast("list[object]", item)))
        if isinstance(item, list)
        else (item, item)
        for item in raw
    ]


def _is_several(component: Component) -> bool:
    return component.type == "checkboxgroup" or bool(component.props.get("multiselect"))


def _choice_input(component: Component, notes: tuple[str, ...]) -> InputType:
    type_ = choice_type(value for _, value in _choices(component))
    choices = type_ if isinstance(type_, Literals) else None
    item = type_ or STR
    if component.props.get("allow_custom_value"):
        item = either(item, STR)
    return InputType(
        list_of(item) if _is_several(component) else item, choices, notes=notes
    )


def _choice_output(component: Component) -> TypeExpr:
    """The choices' own types rather than the choices.

    The app may return others together with a component update, and often does.
    """
    types = [natural(value) for _, value in _choices(component)]
    item = either(*types) if types else either(STR, FLOAT)
    return list_of(item) if _is_several(component) else item


# --- Notes


def _notes(component: Component) -> Iterator[str]:
    props = component.props
    if text := " ".join(str(props.get("info", "")).split()):
        yield text if text[-1] in ".!?" else f"{text}."
    labelled = [
        f"{shown(value)} ({label})"
        for label, value in _choices(component)
        if isinstance(label, str) and label != str(value)
    ]
    if labelled:
        yield f"{_some(labelled)}."
    elif any(isinstance(value, float) for _, value in _choices(component)):
        # Not in the type: there are no literals of floats.
        yield f"One of {_some([shown(value) for _, value in _choices(component)])}."
    if props.get("allow_custom_value"):
        yield "Other values are accepted too."
    if (most := props.get("max_choices")) is not None:
        yield f"At most {most}."
    yield from _bounds(component)
    types = props.get("file_types")
    if isinstance(types, list) and types:
        yield f"File types: {_some([str(item) for item in cast('list[object]', types)])}."


def _bounds(component: Component) -> Iterator[str]:
    props = component.props
    minimum, maximum = props.get("minimum"), props.get("maximum")
    step = props.get("step") if component.type == "slider" else None
    steps = "" if step is None else f", in steps of {step}"
    if minimum is not None and maximum is not None:
        yield f"From {minimum} to {maximum}{steps}."
    elif minimum is not None:
        yield f"At least {minimum}{steps}."
    elif maximum is not None:
        yield f"At most {maximum}{steps}."
    if (length := props.get("max_length")) is not None:
        yield f"At most {length} characters."


_MOST_SHOWN = 12


def _some(items: list[str]) -> str:
    """The items, or the first of them where they are too many."""
    if len(items) > _MOST_SHOWN:
        items = [*items[:_MOST_SHOWN], "…"]
    return ", ".join(items)
