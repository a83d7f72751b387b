"""Choices and bounds that change while the app runs: then the app decides, not a module."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen.api import generate_from
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.drift import drift, read_module
from gradio_codegen.options import BuildOptions
from gradio_runtime import InputError

from .support import Slot, describe, endpoint, load, module_of, spec_of

CHOICES: dict[str, Any] = {"choices": ["a", "b"]}
BOUNDS: dict[str, Any] = {"minimum": 1, "maximum": 8, "step": 1}
#: A component of each kind that has limits: its properties, a value within and one beyond.
LIMITED: dict[str, tuple[str, dict[str, Any], Any, Any]] = {
    "radio": ("radio", CHOICES, "a", "new"),
    "dropdown": ("dropdown", CHOICES, "a", "new"),
    "of numbers": ("dropdown", {"choices": [1, 2]}, 1, 3),
    "with none": ("radio", {"choices": ["a", None]}, None, "new"),
    "group": ("checkboxgroup", CHOICES, ["a"], ["new"]),
    "multiselect": ("dropdown", {**CHOICES, "multiselect": True}, ["a"], ["new"]),
    "slider": ("slider", BOUNDS, 1, 9),
    "number": ("number", {"minimum": 1, "precision": 0}, 1, 0),
    "textbox": ("textbox", {"max_length": 2}, "ok", "long"),
}
each = pytest.mark.parametrize("kind", LIMITED)


def slot(kind: str) -> Slot:
    type_, props, _, _ = LIMITED[kind]
    return Slot(type_, "x", props=props)


def set_by(event: str, x: Slot) -> list[dict[str, Any]]:
    """An app whose `/f` takes `x`, and an event that sets it, if there is one."""
    text = Slot("textbox", "t")
    events = {
        "nothing": [],
        "an event": [endpoint("g", [text], [x])],
        "a private one": [endpoint("g", [text], [x], visibility="private")],
        "the page": [endpoint("g", [text], [x], backend_fn=False)],
        "its examples": [endpoint("g", [Slot("dataset", "d")], [x])],
        "a refresh": [endpoint("g", [], [x])],
        "a refresh with a state": [endpoint("g", [Slot("state")], [x])],
        "a reset by the page": [endpoint("g", [], [x], backend_fn=False)],
    }
    return [endpoint("f", [x]), *events[event]]


def literal(code: str) -> bool:
    """Whether `f` takes the choices only."""
    return "def f(x: X)" in code or "def f(x: list[X])" in code


@each
@pytest.mark.parametrize(
    "event", ["nothing", "its examples", "the page", "a reset by the page"]
)
def test_limits_hold_where_no_event_sets_a_component(
    kind: str, event: str, tmp_path: Path
) -> None:
    code = module_of(*set_by(event, slot(kind)), include=["f"]).code
    f = load(code, tmp_path, "fixed_api").f
    _, _, within, beyond = LIMITED[kind]
    assert f.call(within).data == (within,)
    with pytest.raises(InputError, match=r"strict_inputs=False"):
        f.call(beyond)


@each
@pytest.mark.parametrize(
    "event",
    [
        "an event",
        "a private one",
        "a refresh",
        "a refresh with a state",
    ],
)
def test_the_app_decides_where_an_event_sets_a_component(
    kind: str, event: str, tmp_path: Path
) -> None:
    code = module_of(*set_by(event, slot(kind)), include=["f"]).code
    module = load(code, tmp_path, "set_api")
    for value in LIMITED[kind][2:]:
        assert module.f.call(value).data == (value,)
        assert module.FInput.model_validate({"x": value}).x == value
    schema = str(module.FInput.model_json_schema()["properties"]["x"])
    assert "maximum" not in schema
    assert "maxLength" not in schema


@pytest.mark.parametrize(
    ("event", "closed"),
    [
        ("nothing", True),
        ("an event", True),
        ("the page", True),
        ("a reset by the page", True),
        ("its examples", True),
        ("a refresh", False),
        ("a refresh with a state", False),
    ],
)
def test_types_stay_choices_unless_something_suggests_that_these_change(
    event: str, closed: bool
) -> None:
    code = module_of(*set_by(event, slot("radio")), include=["f"]).code
    assert literal(code) == closed
    assert ("def f(x: X | str)" in code) != closed
    assert ("The app may offer others when it runs." in code) != closed
    assert 'X: TypeAlias = Literal["a", "b"]' in code


def test_one_choice_is_none_where_an_event_sets_it() -> None:
    x = Slot("radio", "x", props={"choices": ["a"]})
    assert "def f(x: X | str)" in module_of(*set_by("an event", x)).code
    assert literal(module_of(*set_by("nothing", x)).code)


@pytest.mark.parametrize(
    ("events", "sets", "closed"),
    [
        ("change", 1, False),
        ("select", 2, False),
        ("click", 1, True),  # a button does much
        ("change", 3, True),  # as presets do
    ],
)
def test_what_follows_another_choice_may_have_other_choices(
    events: str, sets: int, closed: bool
) -> None:
    x, by = Slot("radio", "x", props=CHOICES), Slot("radio", "by", props=CHOICES)
    more = [Slot("radio", name, props=CHOICES) for name in "ab"[: sets - 1]]
    item = endpoint("g", [by], [x, *more])
    config, info = describe(endpoint("f", [x]), item)
    by_id = config["dependencies"][1]["inputs"][0]
    config["dependencies"][1]["targets"] = [[by_id, events]]
    spec = AppSpec.from_raw("owner/app", config, info)
    assert literal(generate_from(spec, BuildOptions(include=["f"])).code) == closed


def test_choices_that_differ_between_two_reads_change() -> None:
    x = Slot("radio", "x", props=CHOICES, schema={"type": "string", "enum": ["a", "b"]})
    config, info = describe(endpoint("f", [x]))
    again = deepcopy(info)
    again["named_endpoints"]["/f"]["parameters"][0]["type"]["enum"] = ["a", "c"]
    spec = AppSpec.from_raw("owner/app", config, info, again)
    assert "def f(x: X | str)" in generate_from(spec).code


@each
@pytest.mark.parametrize(
    "event", ["an event", "a private one", "the page", "a refresh"]
)
def test_a_saved_description_knows_it_too(kind: str, event: str) -> None:
    spec = spec_of(*set_by(event, slot(kind)))
    again = loads(dumps(spec), "x.json")
    assert again.hash == spec.hash
    assert dumps(again) == dumps(spec)
    assert generate_from(again).code == generate_from(spec).code


@each
def test_it_is_decided_by_hand(kind: str, tmp_path: Path) -> None:
    spec = spec_of(endpoint("f", [slot(kind)]), endpoint("g", [slot(kind)]))
    made = generate_from(spec, BuildOptions(open_choices=["/f.x"]))
    module = load(made.code, tmp_path, "hand_api")
    beyond = LIMITED[kind][3]
    assert module.f.call(beyond).data == (beyond,)
    with pytest.raises(InputError):
        module.g.call(beyond)
    assert not drift(read_module(made.code, "x.py"), spec)


@each
def test_a_call_may_send_what_does_not_fit(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.touch()
    x, picture, n = slot(kind), Slot("image", "picture"), Slot("number", "n")
    f = load(module_of(endpoint("f", [x, picture, n])).code, tmp_path, "loose_api").f
    loose = f.with_options(strict_inputs=False)
    beyond = LIMITED[kind][3]
    sent = loose.call(beyond, str(file), "many").data
    assert sent[0] == beyond
    assert sent[1].path == file
    assert sent[2] == "many"
    for wrong in ({"path": str(file)}, 7):  # a file is one, whatever the options
        with pytest.raises(InputError, match="picture"):
            loose.call(beyond, wrong, 1)
    with pytest.raises(InputError):
        f.call(beyond, str(file), 1)


@pytest.mark.parametrize("event", ["an event", "a refresh"])
def test_other_choices_and_bounds_break_no_call(event: str) -> None:
    def app(kind: str, props: dict[str, Any]) -> AppSpec:
        return spec_of(*set_by(event, Slot(kind, "x", props=props)))

    for kind, before, after in (
        ("radio", CHOICES, {"choices": ["c", "d"]}),
        ("slider", BOUNDS, {"minimum": 3, "maximum": 4}),
        ("textbox", {"max_length": 9}, {"max_length": 3}),
    ):
        old = read_module(generate_from(app(kind, before)).code, "x.py")
        assert not drift(old, app(kind, after)).breaking
