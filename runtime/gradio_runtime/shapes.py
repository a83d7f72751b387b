"""Component values whose JSON differs between Gradio versions.

One small function per component and direction, found by the component's name. Those
that read tell the versions apart by the shape itself; those that write go by the
server's `Dialect`. The shapes were measured on Gradio 3.50, 4.44, 5.50 and 6.31 and
read in the sources of their components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeAlias, TypeGuard

from .description import Component
from .dialect import Dialect
from .errors import InputError
from .files import File, recast
from .jsontext import is_array, is_object
from .types.chat import (
    ChatComponent,
    ChatContent,
    ChatFile,
    ChatMessage,
    ChatText,
    DescribedFile,
)
from .types.media import (
    AnnotatedImageData,
    EditorData,
    GalleryImage,
    GalleryItem,
    GalleryVideo,
    VideoFile,
)
from .types.table import DataframeData
from .types.text import HighlightedToken
from .wire import FileWith

__all__ = ["DECODERS", "ENCODERS"]

Json: TypeAlias = Any
#: A value's JSON with `File` objects in place of its files.
Files: TypeAlias = Callable[[Json], Json]
Encoder: TypeAlias = Callable[[Any, Component, Dialect], Any]
Decoder: TypeAlias = Callable[[Json, Files], Json]


# ---- what callers give, towards JSON


def _encode_video(value: Any, _slot: Component, dialect: Dialect) -> Any:
    """4 and 5 want a pair. 3.x and 6 take a bare file, and no subtitles."""
    if not isinstance(value, File) or dialect.bare_video:
        return value
    subtitles = value.subtitles if isinstance(value, VideoFile) else None
    return {"video": value, "subtitles": subtitles}


def _encode_chat(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not is_array(value):
        return value
    return [
        sent
        for item in value
        for sent in (
            _encode_message(item, dialect)
            if isinstance(item, ChatMessage)
            else [_encode_pair(item, dialect)]
        )
    ]


def _encode_message(message: ChatMessage, dialect: Dialect) -> list[Any]:
    """A message of 6; for 4 and 5, one of each part, with text as a bare string."""
    # 4.44 refuses null for what its messages need not have, 5 and 6 within metadata.
    optional = {"metadata": _set(message.metadata), "options": message.options}
    shared = {"role": message.role, **_set(optional), **(message.model_extra or {})}
    if dialect.chat_parts:
        return [{**shared, "content": [_encode_part(part) for part in message.parts]}]
    contents = [_encode_single(part) for part in message.parts]
    return [{**shared, "content": content} for content in contents or [""]]


def _set(members: Mapping[str, Any] | None) -> dict[str, Any]:
    """The members that are there."""
    return {k: item for k, item in (members or {}).items() if item not in (None, {})}


def _encode_part(part: ChatContent) -> Any:
    if isinstance(part, ChatComponent):
        return {"type": "component", **_encode_component(part)}
    return part


def _encode_single(part: ChatContent) -> Any:
    match part:
        case ChatText():
            return part.text
        case ChatFile():
            return {"file": part.file, "alt_text": part.alt_text}
        case _:
            return _encode_component(part)


def _encode_component(part: ChatComponent) -> dict[str, Any]:
    # Servers want both, even empty.
    return {
        **(part.model_extra or {}),
        "component": part.component,
        "value": part.value,
        "props": part.props or {},
        "constructor_args": part.constructor_args or {},
    }


def _encode_pair(pair: Any, dialect: Dialect) -> Any:
    """A question and its answer, each text, a file with a text, or a component."""
    if not isinstance(pair, tuple | list):
        return pair
    return [_encode_cell(cell, dialect) for cell in pair]  # pyright: ignore[reportUnknownVariableType]


def _encode_cell(cell: Any, dialect: Dialect) -> Any:
    match cell:
        case File():
            text = cell.alt_text if isinstance(cell, DescribedFile) else None
            if dialect.pairs:
                return FileWith(cell, {"alt_text": text})
            return {"file": cell, "alt_text": text}
        case ChatComponent() if not dialect.pairs:
            return _encode_component(cell)
        case ChatComponent(value=File() as file):
            return _encode_cell(file, dialect)
        case ChatComponent():
            raise InputError(
                f"the app's Gradio has no components in chats: {cell.component!r}",
                hint="Give text or a file",
            )
        case _:
            return cell


def _encode_highlighted(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not dialect.pairs or not is_array(value):
        return value
    return [
        [item.token, item.class_or_confidence]
        if isinstance(item, HighlightedToken)
        else item
        for item in value
    ]


def _encode_annotated(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not dialect.pairs or not isinstance(value, AnnotatedImageData):
        return value
    return [value.image, [[item.image, item.label] for item in value.annotations]]


def _encode_gallery(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not is_array(value):
        return value
    return [
        _encode_item(item, dialect)
        if isinstance(item, GalleryImage | GalleryVideo)
        else item
        for item in value
    ]


def _encode_item(item: GalleryItem, dialect: Dialect) -> Any:
    file = item.image if isinstance(item, GalleryImage) else item.video
    if dialect.pairs:
        return file if item.caption is None else [file, item.caption]
    if isinstance(item, GalleryVideo) and not dialect.gallery_videos:
        return {"image": file, "caption": item.caption}
    return item


def _encode_table(value: Any, slot: Component, dialect: Dialect) -> Any:
    if not isinstance(value, DataframeData):
        return value
    headers = value.headers or _own_headers(value.data, slot)
    if dialect.text_headers:
        headers = [str(name) for name in headers]
    # 3.x refuses keys that it does not know.
    extra = {} if dialect.pairs else value.model_extra or {}
    return {
        "headers": headers,
        "data": value.data,
        "metadata": value.metadata,
        **extra,
    }


def _own_headers(rows: list[list[Any]], slot: Component) -> list[str | int | float]:
    """Headers for bare rows: the component's, if they are as many, else numbers."""
    width = max(map(len, rows), default=0)
    own = slot.props.get("headers")
    if is_array(own) and len(own) == width:
        return own
    return [str(number) for number in range(1, width + 1)]


def _encode_sketch(value: Any, _slot: Component, _dialect: Dialect) -> Any:
    """What 3.x makes of an image that was drawn on: the image and the drawing."""
    if not isinstance(value, EditorData):
        return value
    if not value.layers:
        raise InputError(
            "the app wants an image with a drawing on it, and there is none",
            hint="Give EditorData(background=image, layers=[drawing])",
        )
    return {"image": value.background, "mask": value.layers[0]}


def _encode_moment(value: Any, slot: Component, _dialect: Dialect) -> Any:
    """The text that `datetime.strptime` reads on the server, in the slot's zone."""
    if not isinstance(value, date):
        return value
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    elif value.tzinfo is not None:
        value = value.astimezone(_zone(slot.props.get("timezone")))
    moment = value.replace(tzinfo=None)
    if slot.props.get("include_time") is False:
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds")


def _zone(name: object) -> tzinfo:
    if not isinstance(name, str):
        raise InputError(
            "the moment has a time zone, and the app's date-time component has none",
            hint='Give a datetime without a time zone, or a text "2026-01-31 12:00:00"',
        )
    import zoneinfo

    try:
        return UTC if name == "UTC" else zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise InputError(
            f"the time zone {name!r} of the app's date-time component is not known "
            "on this machine",
            hint="pip install tzdata, or give a text",
        ) from None


ENCODERS: dict[str, Encoder] = {
    "annotatedimage": _encode_annotated,
    "chatbot": _encode_chat,
    "dataframe": _encode_table,
    "datetime": _encode_moment,
    "gallery": _encode_gallery,
    "highlightedtext": _encode_highlighted,
    "sketch": _encode_sketch,
    "video": _encode_video,
}


# ---- JSON, towards what callers get


def _decode_video(value: Json, files: Files) -> Json:
    """`{"video", "subtitles"}` of 4 and 5, `[video, subtitles]` of 3.x, a file of 6."""
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


def _decode_chat(value: Json, files: Files) -> Json:
    if not is_array(value):
        return files(value)
    return [
        _decode_message(item, files)
        if is_object(item)
        else [_decode_cell(cell, files) for cell in item]
        if is_array(item)
        else item
        for item in value
    ]


def _decode_message(message: Json, files: Files) -> Json:
    """A message with the list of parts that 6 has; 4 and 5 have one part, bare."""
    message = files(message)
    if not is_object(message):
        return message  # it is a file
    content = message.get("content")
    parts = content if is_array(content) else [content]
    message["content"] = [_decode_part(part) for part in parts]
    if is_object(metadata := message.get("metadata")):
        # 4.44 writes null for what is absent.
        message["metadata"] = _set(metadata) or None
    return message


def _decode_part(part: Json) -> Json:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if isinstance(part, File):
        return {"type": "file", "file": part}
    if is_object(part) and "type" not in part:
        for kind in ("file", "component"):
            if kind in part:
                return {"type": kind, **part}
    return part


def _decode_cell(cell: Json, files: Files) -> Json:
    file = files(cell)
    # The alternative text is beside the file, in 3.x among the file's own keys.
    text = cell.get("alt_text") if is_object(cell) else None
    if is_object(file) and isinstance(file.get("file"), File):
        file = file["file"]
    if isinstance(file, File) and text is not None:
        return recast(file, DescribedFile, alt_text=text)
    return file


def _decode_highlighted(value: Json, files: Files) -> Json:
    """`[text, label]` in 3.x, objects later."""
    value = files(value)
    if not is_array(value):
        return value
    return [
        {"token": item[0], "class_or_confidence": item[1]} if _is_pair(item) else item
        for item in value
    ]


def _decode_annotated(value: Json, files: Files) -> Json:
    """`[image, [[mask, label] …]]` in 3.x, objects later."""
    value = files(value)
    if not _is_pair(value) or not is_array(value[1]):
        return value
    return {
        "image": value[0],
        "annotations": [
            {"image": item[0], "label": item[1]} if _is_pair(item) else item
            for item in value[1]
        ],
    }


def _decode_gallery(value: Json, files: Files) -> Json:
    """A file or `[file, caption]` in 3.x, objects later."""
    value = files(value)
    if not is_array(value):
        return value
    return [
        {"image": item, "caption": None}
        if isinstance(item, File)
        else {"image": item[0], "caption": item[1]}
        if _is_pair(item)
        else item
        for item in value
    ]


def _is_pair(value: Json) -> TypeGuard[list[Any]]:
    return is_array(value) and len(value) == 2


DECODERS: dict[str, Decoder] = {
    "annotatedimage": _decode_annotated,
    "chatbot": _decode_chat,
    "gallery": _decode_gallery,
    "highlightedtext": _decode_highlighted,
    "video": _decode_video,
}
