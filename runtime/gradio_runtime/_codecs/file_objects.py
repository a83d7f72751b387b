"""The objects that stand for a file, without any I/O (docs/protocol.md#files).

Since Gradio 4 that is a `FileData`, marked as one since 4.20. Gradio 3 has objects of
another kind, which name a file on the server or carry its content, and images that
are data URLs.
"""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from .._models.filenames import sent_name
from .._models.files import FILE_META, File, plain_scheme, set_facts
from .._models.texts import brief, is_whole
from ..description.dialect import Dialect
from ..errors import ProtocolError

#: Everything that a `FileData` has before 4.20, where nothing marks it.
_UNMARKED = frozenset({"path", "url", "size", "orig_name", "mime_type", "is_stream"})
#: A stream of Gradio 5, and the file that is made of it, by the ends of their paths.
PLAYLIST, PLAYLIST_FILE = "/playlist.m3u8", "/playlist-file"
#: Characters of a `data:` URL that are looked at together.
_PIECE = 64 << 10


def is_file(value: dict[str, Any], dialect: Dialect) -> bool:
    """Return whether an object that the server sent is a file."""
    if value.get("is_stream") is True and isinstance(value.get("path"), str):
        return True  # not marked in 4.x
    if value.get("meta") == FILE_META and "path" in value:
        return True  # also where this server does not mark its own
    if dialect.file_dicts:
        content = value.get("data")
        return isinstance(value.get("name"), str) and (
            value.get("is_file") is True
            or value.get("is_stream") is True
            or (isinstance(content, str) and plain_scheme(content[:5]) == "data:")
        )
    if dialect.file_marks:
        return False
    return {"path", "orig_name"} <= value.keys() <= _UNMARKED


def inlined(file: File) -> File:
    """Return a copy of a file that is to be sent as a data URL."""
    copy = file.model_copy()
    set_facts(copy, inline=True)
    return copy


def unified(value: dict[str, Any]) -> dict[str, Any]:
    """Return a file object of any version with the keys that a `FileData` has.

    A file whose content came with it has it as a data URL in `url`. Raise
    `ProtocolError` for an address that is not a text.
    """
    for key in ("path", "url", "name", "data"):
        where = value.get(key)
        if key != "data" and where is not None and _text(where) is None:
            raise ProtocolError(f"the app sent a file at {brief(where, 80)}")
        if isinstance(where, str):
            value = {**value, key: plain_scheme(where)}
    common = {
        "orig_name": _text(value.get("orig_name")),
        "mime_type": _text(value.get("mime_type")),
        "size": _size(value.get("size")),
    }
    if "path" in value or "url" in value:
        return {**value, **{key: v for key, v in common.items() if key in value}}
    name, content = value.get("name"), value.get("data")
    if isinstance(content, str) and content.startswith("data:"):
        shown = common["orig_name"] or (PurePosixPath(name).name if name else None)
        return {**common, "orig_name": shown, "url": content}
    return {**common, "path": name, "is_stream": value.get("is_stream") is True}


def _text(value: object) -> str | None:
    """Return a text of whole characters, or None for anything else."""
    return value if isinstance(value, str) and is_whole(value) else None


def _size(value: object) -> int | None:
    known = isinstance(value, int | float) and 0 <= value < 2**63
    return int(cast("float", value)) if known else None


def file_to_send(path: str, name: str | None, dialect: Dialect) -> dict[str, Any]:
    """Return the object that names a file on the server."""
    name = sent_name(name or "") or PurePosixPath(path).name
    if dialect.file_dicts:
        return {"name": path, "orig_name": name, "is_file": True, "data": None}
    return {"path": path, "orig_name": name, "meta": FILE_META}


def stream_path(path: str) -> str:
    """Return where the whole media of a stream is, below `/stream/`.

    Since Gradio 5 a stream is a playlist of segments, and the server joins them in a
    file beside it. It keeps that file, so one that is requested too early stays short.
    Before, a stream is one answer that ends with it, once.
    """
    base, slash, name = path.rpartition("/")
    return base + PLAYLIST_FILE if slash and slash + name == PLAYLIST else path


def _unquoted(body: str) -> bytes:
    """Return the bytes of a text in which some are escaped as `%41`.

    It goes in pieces, since `unquote_to_bytes` makes objects of all its parts.
    """
    raw = bytearray()
    start = 0
    while start < len(body):
        end = start + _PIECE
        # Two more characters at most, so that no escape is cut in two.
        end = next((e for e in range(end, end + 3) if "%" not in body[e - 2 : e]), end)
        raw += unquote_to_bytes(body[start:end])
        start = end
    return bytes(raw)


def from_data_url(url: str) -> File:
    """Return a `File` of a `data:` URL, or raise `ValueError` for invalid base64."""
    head, _, body = url.removeprefix("data:").partition(",")
    raw = _unquoted(body)
    file = File.of(base64.b64decode(raw) if head.endswith(";base64") else raw)
    file.mime_type = head.partition(";")[0] or None
    return file
