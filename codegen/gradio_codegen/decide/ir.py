"""A generated module, before it is text.

`build` makes it of a description and `render` writes it; neither knows of the other.
Everything here is frozen and decided: names are final and unique, types are chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gradio_runtime.description import Trigger
from gradio_runtime.description.signature import Shape

from .rank import Rank
from .types import (
    NONE,
    UNCHANGED,
    AliasOf,
    Generic,
    ModelOf,
    TypeExpr,
    either,
    mapped,
    optional,
    walk,
    without,
)


@dataclass(frozen=True, slots=True)
class Model:
    """The class of an object type; its fields are source text."""

    name: str
    doc: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """What is sent for a parameter that the caller leaves out.

    Attributes:
        kind: How the module can say it. `plain`: a value that is written into the
            signature. `made`: a list or an object; the signature says None, and a
            new one is made for each call. `live`: what the app itself says at the
            time of the call; the module says UNCHANGED.
        value: The value, as JSON; of a live one, what it is in words.
    """

    kind: Literal["plain", "made", "live"]
    value: Any


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object type, by its name on the wire."""

    wire: str
    type: TypeExpr
    required: bool
    default: Default | None = None


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object type of the app's schemas, before it is a `Model`."""

    doc: str
    properties: tuple[Property, ...]


def types_within(
    types: Iterable[TypeExpr], objects: Mapping[str, ObjectType]
) -> Iterator[TypeExpr]:
    """Yield types and every type in them, also of the object types; each class once."""
    waiting, seen = list(types), set[str]()
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, ModelOf):
                if part.name in seen:
                    continue
                seen.add(part.name)
                waiting += [item.type for item in objects[part.name].properties]
            yield part


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of an endpoint, and the field of its input model.

    Attributes:
        name: Of both.
        label: What the app's page shows, if its author gave it one.
        component: The component's type, such as `slider`.
        type: What it takes.
        default: None when it is required.
        constraints: Keyword arguments of pydantic's `Field`.
        notes: Sentences for the docstring: help text, choices, bounds.
        example: Source text of a value, where the type alone says too little.
        open: What the input model takes in place of any part of the type, where the
            app decides at run time: it changes the choices and bounds.
    """

    name: str
    label: str | None
    component: str
    type: TypeExpr
    default: Default | None = None
    constraints: tuple[tuple[str, int | float], ...] = ()
    notes: tuple[str, ...] = ()
    example: str = ""
    open: TypeExpr | None = None

    @property
    def default_kind(self) -> Literal["plain", "made", "live"] | None:
        """How the module says the default; None when there is none."""
        return self.default.kind if self.default else None

    @property
    def signature_type(self) -> TypeExpr:
        """What the function takes: None stands for a default that is made anew."""
        match self.default_kind:
            case "made":
                return optional(self.type)
            case "live":
                return either(self.type, UNCHANGED)
            case _:
                return self.type

    @property
    def field_type(self) -> TypeExpr:
        """What the input model takes."""
        type_, open_ = self.type, self.open
        if open_ is not None:
            item = without(open_, NONE)
            type_ = mapped(type_, lambda t: t if t == NONE else either(t, item))
            # Not a list: beside None, mypy does not see that `["a"]` is one of such items.
            listed = any(isinstance(part, Generic) for part in walk(type_))
            type_ = type_ if listed or item == open_ else optional(type_)
        return either(type_, UNCHANGED) if self.default_kind == "live" else type_

    @property
    def checked(self) -> tuple[tuple[str, int | float], ...]:
        """The constraints that the input model checks."""
        return self.constraints if self.open is None else ()


def keyword_only_from(params: Sequence[Param]) -> int | None:
    """Return the index of the first optional parameter that a required one follows."""
    optionals = (i for i, param in enumerate(params) if param.default)
    first = next(optionals, len(params))
    follows = any(param.default is None for param in params[first:])
    return first if follows else None


@dataclass(frozen=True, slots=True)
class OutputSlot:
    """An output of an endpoint, and the field of its output model, if it has one."""

    name: str
    label: str | None
    component: str
    type: TypeExpr


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint.

    Attributes:
        api_name: With the slash; `fn_<index>` for one without a name.
        function: The function.
        input_model: The model of its inputs.
        output_model: The model of its outputs, if there are several.
        params: In wire order.
        outputs: In wire order.
        generator: Whether it yields several results.
        event_data: Whether its function also wants to know what was selected.
        shape: The components it has on the wire, and their labels.
        description: The app's own words, or None.
        trigger: What runs it on the app's page, if that is known.
        rank: How it compares with the others.
    """

    api_name: str
    function: str
    input_model: str
    output_model: str | None
    params: tuple[Param, ...]
    outputs: tuple[OutputSlot, ...]
    generator: bool
    event_data: bool
    shape: Shape
    description: str | None
    trigger: Trigger | None
    rank: Rank

    @property
    def keyword_only_from(self) -> int | None:
        """Index of the first optional parameter that a required one follows."""
        return keyword_only_from(self.params)


@dataclass(frozen=True, slots=True)
class Module:
    """A whole module.

    Attributes:
        source: The app: a URL or a Space id.
        version: Gradio's version there.
        spec_hash: Identifies the API it was generated from.
        options: The command line's options that shaped it; empty for the defaults.
        package: The name that examples import it by.
        client: The client class.
        aliases: Names for the choices of parameters, in the order of use.
        models: Its object types by name; see `objects.write_models`.
        endpoints: In the app's order.
        shared: Models of endpoints that are another one's, each with that one.
    """

    source: str
    version: str
    spec_hash: str
    options: str
    package: str
    client: str
    aliases: tuple[AliasOf, ...]
    models: Mapping[str, ObjectType]
    endpoints: tuple[Endpoint, ...]
    shared: Mapping[str, str]

    @property
    def ranked(self) -> list[Endpoint]:
        """Return the endpoints, what looks like the app's work first."""
        return sorted(self.endpoints, key=lambda item: item.rank)
