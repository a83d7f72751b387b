"""Which components of an endpoint callers see, and the shape that these make."""

from __future__ import annotations

from collections.abc import Iterable

from ..description import Component, Config, Dependency, label_text
from ..description.signature import Shape, shape_of
from .registry import kind_of


def is_hidden(slot: Component) -> bool:
    """Return whether callers neither send nor receive a slot."""
    kind = kind_of(slot.type)
    if slot.skip_api is None:
        return kind.hidden
    return slot.skip_api or kind.stateful


def visible(slots: Iterable[Component | None]) -> list[Component]:
    """Return the slots that callers send or receive, of those that are known."""
    return [slot for slot in slots if slot is not None and not is_hidden(slot)]


def slot_types(inputs: Iterable[Component], outputs: Iterable[Component]) -> str:
    """Return component types in wire order, such as `number, radio -> json`."""
    taken, given = (", ".join(s.type for s in side) for side in (inputs, outputs))
    return f"{taken} -> {given}".strip()


def slots_shape(
    inputs: Iterable[Component | None], outputs: Iterable[Component | None]
) -> Shape:
    """Return the shape of an endpoint, by its slots.

    A generated module carries it for each endpoint and the runtime compares it with
    the live app's, so that a changed app is noticed before anything is sent.
    """
    taken, given = visible(inputs), visible(outputs)
    return shape_of(
        slot_types(taken, given),
        [label_text(slot.props.get("label")) for slot in taken],
        [label_text(slot.props.get("label")) for slot in given],
    )


def endpoint_shape(config: Config, dependency: Dependency) -> Shape:
    """Return the shape of an endpoint of an app."""
    return slots_shape(
        config.slots(dependency.inputs), config.slots(dependency.outputs)
    )
