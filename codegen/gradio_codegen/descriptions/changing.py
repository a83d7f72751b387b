"""Components whose choices and bounds may change while the app runs.

An event that sets a component can give it other choices and bounds as well, and nothing
says whether it does. At run time the app decides what it takes for such a component.
"""

from __future__ import annotations

from collections.abc import Collection

from gradio_runtime._components.registry import kind_of
from gradio_runtime._components.slots import set_by_events, setting_events, visible
from gradio_runtime.description import Component, Config, Dependency

from ..narrow import as_list

#: Events of a choice that is made.
_MADE = {"change", "input", "select"}
_FEW = 2
#: The fields of a component that hold the marks.
MARKS = ("app_sets", "choices_change")


def marked(config: Config, inputs: Collection[int], varying: Collection[int]) -> Config:
    """Return the config with marks on those of the `inputs` that change.

    `varying` are the components whose choices differ between two reads of the app. One
    choice is none, what an event sets without any input is often a list of files or
    models that it has just read, and what follows another choice often depends on it.
    """
    app_sets = set_by_events(config)
    refreshed = {
        id_
        for item in setting_events(config)
        if not visible(config.slots(item.inputs)) or _follows_a_choice(config, item)
        for id_ in item.outputs
        if id_ not in item.inputs
    }

    def with_marks(item: Component) -> Component:
        kind = kind_of(item.type)
        choice = kind.takes == "choice"
        limited = choice or kind.bounded or item.props.get("max_length") is not None
        if item.id not in inputs or not limited:
            return item
        sets = item.app_sets or item.id in app_sets
        few = len(as_list(item.props.get("choices")) or ()) < 2
        changes = item.choices_change or item.id in varying
        changes = changes or (sets and (few or item.id in refreshed))
        marks = zip(MARKS, (sets, choice and changes), strict=True)
        return item.model_copy(update=dict(marks))

    # Not a copy, which would take along what the config keeps of its old components.
    components = [with_marks(item) for item in config.components]
    return Config.model_validate({**dict(config), "components": components})


def _follows_a_choice(config: Config, item: Dependency) -> bool:
    """Return whether another choice sets one or two: not a whole form, as presets do."""
    targets = [
        config.component_by_id.get(id_) for id_, _ in item.targets if id_ is not None
    ]
    made = {event for _, event in item.targets} <= _MADE
    outputs = [slot for slot in config.slots(item.outputs) if slot]
    set_ = [slot for slot in outputs if kind_of(slot.type).takes == "choice"]
    return (
        made
        and len(set_) <= _FEW
        and bool(targets)
        and all(slot and kind_of(slot.type).takes == "choice" for slot in targets)
    )
