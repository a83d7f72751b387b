"""The allow-list of generated code: what declares passes, all else is refused."""

from __future__ import annotations

import importlib
import re
from typing import get_args

import pytest
from gradio_codegen import CheckError
from gradio_codegen.decide.names import HOLD_FILES, IMPORTS
from gradio_codegen.write.check import check_code
from pydantic import BaseModel, TypeAdapter

from .support import Slot, endpoint, module_of

NODE = {
    "title": "Node",
    "type": "object",
    "properties": {
        "file": {
            "type": "object",
            "properties": {name: {} for name in ("path", "url", "orig_name")},
        }
    },
    "required": ["file"],
}
CODE = module_of(
    endpoint(
        "f",
        [
            Slot("textbox", "text", "Text"),
            Slot("dropdown", "way", props={"choices": ["a", "b"]}),
            Slot("dataframe", "table", default={"headers": ["x"], "data": []}),
        ],
        [Slot("textbox"), Slot("number")],
    )
).code


def test_a_generated_module_passes() -> None:
    check_code(CODE)


def with_line(before: str, line: str) -> str:
    assert before in CODE
    return CODE.replace(before, f"{line}\n{before}", 1)


def with_labels(labels: str) -> str:
    """The decorator of the function, with other labels."""
    changed = re.sub(r'labels="[^"]*"', lambda _: f"labels={labels}", CODE, count=1)
    compile(changed, "changed", "exec")
    return changed


@pytest.mark.parametrize("labels", ["['a', None]", "[]", "['a'], output_labels=[]"])
def test_labels_are_texts(labels: str) -> None:
    check_code(with_labels(labels))


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x = 1",
        with_line("_app = App(", "import os"),
        with_line("_app = App(", "from os import system"),
        with_line("_app = App(", "from pydantic import BaseModel"),
        with_line("_app = App(", "from gradio_runtime import connect"),
        with_line("_app = App(", "from gradio_runtime import App as Any"),
        with_line("_app = App(", "from .gradio_runtime import App"),
        with_line("_app = App(", "print('hi')"),
        with_line("_app = App(", "x = 1"),
        with_line("_app = App(", "if True:\n    pass"),
        with_line("_app = App(", "Evil: TypeAlias = open('x')"),
        with_line("_app = App(", "Evil: TypeAlias = os.system"),
        with_line("_app = App(", "lambda: 1"),
        with_line("_app = App(", "class Evil(Input):\n    '''x'''\n    x: int = id(1)"),
        with_line("_app = App(", "class Evil(object):\n    '''x'''"),
        with_line("_app = App(", "class Evil(Input, metaclass=type):\n    '''x'''"),
        with_line("_app = App(", "class Evil(Input):\n    '''x'''\n    x: id(1)"),
        with_line("_app = App(", "class Evil(Input):\n    '''x'''\n    x: 'id(1)'"),
        with_line(
            "_app = App(", "class Evil(Input):\n    '''x'''\n    def f(self): return 1"
        ),
        with_line(
            "_app = App(",
            "class Evil(Input):\n    '''x'''\n    x: int = Field(default_factory=id)",
        ),
        with_line(
            "_app = App(", "def f():\n    '''x'''\n    return Call.of(FInput, locals())"
        ),
        with_line("@_app.endpoint", "@id"),
        CODE.replace("@_app.endpoint", "@_app.default_client"),
        CODE.replace('"/f"', 'str("/f")'),
        with_labels("[id(1)]"),
        with_labels("[1]"),
        with_labels("('a',)"),
        with_labels("['a'], evil=['b']"),
        with_labels("['a', *'b']"),
        CODE.replace("return Call.of(", "x = 1\n    return Call.of("),
        CODE.replace("(FInput, locals())", "(FInput, globals())"),
        CODE.replace("(FInput, locals())", "(Input, locals())"),
        CODE.replace("(FInput, locals())", "(FInput, locals(), 1)"),
        CODE.replace("locals())", "locals(), **locals())"),
        CODE.replace("Call.of", "Call.data"),
        CODE.replace("text: str,", "text: str = id(1),"),
        CODE.replace("-> Call[FOutput]", "-> id(FOutput)"),
        CODE.replace('"owner/app",', "id(1),"),
        CODE.replace("def f(text", "def f(texts"),
        CODE.replace(
            "return (self.textbox, self.number)", "return (id(1), self.number)"
        ),
        CODE.replace("f = f\n", "f = print\n"),
        CODE + "\x00",
        CODE + "(" * 500,
        CODE + "\n)",
    ],
)
def test_whatever_else_is_refused(code: str) -> None:
    assert code != CODE, "the change must have been made"
    with pytest.raises(CheckError, match="report it"):
        check_code(code)


#: A module with a parameter of every type that can hold a file.
FILES = module_of(
    endpoint(
        "f",
        [
            Slot("image", "image"),
            Slot("file", "files", default=[], props={"file_count": "multiple"}),
            Slot("chatbot", "chat", default=[], props={"type": "messages"}),
            Slot("json", "node", schema=NODE),
        ],
    )
).code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("image: FileInput | None,", 'image: FileInput | None = ".env",'),
        ("image: FileInput | None\n", 'image: FileInput | None = ".env"\n'),
        ("image: FileInput | None\n", 'image: FileInput = Field(default=".env")\n'),
        ("default=[]", 'default=[".env"]'),
        ("node: Node,", 'node: Node = {"file": {"path": ".env"}},'),
        ("node: Node\n", 'node: Node = Field(default={"file": {"path": ".env"}})\n'),
        ("file: FileInput\n", 'file: FileInput = ".env"\n'),
    ],
)
def test_no_default_names_a_file(old: str, new: str) -> None:
    check_code(FILES)
    assert old in FILES
    with pytest.raises(CheckError, match="report it"):
        check_code(FILES.replace(old, new))


def test_the_types_that_hold_files_are_those_that_do() -> None:
    """Derived from the runtime's types: their schemas refer to a file, or are one's."""
    holding = set[str]()
    for name, module in IMPORTS.items():
        value = getattr(importlib.import_module(module), name)
        is_model = isinstance(value, type) and issubclass(value, BaseModel)
        if module.startswith("gradio_runtime") and (get_args(value) or is_model):
            value = value[int] if name == "Several" else value
            schema = str(TypeAdapter(value).json_schema())
            if "/File'" in schema or "A file: its" in schema or "'orig_name'" in schema:
                holding.add(name)
    assert holding == HOLD_FILES
