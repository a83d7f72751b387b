"""Round trips of what people have at hand, and of what must be refused unsent."""

from __future__ import annotations

import base64
import io
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import numpy as np
from gradio_runtime import UNCHANGED, InputError
from gradio_runtime.types import ChatMessage, LabelConfidence, LabelData

from tests.integration.trips import (
    ODD_NAME,
    PNG,
    TEXT,
    Made,
    Trip,
    each,
    editor,
    file,
    image,
    items,
    message,
    picture,
    table,
    text_part,
    trip,
)


class Shade(StrEnum):
    RED = "red"


class Somewhere:
    """Something with a path, as a temporary folder's wrapper may be."""

    def __fspath__(self) -> str:
        return "a.txt"


class Pipe:
    """A stream that can be read once, and no more than that."""

    def __init__(self) -> None:
        self._content = io.BytesIO(TEXT)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


def data_url(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


TRIPS: list[Trip] = [
    # Values that pass for others.
    trip("dropdown_echo", Shade.RED, gives="red"),
    trip("number_echo", Decimal("1.5"), gives=1.5),
    trip("number_int_echo", 3.0, gives=3),
    trip("number_int_echo", 2**53 + 1),
    *each("checkboxgroup_echo", ("a", "b"), gives=["a", "b"]),
    trip("checkboxgroup_echo", {"a"}, gives=["a"]),
    trip("textbox_echo", "a\0b"),
    trip("textbox_echo", "x" * 1_000_000),
    trip("number_echo", np.int64(3), gives=3, since=4),
    trip("number_int_echo", np.int64(3), gives=3),
    trip("number_echo", np.float32(0.5), gives=0.5),
    trip("json_echo", (1, 2), gives=[1, 2]),
    trip(
        "json_echo",
        {"a": np.int64(3), "b": np.array([[1, 2]])},
        gives={"a": 3, "b": [[1, 2]]},
    ),
    trip(
        "label_echo",
        {"cat": 0.25, "dog": 0.75},
        gives=LabelData(
            label="dog",
            confidences=[
                LabelConfidence(label="dog", confidence=0.75),
                LabelConfidence(label="cat", confidence=0.25),
            ],
        ),
    ),
    trip("dataframe_echo", [["ann", 1]], gives=table(["1", "2"], [["ann", 1]])),
    trip("dataframe_default_echo", [[7, 8]], gives=table(["a", "b"], [[7, 8]])),
    trip("gallery_echo", [("a.png", "one")], gives=items(picture("one"))),
    trip("json_echo", {1: datetime(2024, 1, 1)}, gives={"1": "2024-01-01T00:00:00"}),
    trip(
        "datetime_echo",
        date(2024, 1, 2),
        gives="2024-01-02 00:00:00",
        since=4,
    ),
    # Files, in other forms than a path.
    *each("file_echo", Made(Pipe), Somewhere(), gives=file(TEXT)),
    trip("file_echo", b"", gives=file(b"")),
    trip("file_echo", data_url("text/plain", TEXT), gives=file(TEXT)),
    trip("image_echo", data_url("image/png", PNG), gives=image),
    trip("file_echo", Path(ODD_NAME), gives=file(TEXT)),
    # Objects as plain dicts and tuples.
    trip(
        "dataframe_echo",
        [{"name": "ann", "score": 1}],
        gives=table(["name", "score"], [["ann", 1]]),
    ),
    trip(
        "dataframe_echo",
        {"headers": ["name"], "data": [["ann"]]},
        gives=table(["name"], [["ann"]]),
    ),
    trip(
        "chatbot_echo",
        [{"role": "user", "content": "hi"}],
        gives=items(message("user", text_part("hi"))),
        since=4,
    ),
    # One content for each message before Gradio 6.
    trip(
        "chatbot_echo",
        [ChatMessage.model_validate({"role": "user", "content": ["a", "b"]})],
        gives=items(message("user", text_part("a")), message("user", text_part("b"))),
        since=4,
        until=5,
    ),
    trip(
        "chatbot_echo",
        [ChatMessage.model_validate({"role": "user", "content": ["a", "b"]})],
        gives=items(message("user", text_part("a"), text_part("b"))),
        since=6,
    ),
    trip(
        "multimodaltextbox_in",
        {"text": "t", "files": [Path("a.txt")]},
        gives={"text": "t", "sizes": [len(TEXT)]},
        since=4,
    ),
    trip("imageeditor_echo", {"background": Path("a.png")}, gives=editor(0), since=4),
]

#: Nothing of these is sent.
REFUSED = [
    ("textbox_echo", 3),
    ("textbox_echo", None),
    ("textbox_echo", "\ud800"),
    ("textbox_echo", UNCHANGED),
    ("number_echo", UNCHANGED),
    ("number_echo", math.inf),
    ("number_echo", math.nan),
    ("number_echo", 2**70),
    ("json_echo", {"deep": [math.inf]}),
    ("json_echo", b"bytes"),
    ("json_echo", object()),
    ("label_echo", {"nonsense": "x"}),
    ("dataframe_echo", {"heders": ["a"]}),
    ("number_echo", "three"),
    ("number_int_echo", 2.5),
    ("number_bounds_echo", 2),
    ("slider_echo", -1),
    ("checkbox_echo", "perhaps"),
    ("dropdown_echo", "blue"),
    ("dropdown_ints_echo", "1"),
    ("dropdown_many_echo", "a"),
    ("dropdown_many_echo", ["z"]),
    ("radio_pairs_echo", "Small one"),
    ("file_echo", "nowhere.txt"),
    ("file_echo", "."),
    ("file_echo", 3),
    ("file_multiple_echo", "a.txt"),
    ("dataframe_echo", 3),
    ("highlightedtext_echo", ["a"]),
    ("gallery_echo", "a.png"),
]
TRIPS += [trip(endpoint, value, gives=InputError) for endpoint, value in REFUSED]
TRIPS += [
    trip("chatbot_echo", [{"role": "robot", "content": ""}], gives=InputError, since=4),
    trip("datetime_echo", datetime(2024, 1, 1, tzinfo=UTC), gives=InputError, since=4),
    trip("typed_literal", "slowly", gives=InputError, since=5),
    trip("typed_several", "three", gives=InputError, since=5),
]
