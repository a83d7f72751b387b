"""What real apps do to their descriptions, one test for each fact."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen.api import generate_from
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from hypothesis import given, settings
from hypothesis import strategies as st

from .support import Slot, describe, endpoint, load, module_of, one, spec_of

TEXT = Slot("textbox", "text", "Text")


def generated(config: Any, info: Any, **options: Any) -> str:
    spec = AppSpec.from_raw("owner/app", config, info)
    # A saved description must know the same.
    assert loads(dumps(spec), "saved") == spec
    return generate_from(spec).code


# --- Names that repeat


def repeated() -> tuple[Any, Any]:
    """Two functions of one api_name, of which `/info` has the last."""
    first = endpoint("ask", [Slot("number", "n", "How many")], [Slot("textbox")])
    last = endpoint("ask", [Slot("image", "i", "Picture")], [Slot("label")])
    config, info = describe(first, last)
    for component in config["components"]:
        if component["type"] == "number":
            component["props"] = {"label": "How many", "precision": 0}
            component["api_info"] = {"type": "integer"}
        elif component["type"] == "textbox":
            component["props"] = {"label": "Answer"}
            component["api_info"] = {"type": "string"}
    return config, info


def test_of_a_repeated_name_the_function_that_is_called_is_described() -> None:
    code = generated(*repeated())
    assert "def ask(how_many: int) -> Call[str]:" in code
    assert 'shape="number -> textbox"' in code


def test_a_repeated_name_whose_first_is_private_is_the_second() -> None:
    config, info = repeated()
    config["dependencies"][0]["api_visibility"] = "private"
    assert "def ask(i: FileInput) -> Call[LabelData]:" in generated(config, info)


def test_a_repeated_name_of_the_same_components_keeps_its_names() -> None:
    config, info = describe(endpoint("ask", [TEXT]), endpoint("ask", [TEXT]))
    assert "def ask(text: str)" in generated(config, info)


@pytest.mark.parametrize(
    ("names", "functions"),
    [
        (["flag", "Flag"], ["flag", "Flag"]),
        (["a-b", "a b", "a.b", "a/b"], ["a_b", "a_b_2", "a_b_3", "a_b_4"]),
        (["é", "e\u0301"], ["é", "é_2"]),
        (["class", "match", "type"], ["class_", "match", "type_"]),
        (["__init__", "_x", "1st"], ["init", "x", "endpoint_1st"]),
        (["copy", "json", "schema", "model_config"], None),
        (
            ["close", "predict", "submit", "app"],
            ["close_", "predict", "submit", "app_"],
        ),
        (["Client", "App", "UNCHANGED", "Any"], None),
        (["", "!", "…"], ["endpoint", "endpoint_2", "endpoint_3"]),
        (["\U0001d4f9re", "\ufb01le"], ["pre", "file"]),
    ],
)
def test_names_of_endpoints(
    names: list[str], functions: list[str] | None, tmp_path: Path
) -> None:
    module = module_of(*(endpoint(name, [TEXT]) for name in names))
    loaded = load(module.code, tmp_path, "names_api")
    found = {
        value.api_name: name
        for name, value in vars(loaded).items()
        if type(value).__name__ == "Endpoint"
    }
    assert list(found) == [f"/{name}" for name in names]
    if functions is not None:
        assert list(found.values()) == functions
    client = loaded.AppClient
    for name in found.values():
        assert getattr(client, name).inputs is getattr(loaded, name).inputs


ODD = [
    "class", "match", "type", "self", "cls", "copy", "json", "schema", "model_config",
    "model_fields", "dict", "validate", "model_dump", "str", "int", "list", "None",
    "True", "__dunder__", "_private", "1st", "a-b", "a b", "a.b", "a/b", "ünï", "名前",
    "App", "Call", "Field", "File", "Input", "UNCHANGED", "print", "astuple", "🦊",
    "Text", "f", "FInput", "app", "_app", "annotations", "api_name", "timeout",
]  # fmt: skip


def test_names_of_parameters_and_outputs(tmp_path: Path) -> None:
    inputs = [Slot("textbox", name) for name in ODD]
    outputs = [Slot("textbox", label=name) for name in ODD]
    module = module_of(endpoint("f", inputs, outputs))
    loaded = load(module.code, tmp_path, "odd_api")
    values = [str(index) for index in range(len(ODD))]
    assert list(loaded.f.call(*values).data) == values
    result = loaded.FOutput.model_validate(
        dict(zip(loaded.FOutput.model_fields, values, strict=True))
    )
    assert list(result.astuple()) == values


LABELS = st.one_of(st.text(max_size=8), st.sampled_from(ODD))


@settings(deadline=None, max_examples=10)
@given(
    st.lists(st.tuples(LABELS, LABELS, LABELS), min_size=1, max_size=4),
    st.tuples(LABELS, LABELS),
    st.integers(0, 4),
)
def test_names_stay_when_an_unrelated_endpoint_comes(
    items: list[tuple[str, str, str]], extra: tuple[str, str], place: int
) -> None:
    def item(name: str, number: int, parameter: str, label: str) -> Any:
        return endpoint(
            f"{name} {number}",
            [Slot("textbox", parameter or "p", label), Slot("number", "q", label)],
            [Slot("textbox", label=label), Slot("number", label=label)],
        )

    old = [item(n, index, p, q) for index, (n, p, q) in enumerate(items)]
    new = [*old]
    new.insert(min(place, len(new)), item(extra[0], 99, extra[1], extra[1]))
    before, after = (module_of(*endpoints).code for endpoints in (old, new))
    for block in before.split("\n\n\n")[1:-1]:
        if block.startswith("@"):
            assert block in after
    assert names_of(before) <= names_of(after)


def names_of(code: str) -> set[str]:
    """What can be imported from a module."""
    return set(re.findall(r"^(?:class |def )?(\w+)(?=[(:]| = )", code, re.MULTILINE))


# --- Labels


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Main result", "main_result"),
        ("", "textbox"),
        (None, "textbox"),
        (7, "textbox_7"),
        (1.5, "textbox_1_5"),
        ({"__type__": "translation_metadata", "key": "ui.result"}, "ui_result"),
        (
            '__i18n__{"__type__": "translation_metadata", "key": "ui.result"}',
            "ui_result",
        ),
        ("__i18n__{broken", "i18n_broken"),
        ({"en": "Result"}, "textbox"),
        (["a"], "a"),
        ("value_45", "textbox"),
        ("parameter_12", "textbox"),
    ],
)
def test_a_label_of_any_kind_names_an_output(label: Any, name: str) -> None:
    config, info = describe(endpoint("f", [], [Slot("textbox"), Slot("number")]))
    info["named_endpoints"]["/f"]["returns"][0]["label"] = label
    assert f"\n    {name}: str\n" in generated(config, info)


def test_without_a_name_a_parameter_is_called_by_its_label_or_component() -> None:
    config, info = describe(
        endpoint("f", [Slot("textbox", "a", "Your name"), Slot("number", "b")])
    )
    for item in info["named_endpoints"]["/f"]["parameters"]:
        del item["parameter_name"], item["parameter_has_default"]
    assert "def f(your_name: str, number: float)" in generated(config, info)


# --- Slots that `/info` does not have


def test_state_and_layout_are_skipped_on_both_sides(tmp_path: Path) -> None:
    config, info = describe(
        endpoint(
            "f",
            [Slot("state"), TEXT, Slot("state")],
            [Slot("state"), Slot("textbox"), Slot("column"), Slot("number")],
        )
    )
    for item in config["components"]:
        item["skip_api"] = item["type"] in ("state", "column")
    returns = info["named_endpoints"]["/f"]["returns"]
    returns[:] = [item for item in returns if item["component"] != "Column"]
    code = generated(config, info)
    assert 'shape="textbox -> textbox, number"' in code
    assert "def f(text: str) -> Call[FOutput]" in code


@pytest.mark.parametrize("kind", ["dataset", "interpretation", "state"])
def test_gradio_3_hides_by_type(kind: str) -> None:
    config, info = describe(endpoint("f", [TEXT, Slot(kind)]), version="3.50.2")
    config["components"][-1].pop("skip_api")
    info["named_endpoints"]["/f"]["parameters"] = info["named_endpoints"]["/f"][
        "parameters"
    ][:1]
    assert "def f(text: str)" in generated(config, info)


def test_the_first_gradio_3_lists_state_as_well() -> None:
    """Measured on 3.28.3: `/info` has an item for each slot."""
    state = Slot("state")
    config, info = describe(
        endpoint("f", [state, TEXT], [Slot("number"), state]), version="3.28.3"
    )
    described = info["named_endpoints"]["/f"]
    described["parameters"].insert(0, {"label": "parameter_9", "component": "State"})
    described["returns"].append({"label": "value_9", "component": "State"})
    assert "def f(text: str) -> Call[float]" in generated(config, info)


# --- Functions that want more than values


def test_event_data_is_told_of() -> None:
    config, info = describe(endpoint("f", [TEXT]))
    config["dependencies"][0]["collects_event_data"] = True
    module = generate_from(AppSpec.from_raw("o/a", config, info))
    assert [str(item) for item in module.diagnostics] == [
        (
            "warning: /f: its function also takes event data (gr.SelectData or the "
            "like): give it by with_options(event_data=...)"
        )
    ]
    assert "with_options(event_data=...)" in module.code


def test_a_component_with_its_properties_is_given_by_its_value() -> None:
    config, info = describe(endpoint("f", [TEXT]))
    config["dependencies"][0]["component_prop_inputs"] = [0]
    assert "def f(text: str)" in generated(config, info)


# --- What may be None


def test_outputs_that_may_be_none_are_chosen_by_name() -> None:
    items = [endpoint(name, [], [Slot("textbox")]) for name in ("a_b", "b")]
    code = module_of(*items, nullable=("/a_*",)).code
    assert "def a_b() -> Call[str | None]" in code
    assert "def b() -> Call[str]" in code
    assert "# options: --nullable=/a_*\n" in code


# --- Custom components and schemas


def test_an_unknown_component_is_typed_by_its_schema() -> None:
    schema = {
        "type": "object",
        "title": "Place",
        "properties": {"lat": {"type": "number"}, "name": {"type": "string"}},
        "required": ["lat"],
    }
    code, _ = one(Slot("mymap", "place", "Where", schema=schema))
    assert "class Place(Model):" in code
    assert "def f(place: Place)" in code
    assert "Where (Mymap)." in code


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({}, "Any"),
        ({"type": {}}, "Any"),
        (None, "Any"),
        (True, "Any"),
        ({"const": "x"}, 'V'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
        ({"type": ["integer", "null"]}, "int | None"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": True}, "dict[str, Any]"),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            "dict[str, int]",
        ),
        (
            {
                "type": "array",
                "prefixItems": [{"type": "string"}, {"type": "integer"}],
                "minItems": 2,
                "maxItems": 2,
            },
            "tuple[str, int]",
        ),
        (
            {
                "prefixItems": [{"type": "string"}],
                "items": {"type": "integer"},
            },
            "list[str | int]",
        ),
        ({"items": {"type": "string"}}, "list[str]"),
        ({"$ref": "#/$defs/N", "$defs": {"N": {"type": "integer"}}}, "int"),
        ({"$ref": "#/$defs/Lost"}, "Any"),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, "Any"),
    ],
)  # fmt: skip
def test_schemas(schema: Any, type_: str) -> None:
    code, _ = one(Slot("custom", "v", schema=schema))
    if schema is None or schema is True:
        config, info = describe(endpoint("f", [Slot("custom", "v")]))
        info["named_endpoints"]["/f"]["parameters"][0]["type"] = schema
        code = generated(config, info)
    assert f"def f(v: {type_})" in code


def test_a_tree_is_a_class_that_holds_itself(tmp_path: Path) -> None:
    node = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        },
        "required": ["name"],
    }
    slot = Slot("tree", "t", schema={"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    code = module_of(endpoint("f", [slot])).code
    assert "    children: list[Node] | None = None\n" in code
    loaded = load(code, tmp_path, "tree_api")
    tree = {"name": "a", "children": [{"name": "b"}]}
    (sent,) = loaded.f.call(loaded.Node.model_validate(tree)).data
    assert sent.children[0].name == "b"


def test_shared_definitions_become_one_class_whatever_they_are_called() -> None:
    point = {"type": "object", "properties": {"x": {"type": "integer"}}}

    def line(name: str) -> Any:
        ends = {"a": {"$ref": f"#/$defs/{name}"}, "b": {"$ref": f"#/$defs/{name}"}}
        return {
            "type": "object",
            "title": "Line",
            "properties": ends,
            "$defs": {name: point},
        }

    code = module_of(
        endpoint("f", [Slot("line", "v", schema=line("Point"))]),
        endpoint("g", [Slot("line", "v", schema=line("Spot"))]),
        endpoint("h", [Slot("point", "v", schema=point)]),
    ).code
    assert [line for line in code.split("\n") if "(Model)" in line] == [
        "class Line(Model):",
        "class Point(Model):",
    ]
    assert "def h(v: Point)" in code


def test_two_shapes_of_one_title_are_two_classes() -> None:
    def titled(kind: str) -> Any:
        return {
            "type": "object",
            "title": "Options",
            "properties": {"x": {"type": kind}},
        }

    code = module_of(
        endpoint("f", [Slot("c", "v", schema=titled("string"))]),
        endpoint("g", [Slot("c", "v", schema=titled("integer"))]),
    ).code
    assert "def f(v: Options)" in code
    assert "def g(v: GV)" in code


@pytest.mark.parametrize(
    ("title", "properties"),
    [
        ("LabelData", ["label", "confidences"]),
        ("DataframeData", ["headers", "data", "metadata"]),
        ("HighlightedToken", ["token", "class_or_confidence"]),
        ("AnnotatedImageData", ["image", "annotations"]),
        ("MultimodalData", ["text", "files"]),
        ("PlotData", ["type", "plot"]),
    ],
)
def test_gradios_own_shapes_are_the_runtimes_classes(
    title: str, properties: list[str]
) -> None:
    schema = {
        "type": "object",
        "title": title,
        "properties": {name: {"type": "string"} for name in properties},
    }
    inside = {"type": "object", "title": "Mine", "properties": {"it": schema}}
    code = module_of(
        endpoint("f", [], [Slot("custom", schema=schema)]),
        endpoint("g", [], [Slot("custom", schema=inside)]),
    ).code
    assert f"def f() -> Call[{title}]" in code
    assert f"    it: {title} | None = None\n" in code
    assert f"class {title}(" not in code
    # Another shape of that title is another class.
    other = {**schema, "properties": {"z": {"type": "string"}}}
    assert "Call[FCustom]" in one(Slot("custom", schema=other), as_output=True)[0]


@pytest.mark.parametrize(
    ("content", "type_"),
    [({"type": "array", "items": {}}, "ChatMessage"), ({"type": "string"}, "Message")],
)
def test_messages_of_gradio_6_are_the_runtimes(content: Any, type_: str) -> None:
    properties = {"role": {}, "metadata": {}, "content": content, "options": {}}
    message = {"type": "object", "title": "Message", "properties": properties}
    schema = {"type": "array", "items": {"$ref": "#/$defs/M"}, "$defs": {"M": message}}
    code, _ = one(Slot("mychat", schema=schema), as_output=True)
    assert f"Call[list[{type_}]]" in code


@pytest.mark.parametrize(
    "properties",
    [
        ["path", "url", "size", "orig_name", "mime_type", "is_stream", "meta"],
        ["name", "data", "is_file"],
    ],
)
def test_files_in_schemas_are_files(properties: list[str]) -> None:
    data = {"type": "object", "properties": {name: {} for name in properties}}
    code, _ = one(Slot("custom", "v", schema={"type": "array", "items": data}))
    assert "def f(v: Several[FileInput])" in code


def test_the_description_of_an_unknown_version_is_read() -> None:
    assert spec_of(endpoint("f", [TEXT])).version == "6.31.0"
    config, info = describe(endpoint("f", [TEXT]), version="7.0.0.dev1")
    assert "def f(text: str)" in generated(config, info)
