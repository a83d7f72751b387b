"""How chats differ between Gradio versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from .._components.kind import Codec, Files, Json
from .._models.files import File, recast, set_facts
from ..description import Component
from ..description.dialect import Dialect
from ..description.json_values import is_array, is_object
from ..errors import InputError
from ..types.chat import (
    ChatComponent,
    ChatContent,
    ChatFile,
    ChatMessage,
    ChatText,
    DescribedFile,
)


def _encode_chat(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not is_array(value):
        return value
    sent: list[Any] = []
    for item in value:
        if isinstance(item, ChatMessage):
            sent += _encode_message(item, dialect)
        elif isinstance(item, tuple | list):  # a question and its answer
            pair = cast("Sequence[Any]", item)
            sent.append([_encode_cell(cell, dialect) for cell in pair])
        else:
            sent.append(item)
    return sent


def _encode_message(message: ChatMessage, dialect: Dialect) -> list[Any]:
    """Return a message of 6; for 4 and 5, one of each part, with text as a string."""
    # 4.44 refuses null for what its messages need not have, 5 and 6 within metadata.
    optional = {"metadata": _set(message.metadata), "options": message.options}
    shared = {"role": message.role, **_set(optional), **(message.model_extra or {})}
    if dialect.chat_parts:
        return [{**shared, "content": [_encode_part(part) for part in message.parts]}]
    contents = [_encode_single(part) for part in message.parts]
    return [{**shared, "content": content} for content in contents or [""]]


def _set(members: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the members that have a value."""
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


def _encode_cell(cell: Any, dialect: Dialect) -> Any:
    match cell:
        case File():
            text = cell.alt_text if isinstance(cell, DescribedFile) else None
            if dialect.pairs:
                sent = recast(cell, File)
                set_facts(sent, extra={"alt_text": text})
                return sent
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
    """Return a message with the list of parts that 6 has; 4 and 5 have one bare part."""
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


CHAT = Codec(_encode_chat, _decode_chat)
