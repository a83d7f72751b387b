"""Dropdowns, radios and checkbox groups: one of several values, or some of them.

The server compares by value, so a choice is typed and sent as what it is: `/info`
describes the integer 2025 as a string, and an app refuses `"2025"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gradio_runtime._components.registry import kind_of
from gradio_runtime._models.texts import shortened
from gradio_runtime.description import Component, label_text

from ..limits import CHOICES, SHOWN
from ..literals import shown
from ..narrow import as_list, as_map
from .schema import choice_type
from .types import FLOAT, STR, Literals, TypeExpr, either, list_of, natural, optional

_MOST_SHOWN = 12


def choice_input(component: Component, schema: Any) -> tuple[TypeExpr, Literals | None]:
    """Return what a parameter takes, and the choices in it, which deserve a name.

    They have none where they are `None` alone or stand in a wider union. No choices at
    all mean that the app sets them when it runs.
    """
    item = choice_type(_values(component, schema)) or STR
    choices = item if isinstance(item, Literals) and item.values != (None,) else None
    if component.choices_change:
        item = either(item, _any_choice(component, schema))
    return _one_or_several(component, schema, item), choices


def open_choice(component: Component, schema: Any) -> TypeExpr | None:
    """Return what a choice can be at run time, if that is more than the type says.

    So can None, which the page sends where nothing is chosen.
    """
    if not _values(component, schema):
        return optional(either(STR, FLOAT))
    if component.app_sets or component.choices_change:
        return optional(_any_choice(component, schema))
    return None


def _any_choice(component: Component, schema: Any) -> TypeExpr:
    return either(STR, *map(natural, _values(component, schema)))


def choice_output(component: Component, schema: Any) -> TypeExpr:
    """Return the choices' own types rather than the choices.

    The app may return others together with a component update, and often does.
    """
    types = [natural(value) for value in _values(component, schema)]
    return _one_or_several(component, schema, either(*types) if types else STR)


def _one_or_several(component: Component, schema: Any, item: TypeExpr) -> TypeExpr:
    kind, props = kind_of(component.type), component.props
    if props.get("allow_custom_value"):
        item = either(item, STR)
    if "multiselect" in kind.keeps and "multiselect" not in props:
        several = (as_map(schema) or {}).get("type") == "array"
    else:
        several = kind.several or bool(props.get("multiselect"))
    return list_of(item) if several else item


def _values(component: Component, schema: Any) -> Sequence[object]:
    """Return the values: the component's, else those of the schema's `enum`."""
    if pairs := _pairs(component):
        return [value for _, value in pairs]
    members = as_map(schema) or {}
    return as_list((as_map(members.get("items")) or members).get("enum")) or ()


def _pairs(component: Component) -> list[tuple[object, object]]:
    """Return label and value of each choice; older versions have the value alone."""
    return [
        (pair[0], pair[1]) if (pair := as_list(item)) is not None else (item, item)
        for item in as_list(component.props.get("choices")) or ()
    ]


def choice_notes(component: Component) -> Iterator[str]:
    """Yield what the type does not say of the choices."""
    pairs = _pairs(component)
    labelled = [
        f"{shown(value)} ({' '.join(text.split())})"
        for label, value in pairs
        if (text := label_text(label)) is not None and text != str(value)
    ]
    values = [value for _, value in pairs]
    if labelled:
        yield f"{some(labelled)}."
    elif len(values) > CHOICES:
        few = some([shown(value) for value in values])
        yield f"One of {len(values):,} values: {few}."
    elif any(isinstance(value, float) for value in values):
        # Not in the type: there are no literals of floats.
        yield f"One of {some([shown(value) for value in values])}."
    elif not values:
        yield "The app sets the choices when it runs."
    if values and component.choices_change:
        yield "The app may offer others when it runs."
    if component.props.get("allow_custom_value"):
        yield "Other values are accepted too."
    if (most := component.props.get("max_choices")) is not None:
        yield f"At most {most}."


def some(items: list[str]) -> str:
    """Return the items, or the first of them where they are too many."""
    if len(items) > _MOST_SHOWN:
        items = [*items[:_MOST_SHOWN], "…"]
    return ", ".join(shortened(item, SHOWN) for item in items)
