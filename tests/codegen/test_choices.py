"""Choices: what a parameter may be, and what goes on the wire for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import InputError

from .support import Slot, endpoint, load, module_of, one


def call(slot: Slot, folder: Path, *values: Any, **named: Any) -> Any:
    """What is sent for a call with this value, in JSON."""
    code = module_of(endpoint("f", [slot])).code
    return load(code, folder, "choices_api").f.call(*values, **named).data[0]


@pytest.mark.parametrize("kind", ["dropdown", "radio"])
@pytest.mark.parametrize("props", [{}, {"choices": [["2025", 2025], ["2030", 2030]]}])
def test_an_integer_described_as_a_string_is_sent_as_the_integer(
    kind: str, props: dict[str, Any], tmp_path: Path
) -> None:
    schema = {"enum": [2025, 2030], "type": "string"}
    slot = Slot(kind, "year", schema=schema, props=props)
    code = module_of(endpoint("f", [slot])).code
    assert "Year: TypeAlias = Literal[2025, 2030]" in code
    sent = call(slot, tmp_path, 2030)
    assert sent == 2030
    assert type(sent) is int
    with pytest.raises(InputError):
        call(slot, tmp_path, "2030")


def test_a_custom_component_is_typed_by_its_enum(tmp_path: Path) -> None:
    schema = {"enum": [1, "a", True, None], "type": "string"}
    slot = Slot("mypicker", "p", schema=schema)
    assert 'P: TypeAlias = Literal[1, "a", True, None]' in one(slot)[0]
    assert call(slot, tmp_path, True) is True


@pytest.mark.parametrize(
    ("choices", "type_"),
    [
        (["a", "b"], 'Literal["a", "b"]'),
        ([1, 2], "Literal[1, 2]"),
        ([True, False], "Literal[True, False]"),
        ([None, "a"], 'Literal[None, "a"]'),
        (["a", "a", "b", "a"], 'Literal["a", "b"]'),
        (["🦊", "", " "], 'Literal["🦊", "", " "]'),
        (["it's", 'a "b"', "c\\n\n"], None),
        ([["Label", "value"]], 'Literal["value"]'),
        ([["One", 1], ["One", 2]], "Literal[1, 2]"),
    ],
    ids=str,
)
def test_choices_of_every_kind(
    choices: list[Any], type_: str | None, tmp_path: Path
) -> None:
    code, _ = one(Slot("radio", "way", props={"choices": choices}))
    if type_ is not None:
        assert f"Way: TypeAlias = {type_}" in code
    for item in choices:
        value = item[1] if isinstance(item, list) else item
        slot = Slot("radio", "way", props={"choices": choices})
        sent = call(slot, tmp_path, value)
        assert sent == value
        assert type(sent) is type(value)


def test_what_only_looks_like_a_choice_is_none(tmp_path: Path) -> None:
    slot = Slot("radio", "way", props={"choices": [1, 0]})
    wrongs: tuple[Any, ...] = ("1", 1.5, None, [])
    for wrong in wrongs:
        with pytest.raises(InputError):
            call(slot, tmp_path, wrong)


def test_floats_open_the_type_and_are_told(tmp_path: Path) -> None:
    slot = Slot("dropdown", "t", props={"choices": ["auto", 0.5, 1]})
    code, _ = one(slot)
    assert 't: Literal["auto"] | float' in code
    assert 'One of "auto", 0.5, 1.' in code
    assert call(slot, tmp_path, 1) == 1
    assert type(call(slot, tmp_path, 1)) is int


def test_custom_values_open_the_type(tmp_path: Path) -> None:
    props = {"choices": ["a"], "allow_custom_value": True}
    code, _ = one(Slot("dropdown", "way", props=props))
    assert "def f(way: Way | str)" in code
    assert "Other values are accepted too." in code
    assert call(Slot("dropdown", "way", props=props), tmp_path, "z") == "z"


def test_no_choices_are_set_when_the_app_runs() -> None:
    code, _ = one(Slot("dropdown", "way", schema={"type": "string", "enum": []}))
    assert "def f(way: str)" in code
    assert "way: str | int | float | None\n" in code  # whatever the app sets is taken
    assert "The app sets the choices when it runs." in code


def test_a_multiselect_takes_a_list_of_the_choices(tmp_path: Path) -> None:
    props = {"choices": [["A", 1], ["B", 2]], "multiselect": True, "max_choices": 2}
    code, _ = one(Slot("dropdown", "way", props=props))
    assert "def f(way: list[Way])" in code
    assert "1 (A), 2 (B). At most 2." in code
    assert call(Slot("dropdown", "way", props=props), tmp_path, [2, 1]) == [2, 1]


def test_the_schema_says_multiselect_where_the_component_does_not() -> None:
    schema = {"type": "array", "items": {"type": "string", "enum": ["a"]}}
    code, _ = one(Slot("dropdown", "way", schema=schema))
    assert "def f(way: list[Way])" in code


def test_labels_are_told_where_they_differ() -> None:
    choices = [["Small", "s"], ["l", "l"], [{"key": "ui.large"}, "xl"], [3, "n"]]
    code, _ = one(Slot("radio", "size", props={"choices": choices}))
    assert '"s" (Small), "xl" (ui.large), "n" (3).' in code


def test_thousands_of_choices_are_data_rather_than_a_type() -> None:
    code, _ = one(Slot("dropdown", "n", props={"choices": list(range(9000))}))
    assert "def f(n: int)" in code
    assert "One of 9,000 values: 0, 1, 2" in code
    assert len(code) < 5000


def test_an_output_may_be_any_value_of_the_choices_types() -> None:
    """The app may return others together with a component update."""
    slot = Slot("dropdown", props={"choices": ["a", 1]})
    assert "def f() -> Call[str | int]" in one(slot, as_output=True)[0]
