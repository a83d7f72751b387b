"""What holds for every record of a component, the next one included."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import gradio_runtime
import pytest
from gradio_runtime import File, types
from gradio_runtime._codecs import codec
from gradio_runtime._components import registry
from gradio_runtime._components.files import files_in_schema
from gradio_runtime._components.kind import Codec, Kind
from gradio_runtime._components.registry import HOMES, KINDS, VALUES
from pydantic import BaseModel, TypeAdapter

OWN = {"Any", "Several", "bool", "choice", "float", "list", "str"}
PROPS: tuple[dict[str, Any], ...] = (
    {},
    {"type": "messages"},
    {"tool": "sketch"},
    {"bare": True, "date_only": True},
)
#: Every record, and those that are right in its place for some properties.
RECORDS = {
    f"{name}-{number}": kind.of(props)
    for name, kind in KINDS.items()
    for number, props in enumerate(PROPS)
    if number == 0 or kind.of(props) != kind.of({})
}


def class_of(name: str) -> Any:
    return getattr(gradio_runtime if name not in HOMES else types, name)


@pytest.mark.parametrize("kind", RECORDS.values(), ids=RECORDS)
def test_a_record_speaks_of_types_that_there_are(kind: Kind) -> None:
    named = set(re.findall(r"\w+", f"{kind.takes} {kind.gives}"))
    assert named - OWN <= VALUES.keys()
    assert bool(kind.takes) == bool(kind.gives)
    assert kind.files in ("", "bare", "captioned", "among")


@pytest.mark.parametrize("kind", [k for k in RECORDS.values() if k.codec])
def test_a_record_names_a_codec_that_there_is(kind: Kind) -> None:
    assert isinstance(codec._codec(kind), Codec)


def test_no_two_records_are_of_one_component() -> None:
    names = [
        name
        for family in vars(registry).values()
        if isinstance(family, ModuleType)
        for kind in family.KINDS
        for name in kind.names.split()
    ]
    assert sorted(names) == sorted(KINDS)


def test_type_checkers_find_every_class_that_the_records_have() -> None:
    """They read the imports of `types`, which are of the `__all__` of modules."""
    tree = ast.parse(Path(types.__file__).read_text("utf-8"))
    found = {"Unchanged"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            place = f"{'.' * node.level}{node.module}"
            found |= set(importlib.import_module(place, types.__name__).__all__)
    assert found == set(types.__all__)
    assert all(hasattr(types, name) for name in found)


@pytest.mark.parametrize("name", VALUES)
def test_an_example_is_of_its_type(name: str) -> None:
    if (example := VALUES[name].example) == "None":
        return
    names = {name: class_of(name) for name in VALUES}
    own = {"local_files": True}
    TypeAdapter(class_of(name)).validate_python(eval(example, names), context=own)


def _holds_a_file(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, File):
        return True
    return any(map(_holds_a_file, get_args(annotation)))


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.home])
def test_a_record_lists_the_members_that_are_files(kind: Kind) -> None:
    """A text of the app's in their place is marked as its own: it names no file here."""
    names = [*(value.name for value in kind.all_values), *kind.exports.split()]
    classes = [c for c in map(class_of, names) if isinstance(c, type)]
    members = {
        name
        for class_ in classes
        if issubclass(class_, BaseModel)
        for name, field in class_.model_fields.items()
        if _holds_a_file(field.annotation)
    }
    assert members <= set(kind.members.split())
    assert not members or kind.files


FILE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"path": {}, "url": {}, "orig_name": {}, "size": {}},
}
DEFS = {"$defs": {"FileData": FILE_SCHEMA}}
REFERENCE = {"$ref": "#/$defs/FileData"}


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        (FILE_SCHEMA, "bare"),
        ({"type": "array", "items": FILE_SCHEMA}, "bare"),
        ({**DEFS, "type": "array", "items": REFERENCE}, "bare"),
        ({**DEFS, **REFERENCE}, "bare"),
        ({**DEFS, "properties": {"file": REFERENCE}}, "among"),
        ({"anyOf": [FILE_SCHEMA, {"type": "string"}]}, "among"),
        ({"type": "string"}, ""),
        *(({}, ""), ([], ""), (None, ""), ("path", ""), ({"items": ["path"]}, "")),
        *(({key: [3]}, "") for key in ("$defs", "$ref", "items", "properties")),
        ({"$ref": 3, "$defs": {"3": []}, "items": {"$ref": []}}, ""),
    ],
)
def test_a_schema_says_how_files_stand_in_values(schema: Any, files: str) -> None:
    assert files_in_schema(schema) == files
