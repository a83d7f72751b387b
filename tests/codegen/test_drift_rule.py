"""One rule of drift, two doors: `check` and the first call say the same of a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen.decide.types import write
from gradio_codegen.descriptions.spec import AppSpec, loads
from gradio_codegen.drift import Surface, compare, surface_of
from gradio_runtime._components import registry
from gradio_runtime._components.drift import Signature, judge, live_signature
from gradio_runtime._components.slots import endpoint_shape, set_by_events, visible
from gradio_runtime.description import (
    Component,
    Config,
    Dependency,
    EndpointInfo,
    Info,
    ParameterInfo,
    ReturnInfo,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from .regen import FOLDER
from .support import REQUIRED, Slot, describe, endpoint

#: Kinds of changes that are about the names of a module's classes alone: importing one
#: from the module generated anew fails, calls do not.
NAMES = {"name-removed"}


class App:
    """An app with the endpoint /f, as `/config` and `/info` say it."""

    def __init__(self, config: Config, info: Info) -> None:
        self._config, self._info = config, info
        self._dependency = config.dependencies[0]
        self.shape = endpoint_shape(config, self._dependency)

    @property
    def infos(self) -> list[ParameterInfo]:
        return self._info.named_endpoints["/f"].parameters

    @property
    def live(self) -> Signature:
        slots = self._config.slots
        inputs, outputs = self._dependency.inputs, self._dependency.outputs
        changing = set_by_events(self._config)
        return live_signature(slots(inputs), slots(outputs), self.infos, changing)


class Side:
    """An app, and the module that is generated for it."""

    def __init__(self, app: App, surface: Surface) -> None:
        self.app, self.surface = app, surface

    @classmethod
    def of(cls, inputs: list[Slot], outputs: list[Slot]) -> Side:
        for slot in (*inputs, *outputs):
            value = None if slot.default is REQUIRED else slot.default
            slot.props = {**slot.props, "label": slot.label, "value": value}
        config, info = describe(endpoint("f", inputs, outputs))
        app = App(Config.model_validate(config), Info.model_validate(info))
        return cls(app, surface_of(AppSpec.from_raw("owner/app", config, info)))


def refused(old: Side, new: Side) -> str | None:
    """Why the first call of the old module is refused by the app as it is now."""
    if old.app.shape == new.app.shape:
        return None
    names = [item.name for item in old.surface.endpoints["/f"].parameters]
    return judge(Signature.of(old.app.shape, names), new.app.live).problem


def breaking(old: Side, new: Side) -> list[str]:
    """What `check` calls breaking, names of classes aside."""
    found = compare(old.surface, new.surface).breaking
    return [item.message for item in found if item.kind not in NAMES]


# --- Components, each in its plain form

#: The components that have types of their own.
KINDS = {name: kind for name, kind in registry.KINDS.items() if kind.takes}
SCHEMAS: dict[str, Any] = {
    "str": {"type": "string"},
    "choice": {"type": "string"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
}
CHOICES = {"choices": [["a", "a"], ["b", "b"]]}
SIDES = ("input", "output")


@cache
def plain(side: str, type_: str) -> Side:
    takes = KINDS[type_].takes if type_ in KINDS else "str"
    props = dict(CHOICES) if takes == "choice" else {}
    slot = Slot(type_, "x", "X", schema=SCHEMAS.get(takes, {}), props=props)
    return Side.of([slot], []) if side == "input" else Side.of([], [slot])


#: Of these `check` said compatible while the first call was refused.
DISAGREED = [
    ("input", "image", "file"),
    ("input", "image", "audio"),
    ("input", "textbox", "colorpicker"),
    ("output", "image", "file"),
    ("output", "textbox", "colorpicker"),
    ("output", "plot", "lineplot"),
    ("output", "textbox", "datetime"),
]


@pytest.mark.parametrize(("side", "before", "now"), DISAGREED)
def test_what_takes_and_gives_the_same_is_compatible(
    side: str, before: str, now: str
) -> None:
    old, new = plain(side, before), plain(side, now)
    assert refused(old, new) is None
    assert breaking(old, new) == []


@pytest.mark.parametrize(
    ("side", "before", "now"),
    [
        ("input", "colorpicker", "image"),
        ("input", "radio", "number"),
        ("input", "textbox", "radio"),
        ("input", "radio", "checkboxgroup"),
        ("input", "image", "imageeditor"),
        ("input", "datetime", "textbox"),
        ("input", "json", "textbox"),
        ("output", "textbox", "json"),
        ("output", "number", "textbox"),
    ],
)
def test_what_takes_less_or_gives_more_is_breaking(
    side: str, before: str, now: str
) -> None:
    old, new = plain(side, before), plain(side, now)
    assert refused(old, new) is not None
    assert breaking(old, new)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("before", [*registry.KINDS, "strange"])
def test_both_doors_agree_on_every_pair_of_components(side: str, before: str) -> None:
    for now in (*registry.KINDS, "strange"):
        old, new = plain(side, before), plain(side, now)
        said = breaking(old, new), refused(old, new)
        assert bool(said[0]) == bool(said[1]), (now, said)


@pytest.mark.parametrize("type_", KINDS)
def test_the_table_has_the_types_that_modules_have(type_: str) -> None:
    taken = plain("input", type_).surface.endpoints["/f"].parameters[0].member.type
    given = plain("output", type_).surface.endpoints["/f"].outputs[0].type
    several = KINDS[type_].several
    takes = KINDS[type_].takes.replace("choice", "Literal['a', 'b']")
    gives = KINDS[type_].gives
    assert write(taken) == (f"list[{takes}]" if several else takes)
    assert write(given) == (f"list[{gives}]" if several else gives)


# --- Components as the apps of the goldens have them


def _of_goldens(side: str) -> Iterator[Side]:
    """An app for each form of each component, of Gradio 3 to 6."""
    seen: set[str] = set()
    for version in (3, 4, 5, 6):
        path = FOLDER / f"components{version}" / "description.json"
        spec = loads(path.read_text("utf-8"), "x")
        named = [d for d in spec.config.dependencies if d.api_name is not None]
        for dependency in named:
            info = spec.info.named_endpoints[f"/{dependency.api_name}"]
            ids, items = dependency.outputs, list[Any](info.returns)
            if side == "input":
                ids, items = dependency.inputs, list[Any](info.parameters)
            for slot, item in zip(visible(spec.config.slots(ids)), items, strict=True):
                found = _alone(side, slot, item)
                key = repr((slot.type, *_types(found)))
                if key not in seen:
                    seen.add(key)
                    yield found


def _alone(side: str, slot: Component, item: ParameterInfo | ReturnInfo) -> Side:
    label: dict[str, Any] = {"label": "X"}
    component = slot.model_copy(update={"id": 0, "props": {**slot.props, **label}})
    if isinstance(item, ParameterInfo):
        label |= {"name": "x", "has_default": False, "default": None, "live": None}
    item = item.model_copy(update=label)
    config = Config(
        version="6",
        components=[component],
        dependencies=[
            Dependency(
                id=0,
                api_name="f",
                inputs=[0] if side == "input" else [],
                outputs=[] if side == "input" else [0],
            )
        ],
    )
    about: Any = {"parameters" if side == "input" else "returns": [item]}
    info = Info(named_endpoints={"/f": EndpointInfo(**about)})
    return Side(App(config, info), surface_of(AppSpec("owner/app", config, info)))


def _types(side: Side) -> list[str]:
    found = side.surface.endpoints["/f"]
    return [
        *(write(item.member.type) for item in found.parameters),
        *(write(item.type) for item in found.outputs),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("side", SIDES)
def test_what_check_passes_runs(side: str) -> None:
    """Whatever the choices, bounds and schemas: exit code 0 is no promise broken."""
    forms = list(_of_goldens(side))
    assert len(forms) > 50
    judged = [
        (refused(old, new), breaking(old, new)) for old, new in product(forms, forms)
    ]
    assert not [problem for problem, found in judged if problem and not found]
    assert sum(problem is None for problem, _ in judged) > len(forms)


# --- Endpoints of several slots

SLOTS = st.builds(
    Slot,
    st.sampled_from(
        ["textbox", "code", "number", "radio", "dropdown", "image", "json"]
    ),
    st.none(),
    st.sampled_from([None, "A", "B", "C"]),
    st.sampled_from([REQUIRED, REQUIRED, None, "a"]),
    props=st.builds(dict[str, Any]),
)


@st.composite
def sides(draw: st.DrawFn) -> Side:
    names = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
    inputs = [replace(draw(SLOTS), name=name) for name in names]
    outputs = [
        replace(slot, default=REQUIRED) for slot in draw(st.lists(SLOTS, max_size=3))
    ]
    for slot in (*inputs, *outputs):
        slot.props = dict(CHOICES) if slot.type in ("radio", "dropdown") else {}
        slot.schema = SCHEMAS.get(KINDS[slot.type].takes, {})
    return Side.of(inputs, outputs)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(sides(), sides())
def test_what_is_refused_is_breaking(old: Side, new: Side) -> None:
    problem = refused(old, new)
    assert problem is None or breaking(old, new), problem


# --- docs/drift.md

PAGE = (Path(__file__).parents[2] / "docs" / "drift.md").read_text("utf-8")


def text(name: str, label: str | None = None, **more: Any) -> Slot:
    return Slot("textbox", name, label or name.upper(), schema=SCHEMAS["str"], **more)


def n(name: str, **props: Any) -> Slot:
    return Slot("number", name, "N", schema=SCHEMAS["float"], props=props)


def way(*choices: str) -> Slot:
    return Slot("radio", "w", "W", props={"choices": [*choices]})


#: An example of each row of the page's table, in its order: before, and now.
EXAMPLES: dict[str, tuple[Side, Side]] = {
    name: (Side.of(*before), Side.of(*now))
    for name, before, now in [
        ("labels reworded", ([text("a")], []), ([text("a", "Other")], [])),
        (
            "a component that takes all",
            ([Slot("image", "a", "A")], [Slot("image", label="A")]),
            ([Slot("file", "a", "A")], [Slot("audio", label="A")]),
        ),
        (
            "an input that takes less",
            ([text("w", "W")], []),
            ([way("a", "b")], []),
        ),
        (
            "an output that gives more",
            ([], [text("a")]),
            ([], [Slot("json", label="A")]),
        ),
        (
            "inputs that have changed places",
            ([text("a"), text("b")], []),
            ([text("b"), text("a")], []),
        ),
        (
            "outputs that have changed places",
            ([], [text("a"), text("b")]),
            ([], [text("b"), text("a")]),
        ),
        (
            "labels that have changed places",
            ([text("a"), text("b")], []),
            ([text("a", "B"), text("b", "A")], []),
        ),
        (
            "a new input with a value, after",
            ([text("a")], []),
            ([text("a"), text("b", default="x")], []),
        ),
        (
            "a new input without one",
            ([text("a")], []),
            ([text("a"), text("b")], []),
        ),
        ("an input gone", ([text("a"), text("b")], []), ([text("a")], [])),
        ("outputs where", ([text("a")], []), ([text("a")], [text("b")])),
        ("an output more", ([], [text("a")]), ([], [text("a"), text("b")])),
        ("an output less", ([], [text("a"), text("b")]), ([], [text("a")])),
        (
            "a parameter with another name",
            ([text("a")], []),
            ([text("b", "A")], []),
        ),
        (
            "an output with another name",
            ([], [text("a"), text("b")]),
            ([], [text("a"), text("b", "Other")]),
        ),
        (
            "a new input with a value, before",
            ([text("a", default="x")], []),
            ([text("b", default="x"), text("a", default="x")], []),
        ),
        (
            "an input that has to be given",
            ([text("a", default="x")], []),
            ([text("a")], []),
        ),
        ("choices gone", ([way("a", "b")], []), ([way("a")], [])),
        ("tighter bounds", ([n("n", maximum=9)], []), ([n("n", maximum=8)], [])),
        ("choices more", ([way("a")], []), ([way("a", "b")], [])),
    ]
}
#: Rows about other things than the inputs and outputs of one endpoint; `test_drift.py`
#: and `tests/runtime/test_live_drift.py` have them.
OTHERS = (
    "the endpoint gone",
    "an endpoint that Gradio has named",
    "**what only",
    "another name of the function",
    "a class or alias",
    "an endpoint that can no longer",
    "an endpoint that can be streamed",
    "other help texts",
    "an endpoint more",
)


def rows() -> list[list[str]]:
    _, _, rest = PAGE.partition("| the app now |")
    table = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_row_of_the_page_has_an_example() -> None:
    for said, *_ in rows():
        found = [name for name in (*EXAMPLES, *OTHERS) if said.startswith(name)]
        assert len(found) == 1, said
    assert len(rows()) == len(EXAMPLES) + len(OTHERS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_says_what_both_doors_say(name: str) -> None:
    (row,) = [row for row in rows() if row[0].startswith(name)]
    _, kinds, check, call = row
    old, new = EXAMPLES[name]
    found = compare(old.surface, new.surface)
    assert ("breaking" if breaking(old, new) else "compatible") == check, str(found)
    wanted = {f"`{item.kind}`" for item in found.breaking or found.changes}
    assert wanted - {"`name-removed`"} <= set(kinds.split(", ")), str(found)
    assert call.startswith("`SchemaDrift`" if refused(old, new) else "goes on")


def test_the_page_lists_what_stands_in_for_what() -> None:
    groups: dict[tuple[str, str], list[str]] = {}
    for name, kind in sorted(KINDS.items()):
        groups.setdefault((kind.takes, kind.gives), []).append(f"`{name}`")
    listed = [
        f"- `{takes}` and `{gives}`: {', '.join(names)}"
        for (takes, gives), names in groups.items()
        if len(names) > 1
    ]
    assert "\n".join(listed) in PAGE
