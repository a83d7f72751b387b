"""What is judged of an app that has changed: no server, no call."""

from __future__ import annotations

from typing import Any

import pytest
from gradio_runtime._components.drift import (
    Judgement,
    Signature,
    judge,
    live_signature,
    renamed,
)
from gradio_runtime._components.slots import endpoint_shape, is_hidden
from gradio_runtime.description import Component, Config, Dependency, ParameterInfo
from gradio_runtime.description.signature import Shape
from hypothesis import given
from hypothesis import strategies as st

Slots = list[Component]


def slots(*texts: str) -> Slots:
    """Components of `type:label=value`; `dropdown*` is one that takes several."""
    made: Slots = []
    for number, text in enumerate(texts):
        head, _, value = text.partition("=")
        type_, _, label = head.partition(":")
        props: dict[str, Any] = {"label": label} if label else {}
        if value:
            props["value"] = value
        if type_.endswith("*"):
            type_, props["multiselect"] = type_[:-1], True
        if type_ in ("dropdown", "radio"):
            props["choices"] = [["a", "a"]]
        made.append(Component(id=number, type=type_, props=props))
    return made


def shape(inputs: Slots, outputs: Slots) -> Shape:
    both = [*inputs, *outputs]
    numbered = [item.model_copy(update={"id": n}) for n, item in enumerate(both)]
    ids = list(range(len(both)))
    dependency = Dependency(id=0, inputs=ids[: len(inputs)], outputs=ids[len(inputs) :])
    return endpoint_shape(Config(version="6", components=numbered), dependency)


def judged(
    before: str, now: str, *, outputs: tuple[str, str] = ("textbox", "textbox")
) -> Judgement:
    """Each side as words; the module's parameters are p0, p1 …"""
    old, new = slots(*before.split()), slots(*now.split())
    old_out, new_out = (slots(*side.split()) for side in outputs)
    visible = [item for item in old if not is_hidden(item)]
    names = [f"p{n}" for n in range(len(visible))]
    known = Signature.of(shape(old, old_out), names)
    return judge(known, live_signature(new, new_out))


@pytest.mark.parametrize(
    ("before", "now", "inputs"),
    [
        ("textbox:A number:B", "textbox:A number:B", (0, 1)),
        # Labels: reworded, taken away, given.
        ("textbox:A textbox:B", "textbox:A textbox:Bee", (0, 1)),
        ("textbox:A textbox:B", "textbox:C textbox:D", (0, 1)),
        ("textbox:A textbox:B", "textbox textbox", (0, 1)),
        ("textbox textbox", "textbox:A textbox:B", (0, 1)),
        ("textbox:A textbox:A", "textbox:A textbox:B", (0, 1)),
        # Another component that takes the same, or more.
        ("image:A", "file:A", (0,)),
        ("textbox:A", "colorpicker:A", (0,)),
        ("radio:A", "textbox:A", (0,)),
        ("image:A", "json:A", (0,)),
        ("number:A slider:B", "slider:A number:B", (0, 1)),
        ("textbox:A", "code:A", (0,)),
        ("radio:A", "dropdown:A", (0,)),
        ("dropdown*:A", "dropdown*:A", (0,)),
        ("checkboxgroup:A", "dropdown*:A", (0,)),
        # New ones, with a value.
        ("textbox:A", "textbox:A number:B=1", (0, None)),
        ("textbox:A", "textbox:A textbox:B=x", (0, None)),
        ("textbox:A", "textbox:B=x textbox:A", (None, 0)),
        ("textbox:A slider:C", "textbox:A number:B=1 slider:C", (0, None, 1)),
        ("textbox", "textbox slider=1", (0, None)),
        ("textbox", "code=x textbox", (None, 0)),
        ("textbox:A", "textbox:Reworded number:B=1", (0, None)),
        ("", "number:B=1", (None,)),
        # Hidden ones are nobody's.
        ("textbox:A", "state textbox:A state", (0,)),
    ],
)
def test_what_is_compatible(
    before: str, now: str, inputs: tuple[int | None, ...]
) -> None:
    found = judged(before, now)
    assert found.problem is None
    assert found.parameter is None
    assert found.inputs == inputs
    assert found.outputs is None


@pytest.mark.parametrize(
    ("before", "now", "problem", "parameter", "inputs"),
    [
        (
            "textbox:A textbox:B textbox:C",
            "textbox:B textbox:A textbox:C",
            "have changed places, 'p0' first",
            "parameter 'p0'",
            (0, 1, 2),
        ),
        (
            "textbox:A number:B",
            "number:B textbox:A",
            "have changed places, 'p0' first",
            "parameter 'p0'",
            (0, 1),
        ),
        (
            "textbox:A textbox:B",
            "textbox:B textbox:New",
            "parameter 'p0' has made way for 'B'",
            "parameter 'p0'",
            (0, 1),
        ),
        (
            "textbox:A radio:B",
            "textbox:A number:B",
            "parameter 'p1' was a 'radio' and is a 'number'",
            "parameter 'p1'",
            (0, 1),
        ),
        (
            "radio:A",
            "dropdown*:A",
            "was a 'radio' and is a 'dropdown' of several",
            "parameter 'p0'",
            (0,),
        ),
        (
            "textbox:A",
            "textbox:A number:B",
            "the new parameter 'B' has no value",
            "parameter 'B'",
            (0, None),
        ),
        (
            "textbox",
            "textbox textbox=x",
            "nothing tells which of its parameters is new",
            "a parameter",
            (0, None),
        ),
        (
            "textbox:A number:B textbox:C",
            "textbox:A textbox:C",
            "parameter 'p1' is gone",
            "parameter 'p1'",
            (0, 1),
        ),
        (
            "textbox textbox",
            "textbox",
            "takes 1 parameters instead of 2",
            "the parameters",
            (0,),
        ),
    ],
)
def test_what_breaks(
    before: str,
    now: str,
    problem: str,
    parameter: str,
    inputs: tuple[int | None, ...],
) -> None:
    found = judged(before, now)
    assert problem in (found.problem or "")
    assert found.parameter == parameter
    assert found.inputs == inputs


@pytest.mark.parametrize(
    ("before", "now", "problem", "picked"),
    [
        ("number:A", "slider:B", None, None),
        ("number:A label:B", "number:One label:B", None, None),
        ("image:A", "file:A", None, None),
        ("json:A", "number:A", None, None),
        ("", "number:A", None, 0),
        ("number:A", "json:A", "output 'output 1' was a 'number'", None),
        ("number:A", "number:A number:B", "has 2 outputs instead of 1", 1),
        ("number:A number:B", "number:A", "has 1 outputs instead of 2", None),
        ("number:A number:B", "number:B number:A", "changed places, 'A'", None),
    ],
)
def test_outputs(
    before: str, now: str, problem: str | None, picked: int | None
) -> None:
    found = judged("textbox:A", "textbox:A", outputs=(before, now))
    assert (found.problem is None) == (problem is None)
    assert problem is None or problem in (found.problem or "")
    assert found.outputs == picked


def test_the_message_has_before_and_after_and_what_is_sent() -> None:
    found = judged("textbox:A radio:B", "textbox:A number:X=1 image:Y")
    assert "it was '(p0: textbox, p1: radio) -> textbox'" in (found.problem or "")
    assert "is '(A: textbox, X: number, Y: image) -> textbox'" in (found.problem or "")
    assert (
        found.sent == "sent is 'p0' for 'A', 'p1' for 'X', the app's own value for 'Y'"
    )
    less = judged("textbox:A number:B", "textbox:A")
    assert less.sent == "sent is 'p0' for 'A'; not sent is 'p1'"


def test_live_names_are_used_where_they_are_known() -> None:
    old, new = slots("textbox:Text"), slots("textbox:Text", "number:How hot")
    known = Signature.of(shape(old, []), ["text"])
    infos = [ParameterInfo(name=name) for name in ("text", "temperature")]
    found = judge(known, live_signature(new, [], infos))
    assert found.parameter == "parameter 'temperature'"
    # As many as there are, or none.
    found = judge(known, live_signature(new, [], infos[1:]))
    assert found.parameter == "parameter 'How hot'"


def test_a_functions_own_none_is_a_value() -> None:
    old, new = slots("textbox:Text"), slots("textbox:Text", "number:How hot")
    known = Signature.of(shape(old, []), ["text"])
    infos = [ParameterInfo(name="text"), ParameterInfo(name="hot", has_default=True)]
    assert judge(known, live_signature(new, [])).problem is not None
    found = judge(known, live_signature(new, [], infos))
    assert found.problem is None
    assert found.inputs == (0, None)


def test_a_shape_that_somebody_edited_is_judged_all_the_same() -> None:
    odd = Shape("textbox, -> ,,", ("A",), ("B", "C", "D"))
    live = live_signature(slots("textbox:A"), slots("number"))
    assert judge(Signature.of(odd, ["a"]), live).problem is not None


def test_a_renamed_endpoint_is_found_by_its_labels() -> None:
    components = [
        *slots("textbox:Text"),
        Component(id=1, type="number", props={"label": "N"}),
    ]
    old = Dependency(id=0, api_name="translate", inputs=[0], outputs=[1])
    other = Dependency(id=1, api_name="count", inputs=[1], outputs=[1])
    config = Config(version="6", components=components, dependencies=[old, other])
    known = endpoint_shape(config, old)
    assert renamed(known, config) == "/translate"
    assert renamed(Shape("textbox -> number"), config) is None
    twice = old.model_copy(update={"api_name": "again"})
    config = Config(version="6", components=components, dependencies=[old, twice])
    assert renamed(known, config) is None


TYPES = st.sampled_from(["textbox", "number", "slider", "radio", "dropdown", "image"])
LABELS = st.sampled_from(["", "A", "B", "C", "D", "E"])
SLOTS = st.lists(
    st.builds(
        lambda t, label, v: f"{t}:{label}{'=1' if v else ''}",
        TYPES,
        LABELS,
        st.booleans(),
    ),
    max_size=7,
)


@given(SLOTS, SLOTS, SLOTS, SLOTS)
def test_each_value_goes_to_one_place_at_most(
    before: list[str], now: list[str], out_before: list[str], out_now: list[str]
) -> None:
    found = judged(
        " ".join(before),
        " ".join(now),
        outputs=(" ".join(out_before), " ".join(out_now)),
    )
    assert len(found.inputs) == len(now)
    sent = [source for source in found.inputs if source is not None]
    assert len(sent) == len(set(sent))
    assert set(sent) <= set(range(len(before)))
    assert found.outputs == (
        len(out_before) if len(out_before) < len(out_now) else None
    )
    if found.problem is not None and "outputs" not in (found.parameter or ""):
        # Nothing is guessed.
        assert sent == list(range(min(len(before), len(now))))
    if found.problem is None:
        # Nothing is left out, and the order is the caller's.
        assert sent == list(range(len(before)))
        live = slots(*now)
        for source, slot in zip(found.inputs, live, strict=True):
            picture = slot.type in ("image", "file") and len(live) > 1
            assert source is not None or slot.props.get("value") is not None or picture


@given(SLOTS)
def test_what_is_as_it_was_is_compatible(same: list[str]) -> None:
    text = " ".join(same)
    found = judged(text, text, outputs=(text, text))
    assert found.problem is None
    assert found.outputs is None


@given(st.permutations(["A", "B", "C", "D"]), TYPES)
def test_labelled_parameters_that_change_places_break(
    order: list[str], type_: str
) -> None:
    before = " ".join(f"{type_}:{label}" for label in "ABCD")
    found = judged(before, " ".join(f"{type_}:{label}" for label in order))
    assert (found.problem is None) == (order == list("ABCD"))
    assert found.inputs == (0, 1, 2, 3)
