"""What an app's endpoints and parameters are called, and its module.

Where the app has no names, it has texts on its page: labels for parameters, and for
endpoints what triggers them. Names do not depend on which endpoints are generated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from gradio_runtime._components.slots import is_hidden
from gradio_runtime.description import Dependency, ParameterInfo, Trigger
from gradio_runtime.description.addresses import split
from gradio_runtime.description.triggers import is_filler, mark_of

from ..descriptions.spec import AppSpec
from .names import (
    FIELDS,
    MODULE,
    Namer,
    field_name,
    function_name,
    identifier,
    pascal,
    short_snake,
    snake,
)

# --- The module


def client_name(app: str, output: str = "") -> str:
    """Name the client class after the app's Space, or else after the module's file.

    The address of a host says nothing of the app.
    """
    if (address := split(app)) is not None:
        host = address.host
        space = host.endswith(".hf.space")
        about = re.sub(r"(^|_)(api|client)$", "", module_name(output))
        app = about if about and not space else address.path
        app = app or (host.removesuffix(".hf.space") if space else "app")
    last = app.rstrip("/").rpartition("/")[2]
    name = pascal(identifier(last, "app"))
    return name if name.endswith("Client") else f"{name}Client"


def module_name(output: str) -> str:
    """Return the name that a file is imported by; empty for none."""
    path = Path(output)
    stem = path.parent.name if path.stem == "__init__" else path.stem
    return stem if identifier(stem, "") == stem else ""


# --- Endpoints


def function_names(spec: AppSpec, given: Mapping[str, str]) -> dict[str, str]:
    """Return the function of each endpoint: those of `given` names go first.

    The next are those with names of their own: one more that has none moves no other.
    """
    natural = {d.shown_name: natural_function(d) for d in spec.config.dependencies}
    namer = Namer(MODULE)

    def rank(api_name: str) -> tuple[bool, bool, bool]:
        bare = api_name.removeprefix("/")
        return api_name not in given, is_filler(bare), bare.startswith("_")

    return {
        api_name: namer.claim(given.get(api_name, natural[api_name]))
        for api_name in sorted(natural, key=rank)
    }


def natural_function(dependency: Dependency) -> str:
    """Return the name that an endpoint's function has if nothing stands against it."""
    api_name = dependency.shown_name.removeprefix("/")
    if is_filler(api_name) and (trigger := dependency.trigger) is not None:
        return _triggered(trigger) or function_name(api_name)
    return function_name(api_name)


def naming_trigger(dependency: Dependency) -> str:
    """Return the mark of what runs an endpoint, if its own name says too little."""
    trigger = dependency.trigger
    return mark_of(trigger) if trigger and trigger.tells else ""


def _triggered(trigger: Trigger) -> str | None:
    """Name a function after what runs it: `generate`, `on_model_change`."""
    if trigger.component == "chat":
        return "chat"
    before = (trigger.after or "").removeprefix("/")
    text = short_snake(trigger.text or "", "run")
    if before and not is_filler(before):
        return f"after_{function_name(before)}"
    if not trigger.component:
        return (
            None if trigger.after is not None else f"on_{snake(trigger.event, 'event')}"
        )
    if trigger.after is not None:
        return text and f"after_{text}"
    if trigger.event == "click" and "button" in trigger.component:
        return text
    what = text or field_name(trigger.component, "page")
    return f"on_{what}_{snake(trigger.event, 'event')}"


# --- Parameters


def parameter_names(spec: AppSpec) -> dict[str, list[str]]:
    """Return the names of all parameters, by api_name."""
    places = {item.shown_name: _places(spec, item) for item in spec.config.dependencies}
    return {
        api_name: _parameters(items, places.get(api_name, ()))
        for api_name, items in _described(spec).items()
    }


def given_names(spec: AppSpec, api_name: str) -> list[str]:
    """Return what an endpoint's parameters are called where labels give no names."""
    return _parameters(_described(spec)[api_name], ())


def _described(spec: AppSpec) -> dict[str, list[ParameterInfo]]:
    named, unnamed = spec.info.named_endpoints, spec.info.unnamed_endpoints
    known = {**named, **{f"fn_{key}": item for key, item in unnamed.items()}}
    return {api_name: item.parameters for api_name, item in known.items()}


def _places(spec: AppSpec, item: Dependency) -> list[int]:
    """Return the places on the wire of what callers send."""
    slots = enumerate(spec.config.slots(item.inputs))
    return [place for place, slot in slots if slot is None or not is_hidden(slot)]


def _parameters(items: Sequence[ParameterInfo], places: Sequence[int]) -> list[str]:
    """Name parameters; those of the app's own names go first, and keep them."""
    labels = {
        index: label
        for index, item in enumerate(items)
        if index < len(places)
        and item.name == f"param_{places[index]}"
        and (label := _label(item))
    }
    namer = Namer(FIELDS)
    order = sorted(range(len(items)), key=lambda index: index in labels)
    names = {
        index: namer.claim(labels.get(index) or _given_name(items[index], index))
        for index in order
    }
    return [names[index] for index in range(len(items))]


def _label(item: ParameterInfo) -> str | None:
    """Return what a label says; the component's type for one without words."""
    kind = field_name(item.component.lower(), "value")
    return short_snake(item.label or "", kind) or (kind if item.label else None)


def _given_name(item: ParameterInfo, index: int) -> str:
    """Return the name of a parameter in `/info`, which before Gradio 4.23 has labels."""
    if item.name is not None:
        return field_name(item.name, f"param_{index}")
    kind = field_name(item.component.lower(), f"param_{index}")
    return snake(item.label or "", kind)
