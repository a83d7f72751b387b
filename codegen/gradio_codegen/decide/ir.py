"""A generated module, before it is text.

`build` makes it of a description and `render` writes it; neither knows of the other.
Everything here is frozen and decided: names are final and unique, types are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gradio_runtime.description.signature import Shape

from ..literals import LiteralValue
from .types import UNCHANGED, TypeExpr, either, optional


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for the choices of a parameter."""

    name: str
    values: tuple[LiteralValue, ...]


@dataclass(frozen=True, slots=True)
class ModelField:
    """A field of a class; its parts are source text.

    Attributes:
        name: The field.
        annotation: Its type.
        default: Its default, or None when it is required.
        alias: What the wire calls it, when that is no valid name.
    """

    name: str
    annotation: str
    default: str | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """The class of an object type."""

    name: str
    doc: str
    fields: tuple[ModelField, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """What is sent for a parameter that the caller leaves out.

    Attributes:
        kind: How the module can say it. `plain`: a value that is written into the
            signature. `made`: a list or an object; the signature says None, and a
            new one is made for each call. `live`: what the app itself says at the
            time of the call, see `live`; the module says UNCHANGED.
        value: The value, as JSON; of a live one, what it is in words.
    """

    kind: Literal["plain", "made", "live"]
    value: Any


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object type.

    Attributes:
        wire: Its name on the wire.
        type: What it is.
        required: Whether it is always there.
        default: Its default, if the app gives one that the module can say.
    """

    wire: str
    type: TypeExpr
    required: bool
    default: Default | None = None


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object type of the app's schemas, before it is a `Model`."""

    doc: str
    properties: tuple[Property, ...]


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
    """

    name: str
    label: str | None
    component: str
    type: TypeExpr
    default: Default | None = None
    constraints: tuple[tuple[str, int | float], ...] = ()
    notes: tuple[str, ...] = ()
    example: str = ""

    @property
    def signature_type(self) -> TypeExpr:
        """What the function takes: None stands for a default that is made anew."""
        if self.default is not None and self.default.kind == "made":
            return optional(self.type)
        return self.field_type

    @property
    def field_type(self) -> TypeExpr:
        """What the input model takes."""
        if self.default is not None and self.default.kind == "live":
            return either(self.type, UNCHANGED)
        return self.type


@dataclass(frozen=True, slots=True)
class OutputSlot:
    """One output of an endpoint.

    Attributes:
        name: The field of the output model, if there are several.
        label: What the app's page shows, if its author gave it one.
        component: The component's type.
        type: What it is.
    """

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

    @property
    def keyword_only_from(self) -> int | None:
        """Index of the first optional parameter that a required one follows."""
        optionals = (i for i, param in enumerate(self.params) if param.default)
        first = next(optionals, len(self.params))
        follows = any(param.default is None for param in self.params[first:])
        return first if follows else None


@dataclass(frozen=True, slots=True)
class Module:
    """A whole module.

    Attributes:
        source: The app: a URL or a Space id.
        version: Gradio's version there.
        spec_hash: Identifies the API it was generated from.
        options: The command line's options that shaped it; empty for the defaults.
        client: The client class.
        aliases: In the order of use.
        models: Its object types by name; see `models.write_models`.
        endpoints: In the app's order.
    """

    source: str
    version: str
    spec_hash: str
    options: str
    client: str
    aliases: tuple[Alias, ...]
    models: Mapping[str, ObjectType]
    endpoints: tuple[Endpoint, ...]
