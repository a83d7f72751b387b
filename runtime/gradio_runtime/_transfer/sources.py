"""What uploads read from: bytes, files on disk, and streams of the user's own.

A read of memory or of a local disk takes less time than a hop to another thread and
back. A user's own stream may wait for anything (a pipe, a download, a decoder), and is
read on other threads, so that nothing else on the runtime's loop waits with it. They are
daemons: one that never returns does not keep the interpreter from ending.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import stat
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from .._loop.loop import in_thread
from .._models.files import File, facts_of, set_facts
from .._models.texts import printable
from ..errors import InputError

T = TypeVar("T")

#: Bytes to read and send at a time. 64 MiB to a server on the same machine took 62 ms in
#: pieces of 64 KiB and 30 ms in pieces of this size.
_PIECE = 256 * 1024
#: The same for a user's own stream, where each piece costs a thread.
_LARGE_PIECE = 1024 * 1024
#: Most characters of a path that an error shows.
_SHOWN = 200
#: A text that is the content of a file, and was meant for one.
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\r\n]{80,}={0,2}\s*")
_READABLE = "Pass the path of a file that exists, a URL, or bytes"
_ENCODED = (
    "It looks like base64: pass base64.b64decode(text), or 'data:image/png;base64,' "
    "and the text"
)


class Source:
    """Content to upload, which can be read once, or again where its stream can seek.

    Attributes:
        size: Its bytes, or None for a stream that cannot seek.
        prompt: Whether a read never waits for anything but a local disk.
    """

    def __init__(self, stream: BinaryIO, size: int | None, *, prompt: bool) -> None:
        self.size = size
        self.prompt = prompt
        self._stream = stream
        self._begun = False
        self._given_up = False
        self._reading: asyncio.Future[Any] | None = None

    @property
    def readable(self) -> bool:
        """Return whether the content can be read, for the first time or once more."""
        return self.size is not None or not self._begun

    def give_up(self) -> None:
        """End the reading that is under way, for good."""
        self._given_up = True
        if self._reading is not None:
            self._reading.cancel()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the content from its beginning.

        Raise `InputError` for a stream that is not binary, or not as long as it was.
        """
        sent = 0
        again, self._begun = self._begun, True
        if again and self.size is None:
            raise InputError("the app asks for the same stream twice")
        if again:
            await self._call(lambda: self._stream.seek(0))
        while piece := await self._call(self._read):
            sent += len(piece)
            if self.size is not None and sent > self.size:
                break
            yield piece
        if self.size is not None and sent != self.size:
            raise InputError(
                f"a file of {self.size} bytes changed while it was uploaded"
            )

    def _read(self) -> bytes:
        piece = cast(
            "object", self._stream.read(_PIECE if self.prompt else _LARGE_PIECE)
        )
        if not isinstance(piece, bytes | bytearray | memoryview):
            kind = type(piece).__name__
            raise InputError(
                f"a stream to upload gave {kind} instead of bytes",
                hint="Open the file in binary mode",
            )
        return bytes(cast("bytes", piece))

    async def _call(self, read: Callable[[], T]) -> T:
        if self._given_up:
            raise asyncio.CancelledError
        if self.prompt:
            return read()
        self._reading = future = in_thread(read)
        return await future


async def open_source(content: bytes | BinaryIO) -> Source:
    """Return what to read to upload some content.

    A stream that can seek is taken whole, from its beginning; another from where it is.
    """
    stream = io.BytesIO(content) if isinstance(content, bytes) else content  # no copy
    prompt = _is_prompt(stream)
    size = measure(stream) if prompt else await in_thread(lambda: measure(stream))
    return Source(stream, size, prompt=prompt)


def spend(file: File) -> None:
    """Note that a stream is read that cannot seek; raise `InputError` if it was before."""
    if facts_of(file).spent:
        raise InputError(
            "an open stream has been read for an earlier attempt, and cannot be read again",
            hint="Pass a path, bytes, or a stream that can seek",
        )
    set_facts(file, spent=True)


async def open_path(path: Path) -> BinaryIO:
    """Open a file for reading, or raise `InputError`; the caller closes it."""

    def opened() -> BinaryIO:
        return path.open("rb")

    try:
        if stat.S_ISFIFO(path.stat().st_mode):  # noqa: ASYNC240  # a local disk
            return await in_thread(opened)  # which waits for somebody to write
        return opened()
    except (OSError, ValueError) as error:  # the latter: no path has such characters
        why = error.strerror if isinstance(error, OSError) else "it is not a path"
        content = _BASE64.fullmatch(str(path)) is not None
        raise InputError(
            f"cannot read the file {printable(str(path), _SHOWN)}: {why}",
            hint=_ENCODED if content else _READABLE,
        ) from None


def _is_prompt(stream: BinaryIO) -> bool:
    """Return whether a stream is memory or a regular file, which never wait."""
    if isinstance(stream, io.BytesIO):
        return True
    if not isinstance(stream, io.BufferedReader | io.BufferedRandom | io.FileIO):
        return False  # some write themselves to disk when asked for `fileno`
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def measure(stream: BinaryIO) -> int | None:
    """Return the length of a stream, left at its beginning; None if it cannot seek."""
    try:
        if not stream.seekable():
            return None
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
    except (AttributeError, OSError, ValueError):
        return None
    return size
