"""What has changed for callers: every kind of change, and what is no change."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import black
import pytest
from gradio_codegen import CodegenError, UsageError, diff, drift
from gradio_codegen.api import generate_from
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.drift import Diff, compare, read_module, surface_of
from gradio_codegen.options import BuildOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from .regen import FOLDER, OPTIONS, cases
from .support import Slot, describe, endpoint, spec_of

Seen = set[tuple[str, str, str]]


def text(name: str = "text", **more: Any) -> Slot:
    return Slot("textbox", name, **more)


def way(*choices: Any, type_: str = "radio", **props: Any) -> Slot:
    return Slot(type_, "way", props={"choices": list(choices), **props})


def n(**props: Any) -> Slot:
    return Slot("number", "n", props=props)


def out(label: str, type_: str = "textbox") -> Slot:
    return Slot(type_, label=label)


def app(inputs: list[Slot], outputs: list[Slot] | None = None, **extra: Any) -> AppSpec:
    return spec_of(endpoint("f", inputs, outputs or [], **extra))


def seen(found: Diff) -> Seen:
    return {(item.level, item.kind, item.name) for item in found.changes}


def thing(**types: str) -> Slot:
    properties = {name: {"type": type_} for name, type_ in types.items()}
    schema = {"type": "object", "title": "Thing", "properties": properties}
    return Slot("api", "x", schema={**schema, "required": list(types)})


B, C = "breaking", "compatible"

TABLE: Mapping[str, tuple[AppSpec, AppSpec, Seen]] = {
    "required parameter added": (
        app([text()]), app([text(), text("b")]), {(B, "parameter-added", "b")},
    ),
    "optional parameter added at the end": (
        app([text()]), app([text(), text("b", default="x")]),
        {(C, "parameter-added", "b")},
    ),
    "optional parameter added in front": (
        app([text("a", default="")]),
        app([text("b", default="x"), text("a", default="")]),
        {(B, "parameter-added", "b")},
    ),
    "parameter removed": (
        app([text(), n()]), app([text()]), {(B, "parameter-removed", "n")},
    ),
    "parameter renamed": (
        app([text("a"), n()]), app([text("b"), n()]), {(B, "parameter-renamed", "a")},
    ),
    "parameters reordered": (
        app([text("a"), n()]), app([n(), text("a")]),
        {(B, "parameters-reordered", "")},
    ),
    "keyword-only parameters reordered": (
        app([text("a", default=""), text("b", default=""), n()]),
        app([text("b", default=""), text("a", default=""), n()]),
        {(C, "parameters-reordered", "")},
    ),
    "type widened": (
        app([way("a", "b")]), app([text("way")]),
        {(C, "parameter-type", "way"), (B, "name-removed", "Way")},
    ),
    "type narrowed": (
        app([text("way")]), app([way("a", "b")]), {(B, "parameter-type", "way")},
    ),
    "type changed": (
        app([text("n")]), app([n()]), {(B, "parameter-type", "n")},
    ),
    "int for any number": (
        app([n(precision=0)]), app([n()]), {(C, "parameter-type", "n")},
    ),
    "any number for int": (
        app([n()]), app([n(precision=0)]), {(B, "parameter-type", "n")},
    ),
    "default changed": (
        app([text(default="a")]), app([text(default="b")]), {(C, "default", "text")},
    ),
    "became optional": (
        app([text()]), app([text(default="b")]), {(C, "parameter-optional", "text")},
    ),
    "became required": (
        app([text(default="b")]), app([text()]), {(B, "parameter-required", "text")},
    ),
    "choice added": (
        app([way("a")]), app([way("a", "b")]), {(C, "choices-added", "way")},
    ),
    "choice removed": (
        app([way("a", "b")]), app([way("a")]), {(B, "choices-removed", "way")},
    ),
    "choice replaced": (
        app([way("a", "b")]), app([way("a", "c")]),
        {(B, "choices-removed", "way"), (C, "choices-added", "way")},
    ),
    "true is no 1": (
        app([way(True, False)]), app([way(1, 0)]),
        {(B, "choices-removed", "way"), (C, "choices-added", "way")},
    ),
    "choice removed where others are taken too": (
        app([way("a", "b", type_="dropdown", allow_custom_value=True)]),
        app([way("a", type_="dropdown", allow_custom_value=True)]),
        {(C, "choices-removed", "way")},
    ),
    "choice removed from a list": (
        app([way("a", "b", type_="checkboxgroup")]),
        app([way("a", type_="checkboxgroup")]), {(B, "choices-removed", "way")},
    ),
    "bounds tightened": (
        app([n(minimum=0, maximum=9)]), app([n(minimum=1, maximum=9)]),
        {(B, "bounds", "n")},
    ),
    "bounds loosened": (
        app([n(minimum=0, maximum=9)]), app([n(minimum=0)]), {(C, "bounds", "n")},
    ),
    "fewer characters": (
        app([text(props={"max_length": 9})]), app([text(props={"max_length": 8})]),
        {(B, "bounds", "text")},
    ),
    "step loosened": (
        app([n(step=4, minimum=0)]), app([n(step=2, minimum=0)]), {(C, "step", "n")},
    ),
    "step tightened": (
        app([n(step=2, minimum=0)]), app([n(step=3, minimum=0)]), {(B, "step", "n")},
    ),
    "a step that no type says": (
        app([n(step=0.1)]), app([n(step=0.2)]), {(C, "documentation", "n")},
    ),
    "another component": (
        app([text("a")]), app([Slot("code", "a", schema={"type": "string"})]),
        {(C, "component", "a")},
    ),
    "output type changed": (
        app([], [out("o")]), app([], [out("o", "number")]), {(B, "output-type", "")},
    ),
    "output narrowed": (
        app([], [out("o", "number")]),
        app([], [Slot("number", label="o", props={"precision": 0})]),
        {(C, "output-type", "")},
    ),
    "output widened": (
        app([], [Slot("number", label="o", props={"precision": 0})]),
        app([], [out("o", "number")]), {(B, "output-type", "")},
    ),
    "first output": (app([]), app([], [out("o")]), {(C, "output-added", "")}),
    "no output left": (
        app([text()], [out("o")]), app([text()]), {(B, "output-removed", "")},
    ),
    "second output": (
        app([], [out("o")]), app([], [out("o"), out("p")]), {(B, "output-added", "")},
    ),
    "third output": (
        app([], [out("o"), out("p")]), app([], [out("o"), out("p"), out("q")]),
        {(B, "output-added", "q")},
    ),
    "output removed": (
        app([], [out("o"), out("p"), out("q")]), app([], [out("o"), out("p")]),
        {(B, "output-removed", "q")},
    ),
    "output renamed": (
        app([], [out("o"), out("p")]), app([], [out("o"), out("q")]),
        {(B, "output-renamed", "p")},
    ),
    "outputs reordered": (
        app([], [out("o"), out("p", "number")]), app([], [out("p", "number"), out("o")]),
        {(B, "outputs-reordered", "")},
    ),
    "generator becomes plain": (
        app([text()], generator=True), app([text()]), {(B, "stream", "")},
    ),
    "plain becomes generator": (
        app([text()]), app([text()], generator=True), {(C, "stream", "")},
    ),
    "endpoint added": (
        app([]), spec_of(endpoint("f"), endpoint("g")), {(C, "endpoint-added", "")},
    ),
    "endpoint removed": (
        spec_of(endpoint("f"), endpoint("g")), app([]), {(B, "endpoint-removed", "")},
    ),
    "endpoint renamed": (
        spec_of(endpoint("f", [text()])), spec_of(endpoint("g", [text()])),
        {(B, "endpoint-renamed", "")},
    ),
    "endpoint renamed, its function not": (
        spec_of(endpoint("a-b", [text()])), spec_of(endpoint("a_b", [text()])),
        {(C, "endpoint-renamed", "")},
    ),
    "a field of an input's class is new": (
        app([thing(a="string")]), app([thing(a="string", b="string")]),
        {(B, "parameter-type", "x")},
    ),
    "a field of an output's class is new": (
        app([], [thing(a="string")]), app([], [thing(a="string", b="string")]),
        {(C, "output-type", "")},
    ),
    "a field of an output's class is gone": (
        app([], [thing(a="string", b="string")]), app([], [thing(a="string")]),
        {(B, "output-type", "")},
    ),
    "nothing is left": (
        app([]), AppSpec.from_raw("owner/app", *describe()),
        {(B, "endpoint-removed", "")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_each_kind_of_change(case: str) -> None:
    old, new, wanted = TABLE[case]
    found = diff(old, new)
    # What becomes of the empty module's client class is not worth a line of its own.
    changes = {item for item in seen(found) if item[1] != "client-renamed"}
    assert changes == wanted, str(found)
    assert bool(found.breaking) == any(level == B for level, _, _ in seen(found))
    levels = [item.level for item in found.changes]
    assert levels == sorted(levels)
    assert not diff(old, old)
    assert not diff(new, new)


def test_event_data_is_told() -> None:
    config, info = describe(endpoint("f", [text()]))
    old = AppSpec.from_raw("o/a", config, info)
    (dependency,) = config["dependencies"]
    dependency["types"]["collects_event_data"] = True
    config["dependencies"] = [{**dependency, "collects_event_data": True}]
    new = AppSpec.from_raw("o/a", config, info)
    assert seen(diff(old, new)) == {(C, "event-data", "")}


#: As generated docstrings say it to people.
PARAGRAPH = """\
The app's function also takes what was selected or clicked. Give it by
`with_options(event_data=...)`, as the app's page would, such as
{"index": 0, "value": "a", "selected": True}."""


def test_what_an_app_says_of_event_data_is_not_taken_for_a_fact() -> None:
    """Neither the phrase nor all of our own paragraph, among an app's own words."""
    for words in ("`with_options(event_data=...)`", PARAGRAPH):
        quoting = endpoint("f", [text()], description=f"Read:\n\n{words}\n\nAnd so on.")
        surface = surface_of(spec_of(quoting))
        assert words in generate_from(spec_of(quoting)).code.replace("\n    ", "\n")
        assert not surface.endpoints["/f"].event_data
        assert not diff(spec_of(endpoint("f", [text()])), spec_of(quoting))


def test_newer_modules_say_nothing_in_prose() -> None:
    quoting = endpoint("f", [text()], description=f"A.\n\n{PARAGRAPH}")
    code = generate_from(spec_of(quoting)).code
    newer = code.replace("gradio-codegen 0.1.0", "gradio-codegen 0.2.0")
    assert not read_module(newer, "x").endpoints["/f"].event_data


def test_a_class_is_not_importable_any_more() -> None:
    one, other = app([way("a")]), app([Slot("radio", "way", props={"choices": ["a"]})])
    assert not diff(one, other)
    old = spec_of(endpoint("f", [way("a")]), endpoint("g", [way("b")]))
    new = spec_of(endpoint("f", [way("a")]), endpoint("g", [way("a")]))
    assert (B, "name-removed", "GWay") in seen(diff(old, new))


def test_the_client_class_is_compared_between_modules() -> None:
    spec = app([text()])
    old, new = generate_from(spec), generate_from(spec, BuildOptions(class_name="Calc"))
    assert seen(diff(old, new)) == {(B, "client-renamed", "AppClient")}


def test_another_address_is_no_change() -> None:
    item = endpoint("f", [text()])
    old = spec_of(item, source="owner/app")
    new = spec_of(endpoint("f", [text()]), source="http://127.0.0.1:7860/other")
    assert not diff(old, new)
    assert not drift.drift(read_module(generate_from(old).code, "x"), new)


def test_why_an_endpoint_is_gone() -> None:
    config, info = describe(endpoint("good", [text()]), endpoint("bad", [text()]))
    old = AppSpec.from_raw("o/a", config, info)
    info["named_endpoints"]["/bad"]["parameters"] = []
    (change,) = diff(old, AppSpec.from_raw("o/a", config, info)).changes
    assert "/config has 1 parameter where /info describes 0" in change.message


# --- What is no change


@pytest.mark.parametrize("name", cases())
def test_a_module_says_what_its_description_says(name: str) -> None:
    folder = FOLDER / name
    code = (folder / "expected.py").read_text("utf-8")
    spec = loads((folder / "description.json").read_text("utf-8"), name)
    options = OPTIONS.get(name, BuildOptions())
    surface = read_module(code, name)
    assert surface.options == options
    made = surface_of(spec, options)
    assert surface == replace(made, left_out={}, triggers={})
    assert len(surface.endpoints) == code.count("\n@_app.")
    assert not compare(surface, made)
    assert not diff(folder / "expected.py", folder / "description.json")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["calculator", "defaults", "hostile", "wire5"])
@pytest.mark.parametrize("width", [40, 150])
def test_formatting_is_no_change(name: str, width: int) -> None:
    code = (FOLDER / name / "expected.py").read_text("utf-8")
    again = black.format_str(code, mode=black.Mode(line_length=width))
    assert width > 88 or again != code
    assert not compare(read_module(code, "a"), read_module(again, "b"))
    bare = ast.unparse(ast.parse(code))
    head = "# Generated by gradio-codegen 9.9\n"
    options = read_module(code, "a").options
    surface = read_module(f"{head}# options: {options}\n{bare}", "c")
    assert not compare(read_module(code, "a"), surface)


def test_another_version_of_the_generator_is_no_change() -> None:
    code = (FOLDER / "calculator" / "expected.py").read_text("utf-8")
    spec = loads((FOLDER / "calculator" / "description.json").read_text("utf-8"), "x")
    other = code.replace("gradio-codegen 0.1.0", "gradio-codegen 0.0.9")
    other = other.replace("num1: Number.", "num1: A number.")
    assert other.count("0.0.9") == 1
    surface = read_module(other, "x")
    assert not drift.drift(surface, spec)
    assert not compare(surface, surface_of(spec))
    worded = read_module(code.replace("num1: Number.", "num1: A number."), "x")
    assert seen(compare(worded, surface_of(spec))) == {(C, "documentation", "num1")}


def test_the_hash_alone_is_enough() -> None:
    """A module of a generator that typed things otherwise is up to date all the same."""
    code = (FOLDER / "calculator" / "expected.py").read_text("utf-8")
    spec = loads((FOLDER / "calculator" / "description.json").read_text("utf-8"), "x")
    other = read_module(
        code.replace("num1: float", "num1: str").replace(
            "num1: int | float", "num1: str"
        ),
        "x",
    )
    assert compare(other, surface_of(spec))
    assert not drift.drift(other, spec)


# --- Options


def test_a_description_is_seen_with_the_options_of_the_module() -> None:
    items = [endpoint("keep", [text()]), endpoint("leave", [text()])]
    options = BuildOptions(include=("keep",), rename=(("/keep", "kept"),))
    module = generate_from(spec_of(*items), options)
    assert not diff(module, spec_of(items[0]))
    assert not diff(spec_of(items[0]), module)
    gone = diff(module, spec_of(items[1]))
    assert (B, "endpoint-removed", "") in seen(gone)


# --- What is read


def test_what_is_not_ours_is_refused() -> None:
    for code in ("", "x = 1", '"""# Generated by gradio-codegen 1; do not edit."""'):
        with pytest.raises(UsageError, match="was not written by gradio-codegen"):
            read_module(code, "x.py")
    head = "# Generated by gradio-codegen 0.1.0; do not edit.\n"
    with pytest.raises(UsageError, match=r"x\.py is no Python"):
        read_module(f"{head}<<<<<<< HEAD\n", "x.py")
    with pytest.raises(UsageError, match="no endpoints left"):
        read_module(head, "x.py")
    for deep in ("(" * 5000, "x = " + "-" * 50_000 + "1", "\0"):
        with pytest.raises(UsageError):
            read_module(head + deep, "x.py")


def test_nothing_of_a_module_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = (FOLDER / "calculator" / "expected.py").read_text("utf-8")
    path = tmp_path / "x.py"
    path.write_text(f"{code}\nopen({str(mark)!r}, 'w')\n", "utf-8")
    assert not diff(path, FOLDER / "calculator" / "description.json")
    assert not mark.exists()


def test_messages_are_one_printable_line() -> None:
    evil = "x\n\x1b[31m\u202e" * 500
    old, new = app([way("a", evil)]), app([way("a", f"{evil}2")])
    for change in diff(old, new).changes:
        for said in (change.message, change.before or "", change.after or ""):
            assert said.isprintable()
            assert len(said) <= 400


def test_classes_within_themselves_and_deep_types_end() -> None:
    head = "# Generated by gradio-codegen 0.1.0; do not edit.\n"
    body = (
        "class A(Model):\n    a: A | None\n    b: {}\n"
        'class FInput(Input):\n    x: A\n@_app.endpoint("/f", FInput)\n'
        "def f(x: A) -> Call[A]: ...\n"
    )
    old, new = (read_module(head + body.format(t), "x") for t in ("int", "str"))
    assert not compare(old, old)
    assert seen(compare(old, new)) == {
        (B, "parameter-type", "x"),
        (B, "output-type", ""),
    }
    # Two fields of each next class: as a tree it has 2 to the power of 60 parts.
    chain = "".join(
        f"class C{i}(Model):\n    a: C{i + 1}\n    b: C{i + 1}\n" for i in range(60)
    )
    end = 'class C60(Model):\n    z: {}\n@_app.endpoint("/g", X)\ndef g(x: C0) -> Call[C0]: ...\n'
    old, new = (read_module(head + chain + end.format(t), "x") for t in ("int", "str"))
    assert not compare(old, old)
    assert compare(old, new).breaking


def test_many_alike_endpoints_with_new_names_are_quickly_done() -> None:
    head = "# Generated by gradio-codegen 0.1.0; do not edit.\n"
    one = '@_app.endpoint("/{0}{1}", X)\ndef {0}{1}(x: str) -> Call[str]: ...\n'
    old, new = (
        read_module(head + "".join(one.format(name, i) for i in range(3000)), "x")
        for name in "ab"
    )
    kinds = [item.kind for item in compare(old, new).changes]
    assert kinds.count("endpoint-removed") == kinds.count("endpoint-added") == 3000


# --- Properties


SLOTS: list[Callable[[str], Slot]] = [
    lambda name: Slot("textbox", name),
    lambda name: Slot("textbox", name, default="x"),
    lambda name: Slot("number", name, props={"minimum": 0}),
    lambda name: Slot("number", name, default=3, props={"minimum": 1, "maximum": 9}),
    lambda name: Slot("radio", name, props={"choices": ["a", "b"]}),
    lambda name: Slot("radio", name, default="b", props={"choices": ["b", "c"]}),
    lambda name: Slot("checkboxgroup", name, default=[], props={"choices": [1, 2]}),
    lambda name: Slot("image", name),
    lambda name: Slot("json", name),
]


@st.composite
def apps(draw: st.DrawFn) -> AppSpec:
    items: list[dict[str, Any]] = []
    for name in draw(st.lists(st.sampled_from("fgh"), unique=True, min_size=1)):
        names = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
        inputs = [draw(st.sampled_from(SLOTS))(key) for key in names]
        labels = draw(st.lists(st.sampled_from("xyz"), unique=True, max_size=3))
        outputs = [
            out(key, draw(st.sampled_from(["textbox", "number"]))) for key in labels
        ]
        items.append(endpoint(name, inputs, outputs, generator=draw(st.booleans())))
    return spec_of(*items)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(apps(), apps())
def test_there_and_back_mirror_each_other(one: AppSpec, other: AppSpec) -> None:
    assert not compare(surface_of(one), surface_of(one))
    there, back = diff(one, other), diff(other, one)
    assert bool(there) == bool(back)

    def names(found: Diff, kind: str) -> set[tuple[str, str]]:
        return {(c.endpoint, c.name) for c in found.changes if c.kind == kind}

    for what in ("endpoint", "parameter"):
        assert names(there, f"{what}-added") == names(back, f"{what}-removed")
        assert names(there, f"{what}-removed") == names(back, f"{what}-added")
    assert names(there, "parameter-required") == names(back, "parameter-optional")
    assert names(there, "choices-added") == names(back, "choices-removed")
    # Two changes of one type cannot both let everything through.
    for kind in ("parameter-type", "output-type"):
        fine = [
            {(c.endpoint, c.name) for c in d.compatible if c.kind == kind}
            for d in (there, back)
        ]
        assert not fine[0] & fine[1]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(apps(), apps())
def test_a_module_and_its_description_give_the_same_diff(
    one: AppSpec, other: AppSpec
) -> None:
    found = diff(one, other)
    assert diff(generate_from(one), other) == found
    assert diff(one, loads(dumps(other), "saved")) == found


def test_a_path_of_neither_is_an_error(tmp_path: Path) -> None:
    for name in ("no.py", "no.json"):
        with pytest.raises(CodegenError, match="there is no file"):
            diff(app([]), tmp_path / name)
