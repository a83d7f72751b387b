"""Identifiers: valid, free, stable."""

from __future__ import annotations

import inspect
import keyword
import unicodedata
from pathlib import Path

import gradio_runtime
import gradio_runtime.types
import pydantic
import pytest
from gradio_codegen.decide.names import (
    FIELDS,
    IMPORTS,
    MEMBERS,
    MODULE,
    Namer,
    field_name,
    function_name,
    identifier,
    pascal,
    snake,
)
from gradio_runtime import Client, Input, Model, Output
from gradio_runtime._models.texts import UNSEEN
from hypothesis import given
from hypothesis import strategies as st

from .support import endpoint, load, module_of

TEXT = st.text(st.characters(), max_size=60)


def is_name(text: str) -> bool:
    normal = unicodedata.normalize("NFKC", text) == text
    seen = text.isprintable() and not UNSEEN.search(text)
    return text.isidentifier() and not keyword.iskeyword(text) and normal and seen


@given(TEXT)
def test_every_text_gives_a_name(text: str) -> None:
    assert is_name(identifier(text, "value"))
    assert is_name(pascal(identifier(text, "value")))
    name = function_name(text)
    assert is_name(name)
    assert not name.startswith("_")
    for name in (field_name(text, "value"), snake(text, "value")):
        assert is_name(name)
        assert not name.startswith("_")


@given(TEXT)
def test_a_name_stays_as_it_is(text: str) -> None:
    name = identifier(text, "value")
    assert identifier(name, "value") == name


@given(st.lists(TEXT, max_size=8))
def test_a_scope_hands_out_every_name_once(texts: list[str]) -> None:
    def claim_all() -> list[str]:
        namer = Namer(MODULE)
        claimed = [namer.claim(function_name(text)) for text in texts]
        return claimed + [namer.claim_class(pascal(name)) for name in claimed]

    claimed = claim_all()
    assert len(set(claimed)) == len(claimed)
    assert not set(claimed) & MODULE
    assert claimed == claim_all()


@pytest.mark.parametrize(
    ("api_name", "function"),
    [
        ("predict", "predict"),
        ("lambda", "lambda_"),
        ("with space", "with_space"),
        ("ns/sub", "ns_sub"),
        ("unicodé名", "unicodé名"),
        ("1st", "endpoint_1st"),
        ("", "endpoint"),
        ("__init__", "init"),
        ("!?", "endpoint"),
        ("camelCase", "camelCase"),
        ("ﬁnd", "find"),
        ("pay\u3164pal\ufe0f", "pay_pal"),
        ("_start", "start"),
        ("_1st", "endpoint_1st"),
    ],
)
def test_functions_are_named_after_the_api_name(api_name: str, function: str) -> None:
    assert function_name(api_name) == function


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("json out", "json_out"),
        ("CamelCase", "camel_case"),
        ("maxTokens", "max_tokens"),
        ("userID", "user_id"),
        ("HTMLText", "html_text"),
        ("LoRA 1 gain (dB)", "lora_1_gain_db"),
        ("OpenAI kHz iPhone", "openai_khz_iphone"),
        ("  What's this? (100%) ", "what_s_this_100"),
        ("3D model", "value_3d_model"),
        ("", "value"),
        ("名前", "名前"),
    ],
)
def test_fields_are_named_after_labels(label: str, field: str) -> None:
    assert snake(label, "value") == field


def test_the_second_of_a_name_gets_a_number() -> None:
    namer = Namer({"json"})
    names = [namer.claim(name) for name in ("out", "out", "out", "json", "json")]
    assert names == ["out", "out_2", "out_3", "json_", "json_2"]
    assert [namer.claim_class("Op") for _ in range(2)] == ["Op", "Op2"]


def test_no_endpoint_takes_the_place_of_a_member(tmp_path: Path) -> None:
    """Whatever a client has, private or not, an app may name its endpoints after it."""
    members = {*dir(Client), *vars(Client("http://localhost"))}
    generated = module_of(*map(endpoint, sorted(members)))
    module = load(generated.code, tmp_path, "members_api")
    made = vars(module)["AppClient"]
    for name in members - {"app", "predict", "submit"}:
        if not name.startswith("__"):
            missing = object()
            known = inspect.getattr_static(Client, name, missing)
            assert inspect.getattr_static(made, name, missing) is known
    assert generated.endpoint_count == len(members)


def test_the_reserved_names_are_all_there() -> None:
    for model in (pydantic.BaseModel, Input, Model, Output):
        # A class has its metaclass's attributes too, which `dir` does not tell of it.
        found = {*dir(model), *dir(type(model))}
        assert {name for name in found if not name.startswith("_")} <= FIELDS
    members = {*dir(Client), *vars(Client("http://localhost"))} - {"predict", "submit"}
    # An endpoint's name never begins with two underscores.
    members = {name for name in members if not name.startswith("__")}
    assert members == MEMBERS - {"config", "session_hash"}  # which later ones may have
    exported = {
        "gradio_runtime": gradio_runtime.__all__,
        "gradio_runtime.types": gradio_runtime.types.__all__,
    }
    for name, module in IMPORTS.items():
        assert name in exported.get(module, [name])
