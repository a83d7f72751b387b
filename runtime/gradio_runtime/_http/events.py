"""Read server-sent events from the chunks of a stream, without any I/O.

httpx2 has a reader too. This one works on bytes, which the JSON parser takes directly,
holds an event once instead of three times, and also limits comments.
"""

from __future__ import annotations

from collections.abc import Iterator

_DATA, _END = b"data: ", b"\n\n"


class EventTooLarge(Exception):
    """An event exceeds the limit."""


class EventReader:
    """Read one stream, whose events have at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._after_return = False
        #: The incomplete line, and the data of the event so far.
        self._line = bytearray()
        self._data: bytes | bytearray | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Return the data of each event that a chunk completes, or raise an error."""
        if b"\r" in chunk or self._after_return:
            chunk = self._with_plain_ends(chunk)
        elif self._data is None and not self._line and chunk.startswith(_DATA):
            end = chunk.find(b"\n")
            if (
                end == len(chunk) - 2
                and chunk.endswith(_END)
                and end - 6 <= self._limit
            ):
                yield chunk[6:end]  # as most are: one, and whole
                return
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            line = chunk[start:end]
            start = end + 1
            if self._line:
                self._line += line
                line = bytes(self._line)
                self._line = bytearray()
            if line:
                self._take(line)
            elif self._data is not None:
                data, self._data = self._data, None
                yield bytes(data)
            del line
        self._line += chunk[start:]
        self._check(len(self._line))

    def _with_plain_ends(self, chunk: bytes) -> bytes:
        """Return the chunk with every line end as a line feed."""
        if self._after_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_return = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _take(self, line: bytes) -> None:
        # Only the field `data` is used.
        if line.startswith(_DATA):
            value = line[6:]
        elif line.startswith(b"data:"):
            value = line[5:]
        elif line == b"data":
            value = b""
        else:
            return
        if self._data is None:
            self._data = value
        else:
            if isinstance(self._data, bytes):
                self._data = bytearray(self._data)
            self._data += b"\n"
            self._data += value
        self._check(0)

    def _check(self, more: int) -> None:
        if more + len(self._data or b"") > self._limit:
            raise EventTooLarge
