"""Round trips of files and chats, by names in the folder that the tests work in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from gradio_runtime import File, InputError, OutputMismatch
from gradio_runtime.types import (
    AnnotatedImageData,
    Annotation,
    ChatComponent,
    ChatFile,
    ChatMessage,
    EditorData,
    GalleryImage,
    MultimodalData,
)

from tests.integration.trips import (
    MP4,
    OBJ,
    PNG,
    TEXT,
    Check,
    Trip,
    annotated,
    clip,
    component_part,
    each,
    editor,
    file,
    file_part,
    image,
    items,
    message,
    nothing,
    picture,
    sound,
    text_part,
    trip,
)

# --- Files

IMAGE = File.of("a.png")
PATHS = [["note.txt"], ["inner", "deep.txt"]]

TRIPS: list[Trip] = [
    *each(
        "file_echo uploadbutton_echo",
        *("a.txt", Path("a.txt"), TEXT, io.BytesIO(TEXT), File(path=Path("a.txt"))),
        gives=file(TEXT),
    ),
    *each("downloadbutton_echo uploadbutton_out", "a.txt", gives=file(TEXT), since=4),
    trip("file_types_echo", "a.txt", gives=file(TEXT, "a.txt")),
    trip("file_types_echo", "a.png", gives=file(PNG, "a.png")),
    trip("file_default_echo", "a.txt", gives=file(TEXT, "a.txt")),
    trip("file_default_echo", gives=file(b"a note\n", "note.txt")),
    trip("file_default_echo", None, gives=OutputMismatch),
    trip(
        "file_multiple_echo",
        ["a.txt", TEXT],
        gives=items(file(TEXT, "a.txt"), file(TEXT)),
    ),
    trip(
        "uploadbutton_multiple_echo",
        ["a.txt", Path("a.txt")],
        gives=items(file(TEXT, "a.txt"), file(TEXT, "a.txt")),
    ),
    trip("file_bytes_in", "a.txt", gives=len(TEXT)),
    trip("file_directory_in", ["a.txt"], gives=[["a.txt", len(TEXT)]]),
    trip("file_optional_in", "a.txt", gives=[["a.txt", len(TEXT)]]),
    trip("fileexplorer_echo", PATHS),
    trip("fileexplorer_single_echo", PATHS[1:]),
    trip("model3d_echo", "a.obj", gives=file(OBJ)),
    *each("image_echo image_pil_echo", "a.png", PNG, gives=image),
    *each("image_path_echo image_default_echo", "a.png", gives=image),
    trip("image_default_echo", gives=image),
    trip("image_default_echo", None, gives=OutputMismatch),
    trip("image_make", gives=image),
    trip("image_sketch_in", "a.png", gives=InputError, until=3),
    trip(
        "image_sketch_in",
        EditorData(background=IMAGE, layers=[IMAGE]),
        gives=True,
        until=3,
    ),
    *each(
        "imageeditor_echo imageeditor_path_echo imagemask_echo",
        "a.png",
        gives=editor(layers=0),
        since=4,
    ),
    *each(
        "imageeditor_echo imageeditor_path_echo",
        EditorData(background=IMAGE, layers=[IMAGE], composite=IMAGE),
        gives=editor(layers=1),
        since=4,
    ),
    trip("imageslider_echo", ("a.png", PNG), gives=items(image, image), since=5),
    trip("imageslider_echo", ("a.png", None), gives=items(image, nothing), since=5),
    trip("annotatedimage_make", gives=annotated("box", "diagonal")),
    trip(
        "annotatedimage_echo",
        AnnotatedImageData(
            image=IMAGE, annotations=[Annotation(image=IMAGE, label="x")]
        ),
        gives=annotated("x"),
        since=4,
    ),
    trip(
        "gallery_echo",
        ["a.png", GalleryImage(image=IMAGE, caption="one")],
        gives=items(picture(), picture("one")),
    ),
    trip("gallery_path_echo", ["a.png"], gives=items(picture()), since=4),
    trip(
        "gallery_path_echo", ["a.png", "a.mp4"], gives=items(picture(), clip()), since=5
    ),
    trip("gallery_default_echo", ["a.png"], gives=items(picture()), since=4),
    trip("gallery_default_echo", gives=items(picture()), since=4),
    trip("gallery_make", gives=items(picture("a pixel"), picture(), clip()), since=5),
    *each("audio_echo audio_path_echo audio_default_echo", "a.wav", gives=sound),
    trip("audio_default_echo", gives=sound),
    trip("video_echo", "a.mp4", gives=file(MP4, "a.mp4")),
    trip("video_make", gives=file(MP4)),
    trip(
        "video_subtitles_make",
        gives=lambda video: (
            file(MP4)(video) and video.subtitles.read_bytes().startswith(b"WEBVTT")
        ),
        until=5,
    ),
    trip("video_subtitles_make", gives=file(MP4), since=6),
]

# --- Chats

HI = [ChatMessage(role="user", content="hi")]
RICH = [
    ChatMessage(role="user", content=[ChatFile(file=IMAGE, alt_text="alt")]),
    ChatMessage(role="assistant", content="hm", metadata={"title": "Thinking"}),
]


def pairs(*expected: tuple[Any, Any]) -> Check:
    """Exchanges of a chat of pairs; a cell may be a check."""

    def fits(actual: Any, cell: Any) -> bool:
        return bool(cell(actual) if callable(cell) else actual == cell)

    return lambda value: (
        len(value) == len(expected)
        and all(
            fits(a, left) and fits(b, right)
            for (a, b), (left, right) in zip(value, expected, strict=True)
        )
    )


def described(value: Any) -> bool:
    return image(value) and value.alt_text == "alt"


TRIPS += [
    *each(
        "chatbot_echo chatbot_default_echo",
        HI,
        gives=items(message("user", text_part("hi"))),
        since=4,
    ),
    trip(
        "chatbot_echo",
        RICH,
        gives=items(
            message("user", file_part("alt")),
            message("assistant", text_part("hm"), metadata={"title": "Thinking"}),
        ),
        since=4,
    ),
    trip("chatbot_echo", [], since=4),
    trip(
        "chatbot_default_echo",
        gives=items(message("user", text_part("hi"))),
        since=4,
    ),
    trip(
        "chatbot_make",
        gives=items(
            message("user", text_part("hi")),
            message("assistant", text_part("hm"), metadata={"title": "Thinking"}),
            message("assistant", file_part("alt")),
            message("assistant", component_part),
            message("assistant", text_part("Shall I?")),
        ),
        since=4,
    ),
    trip(
        "chatbot_pairs_echo",
        [("hi", "ho"), (("a.png", "alt"), None), (None, "bye")],
        gives=pairs(("hi", "ho"), (described, None), (None, "bye")),
        until=5,
    ),
    trip(
        "chatbot_pairs_make",
        gives=pairs(("hi", "ho"), (described, None), (None, "bye")),
        until=3,
    ),
    trip(
        "chatbot_pairs_make",
        gives=pairs(
            ("hi", "ho"),
            (described, lambda cell: isinstance(cell, ChatComponent)),
            (None, "bye"),
        ),
        since=4,
        until=5,
    ),
    trip(
        "multimodaltextbox_echo",
        "only text",
        gives=MultimodalData(text="only text"),
        since=4,
    ),
    trip(
        "multimodaltextbox_in",
        MultimodalData(text="t", files=[File.of("a.txt")]),
        gives={"text": "t", "sizes": [len(TEXT)]},
        since=4,
    ),
]
