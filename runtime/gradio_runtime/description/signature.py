"""How a generated module knows an endpoint; it is imported with every module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .._models.texts import beginning

#: So much of a label tells it from others.
_MARK = 40
#: Labels that Gradio makes up for `/info`, out of component ids.
MADE_UP_LABEL = re.compile(r"(parameter|value)_\d+")


@dataclass(frozen=True)
class Shape:
    """What `/config` says of an endpoint, as far as a generated module keeps it.

    `/config` has no names of parameters (only `/info` has), so the labels tell when
    parameters of one type have changed places.

    Attributes:
        types: Visible component types in wire order: `number, radio -> json`.
        labels: Labels of the inputs; empty where none has one.
        output_labels: Labels of the outputs, where there are several.
        trigger: What runs the endpoint on the app's page, where its own name says
            nothing: another one may have that name now.
    """

    types: str
    labels: tuple[str | None, ...] = ()
    output_labels: tuple[str | None, ...] = ()
    trigger: str = field(default="", compare=False)


def shown_name(api_name: str | int) -> str:
    """Return the name of an endpoint; `fn_<number>` for one that has only a number."""
    return f"fn_{api_name}" if isinstance(api_name, int) else api_name


def shape_of(
    types: str,
    labels: Sequence[str | None],
    output_labels: Sequence[str | None],
    trigger: str = "",
) -> Shape:
    """Return a shape, with labels in the form in which they are compared."""
    several = len(output_labels) > 1
    marks = _marks(output_labels) if several else ()
    return Shape(types, _marks(labels), marks, trigger)


def _marks(labels: Sequence[str | None]) -> tuple[str | None, ...]:
    marks = tuple(
        None
        if label is None or MADE_UP_LABEL.fullmatch(label)
        else beginning(label, _MARK).strip() or None
        for label in labels
    )
    return marks if any(marks) else ()


def labels_of(said: str | Sequence[str | None]) -> tuple[str | None, ...]:
    """Return labels from what a module says: a line for each, or a list of them."""
    lines = said.split("\n") if isinstance(said, str) else said
    return tuple(label or None for label in lines)
