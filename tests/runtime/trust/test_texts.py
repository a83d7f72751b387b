"""What a stranger says is shown printable and short, wherever it is shown."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import io
import logging
import pickle
import traceback
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_origin

import gradio_runtime
import gradio_runtime.types
import pytest
from gradio_runtime import (
    File,
    Job,
    ProgressUnit,
    Status,
    StatusUpdate,
    Stream,
    errors,
)
from gradio_runtime._api.progress import ProgressBar
from gradio_runtime._api.usage import usage_text
from gradio_runtime._engine.outcome import Outcome
from gradio_runtime._http.redaction import LOGGERS, cleaned, hide_secrets
from gradio_runtime._models.status import number
from gradio_runtime._models.texts import UNSEEN, brief, escaped, printable, shortened
from gradio_runtime._queue.messages import Failed, decode_answer
from gradio_runtime.description.dialect import Dialect
from gradio_runtime.errors import GradioError, InputError, SchemaDriftWarning
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

#: Everything that a terminal obeys or that nobody sees, between letters, over and over.
HOSTILE = "".join(
    f"x{char}"
    for char in (
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        *"\u061c\u180e\u200b\u200d\u200e\u2028\u2029\u202a\u202e\u2066\u2069\ufeff",
        *"\u3164\u034f\ufe00\ufff9\ud800\udfff\ue000\uffff\U000e0041\U000e0101\U0010ffff",
    )
)
LONG = HOSTILE * (2**20 // len(HOSTILE))
#: The most that one object may say of itself, and an error with all that goes with it.
_MOST, _MOST_LINES = 2_500, 12_000

TEXT = st.text(st.characters(), max_size=60) | st.text(st.sampled_from(HOSTILE + "\\ "))


def assert_shown(text: str, most: int = _MOST, keep: str = "") -> None:
    assert all(char.isprintable() or char in keep for char in text), ascii(text[:500])
    assert not UNSEEN.search(text)
    assert len(text) <= most


# --- The one function


@given(TEXT, st.integers(10, 80))
def test_a_printable_text_is_one_short_line(text: str, most: int) -> None:
    assert_shown(printable(text, most), most)
    assert_shown(escaped(text), 10 * len(text))


@pytest.mark.parametrize(
    "text",
    [
        "plain, with a “quote” and an é",
        "e\u0301 combining, нет, 日本語、中文",
        "हिन्दी ภาษาไทย עברית عربي 한국어",
        "🎉 ❤️ 👍🏽 🇪🇺 1️⃣",
        r"C:\x1b",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert printable(text) == text


def test_what_becomes_of_the_others() -> None:
    assert printable("a\x1b[31m\x9b\u202e") == r"a\x1b[31m\x9b\u202e"
    assert printable("family 👨\u200d👩\u200d👧") == "family 👨👩👧"
    assert printable("e\u200cf\ufeff\U000e0101") == "ef"
    assert printable("a\u00a0b\u3000c\td") == "a b c d"
    assert printable("first\nsecond\r\n\n  third\u2028") == "first second third"
    assert printable("x" * 2_000_000, 40) == "x" * 26 + "…" + "x" * 13


@given(TEXT, st.integers(2, 30))
def test_what_is_cut_keeps_both_ends(text: str, most: int) -> None:
    cut = shortened(text, most)
    assert len(cut) <= most
    start, _, end = cut.partition("…") if len(text) > most else (text, "", "")
    assert text.startswith(start)
    assert text.endswith(end)


def test_a_brief_repr_looks_at_little() -> None:
    class Counted:
        seen = 0

        def __repr__(self) -> str:
            Counted.seen += 1
            return "c"

    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    many = [[[Counted()] * 1000] * 1000] * 1000
    for value in (deep, many, {"a": many}, {1: deep}, 10**5000, LONG, {LONG: LONG}):
        assert_shown(brief(value, 80), 80)
    assert Counted.seen <= 200
    assert brief({"b": [1, "x"], "a": (None,)}) == "{'b': [1, 'x'], 'a': (None,)}"


# --- Errors


ERRORS = [getattr(errors, name) for name in errors.__all__]
NAMED = [cls for cls in ERRORS if issubclass(cls, GradioError)]


def _hostile_arguments(cls: type) -> dict[str, Any]:
    """A hostile text for everything that an error can be told, its context included."""
    given: dict[str, Any] = dict.fromkeys(("endpoint", "src", "hint"), LONG)
    for name, parameter in inspect.signature(cls).parameters.items():
        annotation = str(parameter.annotation)
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        if annotation.startswith("Mapping"):
            given[name] = {LONG: LONG}
        elif "str" in annotation or annotation == "object":
            given[name] = LONG
    return given


@pytest.mark.parametrize("cls", NAMED)
def test_an_error_is_shown_printable_and_short(cls: type[GradioError]) -> None:
    error = cls(LONG, **_hostile_arguments(cls))
    assert error.message == LONG
    for each in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        shown = [str(each), repr(each), f"{each}", *map(str, each.args)]
        for text in shown:
            assert_shown(text)
        _raise_and_look(each)


def _raise_and_look(error: GradioError) -> None:
    try:
        try:
            raise error
        except GradioError as first:
            raise GradioError(LONG) from first
    except GradioError as second:
        lines = "".join(traceback.format_exception(second))
    assert_shown(lines, _MOST_LINES, keep="\n")


def test_a_warning_is_shown_printable_and_short() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(LONG, SchemaDriftWarning, stacklevel=1)
    assert_shown(str(caught[0].message))
    assert {SchemaDriftWarning, *NAMED} == set(ERRORS)


def test_an_error_that_learns_its_parameter_late() -> None:
    error = InputError(LONG)
    error.about(LONG)
    assert_shown(str(error))


# --- Values


def _public_classes() -> Iterator[type]:
    for module in (gradio_runtime, gradio_runtime.types):
        for name in module.__all__:
            cls = getattr(module, name)
            if isinstance(cls, type) and get_origin(cls) is None:
                yield cls


MODELS = [cls for cls in _public_classes() if issubclass(cls, BaseModel)]
DATACLASSES = [
    cls
    for cls in _public_classes()
    if dataclasses.is_dataclass(cls) and "repr" in str(cls.__repr__)
]


@pytest.mark.parametrize("cls", MODELS)
def test_a_model_is_shown_printable_and_short(cls: type[BaseModel]) -> None:
    named = dict.fromkeys(cls.model_fields, LONG)
    value = cls.model_construct(None, **named)
    if cls.model_config.get("extra") == "allow":
        value = cls.model_construct(None, **named, **{LONG: LONG})
    for each in (value, [value], {"a": value}):
        assert_shown(repr(each))


@pytest.mark.parametrize("cls", [c for c in MODELS if not issubclass(c, File)])
def test_a_model_as_text(cls: type[BaseModel]) -> None:
    value = cls.model_construct(
        None, **dict.fromkeys(cls.model_fields, (LONG, 10**5000))
    )
    assert_shown(str(value))


@pytest.mark.parametrize("cls", DATACLASSES)
def test_a_dataclass_is_shown_printable_and_short(cls: Any) -> None:
    values = {f.name: LONG for f in dataclasses.fields(cls) if f.init}
    assert_shown(repr(cls(**values)))


def test_the_walk_finds_what_there_is() -> None:
    assert {StatusUpdate, ProgressUnit, gradio_runtime.LogMessage} <= set(DATACLASSES)
    assert {File, gradio_runtime.Output, gradio_runtime.types.ChatMessage} <= set(
        MODELS
    )


def test_a_job_is_shown_printable_and_short() -> None:
    job: Job[Any] = Job(Outcome(LONG, LONG))
    assert_shown(repr(job))
    assert_shown(repr(Stream(job)))


# --- Where they go


def test_the_usage_text_is_printable() -> None:
    slot = {
        "label": LONG,
        "parameter_name": LONG,
        "component": LONG,
        "parameter_has_default": True,
        "parameter_default": {"url": LONG},
        "python_type": {"type": LONG, "description": LONG},
    }
    endpoint = {"parameters": [slot], "returns": [slot], "oauth_token": LONG}
    text = usage_text(
        {"named_endpoints": {LONG: endpoint}, "unnamed_endpoints": {LONG: endpoint}},
        all_endpoints=True,
    )
    assert_shown(text, _MOST_LINES, keep="\n")


@pytest.mark.parametrize("worst", [1e308, -1e308, 5e-324, 0, -0.0, 2**62, True])
def test_a_progress_bar_is_printable(
    worst: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.StringIO()
    tqdm: Any = import_module("tqdm.auto").tqdm
    monkeypatch.setattr("sys.stderr", shown)
    assert tqdm
    units = [
        ProgressUnit(worst, worst, LONG, None, LONG),
        ProgressUnit(worst, 1, LONG, None, LONG),
        ProgressUnit(1, worst, LONG, None, LONG),
        ProgressUnit(None, None, LONG, worst, LONG),
        ProgressUnit(desc=LONG),
    ]
    with ProgressBar(LONG, disable=False) as bar:
        for count in range(len(units)):
            bar.show(StatusUpdate(Status.PROGRESS, progress_data=units[count:][:1]))
        bar.show(StatusUpdate(Status.IN_QUEUE, int(number(worst) or 0), 0, worst))
    assert shown.getvalue()
    for line in shown.getvalue().split("\n"):
        assert_shown(line.replace("\x1b[A", ""), 10**6, keep="\r")


@pytest.mark.parametrize("name", LOGGERS)
def test_a_log_is_printable(name: str, caplog: pytest.LogCaptureFixture) -> None:
    hide_secrets()
    with caplog.at_level("DEBUG", name):
        logging.getLogger(name).debug("%s of %s", HOSTILE, HOSTILE)
    (record,) = caplog.records
    assert_shown(record.getMessage(), 10 * len(LONG), keep="\n\t")


def test_what_is_cut_of_a_text_holds_no_part_of_a_secret() -> None:
    """A text is cut for `args` before a secret in it is struck."""
    secret = "hf_" + "s3cret" * 20
    error = GradioError(secret.join(["x" * 620, "y" * 500]))
    assert "s3cret" in error.args[0]
    cleaned(error, lambda text: text.replace(secret, "[secret]"))
    assert "s3cret" not in error.args[0]


# --- Error texts of Gradio before 5.3


@given(st.text(st.characters()) | TEXT)
def test_a_quoted_error_is_what_it_was(text: str) -> None:
    answer = decode_answer(_json({"error": repr(text)}), Dialect(quoted_errors=True))
    assert answer == Failed(None, text)


@pytest.mark.parametrize(
    "text",
    [
        *("'", '"', "'a", "a'", "'a' 'b'", "'a'*9", "'''a'''", r"'\q'", r"'\N{DASH}'"),
        *(
            r"'\ud8'",
            r"'\U00110000'",
            "'a\nb'",
            "b'a'",
            "f'{1}'",
            "'a' + 'b'",
            "9" * 5000,
        ),
        *("'" + "(" * 100_000, "[" * 100_000, "'" + "\\" * 99_999 + "'", " 'a'"),
    ],
)
def test_what_is_no_quoted_text_is_the_message(text: str) -> None:
    answer = decode_answer(_json({"error": text}), Dialect(quoted_errors=True))
    assert answer == Failed(None, text)


def _json(value: object) -> bytes:
    import json

    return json.dumps(value).encode()
