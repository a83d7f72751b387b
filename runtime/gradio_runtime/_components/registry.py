"""The records of all components: the one table of what differs between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import chat, choice, files, media, number, table, text
from .kind import Kind, Value

if TYPE_CHECKING:
    from ..description import Component

#: By component type.
KINDS: Mapping[str, Kind] = {
    name: kind
    for family in (chat, choice, files, media, number, table, text)
    for kind in family.KINDS
    for name in kind.names.split()
}
#: The types that generated modules import for components, by name.
VALUES: Mapping[str, Value] = {
    value.name: value for kind in KINDS.values() for value in kind.all_values
}
#: The module of each name that `gradio_runtime.types` has for a component.
HOMES: Mapping[str, str] = {
    name: kind.home
    for kind in KINDS.values()
    if kind.home
    for name in (*(value.name for value in kind.all_values), *kind.exports.split())
}
_OTHER = Kind()


def kind_of(type_: str) -> Kind:
    """Return the record of a component type; an empty one for an unknown type."""
    return KINDS.get(type_, _OTHER)


def kind_of_slot(slot: Component) -> Kind:
    """Return the record of a component, with regard to its properties."""
    return kind_of(slot.type).of(slot.props)
