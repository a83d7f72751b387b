"""JSON Schema and components to types."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from gradio_codegen.decide.names import MODULE, Namer
from gradio_codegen.decide.objects import ModelRegistry, write_models
from gradio_codegen.decide.schema import SchemaMapper
from gradio_codegen.decide.types import FILE, accepts, write
from gradio_runtime.description import Component
from hypothesis import given
from hypothesis import strategies as st

from .support import Slot, endpoint, one, spec_of

FILE_DATA = {
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "url": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "orig_name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}


def mapped(schema: Any, *, in_model: bool = False) -> str:
    mapper = SchemaMapper(ModelRegistry(Namer(MODULE)), FILE)
    return write(mapper.map(schema, "Wanted"), in_model=in_model)


SCHEMAS: list[tuple[Any, str]] = [
    ({"type": "string"}, "str"),
    ({"type": "integer"}, "int"),
    ({"type": "number"}, "float"),
    ({"type": "boolean"}, "bool"),
    ({"type": "null"}, "None"),
    ({"type": {}}, "Any"),
    ({}, "Any"),
    (None, "Any"),
    (True, "Any"),
    ({"type": "mystery"}, "Any"),
    ({"type": "array"}, "list[Any]"),
    ({"type": "array", "items": {"type": "number"}}, "list[float]"),
    (
        {
            "type": "array",
            "prefixItems": [{"type": "string"}, {"type": "integer"}],
            "items": False,
        },
        "tuple[str, int]",
    ),
    ({"type": "object"}, "dict[str, Any]"),
    (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        "dict[str, int]",
    ),
    ({"type": "string", "enum": []}, "str"),
    ({"type": "string", "enum": ["a", "it's"]}, "Literal['a', \"it's\"]"),
    ({"type": "string", "enum": [1, 2]}, "Literal[1, 2]"),
    ({"enum": [0.5, 1]}, "float"),
    ({"enum": ["a", 0.5]}, "Literal['a'] | float"),
    ({"const": "x y"}, "Literal['x y']"),
    ({"anyOf": [{"type": "null"}, {"type": "string"}]}, "str | None"),
    ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "float"),
    ({"anyOf": [{"type": "string"}, {}]}, "Any"),
    ({"type": ["string", "null"]}, "str | None"),
    ({"allOf": [{"type": "string"}], "default": "x"}, "str"),
    ({"$ref": "#/$defs/No"}, "Any"),
    ({"$ref": "#/$defs/S", "$defs": {"S": {"$ref": "#/$defs/S"}}}, "Any"),
    (
        {
            "$ref": "#/$defs/S",
            "$defs": {"S": {"type": "array", "items": {"$ref": "#/$defs/S"}}},
        },
        "list[Any]",
    ),
    (FILE_DATA, "File"),
    ({"type": "array", "items": FILE_DATA}, "list[File]"),
    ({"properties": {"a": {"type": "string"}}, "title": "Thing"}, "Thing"),
    ({"type": "object", "properties": {"a": {}}}, "Wanted"),
]


@pytest.mark.parametrize(("schema", "type_"), SCHEMAS)
def test_schemas(schema: Any, type_: str) -> None:
    assert mapped(schema) == type_


def test_a_number_in_a_model_keeps_ints() -> None:
    schema = {"type": "array", "items": {"type": "number"}}
    assert mapped(schema, in_model=True) == "list[int | float]"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "enum",
                    "anyOf",
                    "$ref",
                    "prefixItems",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_schema_is_mapped_or_refused_by_place(schema: Any) -> None:
    from gradio_codegen import SpecError

    slot = Slot("api", "v", schema=schema)
    try:
        spec = spec_of(endpoint("f", [slot]))
    except SpecError as error:
        if "info.named_endpoints./f.parameters[0].type" in error.place:
            return
        raise
    (parameter,) = spec.info.named_endpoints["/f"].parameters
    assert mapped(parameter.schema_)


def parameter(slot: Slot) -> str:
    """The parameter as its function has it."""
    code, _ = one(slot)
    start = code.index("\ndef f(") + len("\ndef f(")
    text = code[start : code.index(") -> Call", start)]
    return " ".join(text.split()).rstrip(",")


def field(slot: Slot) -> str:
    """The field of the input model."""
    code, _ = one(slot)
    block = code.partition('"""Inputs of `/f`."""')[2].partition("\n\n\n")[0]
    return " ".join(block.split())


CHOICES = [["One", 1], ["Two", 2]]


@pytest.mark.parametrize(
    ("slot", "signature", "in_model"),
    [
        (
            Slot("number", "n", props={"minimum": 0, "maximum": 9.5}),
            "n: float",
            "n: int | float = Field(ge=0, le=9.5)",
        ),
        (
            Slot("number", "n", default=4, props={"precision": 0, "minimum": 0.5}),
            "n: int = 4",
            "n: int = Field(default=4, ge=1)",
        ),
        (
            Slot("slider", "n", default=3, props={"minimum": 1, "step": 1}),
            "n: float = 3",
            "n: int | float = Field(default=3, ge=1, multiple_of=1)",
        ),
        (
            Slot("textbox", "t", props={"max_length": 40}),
            "t: str",
            "t: str = Field(max_length=40)",
        ),
        (
            Slot("textbox", "t", default=None),
            "t: str | None = None",
            "t: str | None = None",
        ),
        (Slot("radio", "way", props={"choices": CHOICES}), "way: Way", "way: Way"),
        (
            Slot("dropdown", "way", props={"choices": ["a"], "multiselect": True}),
            "way: list[Way]",
            "way: list[Way]",
        ),
        (
            Slot(
                "dropdown", "way", props={"choices": ["a"], "allow_custom_value": True}
            ),
            "way: Way | str",
            "way: Way | str",
        ),
        (
            Slot("dropdown", "way", props={"choices": []}),
            "way: str",
            "way: str | int | float | None",
        ),
        (
            Slot("checkboxgroup", "way", default=[1], props={"choices": CHOICES}),
            "way: list[Way] | None = None",
            "way: list[Way] = Field(default=[1])",
        ),
        (
            Slot("dropdown", "way", default="z", props={"choices": ["a"]}),
            'way: Way | str = "z"',
            'way: Way | str = "z"',
        ),
        (
            Slot("radio", "way", default=0.5, props={"choices": [0.5, 1]}),
            "way: float = 0.5",
            "way: int | float = 0.5",
        ),
        (Slot("image", "i"), "i: FileInput", "i: FileInput"),
        (
            Slot("file", "i", props={"file_count": "multiple"}),
            "i: Several[FileInput]",
            "i: Several[FileInput]",
        ),
        (
            Slot("image", "i", default={"path": "/tmp/x", "url": "http://h/x"}),
            "i: FileInput | Unchanged | None = UNCHANGED",
            "i: FileInput | Unchanged | None = UNCHANGED",
        ),
        (Slot("json", "j"), "j: Any", "j: Any"),
        (
            Slot("multimodaltextbox", "m", default={"text": "", "files": []}),
            "m: MultimodalInput | Unchanged = UNCHANGED",
            "m: MultimodalInput | Unchanged = UNCHANGED",
        ),
        (
            Slot("chatbot", "c", default=[]),
            "c: list[ChatMessage] | None = None",
            "c: list[ChatMessage] = Field(default=[])",
        ),
    ],
    ids=lambda value: value.type if isinstance(value, Slot) else "",
)
def test_parameters(slot: Slot, signature: str, in_model: str) -> None:
    assert parameter(slot) == signature
    assert field(slot) == in_model


@pytest.mark.parametrize(
    ("slot", "type_"),
    [
        (Slot("textbox"), "str"),
        (Slot("number"), "float"),
        (Slot("number", props={"precision": 0}), "int"),
        (Slot("dropdown", props={"choices": CHOICES}), "int"),
        (Slot("dropdown", props={"choices": []}), "str"),
        (Slot("dropdown", props={"choices": ["a"], "multiselect": True}), "list[str]"),
        (Slot("image"), "File"),
        (Slot("video"), "File"),
        (Slot("file", props={"file_count": "directory"}), "list[File]"),
        (Slot("gallery"), "list[GalleryItem]"),
        (Slot("label"), "LabelData"),
        (Slot("dataframe"), "DataframeData"),
        (Slot("multimodaltextbox"), "MultimodalData"),
        (Slot("chatbot"), "list[ChatMessage]"),
        (Slot("json"), "Any"),
    ],
    ids=lambda value: value.type if isinstance(value, Slot) else "",
)
def test_outputs(slot: Slot, type_: str) -> None:
    code, _ = one(slot, as_output=True)
    assert f"def f() -> Call[{type_}]:" in code


@pytest.mark.parametrize("form", ["tuples", None])
def test_a_chat_of_pairs_has_the_runtimes_pairs(form: str | None) -> None:
    from gradio_codegen.decide.components import output_type

    mapper = SchemaMapper(ModelRegistry(Namer(MODULE)), FILE)
    component = Component(id=1, type="chatbot", props={"type": form} if form else {})
    assert write(output_type(component, {}, mapper, "X")) == "list[ChatPair]"


# --- Object types

POINT = {
    "type": "object",
    "title": "Point",
    "properties": {
        "x": {"type": "number", "title": "X"},
        "class": {"type": "string", "default": "p"},
        "copy": {"type": "array", "items": {"type": "string"}, "default": []},
        "kind": {"const": "point"},
        "next": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "null"}]},
        "file": FILE_DATA,
    },
    "required": ["x", "kind"],
}


def fields(schema: Any, types: Sequence[str] = ()) -> list[str]:
    registry = ModelRegistry(Namer(MODULE))
    SchemaMapper(registry, FILE).map(schema, "Wanted")
    first, *_ = write_models(registry.finished([])[0], types)
    return list(first.fields)


def test_an_object_becomes_a_class() -> None:
    assert fields({"$ref": "#/$defs/Point", "$defs": {"Point": POINT}}) == [
        "x: int | float",
        "class_: str = Field(default='p', alias='class')",
        "copy_: list[str] = Field(default=[], alias='copy')",
        "kind: Literal['point'] = 'point'",
        "next: Point | None = None",
        "file: File | None = None",
    ]


@pytest.mark.parametrize("schema", [schema for schema, _ in SCHEMAS])
def test_a_property_has_the_type_that_a_parameter_has(schema: Any) -> None:
    """datamodel-code-generator writes what `write` would."""
    written, *_ = fields(
        {
            "properties": {"a": schema},
            "required": ["a"],
            "title": "Wanted",
            "$defs": schema.get("$defs", {}) if isinstance(schema, dict) else {},
        }
    )
    expected = mapped(schema, in_model=True).replace("Wanted", "WantedA")
    annotation = written.removeprefix("a: ").partition(" = ")[0]
    assert annotation == ast.unparse(ast.parse(expected))


def holder(default: object, rest: Mapping[str, Any]) -> Any:
    """An object with a property of its own type, or a text."""
    inner = {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "string"}], "default": default}
    return {"title": "A", "type": "object", "properties": {"next": inner, **rest}}


@pytest.mark.parametrize(
    ("defs", "default"),
    [
        ({"A": holder("x", {})}, "'x'"),
        ({"A": holder("x", {"file": FILE_DATA})}, "None"),
        (
            {
                "A": {"properties": {"b": {"$ref": "#/$defs/B"}, "file": FILE_DATA}},
                "B": holder("x", {}),
            },
            "None",
        ),
    ],
    ids=["no file", "a file after it", "a file around it"],
)
def test_no_default_is_written_where_a_circle_leads_to_a_file(
    defs: Any, default: str
) -> None:
    registry = ModelRegistry(Namer(MODULE))
    SchemaMapper(registry, FILE).map({"$ref": "#/$defs/A", "$defs": defs}, "Wanted")
    models = write_models(registry.finished([])[0], [])
    lines = [line for model in models for line in model.fields]
    (written,) = (line for line in lines if line.startswith("next: "))
    assert written.endswith(f" = {default}")


def test_a_shape_has_one_class_whoever_uses_it() -> None:
    registry = ModelRegistry(Namer(MODULE))
    mapper = SchemaMapper(registry, FILE)
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    first = mapper.map({**schema, "title": "A", "description": "one"}, "X")
    second = mapper.map({**schema, "title": "B", "description": "two"}, "Y")
    third = mapper.map({"properties": {"a": {"type": "integer"}}, "title": "A"}, "Z")
    assert first == second
    # The place's name rather than a number, which would depend on the others.
    assert [write(type_) for type_ in (first, third)] == ["A", "Z"]


def test_a_field_is_never_named_like_a_type() -> None:
    schema = {"properties": {"Other": {"type": "string"}, "str": {"type": "string"}}}
    names = [line.partition(":")[0] for line in fields(schema, ["Other"])]
    assert names == ["Other_", "str_"]


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [
        ({"type": "integer"}, True, False),
        ({"type": "number"}, 1, True),
        ({"type": "array", "items": {"type": "string"}}, ["a", 1], False),
        ({"enum": [1]}, True, False),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None, True),
    ],
)
def test_defaults_are_held_against_types(schema: Any, value: Any, fits: bool) -> None:
    mapper = SchemaMapper(ModelRegistry(Namer(MODULE)), FILE)
    assert accepts(mapper.map(schema, "X"), value) is fits
