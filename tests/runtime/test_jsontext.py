"""JSON text of servers."""

from __future__ import annotations

import gc
import json
import sys
import uuid

import pytest
from gradio_runtime._models.bounds import MAX_DEPTH
from gradio_runtime.description.json_values import ExcessiveJson, load_json
from hypothesis import given, settings
from hypothesis import strategies as st

#: What has brackets, commas and quotes in its texts, and is more than is not counted.
TEXTS = st.text(alphabet='ab,:[{}]"\\\néあ😀', max_size=20)
VALUES = st.recursive(
    st.none() | st.integers(-9, 99) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=20,
)
PADDING = "x" * (64 << 10)


def test_what_was_read_is_not_kept() -> None:
    texts = [json.dumps({"event_id": uuid.uuid4().hex}) for _ in range(2000)]
    load_json(texts[0])
    gc.collect()
    before = sys.getallocatedblocks()
    for text in texts:
        load_json(text)
    gc.collect()
    assert sys.getallocatedblocks() - before < 500


def weight(value: object) -> int:
    """How many values a value counts as."""
    match value:
        case list():
            return 2 + max(0, len(value) - 1) + sum(map(weight, value))
        case dict():
            commas = max(0, len(value) - 1)
            return 4 + commas + 2 * len(value) + sum(map(weight, value.values()))
        case _:
            return 0


@settings(deadline=None)  # each example is long, so that it is looked at
@given(VALUES, st.booleans(), st.integers(0, 100))
def test_values_are_counted_before_they_are_made(
    value: object, ascii_only: bool, shift: int
) -> None:
    whole = [PADDING[shift:], value, PADDING]
    text = json.dumps(whole, ensure_ascii=ascii_only, separators=(",", ":"))
    count = weight(whole)
    assert load_json(text.encode(), count) == whole
    assert load_json(text, count) == whole
    with pytest.raises(ExcessiveJson, match="more than"):
        load_json(text.encode(), count - 1)


@pytest.mark.parametrize("more", ["", r"\ud800"], ids=["plain", "half a character"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_bounded_whoever_parses(opening: str, more: str) -> None:
    closing = "]" if opening == "[" else "}"

    def nested(depth: int) -> bytes:
        return f'{opening * depth}"{more}"{closing * depth}'.encode()

    load_json(nested(MAX_DEPTH))
    for depth in (MAX_DEPTH + 2, 100_000):
        with pytest.raises(ExcessiveJson, match="nested"):
            load_json(nested(depth))


def test_bytes_that_are_no_utf_8_are_shown_as_such() -> None:
    assert load_json(b'["caf\xe9"]') == ["caf\ufffd"]
