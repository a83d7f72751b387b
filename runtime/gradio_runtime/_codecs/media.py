"""How videos and images that are more than a file differ between Gradio versions."""

from __future__ import annotations

from typing import Any

from .._components.kind import Codec, Files, Json
from .._models.files import File, recast
from ..description import Component
from ..description.dialect import Dialect
from ..description.json_values import is_array, is_object
from ..errors import InputError
from ..types.media import (
    AnnotatedImageData,
    EditorData,
    GalleryImage,
    GalleryVideo,
    VideoFile,
)
from .codec import is_pair, unpaired


def _encode_video(value: Any, _slot: Component, dialect: Dialect) -> Any:
    """Return a pair for 4 and 5. 3.x and 6 take a bare file, without subtitles."""
    if not isinstance(value, File) or dialect.bare_video:
        return value
    subtitles = value.subtitles if isinstance(value, VideoFile) else None
    return {"video": value, "subtitles": subtitles}


def _decode_video(value: Json, files: Files) -> Json:
    """Read `{"video", "subtitles"}` (4, 5), `[video, subtitles]` (3.x), a file (6)."""
    match value:
        case {"video": video}:
            subtitles = value.get("subtitles")
        case [video, subtitles]:
            if is_object(subtitles) and subtitles.get("name") is None:
                subtitles = {**subtitles, "name": "subtitles.vtt"}
        case _:
            return files(value)
    video, subtitles = files(video), files(subtitles)
    if not isinstance(video, File):
        return video
    return recast(video, VideoFile, subtitles=subtitles)


VIDEO = Codec(_encode_video, _decode_video)


def _encode_annotated(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not dialect.pairs or not isinstance(value, AnnotatedImageData):
        return value
    return [value.image, [[item.image, item.label] for item in value.annotations]]


def _decode_annotated(value: Json, files: Files) -> Json:
    """Read `[image, [[mask, label] …]]` of 3.x, and objects of later ones."""
    value = files(value)
    if not is_pair(value) or not is_array(value[1]):
        return value
    return {"image": value[0], "annotations": unpaired(value[1], "image", "label")}


ANNOTATED = Codec(_encode_annotated, _decode_annotated)


def _encode_gallery(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not is_array(value):
        return value
    return [_encode_item(item, dialect) for item in value]


def _encode_item(item: Any, dialect: Dialect) -> Any:
    if not isinstance(item, GalleryImage | GalleryVideo):
        return item
    file = item.image if isinstance(item, GalleryImage) else item.video
    if dialect.pairs:
        return file if item.caption is None else [file, item.caption]
    if isinstance(item, GalleryVideo) and not dialect.gallery_videos:
        return {"image": file, "caption": item.caption}
    return item


def _decode_gallery(value: Json, files: Files) -> Json:
    """Read a file or `[file, caption]` of 3.x, and objects of later ones."""
    value = files(value)
    if is_array(value):
        value = [[item, None] if isinstance(item, File) else item for item in value]
    return unpaired(value, "image", "caption")


GALLERY = Codec(_encode_gallery, _decode_gallery)


def _encode_sketch(value: Any, _slot: Component, _dialect: Dialect) -> Any:
    """Return the image and the drawing on it, as 3.x takes them."""
    if not isinstance(value, EditorData):
        return value
    if not value.layers:
        raise InputError(
            "the app wants an image with a drawing on it, and there is none",
            hint="Give EditorData(background=image, layers=[drawing])",
        )
    return {"image": value.background, "mask": value.layers[0]}


SKETCH = Codec(_encode_sketch)
