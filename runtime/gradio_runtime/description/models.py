"""What an app says about itself: `/config` and `/info`, typed and version-free.

Both the generator and the runtime read apps through these models. They keep what is
used and ignore the rest, and they hold the differences of Gradio 4, 5 and 6 in one
place (see docs/protocol.md#discovery).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from .json_values import is_array, is_object
from .signature import shown_name
from .translations import key_of, texts_of, translated


def label_text(value: object) -> str | None:
    """Return a label as text: authors give strings, numbers, and keys to translations."""
    if (key := key_of(value)) is not None:
        return key
    return None if value is None or is_object(value) else str(value)


#: What is said of `Info.substitute`.
NO_INFO = (
    "the app's own server fails to describe its API (its /info answers 500): most "
    "likely its versions of Gradio and pydantic do not go together. What /config says "
    "has to do: parameters have no names but their labels, and no defaults but those of "
    "the page"
)


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", defer_build=True, frozen=True)


_Label: TypeAlias = Annotated[str | None, BeforeValidator(label_text)]
#: A text; anything else that stands there is the same as nothing.
_Name: TypeAlias = Annotated[
    str | None, BeforeValidator(lambda value: value if isinstance(value, str) else None)
]
_Id: TypeAlias = Annotated[
    int | None, BeforeValidator(lambda value: value if type(value) is int else None)
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
        app_sets: Whether an event of the app sets it, and its choices or bounds with
            it. This and the next one are in saved descriptions only.
        choices_change: Whether something suggests that its choices do change.
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
    app_sets: _Flag = False
    choices_change: _Flag = False


class Trigger(_Wire):
    """What runs a dependency on the app's page.

    Attributes:
        event: `click`, `change` …; `load` of the page.
        component: Type of the component; empty for the page itself.
        text: What the page shows on it or beside it.
        after: The endpoint that runs before, in a chain that the event starts: its
            api_name with the slash, or empty if it has none.
        which: Where the like runs several endpoints, what this one sets, or `1 of 2`.
        tells: Whether the endpoint's name says too little to know it again.
    """

    event: str
    component: str = ""
    text: str | None = None
    after: str | None = None
    which: str = ""
    tells: bool = False


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
        targets: Ids of the components that run it, each with its event.
        trigger_after: The dependency that it follows in a chain.
        trigger: The same in words, in a saved description.
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
    targets: list[tuple[int | None, str]] = []
    trigger_after: _Id = None
    trigger: Trigger | None = None

    @property
    def shown_name(self) -> str:
        """Return the api_name with its slash; `fn_<id>` if there is none."""
        return shown_name(self.id if self.api_name is None else f"/{self.api_name}")

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
        i18n_translations: The texts of `gr.I18n` in one language, by key. The labels of
            the components are translated already.
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
    i18n_translations: Annotated[dict[str, str], BeforeValidator(texts_of)] = {}

    @model_validator(mode="before")
    @classmethod
    def _translate(cls, value: object) -> object:
        if not is_object(value) or not value.get("i18n_translations"):
            return value
        texts = texts_of(value["i18n_translations"])
        components = translated(value.get("components", []), texts)
        return {**value, "components": components, "i18n_translations": texts}

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
    raw["targets"] = list(_targets(raw))
    if not is_object(raw.get("trigger")):  # before Gradio 4, the event
        raw["trigger"] = None
    raw.setdefault("on_load", any(event == "load" for _, event in raw["targets"]))
    return raw


def _targets(raw: Mapping[str, Any]) -> Iterator[tuple[int | None, str]]:
    """Yield what runs a dependency: before Gradio 4 all targets have one event."""
    event, targets = raw.get("trigger"), raw.get("targets")
    if not is_array(targets) or not targets:
        targets = [None]
    for target in targets:
        pair = target if is_array(target) else [target, event]
        if len(pair) == 2 and isinstance(pair[1], str):
            yield pair[0] if type(pair[0]) is int else None, pair[1]


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
    """The app's `/info`: endpoints by name (with the slash) and by index.

    Attributes:
        substitute: Whether it was made of `/config`, since the server fails to say it.
    """

    substitute: bool = False
    named_endpoints: dict[str, EndpointInfo] = {}
    unnamed_endpoints: dict[str, EndpointInfo] = {}

    def endpoint(self, api_name: str, fn_index: int) -> EndpointInfo | None:
        """Return what is said of an endpoint, by its name or else its number."""
        return self.named_endpoints.get(api_name) or self.unnamed_endpoints.get(
            str(fn_index)
        )
