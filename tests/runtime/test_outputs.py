"""One empty output costs no other: what several outputs say of a missing one."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any, get_args

import pytest
from gradio_runtime import File, Output, OutputMismatch, types
from gradio_runtime._components.registry import KINDS
from gradio_runtime._engine.results import Strict, reader_for
from gradio_runtime._models.provenance import AppStr
from pydantic import BaseModel

#: The type of an output of each component, as generated modules write it.
NAMES = {name: getattr(types, name) for name in types.__all__} | {
    "Any": Any,
    "File": File,
}
GIVES = {
    name: eval(kind.gives, dict(NAMES))
    for name, kind in KINDS.items()
    if kind.gives and kind.gives != "choice"
}


class Two(Output):
    text: str
    image: File


#: Of a module of before, where a label was "Missing".
Named = type("Named", (Output,), {"__annotations__": {"missing": str, "other": int}})


def read(*values: Any, model: type[Output] = Two, strict: Strict = None) -> Any:
    return reader_for(model)(list(values), [], strict)


@pytest.mark.parametrize("component", GIVES)
def test_an_empty_output_of_any_type_costs_no_other(component: str) -> None:
    type_ = GIVES[component]
    model = type("Model", (Output,), {"__annotations__": {"text": str, "value": type_}})
    output = read("Agree first", None, model=model)
    assert output.text == "Agree first"
    if type_ is Any or type(None) in get_args(type_):
        assert (output.value, output.missing) == (None, ())
        return
    assert output.missing == ("value",)
    with pytest.raises(OutputMismatch):
        read("Agree first", None, model=model, strict=True)
    assert read("a", None, model=model, strict=False).value is None


@pytest.mark.parametrize(
    "reading",
    [lambda output: output.image, lambda output: output.astuple()],
    ids=["the field", "astuple()"],
)
def test_reading_a_missing_output_says_what_the_others_say(
    reading: Callable[[Any], object],
) -> None:
    with pytest.raises(OutputMismatch) as caught:
        reading(read("Agree\x1b[2J first" + "." * 999, None))
    error = str(caught.value)
    assert error.startswith("the output 'image' is empty")
    assert r"text='Agree\x1b[2J first..." in error
    assert "--nullable-outputs" in error
    assert len(error) < 1000
    assert caught.value.field == "image"
    raw: Any = caught.value.raw
    assert (raw[0][:5], raw[1]) == ("Agree", None)
    assert isinstance(raw[0], AppStr)


def test_a_missing_output_is_seen_and_never_made_up() -> None:
    output = read("a", None)
    assert repr(output) == "Two(text='a', image=<missing>)"
    assert str(output) == "text='a' image=<missing>"
    assert "&lt;missing&gt;" in output._repr_html_()
    assert output.model_dump() == {"text": "a"}
    assert output.model_dump_json() == '{"text":"a"}'
    pickled = pickle.loads(pickle.dumps(output))
    for same in (copy.copy(output), copy.deepcopy(output), pickled):
        assert same == output
        assert same.missing == ("image",)
    assert output == read("a", None)
    assert output != read("b", None)
    whole = output.model_copy(update={"image": File(url="http://x/a")})
    assert whole.missing == ()
    assert whole != output
    assert not hasattr(output, "other")


def test_a_missing_output_within_another_model_is_left_out() -> None:
    class Body(BaseModel):
        output: Two

    assert Body(output=read("a", None)).model_dump() == {"output": {"text": "a"}}


def test_a_field_may_be_called_missing_in_a_module_of_before() -> None:
    output = read("a", 1, model=Named)
    assert output.missing == "a"
    assert read("a", None, model=Named).missing == "a"


@pytest.mark.parametrize("strict", [None, True])
def test_what_does_not_fit_is_refused_at_once(strict: Strict) -> None:
    with pytest.raises(OutputMismatch, match="'image' does not fit"):
        read("a", "x", strict=strict)
