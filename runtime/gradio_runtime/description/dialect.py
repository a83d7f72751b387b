"""What differs between servers that speak the same protocol.

`Dialect.of` and `is_before_5` are the only places that look at a version. The facts
were measured on Gradio 3.50 to 6.31: docs/protocol.md#versions.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import ProtocolError
from . import Config

_BEFORE_4_22 = frozenset({"ws", "sse", "sse_v1", "sse_v2", "sse_v2.1"})
PROTOCOLS = _BEFORE_4_22 | {"sse_v3"}


class Dialect(NamedTuple):
    """The differences between servers.

    Attributes:
        prefix: Path of the API below the app's base URL.
        asks: Each job has a connection of its own, on which the server asks for its
            data in its turn (before 4.9). Later servers get the data at once, and have
            an event stream per session.
        sockets: That connection is a WebSocket (3.x).
        closes_streams: The message `close_stream` ends a session's stream (4.22).
        edits: Outputs after the first are sent as edits of the one before (4.17).
        file_marks: Objects that are files are marked as such (4.20).
        file_dicts: Files are the objects of 3.x, and images are data URLs.
        quoted_errors: Error texts are Python reprs, `"'m'"` (before 5.3).
        drops: Closing a session's stream cancels its jobs (not from 4.19 to 4.23,
            where the server does not notice).
        cancels: There is a `/cancel` (4.31); before, a `/reset` stops a generator.
        removes_queued: `/cancel` takes a queued job out of the queue (6.14); before,
            the job still runs later.
        mixes_outputs: The last output of a stopped generator stays in its session under
            the `id()` of its iterator, and a later one with the same `id()` begins
            with edits of it (before 6.27).
        chat_parts: A chat message's content is a list of parts (6.0).
        bare_video: A video is a file, not an object `{"video", "subtitles"}` (before
            4.0, and since 6.0).
        pairs: Lists of two stand for what later are objects with two keys (before
            4.0).
        text_headers: A table's column names must be text (4.x).
        gallery_videos: A gallery takes videos too (5.0).
        oauth_tokens: A join can have its caller's own token (6.22).
    """

    prefix: str = ""
    asks: bool = False
    sockets: bool = False
    closes_streams: bool = True
    edits: bool = True
    file_marks: bool = True
    file_dicts: bool = False
    quoted_errors: bool = False
    drops: bool = True
    cancels: bool = True
    removes_queued: bool = True
    mixes_outputs: bool = False
    chat_parts: bool = True
    bare_video: bool = True
    pairs: bool = False
    text_headers: bool = False
    gallery_videos: bool = True
    oauth_tokens: bool = True

    @classmethod
    def of(cls, config: Config) -> Dialect:
        """Return the dialect of a server; raise `ProtocolError` if it is unknown."""
        if config.protocol not in PROTOCOLS:
            raise ProtocolError(
                f"the app runs Gradio {config.version}, whose protocol "
                f"({config.protocol}) this version of gradio-runtime does not know",
                hint="Apps of Gradio 3.26 and later are supported",
            )
        version = _version(config.version)
        sockets = config.protocol == "ws"
        return cls(
            prefix=config.api_prefix.rstrip("/"),
            asks=config.protocol in {"ws", "sse"},
            sockets=sockets,
            closes_streams=config.protocol not in _BEFORE_4_22,
            edits=config.protocol not in {"ws", "sse", "sse_v1"},
            file_marks=version >= (4, 20),
            file_dicts=sockets,
            quoted_errors=version < (5, 3),
            drops=not (4, 19) <= version < (4, 24),
            cancels=version >= (4, 31),
            removes_queued=version >= (6, 14),
            mixes_outputs=version < (6, 27),
            chat_parts=version >= (6, 0),
            bare_video=version >= (6, 0) or version < (4, 0),
            pairs=version < (4, 0),
            text_headers=(4, 0) <= version < (5, 0),
            gallery_videos=version >= (5, 0),
            oauth_tokens=version >= (6, 22),
        )


def is_before_5(version: str) -> bool:
    """Return whether a server runs Gradio 4 or earlier."""
    return _version(version) < (5, 0)


def _version(text: str) -> tuple[int, int]:
    match = re.match(r"([0-9]{1,6})\.([0-9]{1,6})(?![0-9])", text)
    # An unreadable version is a development build: treat it as the newest.
    return (int(match[1]), int(match[2])) if match else (999, 0)
