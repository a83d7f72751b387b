"""Server-sent events, read from any chunks."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest
from gradio_runtime._http.events import EventReader, EventTooLarge
from hypothesis import example, given
from hypothesis import strategies as st

LINES = st.sampled_from(
    [
        "",
        "",
        "data: {}",
        "data:x",
        "data:  two",
        "data",
        "data:",
        ": a comment",
        ":",
        "event: e",
        "id: 7",
        "retry: 5",
        "other",
        "datax: no",
        "data: \u3042\U0001f600",
    ]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def read(chunks: list[bytes], limit: int = 1000) -> list[bytes]:
    reader = EventReader(limit)
    return [event for chunk in chunks for event in reader.feed(chunk)]


def cut(text: bytes, places: list[int]) -> list[bytes]:
    chunks, start = [], 0
    for place in sorted({place % (len(text) + 1) for place in places}):
        chunks.append(text[start:place])
        start = place
    return [*chunks, text[start:]]


@given(
    st.lists(st.tuples(LINES, ENDS), max_size=20),
    st.lists(st.integers(0, 999)),
    st.booleans(),
)
@example([("data: {}", "\n"), ("", "\n"), ("data:x", "\n"), ("", "\n")], [], True)
def test_the_same_events_as_httpx2_reads(
    lines: list[tuple[str, str]], places: list[int], whole: bool
) -> None:
    # The last line is a comment: at the end of a stream, httpx2 takes a carriage
    # return for two ends of lines.
    text = "".join(line + end for line, end in [*lines, (":", "\n")]).encode()
    response = httpx2.Response(
        200,
        headers={"content-type": "text/event-stream"},
        content=text,
        request=httpx2.Request("GET", "http://x"),
    )
    known: list[Any] = list(httpx2.EventSource(response))
    expected = [event.data.encode() for event in known]
    # An event without data is none; httpx2 gives one that has another field.
    if whole:  # chunks are events then, as they mostly are
        places = [end.end() for end in re.finditer(b"\n\n", text)]
    found = [event for event in read(cut(text, places)) if event]
    assert found == [data for data in expected if data]


@pytest.mark.parametrize(
    "flood",
    [
        b"data: " + b"x" * 50,
        b"data: " + b"x" * 1001 + b"\n\n",
        b"x" * 50,
        b": " + b"x" * 50,
        b"data:\n" * 20,
    ],
    ids=["data", "one event", "no field", "a comment", "many lines"],
)
def test_what_is_too_large_is_refused(flood: bytes) -> None:
    with pytest.raises(EventTooLarge):
        read([flood] * 100)


def test_comments_may_go_on_for_ever() -> None:
    assert read([b": x\n"] * 10_000 + [b"data: y\n\n"]) == [b"y"]
