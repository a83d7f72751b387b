"""Values to the wire and back, across Gradio versions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import UNCHANGED, File, Input, Output, OutputMismatch
from gradio_runtime._codecs.codec import decode, files_in, replace_files
from gradio_runtime._codecs.codec import encode as encode_slot
from gradio_runtime._engine.results import reader_for
from gradio_runtime.description import Component
from gradio_runtime.description.dialect import Dialect
from gradio_runtime.types import (
    ChatFile,
    ChatMessage,
    ChatText,
    DataframeData,
    GalleryImage,
    GalleryInput,
    LabelData,
    MultimodalData,
    MultimodalInput,
)
from pydantic import TypeAdapter

NEW = Dialect()
OLD = Dialect(chat_parts=False, bare_video=False)
FILE = {"path": "/srv/a.png", "meta": {"_type": "gradio.FileData"}, "url": "http://x/a"}


def encode(value: object, component: str, dialect: Dialect, **props: Any) -> Any:
    slot = Component(id=1, type=component, props=props)
    return encode_slot(value, slot, dialect)


def make_file(value: dict[str, Any]) -> File:
    return File(url=value["url"])


def test_numbers_stay_what_they_are() -> None:
    class Numbers(Input):
        a: int | float
        b: int | float

    inputs = Numbers(a=3, b=2.5)
    assert [encode(v, "number", NEW) for v in (inputs.a, inputs.b)] == [3, 2.5]
    assert type(inputs.a) is int


def test_chat_of_gradio_6_has_parts_and_of_gradio_5_has_none() -> None:
    image = File(path=Path("a.png"))
    chat = [
        ChatMessage(role="user", content="hi"),
        ChatMessage(
            role="assistant", content=[ChatText(text="see"), ChatFile(file=image)]
        ),
    ]
    new = encode(chat, "chatbot", NEW)
    assert new[0]["content"] == [{"type": "text", "text": "hi"}]
    assert new[1]["content"][1] == {
        "type": "file",
        "file": image,
    }
    old = encode(chat, "chatbot", OLD)
    assert [m["content"] for m in old] == [
        "hi",
        "see",
        {"file": image, "alt_text": None},
    ]
    assert [m["role"] for m in old] == ["user", "assistant", "assistant"]


@pytest.mark.parametrize("content", ["hi", [{"type": "text", "text": "hi"}]])
def test_received_chat_is_the_same_for_both(content: Any) -> None:
    dialect = OLD if isinstance(content, str) else NEW
    raw = [{"role": "user", "content": content, "metadata": None, "options": None}]
    value = decode(raw, "chatbot", dialect, make_file)
    (message,) = TypeAdapter(list[ChatMessage]).validate_python(value)
    assert message.text == "hi"
    assert message.content == [ChatText(text="hi")]


def test_received_chat_file_of_gradio_5() -> None:
    raw = [{"role": "user", "content": {"file": FILE, "alt_text": "a"}}]
    (message,) = TypeAdapter(list[ChatMessage]).validate_python(
        decode(raw, "chatbot", OLD, make_file)
    )
    (part,) = message.parts
    assert isinstance(part, ChatFile)
    assert part.file.url == "http://x/a"


def test_video_is_a_file_on_every_version() -> None:
    video = File(path=Path("a.mp4"))
    assert encode(video, "video", NEW) is video
    assert encode(video, "video", OLD) == {"video": video, "subtitles": None}
    bare = decode(FILE, "video", NEW, make_file)
    pair = decode({"video": FILE, "subtitles": None}, "video", OLD, make_file)
    assert bare.url == pair.url == "http://x/a"


def test_decoding_shares_nothing_with_the_message() -> None:
    raw = {"a": [1, {"b": 2}]}
    value = decode(raw, "json", NEW, make_file)
    raw["a"][1]["b"] = 3  # type: ignore[index]
    assert value == {"a": [1, {"b": 2}]}


def test_only_marked_files_are_files() -> None:
    raw = {"path": "/x", "url": "http://x"}
    assert decode(raw, "json", NEW, make_file) == raw


def test_files_are_found_and_replaced_anywhere() -> None:
    one, two = File(url="http://x/1"), File(url="http://x/2")
    value = {"a": [one, {"b": two}], "c": "x"}
    assert files_in(value) == [one, two]
    wire = {id(one): "ONE", id(two): "TWO"}
    assert replace_files(value, wire) == {"a": ["ONE", {"b": "TWO"}], "c": "x"}


def test_gallery_takes_bare_files() -> None:
    class Pictures(Input):
        items: list[GalleryInput]

    item = GalleryImage(image=File(url="http://x/1"), caption="c")
    pictures = Pictures(items=["a.png", item])
    first, second = pictures.items
    assert isinstance(first, GalleryImage)
    assert first.image.path == Path("a.png")
    assert second is item


def test_multimodal_takes_bare_text() -> None:
    class Message(Input):
        message: MultimodalInput

    message = Message(message="hi").message
    assert message == MultimodalData(text="hi")
    assert encode(message, "multimodaltextbox", NEW) == {"text": "hi", "files": []}


def test_moments_are_text() -> None:
    assert (
        encode(datetime(2026, 1, 2, 3, 4, 5), "datetime", NEW) == "2026-01-02 03:04:05"
    )


# ---- results


def read(annotation: Any, *values: Any, strict: bool = True) -> Any:
    names = ["Answer", "Score"][: len(values)]
    return reader_for(annotation)(list(values), names, strict)


class Two(Output):
    text: str
    score: int | float


def test_one_output_several_none() -> None:
    assert read(float, 7) == 7
    assert type(read(float, 7)) is int
    assert type(read(list[float], [1, 2.5])[0]) is int
    assert read(None) is None
    two = read(Two, "a", 1)
    assert two == Two(text="a", score=1)
    assert two.astuple() == ("a", 1)
    label = read(LabelData, {"label": "cat", "confidences": None})
    assert label.label == "cat"
    table = read(DataframeData, {"headers": ["a"], "data": [[1]]})
    assert table.data == [[1]]


def test_a_misfit_keeps_the_value() -> None:
    with pytest.raises(OutputMismatch, match="'Answer' is empty") as caught:
        read(str, None)
    assert caught.value.raw is None
    assert caught.value.field == "Answer"
    assert "--nullable-outputs" in str(caught.value)
    assert read(str, None, strict=False) is None
    with pytest.raises(
        OutputMismatch, match=r"'Answer' does not fit .*\(rows\.1: "
    ) as bad:
        read(dict[str, list[int]], {"rows": [1, "b"]})
    assert bad.value.raw == {"rows": [1, "b"]}
    with pytest.raises(OutputMismatch, match="2 outputs instead of 1"):
        read(str, "a", "b")


@pytest.mark.parametrize("text", ["a", UNCHANGED])
def test_a_misfit_among_several_outputs(text: Any) -> None:
    with pytest.raises(OutputMismatch, match="'score' does not fit") as caught:
        read(Two, text, "b")
    assert caught.value.field == "score"
    assert caught.value.raw == [text, "b"]
    lenient = read(Two, text, "b", strict=False)
    assert lenient.astuple() == (text, "b")
    with pytest.raises(OutputMismatch, match="3 outputs instead of 2"):
        read(Two, "a", 1, 2)


def test_unchanged_never_raises() -> None:
    assert read(float, UNCHANGED) is UNCHANGED
    two = read(Two, UNCHANGED, 2)
    assert two.text is UNCHANGED
    assert two.score == 2
    assert not UNCHANGED
    assert repr(UNCHANGED) == "UNCHANGED"
