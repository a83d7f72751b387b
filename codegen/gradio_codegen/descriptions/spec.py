"""An app's description, reduced to what decides the generated code.

`/config` and `/info` hold much that does not concern callers: themes, layout, ids
that shift whenever the author adds a headline. An `AppSpec` has only the endpoints
and the components they use, numbered in the order of use. So two descriptions of the
same API are equal, have the same hash, and a saved one changes in git only when the
API does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from gradio_runtime._components.registry import kind_of
from gradio_runtime._components.slots import described, is_hidden
from gradio_runtime.description import (
    Component,
    Config,
    Dependency,
    EndpointInfo,
    Info,
    ParameterInfo,
    ReturnInfo,
    Trigger,
    label_text,
)
from gradio_runtime.description.addresses import shown_src
from gradio_runtime.description.signature import MADE_UP_LABEL
from gradio_runtime.description.translations import translated
from gradio_runtime.description.triggers import is_filler, triggers_of
from pydantic import BaseModel, ValidationError

from ..errors import SpecError
from ..limits import DESCRIPTION, LABEL, NAME, cut
from .changing import MARKS, marked
from .jsoncheck import (
    as_object,
    check_schema,
    check_sizes,
    check_values,
    kind,
    repaired,
    usable_prop,
)
from .volatile_defaults import LiveDefaults, varying

#: Marks a saved description; the number changes when old ones can no longer be read.
_MARK = "gradio_codegen_description"
_FORMAT = 1


@dataclass(frozen=True)
class AppSpec:
    """What is known of an app.

    Attributes:
        source: Where it was read: a URL or a Space id.
        config: Its endpoints and the components they use.
        info: Their parameters and outputs.
    """

    source: str
    config: Config
    info: Info

    @classmethod
    def from_raw(
        cls, source: str, config: object, info: object, again: object = None
    ) -> AppSpec:
        """Make a spec of an app's `/config` and `/info`, as JSON.

        Args:
            source: Where they were read; a password or query is left out.
            config: `/config`.
            info: `/info`.
            again: A second `/info`, to tell which defaults and choices change from
                read to read.

        Raises:
            SpecError: They are not what a Gradio app sends.
        """
        parsed_config = _parse(Config, config, "config")
        parsed_info, second = (
            _parse(Info, translated(item, parsed_config.i18n_translations), "info")
            for item in (info, info if again is None else again)
        )
        # A saved description can have been written by hand, with a password in it.
        public = shown_src(repaired(source)).rstrip("/")
        return cls(public, *_Reducer(parsed_config, parsed_info, second).reduced())

    @property
    def version(self) -> str:
        """Gradio's version on the server."""
        return self.config.version

    @property
    def protocol(self) -> str:
        """How the server queues jobs."""
        return self.config.protocol

    @cached_property
    def hash(self) -> str:
        """Changes exactly when the API does: not with the address or the version.

        Nor with what `changing` suspects, which breaks no call.
        """
        api = {
            "components": [
                {k: v for k, v in _dump(item).items() if k not in MARKS}
                for item in self.config.components
            ],
            "dependencies": [
                {k: v for k, v in _dump(item).items() if k not in _unhashed(item)}
                for item in self.config.dependencies
            ],
            "info": _dump(self.info),
        }
        # Not sorted: `_Reducer` has put what has no order into one, and the rest (an
        # object's properties) shows in the code in the app's order.
        canonical = json.dumps(api, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"

    def within(self, *, all_endpoints: bool) -> AppSpec:
        """Return the spec with all endpoints, or without the undocumented ones."""
        return self if all_endpoints else self.documented()

    @property
    def nameless(self) -> int:
        """Return how many endpoints have no name."""
        return sum(item.api_name is None for item in self.config.dependencies)

    def documented(self) -> AppSpec:
        """Return the spec without the endpoints that the app's own docs leave out.

        An app of which no endpoint has a name leaves them all out: none is meant so.
        """
        if all(item.api_name is None for item in self.config.dependencies):
            return self
        kept = [
            item
            for item in self.config.dependencies
            if item.visibility == "public" and item.api_name is not None
        ]
        named = {f"/{item.api_name}" for item in kept}
        endpoints = self.info.named_endpoints.items()
        kept_info = {k: v for k, v in endpoints if k in named}
        info = Info(named_endpoints=kept_info, substitute=self.info.substitute)
        return replace(self, config=_renumber(self.config, kept), info=info)


def dumps(spec: AppSpec) -> str:
    """Return a spec as a saved description, to keep in git: JSON in a fixed order."""
    document = {
        _MARK: _FORMAT,
        "source": spec.source,
        "config": _dump(spec.config),
        "info": _dump(spec.info),
    }
    return json.dumps(document, indent=1) + "\n"


def is_saved(text: str) -> bool:
    """Return whether a file is a saved description, whole or not."""
    return text[:200].lstrip("{ \n").startswith(f'"{_MARK}"')


def loads(text: str, place: str) -> AppSpec:
    """Read a saved description.

    Args:
        text: Its content.
        place: What to call it in errors.

    Raises:
        SpecError: It is something else, or broken.
    """
    try:
        document = as_object(json.loads(text), place)
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        problem = "it is nested too deeply" if deep else f"it is not JSON ({error})"
        raise SpecError(place, problem) from None
    if document.get(_MARK) != _FORMAT:
        raise SpecError(place, "it was not written by `gradio-codegen save`")
    source = document.get("source")
    if not isinstance(source, str):
        raise SpecError("source", f"expected a string, found {kind(source)}")
    return AppSpec.from_raw(source, document.get("config"), document.get("info"))


def _unhashed(item: Dependency) -> set[str]:
    """Return what is no part of the API: a trigger is where it gives the name."""
    unnamed = is_filler(item.api_name or "_")
    return {"id", "queue", *(() if unnamed else ("trigger",))}


def _dump(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(exclude_defaults=True)


# --- Raw JSON to the wire models


_M = TypeVar("_M", bound=BaseModel)


def _parse(model: type[_M], raw: object, place: str) -> _M:
    # The rest of `/config` (themes, layout) decides nothing here.
    relevant = {
        key: value
        for key, value in as_object(raw, place).items()
        if key in model.model_fields
    }
    if not check_values(relevant, place):
        relevant = repaired(relevant)
    try:
        return model.model_validate(relevant)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}"
            for part in first["loc"]
        )
        problem = first["msg"].lower()
        if first["type"] != "missing":
            problem += f", found {kind(first['input'])}"
        raise SpecError(f"{place}{where}", problem) from None


# --- The wire models, reduced


class _Reducer:
    """Keeps the endpoints that can be called, and what they use.

    Names can repeat: the server calls the first, and `/info` describes the last.
    """

    def __init__(self, config: Config, info: Info, again: Info) -> None:
        check_sizes(config, info)
        self._config = config
        self._info = info
        self._live = LiveDefaults(config, varying(info, again, lambda p: p.default))
        self._other_types = varying(info, again, lambda p: p.schema_)
        #: The components whose types are others in the second read.
        self._varying: set[int] = set()
        self._first: dict[str, Dependency] = {}
        self._last: dict[str, Dependency] = {}
        for item in config.dependencies:
            if item.callable:
                key = str(item.id) if item.api_name is None else f"/{item.api_name}"
                self._first.setdefault(key, item)
                self._last[key] = item

    def reduced(self) -> tuple[Config, Info]:
        named, unnamed = self._info.named_endpoints, self._info.unnamed_endpoints
        kept = {
            key: item
            for key, item in self._first.items()
            if key in (unnamed if item.api_name is None else named)
        }
        nameless = sorted(key for key, item in kept.items() if item.api_name is None)
        info = Info(
            named_endpoints={key: self._endpoint(key) for key in sorted(named)},
            unnamed_endpoints={key: self._endpoint(key) for key in nameless},
            substitute=self._info.substitute,
        )
        inputs = {id_ for item in kept.values() for id_ in item.inputs}
        config = marked(self._config, inputs, self._varying)
        return _renumber(config, list(kept.values())), info

    def _endpoint(self, key: str) -> EndpointInfo:
        """Drop what decides nothing, and add what older versions leave to `/config`."""
        named = key in self._info.named_endpoints
        place = f"info.{'named' if named else 'unnamed'}_endpoints.{key}"
        endpoint = self._described(key)
        dependency = self._first.get(key)
        inputs = self._config.slots(dependency.inputs) if dependency else []
        outputs = self._config.slots(dependency.outputs) if dependency else []
        self._varying |= {
            slot.id
            for index, _, slot in _pairs(endpoint.parameters, inputs)
            if slot is not None and (key, index) in self._other_types
        }
        return EndpointInfo(
            description=cut((endpoint.description or "").strip(), DESCRIPTION) or None,
            parameters=[
                self._live.applied(
                    _reduced(
                        _with_default(item, slot),
                        slot,
                        f"{place}.parameters[{index}].type",
                    ),
                    slot,
                    (key, index),
                )
                for index, item, slot in _pairs(endpoint.parameters, inputs)
            ],
            returns=[
                _reduced(item, slot, f"{place}.returns[{index}].type")
                for index, item, slot in _pairs(endpoint.returns, outputs)
            ],
        )

    def _described(self, key: str) -> EndpointInfo:
        """Return what `/info` says under a key.

        Where it is about another function of the same name, what the components say
        of themselves has to do.
        """
        first, last = self._first.get(key), self._last.get(key)
        if first and last and _slots(first) != _slots(last):
            return EndpointInfo.model_validate(described(self._config, first))
        named = self._info.named_endpoints
        return named[key] if key in named else self._info.unnamed_endpoints[key]


def _slots(item: Dependency) -> tuple[list[int], list[int]]:
    return item.inputs, item.outputs


_T = TypeVar("_T")


def _pairs(
    items: Sequence[_T], slots: Sequence[Component | None]
) -> list[tuple[int, _T, Component | None]]:
    """Return each item with its index and slot; no slot where the numbers disagree.

    Items of hidden slots, which the first versions of `/info` had, are left out.
    """
    shown = [slot for slot in slots if slot is None or not is_hidden(slot)]
    if len(items) == len(shown):
        slots = shown
    elif len(items) != len(slots):
        return [(index, item, None) for index, item in enumerate(items)]
    return [
        (index, item, slot)
        for index, (item, slot) in enumerate(zip(items, slots, strict=True))
        if slot is None or not is_hidden(slot)
    ]


def _with_default(item: ParameterInfo, slot: Component | None) -> ParameterInfo:
    """Take a default from the component: before Gradio 4.23 only that has it."""
    if item.name is not None or item.has_default or slot is None:
        return item
    value = slot.props.get("value")
    return item.model_copy(update={"has_default": value is not None, "default": value})


_Item = TypeVar("_Item", ParameterInfo, ReturnInfo)


def _reduced(item: _Item, slot: Component | None, place: str) -> _Item:
    """Drop a label that Gradio made up, and a schema that the component decides."""
    check_schema(item.schema_, place)
    wanted = slot is None or kind_of(slot.type).schema_wanted
    made_up = item.label is None or MADE_UP_LABEL.fullmatch(item.label)
    label = None if made_up else cut(item.label or "", LABEL)
    schema = item.schema_ if wanted else None
    return item.model_copy(update={"label": label, "schema_": schema})


def _renumber(config: Config, dependencies: Sequence[Dependency]) -> Config:
    """Return a config of these dependencies, with components in the order of use."""
    numbers: dict[int, int] = {}
    triggers = triggers_of(config)
    for dependency in dependencies:
        for id_ in (*dependency.inputs, *dependency.outputs):
            numbers.setdefault(id_, len(numbers) + 1)
    return Config(
        version=config.version,
        protocol=config.protocol,
        components=[
            _reduce_component(config, config.component_by_id[id_], number)
            for id_, number in numbers.items()
            if id_ in config.component_by_id
        ],
        dependencies=[
            item.model_copy(
                update={
                    # An id is the position in the app, which only unnamed ones need.
                    "id": index if item.api_name is not None else item.id,
                    "inputs": [numbers[id_] for id_ in item.inputs],
                    "outputs": [numbers[id_] for id_ in item.outputs],
                    "trigger": _cut(triggers.get(item.id)),
                    **_UNUSED,
                }
            )
            for index, item in enumerate(dependencies)
        ],
    )


def _cut(trigger: Trigger | None) -> Trigger | None:
    if trigger is None:
        return None
    return Trigger(
        event=trigger.event[:NAME],
        component=trigger.component[:NAME],
        text=trigger.text and cut(trigger.text, LABEL),
        after=trigger.after and trigger.after[: NAME + 1],
        which=trigger.which[:NAME],
        tells=trigger.tells,
    )


#: What a description does not need to know of a dependency.
_UNUSED: Mapping[str, object] = {
    "backend_fn": True,
    "queue": None,
    "batch": False,
    "on_load": False,
    "targets": [],
    "trigger_after": None,
}


def _reduce_component(config: Config, item: Component, number: int) -> Component:
    if is_hidden(item):
        return Component(id=number, type=item.type, skip_api=item.skip_api)
    kind = kind_of(item.type)
    given = {
        name: usable_prop(name, item.props.get(name)) for name in kind.keeps.split()
    }
    # Leaving a property out and setting it to False mean the same.
    props = {k: v for k, v in given.items() if v is not None and v is not False}
    if kind.infers is not None:
        before_6 = config.version.partition(".")[0] in ("3", "4", "5")
        props |= kind.infers(item.props, before_6)
    if (text := label_text(item.props.get("info"))) is not None:
        props["info"] = cut(text, LABEL)
    # Said only where the type alone would mislead.
    skip_api = False if kind.hidden else None
    return Component(
        id=number,
        type=item.type,
        skip_api=skip_api,
        props=props,
        app_sets=item.app_sets,
        choices_change=item.choices_change,
    )
