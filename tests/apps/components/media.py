"""Endpoints of the components whose values are files, and of chats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.apps.components.kit import (
    ASSETS,
    MAJOR,
    Part,
    Row,
    asset,
    echo,
    given,
    gr,
    part,
)

# --- Functions


def file_again(value: Any) -> Any:
    """Gradio 3 hands open files to the function, and takes paths from it."""
    if isinstance(value, list):
        return [file_again(item) for item in value]
    return getattr(value, "name", value)


def name_and_size(value: Any) -> Any:
    """What a file is called and how long it is; None without one."""
    if value is None:
        return None
    paths = [
        Path(path) for path in file_again(value if isinstance(value, list) else [value])
    ]
    return [[path.name, path.stat().st_size] for path in paths]


def byte_count(value: Any) -> Any:
    """The length of files that are given as bytes."""
    return [len(v) for v in value] if isinstance(value, list) else len(value)


def paths_of_gallery(value: Any) -> Any:
    """Gradio 3 hands a gallery's raw value to the function, and takes no such value."""

    def path(item: Any) -> Any:
        return (item[0]["name"], item[1]) if isinstance(item, list) else item["name"]

    return None if value is None else [path(item) for item in value]


def mixed_gallery() -> Any:
    """An image with a caption, one without, and a video."""
    return [(asset("pixel.png"), "a pixel"), asset("pixel.png"), asset("clip.mp4")]


def annotated() -> Any:
    """An image with a box and a mask."""
    import numpy as np

    image = np.zeros((4, 4, 3), np.uint8)
    return image, [((0, 0, 2, 2), "box"), (np.eye(4), "diagonal")]


def annotated_again(value: Any) -> Any:
    """Masks come as paths, and go as arrays."""
    import numpy as np

    if value is None:
        return None
    image, annotations = value
    return image, [(np.ones((1, 1)), label) for _, label in annotations]


def with_subtitles() -> Any:
    return asset("clip.mp4"), asset("clip.srt")


def clip() -> Any:
    return asset("clip.mp4")


def picture() -> Any:
    return asset("pixel.png")


def rich_chat() -> Any:
    """Every kind of content that a message can have."""
    if MAJOR == 3:
        return [["hi", "ho"], [None, (asset("pixel.png"), "alt")], ["bye", None]]
    thought = {"role": "assistant", "content": "hm", "metadata": {"title": "Thinking"}}
    options = {"options": [{"value": "yes", "label": "Yes!"}]} if MAJOR >= 5 else {}
    file = asset("pixel.png")
    return [
        {"role": "user", "content": "hi"},
        thought,
        {"role": "assistant", "content": {"path": file, "alt_text": "alt"}},
        {"role": "assistant", "content": gr.Image(file, render=False)},
        {"role": "assistant", "content": "Shall I?", **options},
    ]


def rich_pairs() -> Any:
    image = gr.Image(asset("pixel.png"), render=False) if MAJOR > 3 else None
    return [["hi", "ho"], [(asset("pixel.png"), "alt"), image], [None, "bye"]]


def files_of(message: Any) -> Any:
    sizes = [Path(file).stat().st_size for file in message["files"]]
    return {"text": message["text"], "sizes": sizes}


# --- Rows

JSON = part("JSON")
ROOT = {"root" if MAJOR == 3 else "root_dir": str(ASSETS)}

FILES = (
    Row("file_echo", part("File"), None, file_again),
    Row(
        "file_types_echo", part("File", file_types=[".txt", "image"]), None, file_again
    ),
    Row("file_multiple_echo", part("File", file_count="multiple"), None, file_again),
    Row("file_default_echo", part("File", value=asset("note.txt")), None, file_again),
    Row("file_bytes_in", part("File", type="binary"), JSON, byte_count),
    Row("file_directory_in", part("File", file_count="directory"), JSON, name_and_size),
    Row("file_optional_in", part("File"), JSON, name_and_size),
    Row("uploadbutton_echo", part("UploadButton"), part("File"), file_again),
    Row(
        "uploadbutton_multiple_echo",
        part("UploadButton", file_count="multiple", file_types=["text"]),
        part("File", file_count="multiple"),
        file_again,
    ),
    Row("uploadbutton_out", part("File"), part("UploadButton"), since=4),
    Row("downloadbutton_echo", part("DownloadButton"), since=4),
    echo("fileexplorer", "FileExplorer", **ROOT),
    echo("fileexplorer_single", "FileExplorer", **ROOT, file_count="single"),
    echo("model3d", "Model3D"),
)

IMAGES = (
    echo("image", "Image"),
    echo("image_pil", "Image", type="pil"),
    echo("image_path", "Image", type="filepath"),
    echo("image_default", "Image", value=asset("pixel.png"), type="filepath"),
    Row("image_make", None, part("Image", type="filepath"), picture),
    Row("image_sketch_in", part("Image", tool="sketch"), JSON, given, until=3),
    Row("imageeditor_echo", part("ImageEditor"), since=4),
    Row("imageeditor_path_echo", part("ImageEditor", type="filepath"), since=4),
    Row("imagemask_echo", part("ImageMask"), since=4),
    Row("imageslider_echo", part("ImageSlider"), since=5),
    Row("annotatedimage_make", None, part("AnnotatedImage"), annotated),
    Row("annotatedimage_echo", part("AnnotatedImage"), None, annotated_again, since=4),
    Row("gallery_echo", part("Gallery"), None, paths_of_gallery, until=3),
    Row("gallery_echo", part("Gallery"), since=4),
    Row("gallery_path_echo", part("Gallery", type="filepath"), since=4),
    Row(
        "gallery_default_echo",
        part("Gallery", value=[asset("pixel.png")], type="filepath"),
        since=4,
    ),
    Row("gallery_make", None, part("Gallery"), mixed_gallery, since=5),
)

SOUNDS = (
    echo("audio", "Audio"),
    echo("audio_path", "Audio", type="filepath"),
    echo("audio_default", "Audio", type="filepath", value=asset("tone.wav")),
    echo("video", "Video"),
    Row("video_make", None, part("Video"), clip),
    Row("video_subtitles_make", None, part("Video"), with_subtitles, until=5),
    Row(
        "video_subtitles_make",
        None,
        part("Video", subtitles=asset("clip.srt")),
        clip,
        since=6,
    ),
)


def chat_rows() -> list[Row]:
    """Chats as lists of pairs until 5.x, and as lists of messages since 4.44."""
    messages: dict[str, Any] = {"type": "messages"} if MAJOR in (4, 5) else {}
    rows = []
    if MAJOR >= 4:
        chat = Part("Chatbot", messages)
        rows += [
            Row("chatbot_echo", chat),
            Row("chatbot_make", None, chat, rich_chat),
            Row(
                "chatbot_default_echo",
                Part(
                    "Chatbot",
                    {**messages, "value": [{"role": "user", "content": "hi"}]},
                ),
            ),
        ]
    if MAJOR <= 5:
        chat = part("Chatbot")
        rows += [
            Row("chatbot_pairs_echo", chat),
            Row("chatbot_pairs_make", None, chat, rich_pairs),
        ]
    return rows


MULTIMODAL = (
    Row("multimodaltextbox_echo", part("MultimodalTextbox"), since=4),
    Row(
        "multimodaltextbox_in",
        part("MultimodalTextbox", file_count="multiple", file_types=["text"]),
        JSON,
        files_of,
        since=4,
    ),
)

ROWS = (*FILES, *IMAGES, *SOUNDS, *chat_rows(), *MULTIMODAL)
