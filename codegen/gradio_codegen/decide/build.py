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

from gradio_runtime._components.registry import VALUES, kind_of
from gradio_runtime._components.slots import slot_types, visible
from gradio_runtime.description import (
    Component,
    Dependency,
    EndpointInfo,
    ParameterInfo,
    ReturnInfo,
)
from gradio_runtime.description.addresses import split
from gradio_runtime.description.signature import shape_of

from ..descriptions.spec import AppSpec
from ..errors import CodegenError, Diagnostic, SourceError, UsageError
from ..literals import source
from ..options import BuildOptions
from .components import InputType, input_type, output_type
from .defaults import allowing, default_of
from .ir import Alias, Endpoint, Module, OutputSlot, Param
from .names import (
    FIELDS,
    MODULE,
    Namer,
    field_name,
    function_name,
    identifier,
    pascal,
    snake,
)
from .objects import ModelRegistry
from .renames import Names, named
from .schema import SchemaMapper
from .types import FILE, FILE_INPUT, AliasOf, Literals, Named, mapped, optional


def client_name(app: str) -> str:
    """The client class for a source: by the last part of its name.

    An address says nothing of the app, but a Space's does.
    """
    if (address := split(app)) is not None:
        host = address.host
        app = address.path or (
            host.removesuffix(".hf.space") if host.endswith(".hf.space") else "app"
        )
    last = app.rstrip("/").rpartition("/")[2]
    name = pascal(identifier(last, "app"))
    return name if name.endswith("Client") else f"{name}Client"


# --- First pass


class _Unusable(Exception):
    """An endpoint cannot be called as it is described."""


@dataclass(slots=True)
class _Plan:
    """An endpoint that will be generated.

    Attributes:
        api_name: With the slash, or `fn_<index>`.
        dependency: What the wire knows of it.
        inputs: Its visible slots.
        outputs: Likewise.
        function: Its name, once that is decided.
        params: Names of its parameters, likewise.
    """

    api_name: str
    dependency: Dependency
    info: EndpointInfo
    inputs: list[Component]
    outputs: list[Component]
    function: str = ""
    params: list[str] = field(default_factory=list[str])


def _plans(
    spec: AppSpec, options: BuildOptions, diagnostics: list[Diagnostic]
) -> list[_Plan]:
    plans: list[_Plan] = []
    described: set[str] = set()
    repeated = Counter(d.api_name for d in spec.config.dependencies)
    for dependency in spec.config.dependencies:
        if dependency.api_name is None:
            api_name = f"fn_{dependency.id}"
            info = spec.info.unnamed_endpoints.get(str(dependency.id))
        else:
            api_name = f"/{dependency.api_name}"
            info = spec.info.named_endpoints.get(api_name)
        described.add(api_name)
        if info is None or not options.wants(api_name):
            continue
        try:
            alike = repeated[dependency.api_name] > 1
            inputs = _slots(
                spec, dependency.inputs, info.parameters, "parameter", alike=alike
            )
            outputs = _slots(
                spec, dependency.outputs, info.returns, "output", alike=alike
            )
        except _Unusable as problem:
            diagnostics.append(Diagnostic("error", api_name, str(problem)))
            continue
        plans.append(_Plan(api_name, dependency, info, inputs, outputs))
    for api_name in sorted(spec.info.named_endpoints.keys() - described):
        if options.wants(api_name):
            text = "left out: /info describes it, but /config has no such endpoint"
            diagnostics.append(Diagnostic("error", api_name, text))
    return plans


def _name(plans: Sequence[_Plan], names: Names) -> None:
    """Name the endpoints and their parameters: those that were asked for go first."""
    namer = Namer(MODULE)
    for plan in sorted(plans, key=lambda plan: plan.api_name not in names.functions):
        natural = function_name(plan.api_name.removeprefix("/"))
        plan.function = namer.claim(names.functions.get(plan.api_name, natural))
        plan.params = names.of_params(
            plan.api_name, _parameter_names(plan.info.parameters)
        )


def _wanted_names(
    spec: AppSpec, options: BuildOptions, plans: Sequence[_Plan]
) -> Names:
    if not options.rename:
        return named((), {}, ())
    known = {**spec.info.named_endpoints}
    known |= {f"fn_{key}": info for key, info in spec.info.unnamed_endpoints.items()}
    params = {name: _parameter_names(info.parameters) for name, info in known.items()}
    return named(options.renames, params, [plan.api_name for plan in plans])


def _slots(
    spec: AppSpec,
    ids: list[int],
    items: Sequence[ParameterInfo | ReturnInfo],
    what: str,
    *,
    alike: bool,
) -> list[Component]:
    """The visible components of an endpoint, in step with what `/info` says.

    Where several endpoints are named `alike`, the server calls the first and `/info`
    describes the last. Elsewhere the component's names need not agree: a native plot
    is a `barplot` in `/info`.
    """
    slots = spec.config.slots(ids)
    if None in slots:
        raise _Unusable(f"left out: /config lacks the component of one {what}")
    shown = visible(slots)
    if len(shown) != len(items):
        raise _Unusable(
            f"left out: /config has {_count(len(shown), what)} "
            f"where /info describes {len(items)}"
        )
    for number, (slot, item) in enumerate(zip(shown, items, strict=True), 1):
        if alike and item.component.lower() != slot.type.lower():
            raise _Unusable(
                f"left out: {what} {number} is a {slot.type} in /config, "
                f"but a {item.component.lower()} in /info"
            )
    return shown


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _parameter_names(parameters: Sequence[ParameterInfo]) -> list[str]:
    namer = Namer(FIELDS)
    return [
        namer.claim(
            field_name(item.name, f"param_{index}")
            if item.name is not None
            else snake(
                item.label or "", field_name(item.component.lower(), f"param_{index}")
            )
        )
        for index, item in enumerate(parameters)
    ]


_ORDINAL = re.compile(r"\d+(st|nd|rd|th)")


def _output_names(
    outputs: Sequence[Component], items: Sequence[ReturnInfo]
) -> list[str]:
    """Fields of an output model, from labels."""
    namer = Namer(FIELDS)
    names: list[str] = []
    for index, (slot, item) in enumerate(zip(outputs, items, strict=True), 1):
        if kind_of(slot.type).of_function and _ORDINAL.fullmatch(item.label or ""):
            wanted = f"value_{index}"  # gr.api labels its outputs 1st, 2nd …
        else:
            wanted = snake(item.label or "", field_name(slot.type, "value"))
        names.append(namer.claim(wanted))
    return names


# --- Second pass


def build(
    spec: AppSpec, options: BuildOptions | None = None, *, stale_names: bool = False
) -> tuple[Module, list[Diagnostic]]:
    """Decide everything about a module.

    Args:
        spec: The app.
        options: What shapes the module besides.
        stale_names: Whether to be content with names for what the app does not have
            any more.

    Returns:
        The module, and what is worth knowing about single endpoints.

    Raises:
        SourceError: The app has no endpoint that can be generated.
        UsageError: None matches what was asked for, or a name cannot be given.
    """
    options = options or BuildOptions()
    diagnostics: list[Diagnostic] = []
    plans = _plans(spec, options, diagnostics)
    if not plans:
        raise _nothing(spec, options, diagnostics)
    names = _wanted_names(spec, options, plans)
    for old, problem in names.unknown:
        if not stale_names:
            raise UsageError(f"rename: {old}: {problem}")
        diagnostics.append(Diagnostic("warning", old, f"cannot be renamed: {problem}"))
    _name(plans, names)
    builder = _Builder(spec, options, plans, diagnostics)
    client = builder.client
    endpoints = tuple(builder.endpoint(plan) for plan in plans)
    module = Module(
        source=spec.source,
        version=spec.version,
        spec_hash=spec.hash,
        options=str(options),
        client=client,
        aliases=tuple(builder.aliases),
        models=builder.models.finished(),
        endpoints=endpoints,
    )
    return module, diagnostics


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


class _Builder:
    """The second pass."""

    def __init__(
        self,
        spec: AppSpec,
        options: BuildOptions,
        plans: Sequence[_Plan],
        diagnostics: list[Diagnostic],
    ) -> None:
        self._spec = spec
        self._options = options
        self._diagnostics = diagnostics
        self._namer = Namer(MODULE)
        self._namer.forbid(plan.function for plan in plans)
        self._namer.forbid(name for plan in plans for name in plan.params)
        self.client = self._namer.claim_class(
            options.class_name or client_name(spec.source)
        )
        # Classes of endpoints go first: the rest makes way for them.
        self._inputs = [self._claim(plan, "Input") for plan in plans]
        self._outputs = [
            self._claim(plan, "Output") if len(plan.outputs) > 1 else None
            for plan in plans
        ]
        self._index = {id(plan): index for index, plan in enumerate(plans)}
        self.models = ModelRegistry(self._namer)
        self.aliases: list[Alias] = []
        self._shared: dict[tuple[str, str], AliasOf] = {}

    def _claim(self, plan: _Plan, suffix: str) -> str:
        return self._namer.claim_class(f"{pascal(plan.function)}{suffix}")

    def endpoint(self, plan: _Plan) -> Endpoint:
        """One endpoint with everything decided."""
        index = self._index[id(plan)]
        dependency = plan.dependency
        if dependency.event_data:
            self._warn(plan, _EVENT_DATA)
        return Endpoint(
            api_name=plan.api_name,
            function=plan.function,
            input_model=self._inputs[index],
            output_model=self._outputs[index],
            params=tuple(self._params(plan)),
            outputs=tuple(self._output_slots(plan)),
            generator=dependency.generator,
            event_data=dependency.event_data,
            shape=shape_of(
                slot_types(plan.inputs, plan.outputs),
                [item.label for item in plan.info.parameters],
                [item.label for item in plan.info.returns],
            ),
            description=plan.info.description,
        )

    def _warn(self, plan: _Plan, text: str) -> None:
        self._diagnostics.append(Diagnostic("warning", plan.api_name, text))

    def _params(self, plan: _Plan) -> Iterator[Param]:
        mapper = SchemaMapper(self.models, FILE_INPUT)
        for name, slot, item in zip(
            plan.params, plan.inputs, plan.info.parameters, strict=True
        ):
            wanted = f"{pascal(plan.function)}{pascal(name)}"
            known = self._named_choices(
                input_type(slot, item.schema_, mapper, wanted), plan, name
            )
            loose = self._may_be_left(plan, known)
            given = optional(known.type) if loose else known.type
            type_, default, problem = default_of(
                given, item, holds_files=self.models.holds_files(given)
            )
            if problem:
                self._warn(plan, f"parameter {name}: {problem}")
            yield Param(
                name=name,
                label=item.label,
                component=slot.type,
                type=type_,
                default=default,
                constraints=allowing(known.constraints, default),
                notes=known.notes,
                example=known.example,
            )

    def _may_be_left(self, plan: _Plan, known: InputType) -> bool:
        """Whether None may be given.

        Nothing says which inputs a function can do without. A picture to start from
        often is one, but not where it is all that there is.
        """
        alone = len(plan.inputs) == 1
        return self._options.nullable_inputs or (
            not alone
            and isinstance(known.type, Named)
            and known.type.name in VALUES
            and VALUES[known.type.name].left_out
        )

    def _output_slots(self, plan: _Plan) -> Iterator[OutputSlot]:
        mapper = SchemaMapper(self.models, FILE)
        names = _output_names(plan.outputs, plan.info.returns)
        inputs = {slot.id for slot in plan.inputs}
        for name, slot, item in zip(
            names, plan.outputs, plan.info.returns, strict=True
        ):
            wanted = f"{pascal(plan.function)}{pascal(name)}"
            type_ = output_type(slot, item.schema_, mapper, wanted)
            # An app often hands an input back, to clear it.
            if slot.id in inputs or self._options.may_be_empty(plan.api_name):
                type_ = optional(type_)
            yield OutputSlot(name, item.label, slot.type, type_)

    def _named_choices(self, known: InputType, plan: _Plan, name: str) -> InputType:
        """The same type with a name for its choices."""
        if known.choices is None:
            return known
        alias = self._alias(known.choices, plan, name)
        type_ = mapped(known.type, lambda t: alias if t == known.choices else t)
        return replace(known, type=type_, choices=None)

    def _alias(self, choices: Literals, plan: _Plan, name: str) -> AliasOf:
        """A name for choices: the parameter's, with the endpoint's where it must."""
        short = pascal(name)
        key = (short, source(list(choices.values)))
        if key not in self._shared:
            taken = self._namer.is_taken(short)
            wanted = f"{pascal(plan.function)}{short}" if taken else short
            alias = AliasOf(self._namer.claim_class(wanted), choices)
            self._shared[key] = alias
            self.aliases.append(Alias(alias.name, choices.values))
        return self._shared[key]
