"""Component values on each Gradio version: what is sent, and what is read.

The JSON is what servers of these versions took and gave (the components app).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import File, FileInput, Input, InputError
from gradio_runtime._codecs.codec import (
    decode,
    encode,
    files_in,
)
from gradio_runtime._models.files import facts_of
from gradio_runtime._models.provenance import OF_THE_APP
from gradio_runtime.description import Component, Config
from gradio_runtime.description.dialect import Dialect
from gradio_runtime.types import (
    AnnotatedImageData,
    Annotation,
    ChatComponent,
    ChatFile,
    ChatMessage,
    ChatPair,
    ChatPairInput,
    ChatText,
    DataframeData,
    DateTimeInput,
    DescribedFile,
    EditorData,
    EditorInput,
    GalleryImage,
    GalleryItem,
    GalleryVideo,
    HighlightedInput,
    HighlightedToken,
    ImagePair,
    ImagePairInput,
    NativePlotData,
    PlotData,
    VideoFile,
)
from pydantic import TypeAdapter, create_model

PROTOCOLS = {"3.50.2": "ws", "4.44.1": "sse_v3", "5.50.0": "sse_v3", "6.31.0": "sse_v3"}
G3, G4, G5, G6 = (
    Dialect.of(Config(version=version, protocol=protocol))
    for version, protocol in PROTOCOLS.items()
)
ALL = (G3, G4, G5, G6)
NEW = (G4, G5, G6)

A, B = File(path=Path("a.png")), File(path=Path("b.png"))


def sent(value: object, component: str, dialect: Dialect, **props: Any) -> Any:
    return encode(value, Component(id=1, type=component, props=props), dialect)


def given(annotation: Any, value: object) -> Any:
    """What a parameter holds of what a caller gives for it."""
    model: Any = create_model("Given", __base__=Input, value=(annotation, ...))
    return model(value=value).value


def f(name: str) -> dict[str, Any]:
    """A file as Gradio 4 and later have it."""
    return {"path": f"/srv/{name}", "url": None, "meta": {"_type": "gradio.FileData"}}


def f3(name: str, **more: Any) -> dict[str, Any]:
    """A file as Gradio 3 has it."""
    return {"name": f"/srv/{name}", "data": None, "is_file": True, **more}


def make_file(value: dict[str, Any]) -> File:
    return File(url=value.get("path") or value.get("data") or value["name"])


def read(annotation: Any, value: object, component: str, dialect: Dialect) -> Any:
    decoded = decode(value, component, dialect, make_file)
    return TypeAdapter(annotation).validate_python(decoded, context=OF_THE_APP)


def url(name: str) -> File:
    return File(url=f"/srv/{name}")


# ---- videos


def test_a_video_is_sent_with_its_subtitles_where_there_are_any() -> None:
    video = VideoFile(path=Path("a.mp4"), subtitles=B)
    for dialect in (G4, G5):
        wire = sent(video, "video", dialect)
        assert wire == {"video": File(path=Path("a.mp4")), "subtitles": B}
        assert len({id(file) for file in files_in(wire)}) == 2
        assert sent(A, "video", dialect) == {"video": A, "subtitles": None}
    for dialect in (G3, G6):
        wire = sent(video, "video", dialect)
        assert files_in(wire) == [wire]  # nobody would read the subtitles
        assert sent(A, "video", dialect) is A


def test_a_video_goes_wherever_a_file_goes() -> None:
    class Inputs(Input):
        file: FileInput

    inputs = Inputs(file=VideoFile(path=Path("a.mp4"), subtitles=B))
    wire = sent(inputs.file, "file", G5)
    assert files_in(wire) == [File(path=Path("a.mp4"))]


@pytest.mark.parametrize(
    ("dialect", "value"),
    [
        (G3, [f3("a.mp4"), {"name": None, "data": "data:text/vtt;base64,", "is_file": False}]),
        (G4, {"video": f("a.mp4"), "subtitles": f("a.vtt")}),
        (G5, {"video": f("a.mp4"), "subtitles": f("a.vtt")}),
    ],
)  # fmt: skip
def test_a_received_video_has_its_subtitles(dialect: Dialect, value: Any) -> None:
    video = read(VideoFile, value, "video", dialect)
    assert video.url == "/srv/a.mp4"
    assert video.subtitles.url in {"/srv/a.vtt", "data:text/vtt;base64,"}
    assert video in files_in(video)
    assert video.subtitles in files_in(video)


@pytest.mark.parametrize(
    ("dialect", "value"),
    [
        (G3, [f3("a.mp4"), None]),
        (G4, {"video": f("a.mp4"), "subtitles": None}),
        (G6, f("a.mp4")),
    ],
)
def test_a_received_video_without_subtitles(dialect: Dialect, value: Any) -> None:
    video = read(File, value, "video", dialect)
    assert video.url == "/srv/a.mp4"
    assert getattr(video, "subtitles", None) is None
    assert read(File | None, None, "video", dialect) is None


# ---- chats of messages

MESSAGE = ChatMessage(
    role="assistant",
    content=[ChatText(text="see"), ChatFile(file=A, alt_text="an a")],
    metadata={"title": "T", "parent_id": None},
)


def test_a_message_is_sent_in_parts_or_as_several() -> None:
    assert sent([MESSAGE], "chatbot", G6) == [
        {
            "role": "assistant",
            "metadata": {"title": "T"},
            "content": [
                {"type": "text", "text": "see"},
                {"type": "file", "file": A, "alt_text": "an a"},
            ],
        }
    ]
    for dialect in (G4, G5):
        assert sent([MESSAGE], "chatbot", dialect) == [
            {"role": "assistant", "metadata": {"title": "T"}, "content": "see"},
            {
                "role": "assistant",
                "metadata": {"title": "T"},
                "content": {"file": A, "alt_text": "an a"},
            },
        ]


@pytest.mark.parametrize("dialect", NEW)
def test_nothing_that_is_not_set_is_sent(dialect: Dialect) -> None:
    # 4.44 refuses null as metadata, 5 and 6 refuse null within it.
    (message,) = sent([ChatMessage(role="user", content="hi")], "chatbot", dialect)
    assert message.keys() == {"role", "content"}


@pytest.mark.parametrize("dialect", NEW)
def test_a_component_has_what_servers_ask_for(dialect: Dialect) -> None:
    part = ChatComponent(component="image", value=A)
    (message,) = sent([ChatMessage(role="user", content=[part])], "chatbot", dialect)
    content = message["content"]
    wire = content[0] if dialect.chat_parts else content
    assert wire.pop("type", "component") == "component"
    assert wire == {
        "component": "image", "value": A, "props": {}, "constructor_args": {}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("dialect", "content"),
    [
        (G4, {"file": f("a.png"), "alt_text": "an a"}),
        (G5, {"file": f("a.png"), "alt_text": "an a"}),
        (G6, [{"type": "file", "file": f("a.png"), "alt_text": "an a"}]),
    ],
)
def test_a_received_message_is_the_same_for_all(dialect: Dialect, content: Any) -> None:
    metadata = {"title": None} if dialect is G4 else None
    raw = [{"role": "assistant", "content": content, "metadata": metadata}]
    (message,) = read(list[ChatMessage], raw, "chatbot", dialect)
    assert message.content == [ChatFile(file=url("a.png"), alt_text="an a")]
    assert message.metadata is None
    assert raw == [{"role": "assistant", "content": content, "metadata": metadata}]


# ---- chats of pairs


@pytest.mark.parametrize(
    ("cell", "is_file", "text"),
    [
        ("a.png", False, None),
        (Path("a.png"), True, None),
        (b"abc", True, None),
        (A, True, None),
        (("a.png",), True, None),
        (("a.png", "an a"), True, "an a"),
        (("a.png", None), True, None),
        (ChatFile(file=A, alt_text="an a"), True, "an a"),
    ],
)
def test_what_a_cell_may_be(cell: Any, is_file: bool, text: str | None) -> None:
    (pair,) = given(list[ChatPairInput], [(cell, None)])
    assert isinstance(pair[0], File) is is_file
    assert getattr(pair[0], "alt_text", None) == text
    assert pair[1] is None
    ((wire, nothing),) = sent([pair], "chatbot", G4)
    assert nothing is None
    if is_file:
        assert wire["alt_text"] == text
        assert str(wire["file"]) == str(pair[0])
    else:
        assert wire == cell


def test_a_cell_is_nothing_else() -> None:
    for wrong in (3, (), ("a", "b", "c")):
        with pytest.raises(ValueError, match="expected a path"):
            given(list[ChatPairInput], [(wrong, None)])


def test_a_file_of_gradio_3_has_its_text_among_its_own_keys() -> None:
    (pair,) = given(list[ChatPairInput], [(("a.png", "an a"), "b")])
    wire = sent([pair], "chatbot", G3)
    (file,) = files_in(wire)
    assert wire == [[file, "b"]]
    assert (file.path, facts_of(file).extra) == (pair[0].path, {"alt_text": "an a"})


def test_gradio_3_has_no_components_in_chats() -> None:
    picture = ChatComponent(component="image", value=A)
    (cells,) = sent([("see", picture)], "chatbot", G3)
    assert (cells[1], facts_of(cells[1]).extra) == (A, {"alt_text": None})
    with pytest.raises(InputError, match="no components in chats: 'plot'"):
        sent([("see", ChatComponent(component="plot", value={}))], "chatbot", G3)


@pytest.mark.parametrize(
    ("dialect", "cell"),
    [
        (G3, f3("a.png", mime_type="image/png", alt_text="an a")),
        (G4, {"file": f("a.png"), "alt_text": "an a"}),
        (G5, {"file": f("a.png"), "alt_text": "an a"}),
    ],
)
def test_a_received_pair(dialect: Dialect, cell: Any) -> None:
    raw = [["hi", cell], [None, {**cell, "alt_text": None}]]
    first, second = read(list[ChatPair], raw, "chatbot", dialect)
    assert first == ("hi", DescribedFile(url="/srv/a.png", alt_text="an a"))
    assert second == (None, url("a.png"))
    assert type(second[1]) is File


def test_a_received_component() -> None:
    cell = {"component": "image", "value": f("a.png"), "props": {}, "constructor_args": {}}  # fmt: skip
    ((_, part),) = read(list[ChatPair], [[None, cell]], "chatbot", G5)
    assert part == ChatComponent(
        component="image", value=url("a.png"), props={}, constructor_args={}
    )


# ---- highlighted text


def test_pieces_are_pairs_in_gradio_3_and_objects_later() -> None:
    pieces = given(
        list[HighlightedInput],
        [("a", "X"), ("b", None), HighlightedToken(token="c", class_or_confidence=1)],
    )
    pairs: list[list[Any]] = [["a", "X"], ["b", None], ["c", 1]]
    objects = [{"token": t, "class_or_confidence": c} for t, c in pairs]
    assert sent(pieces, "highlightedtext", G3) == pairs
    for dialect in NEW:
        assert sent(pieces, "highlightedtext", dialect) == objects
    for dialect, raw in ((G3, pairs), (G4, objects), (G5, objects), (G6, objects)):
        assert read(list[HighlightedToken], raw, "highlightedtext", dialect) == pieces


# ---- images


def test_annotated_images() -> None:
    value = AnnotatedImageData(image=A, annotations=[Annotation(image=B, label="b")])
    assert sent(value, "annotatedimage", G3) == [A, [[B, "b"]]]
    received = AnnotatedImageData(
        image=url("a.png"), annotations=[Annotation(image=url("b.png"), label="b")]
    )
    raw3 = [f3("a.png"), [[f3("b.png"), "b"]]]
    assert read(AnnotatedImageData, raw3, "annotatedimage", G3) == received
    raw = {"image": f("a.png"), "annotations": [{"image": f("b.png"), "label": "b"}]}
    for dialect in NEW:
        assert sent(value, "annotatedimage", dialect) == {
            "image": A, "annotations": [{"image": B, "label": "b"}]
        }  # fmt: skip
        assert read(AnnotatedImageData, raw, "annotatedimage", dialect) == received


def test_galleries() -> None:
    items = [GalleryImage(image=A), GalleryImage(image=A, caption="a"), GalleryVideo(video=B)]  # fmt: skip
    assert sent(items, "gallery", G3) == [A, [A, "a"], B]
    assert sent(items, "gallery", G4)[2] == {"image": B, "caption": None}
    for dialect in (G5, G6):
        assert sent(items, "gallery", dialect) == [
            {"image": A}, {"image": A, "caption": "a"}, {"video": B}
        ]  # fmt: skip
    received = [GalleryImage(image=url("a.png")), GalleryImage(image=url("a.png"), caption="a")]  # fmt: skip
    raw3 = [f3("a.png"), [f3("a.png"), "a"]]
    assert read(list[GalleryItem], raw3, "gallery", G3) == received
    raw = [{"image": f("a.png"), "caption": c} for c in (None, "a")]
    assert read(list[GalleryItem], raw, "gallery", G6) == received


@pytest.mark.parametrize("dialect", NEW)
def test_a_bare_image_is_the_background_and_the_whole(dialect: Dialect) -> None:
    wire = sent(given(EditorInput, "a.png"), "imageeditor", dialect)
    assert wire["background"] is wire["composite"]  # uploaded once
    assert str(wire["background"]) == "a.png"
    assert wire["layers"] == []
    raw = {"background": f("a.png"), "layers": [f("b.png")], "composite": None, "id": None}  # fmt: skip
    value = read(EditorData, raw, "imageeditor", dialect)
    assert value.background == url("a.png")
    assert value.layers == [url("b.png")]
    assert given(EditorInput, value) is value


@pytest.mark.parametrize("dialect", [G5, G6])
def test_a_pair_of_images(dialect: Dialect) -> None:
    pair = given(ImagePairInput, ("a.png", None))
    assert [str(pair[0]), pair[1]] == ["a.png", None]
    assert sent(pair, "imageslider", dialect) == [pair[0], None]
    received = read(ImagePair, [f("a.png"), None], "imageslider", dialect)
    assert received == (url("a.png"), None)


# ---- tables, plots


def test_a_table_is_sent_as_the_server_takes_it() -> None:
    table = DataframeData.model_validate(
        {"headers": ["a", 1], "data": [[1, 2]], "x": 3}
    )
    wire = {"headers": ["a", 1], "data": [[1, 2]], "metadata": None}
    assert sent(table, "dataframe", G3) == wire  # it refuses keys it does not know
    assert sent(table, "dataframe", G4)["headers"] == ["a", "1"]
    for dialect in (G5, G6):
        assert sent(table, "dataframe", dialect) == {**wire, "x": 3}


@pytest.mark.parametrize("dialect", ALL)
def test_plots_are_the_same_for_all(dialect: Dialect) -> None:
    plot = PlotData(type="altair", plot="{}")
    assert sent(plot, "plot", dialect) == {"type": "altair", "plot": "{}"}
    raw = {
        "columns": ["x"],
        "data": [[1]],
        "datatypes": {"x": "nominal"},
        "mark": "bar",
    }
    native = read(NativePlotData, raw, "nativeplot", dialect)
    assert sent(native, "nativeplot", dialect) == raw


# ---- moments

NOON = datetime(2026, 7, 1, 12, 0, 0, 5)


@pytest.mark.parametrize(
    ("value", "props", "text"),
    [
        ("now - 5m", {}, "now - 5m"),
        (NOON, {}, "2026-07-01 12:00:00"),
        (date(2026, 7, 1), {}, "2026-07-01 00:00:00"),
        (NOON, {"include_time": False}, "2026-07-01"),
        (date(2026, 7, 1), {"include_time": False}, "2026-07-01"),
        (NOON.replace(tzinfo=UTC), {"timezone": "UTC"}, "2026-07-01 12:00:00"),
        (NOON.replace(tzinfo=UTC), {"timezone": "Asia/Tokyo"}, "2026-07-01 21:00:00"),
        (
            datetime(2026, 7, 1, 23, tzinfo=timezone(timedelta(hours=-2))),
            {"timezone": "UTC", "include_time": False},
            "2026-07-02",
        ),
        (None, {}, None),
    ],
)
@pytest.mark.parametrize("dialect", NEW)
def test_moments(dialect: Dialect, value: Any, props: Any, text: str | None) -> None:
    moment = given(DateTimeInput | None, value)
    assert sent(moment, "datetime", dialect, **props) == text


def test_a_moment_with_a_zone_needs_a_component_with_one() -> None:
    with pytest.raises(InputError, match="without a time zone, or a text"):
        sent(NOON.replace(tzinfo=UTC), "datetime", G6, timezone=None)
    with pytest.raises(InputError, match=r"'Mars/Base' .* is not known"):
        sent(NOON.replace(tzinfo=UTC), "datetime", G6, timezone="Mars/Base")


def test_a_moment_elsewhere_keeps_its_zone() -> None:
    assert sent({"t": NOON.replace(tzinfo=UTC)}, "json", G6) == {
        "t": "2026-07-01T12:00:00.000005+00:00"
    }
