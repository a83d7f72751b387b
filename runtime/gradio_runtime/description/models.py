"""What an app says about itself: `/config` and `/info`, typed and version-free.

Both the generator and the runtime read apps through these models. They keep what is
used and ignore the rest, and they hold the differences of Gradio 4, 5 and 6 in one
place (see docs/protocol.md#discovery).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
)

from .json_values import is_array, is_object, load_json

_TRANSLATED = "__i18n__"


def label_text(value: object) -> str | None:
    """Return a label as text: authors give strings, numbers, and keys to translations.

    A translated label (`gr.I18n`) comes as an object with its `key`, or as a string
    that has this object in JSON behind a mark.
    """
    if isinstance(value, str) and value.startswith(_TRANSLATED):
        with suppress(ValueError):
            value = load_json(value.removeprefix(_TRANSLATED))
    if is_object(value):
        key = value.get("key")
        return key if isinstance(key, str) else None
    return None if value is None else str(value)


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", defer_build=True, frozen=True)


_Label: TypeAlias = Annotated[str | None, BeforeValidator(label_text)]
#: A text; anything else that stands there is the same as nothing.
_Name: TypeAlias = Annotated[
    str | None, BeforeValidator(lambda value: value if isinstance(value, str) else None)
]
_Flag: TypeAlias = Annotated[bool, BeforeValidator(lambda value: value is True)]


def _null_is(empty: object) -> BeforeValidator:
    return BeforeValidator(lambda value: empty if value is None else value)


class Component(_Wire):
    """One component of the app's page.

    Attributes:
        id: Its number, which dependencies refer to.
        type: Lower-case name, such as `textbox`.
        props: Everything the app's author set: label, choices, bounds, value …
        skip_api: Whether it is left out of the API (State, layout, buttons); None
            before Gradio 4.
        schema_in: JSON Schema of what it takes (Gradio 4 and later).
        schema_out: JSON Schema of what it gives.
    """

    id: int
    type: str
    props: dict[str, Any] = {}
    skip_api: bool | None = None
    schema_in: Any = Field(
        default=None,
        validation_alias=AliasChoices("api_info_as_input", "api_info", "schema_in"),
    )
    schema_out: Any = Field(
        default=None,
        validation_alias=AliasChoices("api_info_as_output", "api_info", "schema_out"),
    )


class Dependency(_Wire):
    """One event handler: what the server calls an endpoint's function.

    Attributes:
        id: The `fn_index` of the wire. Before Gradio 4.32 it is the list index,
            which `Config` fills in.
        api_name: The endpoint's name without its slash; None when it has none: `false`
            makes an endpoint private before 6.0, and 3.x also has null.
        inputs: Component ids in wire order.
        outputs: Component ids in wire order.
        backend_fn: False when it runs in the browser only.
        queue: Whether its jobs are queued; None for what the app says (3.x).
        generator: Whether it yields several outputs.
        visibility: `private` endpoints never appear in `/info`.
        event_data: Whether the function also wants to know what was clicked or
            selected (`gr.SelectData` and its like).
        prop_inputs: Positions of inputs that the function gets as a dict of all the
            component's properties, of which `value` is the caller's (Gradio 6).
        on_load: Whether the page runs it whenever it is opened.
    """

    id: int
    api_name: _Name = None
    inputs: list[int] = []
    outputs: list[int] = []
    backend_fn: bool = True
    queue: bool | None = None
    generator: bool = False
    batch: bool = False
    visibility: Literal["public", "undocumented", "private"] = "public"
    event_data: _Flag = Field(
        default=False,
        validation_alias=AliasChoices("collects_event_data", "event_data"),
    )
    prop_inputs: Annotated[list[int], _null_is([])] = Field(
        default=[],
        validation_alias=AliasChoices("component_prop_inputs", "prop_inputs"),
    )
    on_load: bool = False

    @property
    def callable(self) -> bool:
        """Return whether `/info` may list it: it runs on the server, not private."""
        return self.backend_fn and self.visibility != "private"


class Config(_Wire):
    """The app's `/config`.

    Attributes:
        version: Gradio's version on the server.
        protocol: How jobs are queued; absent before Gradio 4, where it is `ws`.
        api_prefix: Path of the API below the app's base URL; empty before 5.0.
        max_file_size: Largest upload in bytes, or None.
        connect_heartbeat: Whether the app wants to know when a session ends.
        enable_queue: Whether jobs are queued where a dependency does not say (3.x;
            later ones always queue).
    """

    version: str
    protocol: str = "ws"
    enable_queue: bool | None = None
    api_prefix: Annotated[str, _null_is("")] = ""
    app_id: int | str | None = None
    space_id: str | None = None
    max_file_size: int | None = None
    connect_heartbeat: bool = False
    components: list[Component] = []
    dependencies: list[Dependency] = []

    @field_validator("dependencies", mode="before")
    @classmethod
    def _normalise(cls, value: object) -> object:
        if not is_array(value):
            return value
        return [_normalise_dependency(index, item) for index, item in enumerate(value)]

    @cached_property
    def component_by_id(self) -> Mapping[int, Component]:
        """Return the components, by id."""
        return {component.id: component for component in self.components}

    def slots(self, ids: list[int]) -> list[Component | None]:
        """Return the components of a dependency's slots; None for an unknown id."""
        return [self.component_by_id.get(id_) for id_ in ids]

    def find(self, api_name: str) -> Dependency | None:
        """Return the endpoint of that name (with or without its slash).

        Names can repeat. As the server does, this takes the first; one that callers may
        know of goes before others.
        """
        return self._by_name.get(api_name.removeprefix("/"))

    @cached_property
    def _by_name(self) -> Mapping[str, Dependency]:
        named: dict[str, Dependency] = {}
        for dependency in sorted(self.dependencies, key=lambda item: not item.callable):
            if dependency.api_name is not None:
                named.setdefault(dependency.api_name, dependency)
        return named


def _normalise_dependency(index: int, item: object) -> object:
    """Bring the wire's version-dependent keys to `Dependency`'s."""
    if not is_object(item):
        return item
    raw = dict(item)
    raw.setdefault("id", index)
    if "generator" not in raw:
        types = raw.get("types")
        raw["generator"] = is_object(types) and (
            types.get("generator") is True or types.get("continuous") is True
        )
    if "visibility" not in raw:
        raw["visibility"] = raw.get("api_visibility") or (
            "private"
            if raw.get("api_name") is False
            else "public"
            if raw.get("show_api", True) is not False
            else "undocumented"
        )
    if "on_load" not in raw:
        raw["on_load"] = _is_on_load(raw)
    return raw


def _is_on_load(raw: Mapping[str, Any]) -> bool:
    """Return whether a dependency's targets name the page's `load` event."""
    targets = raw.get("targets")
    return raw.get("trigger") == "load" or (
        is_array(targets)
        and any(is_array(t) and len(t) == 2 and t[1] == "load" for t in targets)
    )


class ParameterInfo(_Wire):
    """One parameter in `/info`.

    Attributes:
        label: What the app's page shows beside it; can be anything.
        name: The Python parameter's name (Gradio 4.23 and later).
        has_default: Whether a caller may leave it out.
        default: What is sent then.
        schema_: JSON Schema of the value.
        component: Capitalised component type.
        live: Of a default that is not kept, what it is in words. It is what the app
            says when a call is made.
    """

    label: _Label = None
    name: str | None = Field(
        default=None, validation_alias=AliasChoices("parameter_name", "name")
    )
    has_default: bool = Field(
        default=False,
        validation_alias=AliasChoices("parameter_has_default", "has_default"),
    )
    default: Any = Field(
        default=None, validation_alias=AliasChoices("parameter_default", "default")
    )
    schema_: Any = Field(default=None, validation_alias=AliasChoices("type", "schema_"))
    component: str = ""
    live: str | None = None


class ReturnInfo(_Wire):
    """One output in `/info`: its label, JSON Schema and component type."""

    label: _Label = None
    schema_: Any = Field(default=None, validation_alias=AliasChoices("type", "schema_"))
    component: str = ""


class EndpointInfo(_Wire):
    """One endpoint in `/info`.

    Attributes:
        parameters: Its visible inputs.
        returns: Its visible outputs.
        description: Its function's docstring.
        oauth_token: Whether its function takes its caller's own token: `"required"` or
            `"optional"`. A matter between the caller and the live app, so it is no
            part of a saved description.
    """

    parameters: list[ParameterInfo] = []
    returns: list[ReturnInfo] = []
    description: str | None = None
    oauth_token: str | None = Field(default=None, exclude=True)


class Info(_Wire):
    """The app's `/info`: endpoints by name (with the slash) and by index."""

    named_endpoints: dict[str, EndpointInfo] = {}
    unnamed_endpoints: dict[str, EndpointInfo] = {}

    def endpoint(self, api_name: str, fn_index: int) -> EndpointInfo | None:
        """Return what is said of an endpoint, by its name or else its number."""
        return self.named_endpoints.get(api_name) or self.unnamed_endpoints.get(
            str(fn_index)
        )
