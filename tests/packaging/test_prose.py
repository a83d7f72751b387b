"""No decision reads English: what code asks of an error is a field of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("runtime/gradio_runtime", "codegen/gradio_codegen")
#: What errors say to people.
WORDS = frozenset({"message", "hint", "own_hint", "args", "__doc__"})


def is_prose(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in WORDS
        case ast.Call(func=ast.Name(id="str"), args=[ast.Name(id="error" | "problem")]):
            return True
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner):
            return is_prose(inner)  # error.message.lower(), error.args[0]
        case _:
            return False


def decisions(tree: ast.AST) -> Iterator[ast.expr]:
    """Comparisons of prose with anything but None, and questions about its parts."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, ops=ops, comparators=rest):
                by_identity = all(isinstance(op, ast.Is | ast.IsNot) for op in ops)
                if not by_identity and any(map(is_prose, (left, *rest))):
                    yield node
            case ast.Call(
                func=ast.Attribute(value=inner, attr="startswith" | "endswith" | "find")
            ) if is_prose(inner):
                yield node
            case _:
                pass


def test_no_decision_reads_an_error_s_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for node in decisions(ast.parse(path.read_text("utf-8")))
    ]
    assert not found


def test_a_decision_by_words_is_found() -> None:
    for code in (
        '"limit" in str(error)',
        '"404" in error.message.lower()',
        "error.hint == other",
        'error.args[0] != "x"',
        'error.message.startswith("x")',
        "node.__doc__ == 1",
    ):
        assert list(decisions(ast.parse(code))), code
    assert not list(decisions(ast.parse("error.own_hint is None")))
