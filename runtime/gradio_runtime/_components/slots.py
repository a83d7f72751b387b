"""Which components of an endpoint callers see, and the shape that these make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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


def setting_events(config: Config) -> list[Dependency]:
    """Return the events that may give components other choices and bounds.

    Any that the server runs may do so, but those that fill in the examples below a form.
    What runs in the browser only (`gr.ClearButton`) sets values.
    """
    return [
        item
        for item in config.dependencies
        if item.backend_fn and not _loads_examples(config, item)
    ]


def set_by_events(config: Config) -> frozenset[int]:
    """Return the components to which an event may give other choices and bounds."""
    return frozenset(id_ for item in setting_events(config) for id_ in item.outputs)


def _loads_examples(config: Config, item: Dependency) -> bool:
    kinds = [kind_of(slot.type) for slot in config.slots(item.inputs) if slot]
    return any(kind.hidden and not kind.stateful for kind in kinds)  # a dataset


def described(config: Config, dependency: Dependency) -> dict[str, Any]:
    """Return what the components of an endpoint say of it, as `/info` would.

    Only `/info` has the names of its parameters, and its own words.
    """

    def item(slot: Component, schema: Any) -> dict[str, Any]:
        label = label_text(slot.props.get("label"))
        return {"label": label, "component": slot.type.capitalize(), "type": schema}

    def parameter(slot: Component) -> dict[str, Any]:
        value = slot.props.get("value")
        default = {
            "parameter_has_default": value is not None,
            "parameter_default": value,
        }
        return {**item(slot, slot.schema_in), **default}

    return {
        "parameters": [parameter(s) for s in visible(config.slots(dependency.inputs))],
        "returns": [
            item(slot, slot.schema_out)
            for slot in visible(config.slots(dependency.outputs))
        ],
    }


def info_without_info(config: Config, *, all_endpoints: bool) -> dict[str, Any]:
    """Return what `/info` would say, of an app whose server fails to say it."""
    named: dict[str, Any] = {}
    unnamed: dict[str, Any] = {}
    for item in config.dependencies:
        listed = item.callable and (all_endpoints or item.visibility == "public")
        if listed and item.api_name is not None:
            named.setdefault(f"/{item.api_name}", described(config, item))
        elif listed:
            unnamed[str(item.id)] = described(config, item)
    return {
        "named_endpoints": named,
        "unnamed_endpoints": unnamed,
        "substitute": True,
    }
