"""Defaults: written down where that says something, else the app's own at the call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gradio_codegen.api import generate_from
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_runtime import UNCHANGED, InputError
from gradio_runtime._components.registry import KINDS
from pydantic import ValidationError

from tests.runtime.trust.shapes import files_of

from .support import Slot, describe, endpoint, load, module_of, one

FILE = {
    "path": "/tmp/gradio/ab/cat.png",
    "url": "http://h/file=x",
    "orig_name": "c.png",
}


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        (Slot("image", "v", default=FILE), "(a file: c.png)"),
        (
            Slot("gallery", "v", default=[{"image": FILE, "caption": None}]),
            "(a file: c.png)",
        ),
        (
            Slot("file", "v", default=[FILE], props={"file_count": "multiple"}),
            "(a file: c.png)",
        ),
        (Slot("textbox", "v", default="x" * 201), "a text of 201 characters"),
        (Slot("json", "v", default=["x" * 200]), "a list of 204 characters"),
        (
            Slot("imageeditor", "v", default={"background": None}),
            "call.",
        ),
    ],
)
def test_what_a_module_cannot_hold_is_left_to_the_app(
    slot: Slot, words: str, tmp_path: Path
) -> None:
    module = module_of(endpoint("f", [slot]))
    assert module.diagnostics == ()
    assert "= UNCHANGED" in module.code
    assert words in " ".join(module.code.split())
    assert "/tmp/gradio" not in module.code
    loaded = load(module.code, tmp_path, "live_api")
    assert loaded.f.call().data == (UNCHANGED,)
    # It is no value of its own, neither in JSON nor in the schema.
    assert loaded.f.call().inputs.model_dump_json() == "{}"
    assert "UNCHANGED" not in str(loaded.FInput.model_json_schema())
    assert loaded.FInput.model_json_schema().get("required") is None
    assert loaded.FInput.model_validate_json("{}") == loaded.f.call().inputs


def test_a_text_of_200_characters_is_written_down() -> None:
    code, _ = one(Slot("textbox", "v", default="x" * 200))
    assert f'= "{"x" * 200}"' in code


def test_a_default_that_differs_between_two_reads_is_not_written_down() -> None:
    slots = [Slot("number", "seed", default=7), Slot("number", "steps", default=20)]
    config, info = describe(endpoint("f", slots))
    _, again = describe(endpoint("f", slots))
    again["named_endpoints"]["/f"]["parameters"][0]["parameter_default"] = 8
    spec = AppSpec.from_raw("o/a", config, info, again)
    code = generate_from(spec).code
    assert "def f(seed: float | Unchanged = UNCHANGED, steps: float = 20)" in code
    assert "call (another each time)." in " ".join(code.split())
    assert generate_from(AppSpec.from_raw("o/a", config, info)).code != code
    # A saved description knows it, too, and has not the value.
    assert generate_from(loads(dumps(spec), "saved")).code == code


def test_a_value_that_the_page_sets_when_it_opens_is_not_written_down() -> None:
    seed = Slot("number", "seed", default=7)
    config, info = describe(endpoint("f", [seed]), endpoint("roll", [], [seed]))
    load_event = config["dependencies"][1]
    assert (
        "seed: float = 7" in generate_from(AppSpec.from_raw("o/a", config, info)).code
    )
    load_event["targets"] = [[1, "load"]]
    code = generate_from(AppSpec.from_raw("o/a", config, info)).code
    assert "seed: float | Unchanged = UNCHANGED" in code


def test_a_seed_that_changes_does_not_change_the_description() -> None:
    def spec(seed: int) -> AppSpec:
        config, info = describe(endpoint("f", [Slot("number", "seed", default=seed)]))
        _, again = describe(endpoint("f", [Slot("number", "seed", default=seed + 1)]))
        return AppSpec.from_raw("o/a", config, info, again)

    assert spec(1).hash == spec(5).hash
    assert dumps(spec(1)) == dumps(spec(5))


def test_an_int_default_of_a_float_stays_an_int(tmp_path: Path) -> None:
    code = module_of(endpoint("f", [Slot("slider", "n", default=3)])).code
    loaded = load(code, tmp_path, "ints_api")
    for data in (loaded.f.call().data, loaded.f.call(n=4).data):
        assert type(data[0]) is int
    assert type(loaded.f.call(n=4.0).data[0]) is float


@pytest.mark.parametrize(
    ("slot", "field"),
    [
        (
            Slot("number", "n", props={"minimum": 1, "maximum": 9.5, "precision": 0}),
            "Field(ge=1, le=9)",
        ),
        (
            Slot("slider", "n", props={"minimum": 0, "maximum": 100, "step": 5}),
            "Field(ge=0, le=100, multiple_of=5)",
        ),
        # Steps that `multiple_of` cannot say exactly are told, not invented.
        (
            Slot("slider", "n", props={"minimum": 0, "maximum": 1, "step": 0.1}),
            "Field(ge=0, le=1)",
        ),
        (
            Slot("slider", "n", props={"minimum": 1, "maximum": 9, "step": 2}),
            "Field(ge=1, le=9)",
        ),
        # A number's step is 1 unless its author says otherwise, and 0.5 is welcome.
        (Slot("number", "n", props={"minimum": 0, "step": 1}), "Field(ge=0)"),
        (
            Slot("number", "n", props={"minimum": 0, "step": 5}),
            "Field(ge=0, multiple_of=5)",
        ),
        # The app's own default breaks the bound, so that the app is the judge.
        (
            Slot("slider", "n", default=7, props={"minimum": 0, "step": 2}),
            "Field(default=7, ge=0)",
        ),
    ],
)
def test_bounds_and_steps_become_constraints(
    slot: Slot, field: str, tmp_path: Path
) -> None:
    code = module_of(endpoint("f", [slot])).code
    assert f"= {field}\n" in code
    schema = load(code, tmp_path, "bounds_api").FInput.model_json_schema()
    described = str(schema["properties"]["n"])
    for word, name in (("ge=", "minimum"), ("le=", "maximum"), ("of=", "multipleOf")):
        assert (word in field) == (name in described), described


def test_steps_are_told() -> None:
    props: dict[str, Any] = {"minimum": 0, "maximum": 1, "step": 0.1}
    assert "From 0 to 1, in steps of 0.1." in one(Slot("slider", "n", props=props))[0]
    assert "In steps of 5." in one(Slot("number", "n", props={"step": 5}))[0]


def test_an_empty_default_is_none_and_the_parameter_optional() -> None:
    assert "n: float | None = None" in one(Slot("number", "n", default=None))[0]


def test_nothing_may_be_given_where_that_is_asked_for(tmp_path: Path) -> None:
    slots = [Slot("image", "i"), Slot("number", "n", default=1)]
    code = module_of(endpoint("f", slots), nullable_inputs=True).code
    assert "def f(i: FileInput | None = None, n: float | None = 1)" in code
    assert load(code, tmp_path, "empty_api").f.call(None).data == (None, 1)


def test_bounds_hold_beside_a_default_that_is_left_to_the_app(tmp_path: Path) -> None:
    slot = Slot("slider", "n", default=7, props={"minimum": 1, "maximum": 9})
    config, info = describe(endpoint("f", [slot]))
    _, again = describe(endpoint("f", [Slot("slider", "n", default=8)]))
    module = generate_from(AppSpec.from_raw("o/a", config, info, again))
    assert "n: Unchanged | Annotated[int | float, Field(ge=1, le=9)]" in module.code
    loaded = load(module.code, tmp_path, "bounded_api")
    assert loaded.f.call().data == (UNCHANGED,)
    assert loaded.f.call(3).data == (3,)
    with pytest.raises(InputError) as caught:
        loaded.f.call(10)
    assert list(caught.value.fields) == ["n"]
    described = loaded.FInput.model_json_schema()["properties"]["n"]
    assert (described["minimum"], described["maximum"]) == (1, 9)
    assert "default" not in described


def test_a_type_of_its_own_for_a_default_does_not_meet_the_bounds(
    tmp_path: Path,
) -> None:
    slot = Slot("number", "n", default="many", props={"minimum": 1})
    code = module_of(endpoint("f", [slot])).code
    assert "n: str | Annotated[int | float, Field(ge=1)]" in code
    assert load(code, tmp_path, "wider_api").f.call("many").data == ("many",)


#: What an app would have its callers upload.
SECRET = "/home/somebody/.env"
STOLEN: list[Any] = [
    SECRET,
    [SECRET],
    {"path": SECRET},
    [{"path": SECRET, "meta": {"_type": "gradio.FileData"}}],
    {"file": {"path": SECRET}},
    [{"file": {"path": SECRET}}],
    {"image": {"path": SECRET}, "caption": None},
    {"text": "hi", "files": [SECRET]},
    {"background": SECRET, "layers": [SECRET], "composite": None},
    [{"role": "user", "content": [{"type": "file", "file": {"path": SECRET}}]}],
    [[[SECRET, "alt"], None]],
    [SECRET, [[SECRET, "label"]]],
]
_FILE_SCHEMA = {
    "type": "object",
    "title": "FileData",
    "properties": {name: {} for name in ("path", "url", "orig_name")},
}
#: Schemas of a stranger's components, and of `gr.api`, with a file somewhere.
SCHEMAS: list[Any] = [
    _FILE_SCHEMA,
    {"type": "array", "items": _FILE_SCHEMA},
    {"anyOf": [_FILE_SCHEMA, {"type": "string"}]},
    {"type": "object", "title": "Node", "properties": {"file": _FILE_SCHEMA}},
    {"type": "object", "additionalProperties": _FILE_SCHEMA},
    {
        "$ref": "#/$defs/Tree",
        "$defs": {
            "Tree": {
                "type": "object",
                "properties": {
                    "left": {"$ref": "#/$defs/Tree"},
                    "leaf": {"type": "object", "properties": {"file": _FILE_SCHEMA}},
                },
            }
        },
    },
    {
        "type": "object",
        "title": "Own",
        "properties": {"file": {**_FILE_SCHEMA, "default": {"path": SECRET}}},
    },
    {
        "type": "object",
        "title": "Text",
        "properties": {
            "file": {"anyOf": [_FILE_SCHEMA, {"type": "string"}], "default": SECRET}
        },
    },
]


@pytest.mark.parametrize("props", [{}, {"type": "messages", "file_count": "multiple"}])
def test_no_default_of_a_component_is_a_file_of_the_callers(
    props: dict[str, Any], tmp_path: Path
) -> None:
    _check_no_file(
        [
            Slot(component, "v", default=default, props=props)
            for component, kind in sorted(KINDS.items())
            if not kind.schema_wanted
            for default in STOLEN
        ],
        tmp_path,
    )


def test_no_default_of_an_object_is_a_file_of_the_callers(tmp_path: Path) -> None:
    slots = [
        Slot("api", "v", default=default, schema=schema)
        for schema in SCHEMAS
        for default in STOLEN
    ]
    _check_no_file(slots, tmp_path)


def _check_no_file(slots: list[Slot], tmp_path: Path) -> None:
    """Call with nothing but the default: no value of the call is a local file."""
    app = [endpoint(f"f{index}", [slot]) for index, slot in enumerate(slots)]
    loaded = load(module_of(*app).code, tmp_path, "stolen_api")
    called = 0
    for index, slot in enumerate(slots):
        function = getattr(loaded, f"f{index}")
        for make in (function.call, function.inputs):
            try:
                made = make()
            except (InputError, ValidationError):
                continue
            called += 1
            files = files_of(getattr(made, "inputs", made))
            assert not [file for file in files if file.path is not None], slot
    assert called > len(slots)
