"""From a description to a module's contents.

Two passes: the first decides which endpoints there are and names them and their
parameters; the second gives them types. Classes and aliases are named in the second,
clear of everything that the first has named, so that no annotation can be misread.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gradio_runtime._components.registry import VALUES, kind_of
from gradio_runtime._components.slots import slot_types, visible
from gradio_runtime.description import (
    NO_INFO,
    Component,
    Dependency,
    EndpointInfo,
    ParameterInfo,
    ReturnInfo,
)
from gradio_runtime.description.signature import shape_of

from ..descriptions.changing import MARKS
from ..descriptions.spec import AppSpec
from ..errors import CodegenError, Diagnostic, SourceError, UsageError
from ..literals import source
from ..options import BuildOptions
from .chosen import chosen
from .components import InputType, input_type, output_type
from .defaults import allowing, default_of, with_files_optional
from .ir import Endpoint, Module, OutputSlot, Param
from .names import FIELDS, MODULE, Namer, field_name, is_generic, pascal, snake
from .naming import (
    client_name,
    function_names,
    module_name,
    naming_trigger,
    natural_function,
    parameter_names,
)
from .objects import ModelRegistry
from .rank import ranks
from .renames import named
from .schema import SchemaMapper
from .shared import shared_models
from .types import (
    ANY,
    FILE,
    FILE_INPUT,
    UPDATE,
    AliasOf,
    Generic,
    Literals,
    Named,
    TypeExpr,
    either,
    mapped,
    natural,
    optional,
)

# --- First pass


@dataclass(slots=True)
class _Plan:
    """An endpoint that will be generated, with its visible components.

    Its names stand at the end, and are given once all endpoints are known.
    """

    api_name: str
    dependency: Dependency
    info: EndpointInfo
    inputs: list[Component]
    outputs: list[Component]
    function: str = ""
    params: list[str] = field(default_factory=list[str])
    input_model: str = ""
    output_model: str | None = None


def _plans(
    spec: AppSpec, options: BuildOptions, diagnostics: list[Diagnostic]
) -> list[_Plan]:
    plans: list[_Plan] = []
    described: set[str] = set()
    repeated = Counter(d.api_name for d in spec.config.dependencies)
    for dependency in spec.config.dependencies:
        api_name = dependency.shown_name
        if dependency.api_name is None:
            info = spec.info.unnamed_endpoints.get(str(dependency.id))
        else:
            info = spec.info.named_endpoints.get(api_name)
        described.add(api_name)
        if info is None or not options.wants(api_name):
            continue
        inputs = spec.config.slots(dependency.inputs)
        outputs = spec.config.slots(dependency.outputs)
        alike = repeated[dependency.api_name] > 1
        problem = _mismatch(inputs, info.parameters, "parameter", alike=alike)
        problem = problem or _mismatch(outputs, info.returns, "output", alike=alike)
        if problem is None:
            shown = visible(inputs), visible(outputs)
            plans.append(_Plan(api_name, dependency, info, *shown))
        else:
            text = f"left out: {problem}"
            diagnostics.append(Diagnostic("error", api_name, text))
    for api_name in sorted(spec.info.named_endpoints.keys() - described):
        if options.wants(api_name):
            text = "left out: /info describes it, but /config has no such endpoint"
            diagnostics.append(Diagnostic("error", api_name, text))
    return plans


def _name(
    plans: Sequence[_Plan],
    spec: AppSpec,
    options: BuildOptions,
    diagnostics: list[Diagnostic],
    *,
    stale_names: bool,
) -> None:
    """Name the endpoints and their parameters."""
    params = parameter_names(spec)
    names = named(options.renames, spec, params, [plan.api_name for plan in plans])
    for old, problem in names.unknown:
        if not stale_names:
            raise UsageError(f"rename: {old}: {problem}")
        diagnostics.append(Diagnostic("warning", old, f"cannot be renamed: {problem}"))
    functions = function_names(spec, names.functions)
    for plan in plans:
        plan.function = functions[plan.api_name]
        plan.params = names.of_params(plan.api_name, params[plan.api_name])
        natural = natural_function(plan.dependency)
        if plan.api_name not in names.functions and natural in MODULE:
            text = (
                f"is called {plan.function}: modules use {natural} for something else"
            )
            diagnostics.append(Diagnostic("warning", plan.api_name, text))


def _mismatch(
    slots: Sequence[Component | None],
    items: Sequence[ParameterInfo | ReturnInfo],
    what: str,
    *,
    alike: bool,
) -> str | None:
    """Return why an endpoint cannot be called as it is described, if it cannot.

    Where several endpoints are named `alike`, the server calls the first and `/info`
    describes the last. Elsewhere the component's names need not agree: a native plot
    is a `barplot` in `/info`.
    """
    if None in slots:
        return f"/config lacks the component of one {what}"
    shown = visible(slots)
    if len(shown) != len(items):
        count = f"{len(shown)} {what}{'' if len(shown) == 1 else 's'}"
        return f"/config has {count} where /info describes {len(items)}"
    for number, (slot, item) in enumerate(zip(shown, items, strict=True), 1):
        if alike and item.component.lower() != slot.type.lower():
            return (
                f"{what} {number} is a {slot.type} in /config, "
                f"but a {item.component.lower()} in /info"
            )
    return None


_ORDINAL = re.compile(r"\d+(st|nd|rd|th)")


def _output_name(slot: Component, label: str, number: int) -> str:
    """Return the field of an output model that a label asks for."""
    if kind_of(slot.type).of_function and _ORDINAL.fullmatch(label):
        return f"value_{number}"  # gr.api labels its outputs 1st, 2nd …
    return snake(label, field_name(slot.type, "value"))


# --- Second pass


def build(
    spec: AppSpec,
    options: BuildOptions | None = None,
    *,
    output: str = "",
    stale_names: bool = False,
) -> tuple[Module, list[Diagnostic]]:
    """Decide everything about a module, and what is worth knowing about its endpoints.

    The module is named after its file `output`, where that is known. With `stale_names`,
    a name for what the app no longer has is only worth a warning.

    Raises:
        SourceError: The app has no endpoint that can be generated.
        UsageError: None matches what was asked for, or a name cannot be given.
    """
    options = options or BuildOptions()
    diagnostics: list[Diagnostic] = []
    plans = _plans(spec, options, diagnostics)
    if not plans:
        raise _nothing(spec, options, diagnostics)
    if spec.info.substitute:
        diagnostics.append(Diagnostic("warning", "", NO_INFO))
    _name(plans, spec, options, diagnostics, stale_names=stale_names)
    builder = _Builder(spec, options, plans, diagnostics, output)
    made = [builder.endpoint(plan) for plan in plans]
    models, endpoints = builder.models.finished(map(builder.consistent, plans, made))
    module = Module(
        source=spec.source,
        version=spec.version,
        spec_hash=spec.hash,
        options=str(options),
        package=module_name(output)
        or f"{snake(builder.client.removesuffix('Client'), 'app')}_api",
        client=builder.client,
        aliases=tuple(builder.aliases.values()),
        models=models,
        endpoints=endpoints,
        shared=shared_models(endpoints),
    )
    return chosen(module, diagnostics, main=options.main)


def _nothing(
    spec: AppSpec, options: BuildOptions, diagnostics: Sequence[Diagnostic]
) -> CodegenError:
    if diagnostics:
        first = diagnostics[0]
        return SourceError(f"no endpoint can be generated; the first is {first}")
    if options.include or options.exclude:
        names = ", ".join(sorted(spec.info.named_endpoints)[:20]) or "none"
        return UsageError(f"no endpoint matches; the app has {names}")
    return SourceError(
        "the app has no documented endpoints. "
        "--all-endpoints takes in the undocumented ones"
    )


_EVENT_DATA = (
    "its function also takes event data (gr.SelectData or the like): "
    "give it by with_options(event_data=...)"
)
_WIDENED = "parameters are widened: their own defaults do not fit their types"


def _needed(info: EndpointInfo) -> int:
    return sum(not item.has_default for item in info.parameters)


_Item = TypeVar("_Item", Param, OutputSlot)


class _Builder:
    """The second pass."""

    def __init__(
        self,
        spec: AppSpec,
        options: BuildOptions,
        plans: Sequence[_Plan],
        diagnostics: list[Diagnostic],
        output: str,
    ) -> None:
        self._options = options
        self._diagnostics = diagnostics
        self._namer = Namer(MODULE)
        self._namer.forbid(plan.function for plan in plans)
        self._namer.forbid(name for plan in plans for name in plan.params)
        self.client = self._namer.claim_class(
            options.class_name or client_name(spec.source, output)
        )
        # Classes of endpoints go first: the rest makes way for them.
        for plan in plans:
            plan.input_model = self._claim(plan, "Input")
        for plan in plans:
            if len(plan.outputs) > 1:
                plan.output_model = self._claim(plan, "Output")
        self.models = ModelRegistry(self._namer)
        self._ranks = ranks(
            spec.config,
            {plan.api_name: plan.dependency for plan in plans},
            {plan.api_name: _needed(plan.info) for plan in plans},
        )
        #: What components give besides their types, by their own defaults.
        self._widened: dict[int, TypeExpr] = {}
        #: The components that any endpoint of the app takes, also one that is left out.
        self._taken = {id_ for item in spec.config.dependencies for id_ in item.inputs}
        #: By the name of the parameter and the source text of its choices.
        self.aliases: dict[tuple[str, str], AliasOf] = {}

    def _claim(self, plan: _Plan, suffix: str) -> str:
        return self._namer.claim_class(f"{pascal(plan.function)}{suffix}")

    def endpoint(self, plan: _Plan) -> Endpoint:
        """Decide everything about one endpoint."""
        dependency = plan.dependency
        if dependency.event_data:
            self._warn(plan, _EVENT_DATA, "endpoints also take event data")
        return Endpoint(
            api_name=plan.api_name,
            function=plan.function,
            input_model=plan.input_model,
            output_model=plan.output_model,
            params=with_files_optional(list(self._params(plan))),
            outputs=tuple(self._output_slots(plan)),
            generator=dependency.generator,
            event_data=dependency.event_data,
            shape=shape_of(
                slot_types(plan.inputs, plan.outputs),
                [item.label for item in plan.info.parameters],
                [item.label for item in plan.info.returns],
                naming_trigger(dependency),
            ),
            description=plan.info.description,
            trigger=dependency.trigger,
            rank=self._ranks[plan.api_name],
        )

    def consistent(self, plan: _Plan, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that gives and takes what its components have as defaults.

        All endpoints are known: another one's parameter can have widened a component.
        """

        def widened(item: _Item, slot: Component) -> _Item:
            if (also := self._widened.get(slot.id)) is None:
                return item
            return replace(item, type=either(item.type, also))

        params = [
            widened(item, slot) if item.default is None else item
            for item, slot in zip(endpoint.params, plan.inputs, strict=True)
        ]
        outputs = map(widened, endpoint.outputs, plan.outputs)
        return replace(endpoint, params=tuple(params), outputs=tuple(outputs))

    def _warn(self, plan: _Plan, text: str, of_many: str) -> None:
        self._diagnostics.append(Diagnostic("warning", plan.api_name, text, of_many))

    def _params(self, plan: _Plan) -> Iterator[Param]:
        mapper = SchemaMapper(self.models, FILE_INPUT)
        for name, slot, item in zip(
            plan.params, plan.inputs, plan.info.parameters, strict=True
        ):
            wanted = f"{pascal(plan.function)}{pascal(name)}"
            if self._options.opens(f"{plan.api_name}.{name}"):
                slot = slot.model_copy(update=dict.fromkeys(MARKS, True))
            known = input_type(slot, item.schema_, mapper, wanted)
            given = self._named_choices(known, plan, name)
            if self._may_be_left(plan, given):
                given = optional(given)
            type_, default, problem = default_of(
                given, item, holds_files=self.models.holds_files(given)
            )
            if problem:
                self._warn(plan, f"parameter {name}: {problem}", _WIDENED)
                self._widened[slot.id] = (
                    type_ if type_ == ANY else natural(item.default)
                )
            yield Param(
                name=name,
                label=item.label,
                component=slot.type,
                type=type_,
                default=default,
                constraints=allowing(known.constraints, default),
                notes=known.notes,
                example=known.example,
                open=known.open,
            )

    def _may_be_left(self, plan: _Plan, type_: TypeExpr) -> bool:
        """Return whether None may be given.

        Nothing says which inputs a function can do without. A picture to start from
        often is one, but not where it is all that there is.
        """
        match type_:
            case Named(name) | Generic("Several", (Named(name),)) if name in VALUES:
                optional = VALUES[name].left_out and len(plan.inputs) > 1
            case _:
                optional = False
        return optional or self._options.nullable_inputs

    def _output_slots(self, plan: _Plan) -> Iterator[OutputSlot]:
        mapper = SchemaMapper(self.models, FILE)
        namer = Namer(FIELDS)
        refreshes = all(kind_of(slot.type).takes == "choice" for slot in plan.outputs)
        for number, (slot, item) in enumerate(
            zip(plan.outputs, plan.info.returns, strict=True), 1
        ):
            name = namer.claim(_output_name(slot, item.label or "", number))
            wanted = f"{pascal(plan.function)}{pascal(name)}"
            type_ = output_type(slot, item.schema_, mapper, wanted)
            if refreshes and self._is_set(plan, slot):
                # A button to refresh a list: it gives the list, and seldom a choice.
                type_ = either(type_, UPDATE)
            if self._may_be_empty(plan, slot):
                type_ = optional(type_)
            yield OutputSlot(name, item.label, slot.type, type_)

    def _may_be_empty(self, plan: _Plan, slot: Component) -> bool:
        """Return whether an output may be None, by its options or by Gradio's usage.

        An app often hands an input back, to clear it, and has no file where it has a
        text to say instead. An endpoint that takes nothing, and gives only a file or a
        text that another takes, is often there to clear it.
        """
        if self._options.may_be_empty(plan.api_name):
            return True
        kind = kind_of(slot.type)
        if kind.never_null:
            return False
        if any(given.id == slot.id for given in plan.inputs):
            return True
        if len(plan.outputs) > 1:
            return kind.files == "bare"
        cleared = bool(kind.files) or kind.takes == "str"
        return cleared and self._is_set(plan, slot)

    def _is_set(self, plan: _Plan, slot: Component) -> bool:
        """Return whether an endpoint takes nothing and sets what another takes."""
        return not plan.inputs and slot.id in self._taken

    def _named_choices(self, known: InputType, plan: _Plan, name: str) -> TypeExpr:
        """Return the type, with a name for its choices."""
        if known.choices is None:
            return known.type
        alias = self._alias(known.choices, plan, name)
        return mapped(known.type, lambda t: alias if t == known.choices else t)

    def _alias(self, choices: Literals, plan: _Plan, name: str) -> AliasOf:
        """Name choices: like the parameter, with the endpoint where that says too little."""
        short = pascal(name)
        key = (short, source(list(choices.values)))
        if key not in self.aliases:
            taken = is_generic(name) or self._namer.is_taken(short)
            wanted = f"{pascal(plan.function)}{short}" if taken else short
            self.aliases[key] = AliasOf(self._namer.claim_class(wanted), choices)
        return self.aliases[key]
