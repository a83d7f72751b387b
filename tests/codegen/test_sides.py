"""Classes that hold files: a parameter takes paths, an output gives a `File`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from gradio_codegen.decide import objects
from gradio_codegen.decide.build import build
from gradio_codegen.drift import compare, read_module
from gradio_codegen.write.examples import example_call
from gradio_runtime import File, InputError
from gradio_runtime._models.files import facts_of
from gradio_runtime._models.provenance import AppStr
from pydantic import ValidationError

from tests.support.checkers import mypy_errors, pyright_errors

from .support import Slot, endpoint, load, module_of, spec_of

FILE: dict[str, Any] = {
    "type": "object",
    "title": "FileData",
    "properties": {name: {} for name in ("path", "url", "orig_name")},
}


def object_of(title: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "properties": properties,
        "required": list(properties),
    }


PART = object_of("Part", image=FILE, caption={"type": "string"})
LISTS = {"parts": {"type": "array", "items": PART}}
ITEM = object_of("Item", **LISTS, files={"type": "array", "items": FILE})
#: Within itself, with a file that may be left out.
TREE: dict[str, Any] = {
    "$ref": "#/$defs/Tree",
    "$defs": {
        "Tree": {
            "type": "object",
            "properties": {
                "leaf": {"anyOf": [FILE, {"type": "null"}], "default": None},
                "left": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
            },
        }
    },
}
PLAIN = object_of("Plain", n={"type": "integer"})


def slot(schema: Any, type_: str = "custom") -> Slot:
    return Slot(type_, "value", schema=schema)


APP = [
    endpoint("edit", [slot(ITEM)], [slot(ITEM)]),
    endpoint("show", [slot(object_of("Shown", image=FILE))], [slot(PLAIN)]),
    endpoint("count", [slot(PLAIN, "api")], [slot(object_of("Made", made=FILE))]),
    endpoint("grow", [slot(TREE)], [slot(TREE)]),
    endpoint("every", [slot({"type": "array", "items": ITEM})]),
]


@pytest.fixture
def api(tmp_path: Path) -> ModuleType:
    return load(module_of(*APP).code, tmp_path, "sides_api")


def test_what_holds_files_and_is_both_taken_and_given_is_two_classes() -> None:
    code = " ".join(module_of(*APP).code.split())
    for text in (
        'class Part(Model): """An object of the app\'s API.""" image: File ',
        'class PartInput(Model): """An object of the app\'s API.""" image: FileInput ',
        "parts: list[Part] files: list[File] ",
        "parts: Several[PartInput | Part] files: Several[FileInput] ",
        "def edit(value: ItemInput | Item) -> Call[Item]:",
        "def every(value: Several[ItemInput | Item]) -> Call[None]:",
        'class Shown(Model): """An object of the app\'s API.""" image: FileInput ',
        'class Made(Model): """An object of the app\'s API.""" made: File ',
        "leaf: FileInput | None = None left: TreeInput | Tree | None = None",
        "def count(value: Plain) -> Call[Made]:",
    ):
        assert text in code
    assert "PlainInput" not in code
    assert "ShownInput" not in code


@pytest.mark.parametrize("given", ["photo.png", Path("photo.png"), b"png"])
def test_a_file_of_an_object_is_given_as_any_other(api: ModuleType, given: Any) -> None:
    value = api.ItemInput(parts=[api.PartInput(image=given, caption="")], files=[given])
    for call in (
        api.edit.call(value),
        api.show.call(api.Shown(image=given)),
        api.grow.call(api.TreeInput(left=api.TreeInput(leaf=given))),
    ):
        (sent,) = call.data
        assert str(getattr(sent, "image", "")) in ("", str(File.of(given)))
    files = [value.parts[0].image, *value.files]
    assert all(type(f) is File and facts_of(f).named for f in files)


def test_a_url_in_an_object_is_a_file_and_what_an_app_gave_is_handed_on(
    api: ModuleType,
) -> None:
    url = "https://example.com/a.png"
    made = {"parts": [{"image": url, "caption": ""}], "files": [url]}
    (value,) = api.edit.call(made).data
    assert [str(value.parts[0].image), str(value.files[0])] == [url, url]
    result = api.Item(parts=[], files=[File(url=url)])
    (value,) = api.edit.call(result).data
    assert value is result
    (values,) = api.every.call([result, made]).data
    assert [type(item) for item in values] == [api.Item, api.ItemInput]


class Places(Enum):
    SECRET = "/home/somebody/.env"


PATH = "/home/somebody/.env"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("edit", {"parts": [{"image": PATH, "caption": ""}], "files": []}),
        ("edit", {"parts": [], "files": [{"path": PATH}]}),
        ("edit", {"parts": [], "files": [PATH]}),
        ("show", {"image": PATH}),
        ("grow", {"left": {"leaf": PATH}}),
        ("every", [{"parts": [], "files": [PATH]}]),
    ],
)
def test_no_json_names_a_file_of_this_machine(
    api: ModuleType, name: str, value: Any
) -> None:
    import json

    function = getattr(api, name)
    with pytest.raises(InputError) as refused:
        function.call(value)
    assert "\n" not in str(refused.value)
    assert next(iter(refused.value.fields)).startswith("value.")
    body = json.dumps({"value": value})
    with pytest.raises(ValidationError):
        function.inputs.model_validate_json(body)
    own = function.inputs.model_validate_json(body, context={"local_files": True})
    assert PATH in str(own)


def test_a_text_that_no_caller_has_written_names_no_file(api: ModuleType) -> None:
    for texts in (np.array([PATH]), [AppStr(PATH)], [Places.SECRET]):
        with pytest.raises(ValidationError):
            api.ItemInput(parts=[], files=texts)


def test_the_example_of_an_object_with_a_file_is_taken(api: ModuleType) -> None:
    module, _ = build(spec_of(*APP))
    for item in module.endpoints:
        text = example_call(module, item).rpartition("\n")[2].removeprefix("result = ")
        names = {**vars(api), item.function: getattr(api, item.function).call}
        assert eval(text, names).data
        assert "value" in text


def test_callers_of_a_module_with_one_class_for_both_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As modules of 0.1 were: a `File` in what parameters take, too."""
    new = module_of(*APP).code

    def as_before(classes: Any, endpoints: Any, _: Any) -> Any:
        return classes, endpoints

    monkeypatch.setattr(objects, "taken_and_given", as_before)
    old = module_of(*APP).code
    assert "FileInput" not in old
    found = compare(read_module(old, "old"), read_module(new, "new"))
    assert not found.breaking
    back = compare(read_module(new, "new"), read_module(old, "old"))
    assert {c.endpoint for c in back.breaking} >= {"/edit", "/show", "/every"}


CALLS = """\
from pathlib import Path

from sides_api import Item, ItemInput, Part, PartInput, Shown, Tree, TreeInput, edit, every, grow, show

part = PartInput(image="photo.png", caption="")
result = edit(ItemInput(parts=[part], files=["a.png", Path("b.png"), b"png"]))
result = edit(result)
result.files[0].save("copy.png")
parts: list[Part] = result.parts
edit(ItemInput(parts=parts, files=result.files))
items: list[Item] = [result]
every(items)
every([result, ItemInput(parts=[*parts, part], files=[])])
show(Shown(image=b"png"))
tree: Tree = grow(TreeInput(leaf="leaf.png", left=TreeInput()))
grow(TreeInput(left=tree))
show(Shown(image=3))
edit(part)
"""


@pytest.mark.slow
def test_type_checkers_know_what_is_taken(tmp_path: Path) -> None:
    (tmp_path / "sides_api.py").write_text(module_of(*APP).code, "utf-8")
    (tmp_path / "calls.py").write_text(CALLS, "utf-8")
    last = len(CALLS.splitlines())
    wrong = {("calls.py", last - 1), ("calls.py", last)}
    assert mypy_errors(tmp_path) == wrong
    assert pyright_errors(tmp_path) == wrong
