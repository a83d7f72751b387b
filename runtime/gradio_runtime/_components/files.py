"""Components whose values are files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..description.json_values import is_array, is_object
from .kind import Kind, Props, Value

#: What `gradio_runtime.types` has from here.
__all__: list[str] = []


def _sketch(props: Props) -> Kind | None:
    """Return the record of an image that users of Gradio 3 draw on: a pair."""
    return _SKETCH if props.get("tool") == "sketch" else None


def in_a_list(props: Props) -> bool:
    """Return whether values are lists of files: several, or those of a folder."""
    return props.get("file_count") in ("multiple", "directory")


def files_in_schema(schema: Any) -> str:
    """Return how files stand in the values of a JSON Schema, as `Kind.files` says it."""
    if not is_object(schema):
        return ""
    item, defs = schema.get("items", schema), schema.get("$defs")
    name = str(item.get("$ref")).rpartition("/")[2] if is_object(item) else ""
    if is_file_schema(item) or (is_object(defs) and is_file_schema(defs.get(name))):
        return "bare"
    waiting: list[Any] = [schema]
    while waiting:
        part = waiting.pop()
        if is_file_schema(part):
            return "among"
        waiting += part.values() if is_object(part) else part if is_array(part) else ()
    return ""


def is_file_schema(schema: Any) -> bool:
    """Return whether a JSON Schema is that of a file."""
    properties = schema.get("properties") if is_object(schema) else None
    return is_object(properties) and any(
        keys <= properties.keys() for keys in _FILE_KEYS
    )


#: Keys of a file object since Gradio 4, and before.
_FILE_KEYS = ({"path", "url", "orig_name"}, {"name", "data", "is_file"})
_VALUES = (Value("FileInput", '"photo.png"', written=False, left_out=True),)
_FILE = Kind("", "FileInput", "File", _VALUES, "File", files="bare")
_CHOSEN = replace(_FILE, keeps="file_count file_types", example='"data.txt"')
_IMAGE = replace(_FILE, names="image", keeps="tool", inline=True, variant=_sketch)
_SKETCH = replace(_IMAGE, takes="EditorInput", codec="_codecs.media:SKETCH")
_VIDEO = Kind(
    "video",
    "FileInput",
    "File",
    (),
    "VideoFile",
    home="types.media",
    codec="_codecs.media:VIDEO",
    files="bare",
    members="video subtitles",
    infers=lambda _props, before_6: {} if before_6 else {"bare": True},
    variant=lambda props: None if props.get("bare") else _WITH_SUBTITLES,
    example='"clip.mp4"',
)
_WITH_SUBTITLES: Kind = replace(_VIDEO, gives="VideoFile")

KINDS = (
    replace(_FILE, names="audio", example='"speech.wav"'),
    replace(
        _FILE, names="downloadbutton", title="DownloadButton", example='"data.txt"'
    ),
    replace(_CHOSEN, names="file"),
    _IMAGE,
    replace(_FILE, names="model3d", title="Model3D", example='"model.obj"'),
    replace(_CHOSEN, names="uploadbutton", title="UploadButton"),
    _VIDEO,
)
