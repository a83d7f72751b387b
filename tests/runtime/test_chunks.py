"""Bodies in chunks: as h11 alone reads them, whatever comes and however it is cut."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import h11
import httpx2
import pytest
from gradio_runtime._http.chunks import ChunkedBody
from hypothesis import example, given
from hypothesis import strategies as st

from tests.runtime.test_events import cut

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CONTENT = st.binary(min_size=1, max_size=40)
CHUNKS = st.one_of(
    CONTENT.map(lambda content: b"%x\r\n%b\r\n" % (len(content), content)),
    CONTENT.map(lambda content: b"%04X ;a=b\r\n%b\r\n" % (len(content), content)),
)
ENDS = st.sampled_from([b"0\r\n\r\n", b"000\r\n\r\n", b"0\r\nX-Sum: 1\r\n\r\n", b""])
ODD = st.sampled_from(
    [b"", b"\r\n", b"x", b"-1\r\n", b"1\r\nab\r\n", b"f" * 30, b"1\n"]
)


class Wire:
    """What comes over a connection, and who reads it."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = deque(filter(None, pieces))

    async def read(self) -> bytes:
        return self.pieces.popleft() if self.pieces else b""


class Plain(httpx2.AsyncByteStream):
    """A body that h11 alone reads."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.h11 = h11.Connection(h11.CLIENT)
        host = [("host", "x")]
        self.h11.send(h11.Request(method="GET", target="/", headers=host))
        self.h11.send(h11.EndOfMessage())
        self.h11.receive_data(HEAD)
        assert isinstance(self.h11.next_event(), h11.Response)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not isinstance(event := self.h11.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                self.h11.receive_data(await self.wire.read())
            elif isinstance(event, h11.Data):
                yield bytes(event.data)


def taken(pieces: list[bytes], *, directly: bool) -> tuple[bytes, object]:
    """What is read of a body, and how it ends."""
    wire = Wire(pieces)
    body = plain = Plain(wire)
    content = bytearray()

    async def take(body: httpx2.AsyncByteStream) -> None:
        async for part in body:
            content.extend(part)

    try:
        if directly:
            chunked = ChunkedBody(body, wire.read, wire.pieces.appendleft)
            asyncio.run(take(chunked))
        else:
            asyncio.run(take(body))
    except (h11.RemoteProtocolError, httpx2.RemoteProtocolError):
        return bytes(content), "an error"
    return bytes(content), plain.h11.their_state


@given(st.lists(CHUNKS, max_size=8), ODD, ENDS, st.lists(st.integers(0, 999)))
@example([b"3\r\nabc\r\n"], b"", b"0\r\n\r\n", [])
@example([b"3\r\nabc\r\n"], b"", b"0\r\n\r\n", [8])
def test_chunks_are_read_as_by_h11(
    chunks: list[bytes], odd: bytes, end: bytes, places: list[int]
) -> None:
    pieces = cut(b"".join(chunks) + odd + end, places)
    expected, state = taken(pieces, directly=False)
    content, end_state = taken(pieces, directly=True)
    assert end_state == state
    if state is h11.DONE:
        assert content == expected
    else:
        assert content.startswith(expected) or expected.startswith(content)


@pytest.mark.parametrize("size", [1, 17, 5000])
def test_plain_chunks_do_not_go_through_h11(size: int) -> None:
    pieces = [b"%x\r\n%b\r\n" % (size, b"x" * size), b"0\r\n\r\n"]
    wire = Wire(pieces)
    seen: list[bytes] = []

    def unread(rest: bytes) -> None:
        seen.append(rest)
        wire.pieces.appendleft(rest)

    async def take() -> None:
        body = ChunkedBody(Plain(wire), wire.read, unread)
        assert b"".join([part async for part in body]) == b"x" * size

    asyncio.run(take())
    assert seen == [b"", b"0\r\n\r\n"]
