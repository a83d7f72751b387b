"""Values that do not fit, by the million, and what only Python itself reads as JSON."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import gradio_runtime._models.misfits
import pytest
from gradio_runtime import File, Output, OutputMismatch
from gradio_runtime._engine import results
from gradio_runtime._engine.results import reader_for
from gradio_runtime._models import bounds
from gradio_runtime._models.misfits import misfits
from gradio_runtime._models.texts import escaped
from gradio_runtime.description.json_values import ExcessiveJson, load_json
from gradio_runtime.types import ChatMessage, GalleryImage
from pydantic import ValidationError

from tests.runtime.trust.shapes import MEMBERS, TYPES, places

#: Items that are validated at a time here, and more than that.
STEP, MANY = 10, 503
BAD: dict[str, Any] = {"a text": "x", "a number": 1, "an object": {}, "a list": []}
MISFITS = {
    (name, kind): value
    for kind, item in BAD.items()
    for name, value in {
        "list": [item] * MANY,
        "keys": {str(n): item for n in range(MANY)},
        "within": [[item] * MANY],
        "message": [{"role": "user", "content": [item] * MANY}],
        **{member: {member: [item] * MANY} for member in MEMBERS},
    }.items()
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPES)
def test_the_first_misfit_of_many_is_enough(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pydantic's complaint of each takes a kilobyte and more."""
    counts: list[int] = []

    def counted(error: ValidationError) -> dict[str, str]:
        counts.append(error.error_count())
        return misfits(error)

    monkeypatch.setattr(results, "misfits", counted)
    monkeypatch.setattr(gradio_runtime._models.misfits, "STEP", STEP)
    for place in places(TYPES[name])[:3]:
        read = reader_for(place)
        for value in MISFITS.values():
            with suppress(OutputMismatch):
                read([value], ["output"], True)
    # Those of one step, each of which may be of several types.
    assert counts
    assert max(counts) <= 20 * STEP


class Numbers(Output):
    first: list[int]
    second: dict[str, list[GalleryImage]]


def test_a_misfit_far_from_the_start_is_at_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gradio_runtime._models.misfits, "STEP", STEP)
    image = {"image": File(url="https://a.test/x.png")}
    album = {"a": [image] * MANY, "b": [*[image] * MANY, {"image": "{x}"}, image]}
    with pytest.raises(OutputMismatch, match=rf"second.*\(b\.{MANY}\.image: expected"):
        reader_for(Numbers)([[1], album], ["first", "second"], True)
    # None is lost, or in another place, where all of them fit.
    read = reader_for(dict[str, list[GalleryImage]])
    many: dict[str, Any] = {str(n): [] for n in range(MANY)} | {"a": album["a"]}
    assert {k: len(v) for k, v in read([many], ["o"], True).items()} == {
        k: len(v) for k, v in many.items()
    }


@pytest.mark.parametrize("odd", [b"\xff", b"\\ud800"])
def test_large_json_is_strict(odd: bytes) -> None:
    """Python reads the rest, with no other thread running meanwhile."""
    large = b'["' + b"x" * bounds.MAX_ODD_SIZE + b'"%b]'
    with pytest.raises(ExcessiveJson, match="not strict JSON"):
        load_json(large.replace(b'"%b', odd + b'"'))
    assert len(load_json(b'["' + b"x" * 1_000_000 + odd + b'"]')[0]) == 1_000_001


def test_what_honest_apps_send_is_taken() -> None:
    """Whatever its size: a table with holes, a long chat, texts of any script."""
    table = json.dumps({"headers": ["a"], "data": [[math.nan, 1.5]] * 10_000})
    (cell, _), *rest = load_json(table.encode())["data"]
    assert math.isnan(cell)
    assert len(rest) == 9999
    text = "漢字 العربية עברית 😀 " * 100_000
    assert load_json(json.dumps(text, ensure_ascii=False).encode()) == text
    assert escaped(text) == text
    chat = [{"role": "user", "content": [{"type": "text", "text": text[:20]}]}] * MANY
    assert len(reader_for(list[ChatMessage])([chat], ["chat"], True)) == MANY
