"""Descriptions made to do harm: the module compiles, and still only declares."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen import CodegenError, SpecError
from gradio_codegen.api import generate_from
from gradio_codegen.decide.build import build
from gradio_codegen.decide.objects import write_models
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.write.check import check_code
from gradio_codegen.write.render import render
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .support import REQUIRED, Slot, describe, endpoint, load, module_of

NASTY = [
    '"""',
    "'''",
    '"""\n__import__("os").system("touch owned")\n"""',
    "\\",
    '\\"""',
    'ends with a quote"',
    "\n\r\t\x0b\x0c\x1c\x85\u2028\u2029",
    "\x00",
    "\ud800",
    "\u202eevil\u202c",
    "{{ 7 * 7 }}{% for x in y %}{# c #}",
    "# coding: utf-7",
    "${HOME} %s {0} {x!r}",
    "]; import os #",
    "class",
    "__class__",
    "😀",
    "",
    " ",
    "x" * 300,
]
TEXT = st.sampled_from(NASTY) | st.text(st.characters(), max_size=20)
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2)
    ),
    max_leaves=4,
)
PROPS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "choices": st.lists(st.tuples(TEXT, VALUE).map(list), max_size=3),
        "info": TEXT,
        "allow_custom_value": st.booleans(),
        "multiselect": st.booleans(),
        "minimum": st.integers(-9, 9),
        "maximum": st.floats(-9, 9),
        "precision": st.just(0),
        "max_length": st.integers(0, 9),
        "file_types": st.lists(TEXT, max_size=2),
    },
)
TYPES = [
    "textbox",
    "number",
    "slider",
    "dropdown",
    "radio",
    "checkboxgroup",
    "json",
    "chatbot",
    "dataframe",
    "label",
    "image",
    "gallery",
    "multimodaltextbox",
    "api",
]
SCHEMA = st.one_of(
    st.just({"type": "string"}),
    st.builds(lambda values: {"enum": values}, st.lists(VALUE, max_size=3)),
    st.builds(lambda value: {"const": value}, VALUE),
)
SLOT = st.builds(
    Slot,
    type=st.sampled_from(TYPES),
    name=TEXT,
    label=TEXT,
    default=VALUE | st.just(REQUIRED),
    schema=SCHEMA,
    props=PROPS,
)
SLOTS = st.lists(SLOT, max_size=3)
ENDPOINT = st.builds(
    endpoint, TEXT, SLOTS, SLOTS, description=TEXT, generator=st.booleans()
)


def unformatted(spec: AppSpec) -> str:
    """Everything but black, which takes most of the time."""
    module, _ = build(spec.documented())
    code = render(module, write_models(module.models, []))
    check_code(code)
    return code


def checked(*endpoints: Any, source: str = "owner/app") -> str:
    """Generate; the generator's own check is part of that. Then look again."""
    spec = AppSpec.from_raw(source, *describe(*endpoints))
    module = generate_from(spec)
    assert unformatted(loads(dumps(spec), "x")) == unformatted(spec)
    allowed = (
        ast.Expr,
        ast.ImportFrom,
        ast.Assign,
        ast.AnnAssign,
        ast.ClassDef,
        ast.FunctionDef,
    )
    for node in ast.parse(module.code).body:
        assert isinstance(node, allowed)
    assert all(char.isprintable() or char == "\n" for char in module.code)
    module.code.encode()
    return module.code


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ENDPOINT, min_size=1, max_size=2))
def test_anything_at_all(endpoints: list[Any]) -> None:
    spec = AppSpec.from_raw("owner/app", *describe(*endpoints))
    try:
        unformatted(spec)
    except CodegenError as error:
        # Two endpoints of one name need not agree.
        if "no endpoint can be generated" not in str(error):
            raise


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(ENDPOINT)
def test_anything_at_all_and_formatted(item: Any) -> None:
    checked(item)


@pytest.mark.parametrize("text", NASTY)
def test_text_in_every_place(text: str, tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "title": text,
        "description": text,
        "properties": {text: {"enum": [text, "b"]}, "other": {"const": text}},
        "required": [text],
    }
    code = checked(
        endpoint(
            text,
            [
                Slot("textbox", text, text, default=text),
                Slot(
                    "radio", text, text, props={"choices": [[text, text]], "info": text}
                ),
                Slot("json", text, text, default={text: [text]}),
                Slot("api", text, text, schema=schema),
                Slot("file", text, text, props={"file_types": [text]}),
            ],
            [Slot("textbox", label=text), Slot("json", label=text)],
            description=text,
        )
    )
    module = load(code, tmp_path, f"hostile_{NASTY.index(text)}")
    assert not (tmp_path / "owned").exists()
    assert not Path("owned").exists()
    name = f"/{text}".replace("\ud800", "?")
    assert name in [getattr(value, "api_name", None) for value in vars(module).values()]


def test_the_source_cannot_leave_its_comment() -> None:
    code = checked(endpoint("f"), source='http://h/"""\n\nimport os\n\u202e')
    assert "\nimport os" not in code


@pytest.mark.slow
def test_a_large_app_is_no_problem() -> None:
    choices = [[str(i), i] for i in range(300)]
    slots = [
        Slot("dropdown", f"p{i}", default=i, props={"choices": choices})
        for i in range(20)
    ]
    assert checked(*[endpoint(f"f{i}", slots) for i in range(5)])


# --- Wrong types, everywhere

WRONG: list[Any] = [None, True, 3, 2.5, "x", [], {}, [1], ["x"], {"a": 1}, [[]], [{}]]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, part in items:
        found += places(part, (*path, key))
    return found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.slow
def test_no_wrong_type_anywhere_is_more_than_a_spec_error() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"enum": ["x"]}}},
        "required": ["a"],
        "$defs": {"D": {"anyOf": [{"$ref": "#/$defs/D"}, {"type": "null"}]}},
    }
    raw = describe(
        endpoint(
            "f",
            [
                Slot("slider", "n", "N", default=1, props={"minimum": 0, "maximum": 2}),
                Slot(
                    "dropdown", "d", props={"choices": [["A", 1]], "multiselect": True}
                ),
                Slot("api", "o", schema=schema),
            ],
            [Slot("number", props={"precision": 0})],
            description="Do it.",
        )
    )
    both: dict[str, Any] = {"config": raw[0], "info": raw[1]}
    refused: list[SpecError] = []
    for path in places(both):
        for new in WRONG:
            changed = replaced(both, path, new)
            try:
                unformatted(AppSpec.from_raw("o/a", changed["config"], changed["info"]))
            except SpecError as error:
                refused.append(error)
            except CodegenError as error:
                if "endpoint" not in str(error):
                    raise
    assert len(refused) > 200
    assert all(error.place.startswith(("config", "info")) for error in refused)
    assert not any("\n" in str(error) for error in refused)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("config",), "config"),
        (("config", "components"), "config.components"),
        (("config", "components", 1, "props"), "config.components[1].props"),
        (("config", "dependencies", 0, "inputs"), "config.dependencies[0].inputs"),
        (("info", "named_endpoints"), "info.named_endpoints"),
        (
            ("info", "named_endpoints", "/f", "parameters"),
            "info.named_endpoints./f.parameters",
        ),
    ],
)
def test_the_place_is_named(change: tuple[Any, ...], place: str) -> None:
    raw = describe(endpoint("f", [Slot("slider", "n", props={"minimum": 1})]))
    both = replaced({"config": raw[0], "info": raw[1]}, change, "wrong")
    with pytest.raises(SpecError) as caught:
        AppSpec.from_raw("o/a", both["config"], both["info"])
    assert caught.value.place == place


@pytest.mark.parametrize("wrong", ["1", [1], {}, True])
def test_a_property_of_another_type_is_as_good_as_none(wrong: Any) -> None:
    """Other people's components may be called like Gradio's own."""
    slot = Slot("slider", "n", props={"minimum": wrong, "maximum": 0})
    assert "n: int | float = Field(le=0)" in module_of(endpoint("f", [slot])).code


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 10**400, object(), {1: 2}, (1,)]
)
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(SpecError):
        module_of(endpoint("f", [Slot("json", "j", default=value)]))


def test_what_is_too_deep_is_refused() -> None:
    value: Any = "x"
    for _ in range(5000):
        value = [value]
    with pytest.raises(SpecError, match="too deep"):
        module_of(endpoint("f", [Slot("json", "j", default=value)]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '"x"',
        "[" * 100_000,
        '{"gradio_codegen_description": 1}',
    ],
)
def test_a_broken_description_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        loads(text, "app.json")
