"""Read a chunked body from its connection, past h11 and three layers above it.

What these do for each part of a stream is two thirds of what reading it costs
(docs/benchmarks.md#streams-at-a-fixed-pace). Only plain chunks are read here. At the
first other thing, which the last chunk is, h11 goes on, as if nothing had been between
that and the head: it judges what is odd, and knows when the connection can be used again.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2

#: The line before a chunk that is not the last, without extensions.
_SIZE = re.compile(rb"(?!0+\r)[0-9a-fA-F]{1,15}\r\n")
#: More bytes than such a line has.
_LONG = 18
_LAST = b"0\r\n\r\n"
_CUT = "peer closed connection without sending complete message body"


class Chunks:
    """Takes the chunks out of what comes, as it comes."""

    def __init__(self) -> None:
        #: Bytes of the chunk that are to come, with its line end, and what is not read.
        self.left = 0
        self.rest = b""

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Return the content of chunks, and whether more of them may come."""
        if not (self.left or self.rest) and (size := _SIZE.match(data)):
            start = size.end()
            if len(data) == start + int(size[0], 16) + 2 and data.endswith(b"\r\n"):
                return data[start:-2], True  # as most are: one, and whole
        data, start, parts = self.rest + data, 0, list[bytes]()
        plain = True
        while True:
            if self.left > 2:
                parts.append(data[start : start + self.left - 2])
                start += len(parts[-1])
                self.left -= len(parts[-1])
            if self.left > 2 or len(data) < start + self.left:
                break
            if self.left and data[start : start + 2] != b"\r\n":
                raise httpx2.RemoteProtocolError("a chunk does not end as it should")
            start, self.left = start + self.left, 0
            if (size := _SIZE.match(data, start)) is None:
                plain = len(data) < start + _LONG and b"\n" not in data[start:]
                break
            start = size.end()
            self.left = int(size[0], 16) + 2
        self.rest = data[start:]
        return parts[0] if len(parts) == 1 else b"".join(parts), plain


class ChunkedBody(httpx2.AsyncByteStream):
    """A body whose chunks are read here, and the rest by the stream that is over it."""

    def __init__(
        self,
        over: httpx2.AsyncByteStream,
        read: Callable[[], Awaitable[bytes]],
        unread: Callable[[bytes], None],
    ) -> None:
        self._over = over
        self._read = read
        self._unread = unread

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over the content as it comes."""
        chunks, plain = Chunks(), True
        while plain and (data := await self._read()):
            content, plain = chunks.feed(data)
            if content:
                yield content
        if chunks.left:
            raise httpx2.RemoteProtocolError(f"{_CUT} (incomplete chunked read)")
        rest = chunks.rest
        if rest.startswith(_LAST):
            # What comes after it answers nothing: where h11 does not see it, the pool
            # does, and closes the connection.
            self._unread(rest[len(_LAST) :])
            rest = _LAST
        self._unread(rest)
        async for content in self._over:
            yield content

    async def aclose(self) -> None:
        """Close the connection, unless all has been read."""
        await self._over.aclose()
