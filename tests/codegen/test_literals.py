"""Values and prose as source: whatever they hold, they stay data."""

from __future__ import annotations

import ast
import math
from typing import Any

import pytest
from gradio_codegen.literals import comment, docstring, shown, source
from gradio_codegen.write.format import format_code
from gradio_runtime._models.texts import UNSEEN, escaped
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(), max_size=40)
NASTY = st.text(
    st.sampled_from("\"'\\\n\r\t\x00\u2028\u202e\u3164\U000e0101\ud800{}#a %"),
    max_size=20,
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | NASTY,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_a_value_comes_back(value: Any) -> None:
    assert ast.literal_eval(source(value)) == value
    assert ast.literal_eval(format_code(f"x = {source(value)}")[4:]) == value
    assert escaped(source(value)) == source(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1: 2}, b"x"])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        source(value)


@given(TEXT | NASTY, st.sampled_from(["", "    "]))
def test_a_docstring_is_one_string_and_nothing_else(text: str, indent: str) -> None:
    literal = docstring(text, indent)
    code = f"def f():\n    {literal}\n    return 1\n"
    for version in (code, format_code(code)):
        (function,) = ast.parse(version).body
        assert isinstance(function, ast.FunctionDef)
        doc, after = function.body
        assert isinstance(doc, ast.Expr)
        assert isinstance(doc.value, ast.Constant)
        assert isinstance(doc.value.value, str)
        assert isinstance(after, ast.Return)
    assert escaped(literal, keep="\n") == literal


@given(TEXT | NASTY)
def test_a_docstring_says_what_it_is_to_say(text: str) -> None:
    said = ast.literal_eval(docstring(text))
    # An escape stands for what cannot be printed; the edges may lose blanks.
    if text.isprintable():
        assert said.strip() == UNSEEN.sub("", text).strip()


@given(TEXT | NASTY)
def test_a_comment_stays_on_its_line(text: str) -> None:
    assert escaped(comment(text)) == comment(text)
    assert ast.parse(f"# {comment(text)}\nx = 1").body[0].lineno == 2


def test_values_are_shown_as_the_code_has_them() -> None:
    value = {"a": ["x", 'say "hi"', "it's", "", None, True, 1.5]}
    assert shown(value) == """{"a": ["x", 'say "hi"', "it's", '', None, True, 1.5]}"""
