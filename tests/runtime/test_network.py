"""Connections over asyncio's protocols: plain, with TLS, and with TLS within TLS."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpcore2
import httpx2
import pytest
import trustme
from gradio_runtime._http import network
from gradio_runtime._http.network import DirectTransport, Network

CONTENT = bytes(range(256)) * 4096  # 1 MiB: more than is read ahead
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Stream = httpcore2.AsyncNetworkStream


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=[0, 1, 2], ids=["plain", "TLS", "TLS within TLS"])
def layers(request: pytest.FixtureRequest) -> int:
    """How many layers of TLS a connection has."""
    layers: int = request.param
    return layers


@asynccontextmanager
async def connected(
    serve: Serve, authority: trustme.CA, layers: int
) -> AsyncIterator[Stream]:
    """A connection to a server that serves it so, and then closes it."""
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    served: list[asyncio.Task[None]] = []

    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        served.append(asyncio.current_task())  # type: ignore[arg-type]
        try:
            with suppress(OSError, asyncio.CancelledError):
                for _ in range(layers):
                    await writer.start_tls(theirs)
                await serve(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stream = await Network().connect_tcp("127.0.0.1", port, timeout=30)
    for _ in range(layers):
        stream = await stream.start_tls(ours, "127.0.0.1", timeout=30)
    try:
        yield stream
    finally:
        await stream.aclose()
        server.close()
        for task in served:
            task.cancel()
        await asyncio.wait(served)
        await asyncio.sleep(0.01)  # until asyncio has closed the sockets


async def read_all(stream: Stream, size: int) -> bytes:
    content = b""
    while len(content) < size:
        chunk = await stream.read(1 << 16, timeout=30)
        assert 0 < len(chunk) <= 1 << 16
        content += chunk
    return content


async def fill(stream: Stream, timeout: float | None = None) -> None:  # noqa: ASYNC109
    """Write more than any system buffers."""
    for _ in range(99):
        await stream.write(CONTENT, timeout=timeout)


async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing and read nothing."""
    await asyncio.Event().wait()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(1 << 16):
        writer.write(content)
        await writer.drain()


def test_what_has_come_already_keeps_nobody_waiting(
    authority: trustme.CA, layers: int
) -> None:
    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONTENT[:4096])
        await writer.drain()
        await reader.read()

    async def main() -> None:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with connected(send, authority, layers) as stream:
            await stream.read(64, timeout=30)
            task = asyncio.create_task(others())
            for _ in range(40):
                await stream.read(64, timeout=30)
                time.sleep(0.003)  # noqa: ASYNC251  # as a flood of small frames does
            task.cancel()
        assert turns > 10  # about every second time

    asyncio.run(main())


def test_all_comes_in_order_and_no_more_than_there_is_room_for(
    authority: trustme.CA, layers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "_MOST_AHEAD", 1 << 15)

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CONTENT)
        await writer.drain()
        await reader.read()

    async def run() -> None:
        async with connected(send, authority, layers) as stream:
            await asyncio.sleep(0.1)  # it would read all if nothing stopped it
            assert stream._connection._size <= (1 << 15) + (1 << 16)  # type: ignore[attr-defined]
            assert await read_all(stream, len(CONTENT)) == CONTENT

    asyncio.run(run())


def test_what_is_sent_arrives(authority: trustme.CA, layers: int) -> None:
    async def run() -> None:
        async with connected(echo, authority, layers) as stream:
            reading = asyncio.create_task(read_all(stream, len(CONTENT)))
            await stream.write(CONTENT, timeout=30)
            assert await reading == CONTENT
            assert not stream.get_extra_info("is_readable")

    asyncio.run(run())


def test_a_read_ends_in_time_and_loses_nothing(
    authority: trustme.CA, layers: int
) -> None:
    async def run() -> None:
        async with connected(echo, authority, layers) as stream:
            await stream.write(b"a")
            assert await stream.read(9, timeout=30) == b"a"  # its timer is still set
            with pytest.raises(httpcore2.ReadTimeout):
                await stream.read(9, timeout=0.01)
            reading = asyncio.create_task(stream.read(9, timeout=30))
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait([reading])
            await stream.write(b"bcd")
            assert await stream.read(1, timeout=None) == b"b"
            assert await stream.read(9, timeout=0.01) == b"cd"
            for _ in range(3):  # each wait has all of its time
                with pytest.raises(httpcore2.ReadTimeout):
                    await stream.read(9, timeout=0.01)

    asyncio.run(run())


def test_a_write_ends_in_time(authority: trustme.CA, layers: int) -> None:
    async def run() -> None:
        async with connected(hold, authority, layers) as stream:
            with pytest.raises(httpcore2.WriteTimeout):
                await fill(stream, timeout=0.1)

    asyncio.run(run())


def test_the_end_is_no_error(authority: trustme.CA, layers: int) -> None:
    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"last")

    async def run() -> None:
        async with connected(send, authority, layers) as stream:
            assert await stream.read(99, timeout=30) == b"last"
            assert await stream.read(99, timeout=30) == b""
            assert stream.get_extra_info("is_readable")

    asyncio.run(run())


def test_a_reset_is_one(authority: trustme.CA, layers: int) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    async def run() -> None:
        async with connected(reset, authority, layers) as stream:
            with pytest.raises(httpcore2.ReadError):
                await read_all(stream, 1)
            with pytest.raises(httpcore2.WriteError):
                await stream.write(b"x")

    asyncio.run(run())


def test_who_waits_for_a_connection_that_is_closed_is_told(
    authority: trustme.CA, layers: int
) -> None:
    async def run() -> None:
        async with connected(hold, authority, layers) as stream:
            reading = asyncio.create_task(stream.read(99))
            writing = asyncio.create_task(fill(stream))
            await asyncio.sleep(0.05)
            assert not reading.done()
            assert not writing.done()
            await stream.aclose()
            await asyncio.wait([reading, writing])
            assert isinstance(reading.exception(), httpcore2.ReadError)
            assert isinstance(writing.exception(), httpcore2.WriteError)

    asyncio.run(run())


def test_a_handshake_ends_in_time_and_leaves_no_socket(authority: trustme.CA) -> None:
    async def run() -> None:
        async with connected(hold, authority, 0) as stream:
            with pytest.raises(httpcore2.ConnectTimeout):
                await stream.start_tls(ssl.create_default_context(), "x", timeout=0.05)
            await asyncio.sleep(0)
            assert stream.get_extra_info("socket").fileno() == -1

    asyncio.run(run())
    gc.collect()


@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", 200), ("GET", 204), ("GET", 304)],
)
def test_no_body_is_waited_for_where_none_can_come(method: str, status: int) -> None:
    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 %d x\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head % status)
        await reader.read()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        transport = DirectTransport(verify=False, limits=httpx2.Limits())
        async with (
            server,
            httpx2.AsyncClient(transport=transport, timeout=0.2) as client,
        ):
            response = await client.request(method, f"http://127.0.0.1:{port}")
            assert (response.status_code, response.content) == (status, b"")
        await asyncio.sleep(0.01)  # until asyncio has closed the sockets

    asyncio.run(run())


def test_where_nobody_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(httpcore2.ConnectError):
            asyncio.run(Network().connect_tcp("127.0.0.1", port, timeout=30))
    with pytest.raises(httpcore2.ConnectError):
        asyncio.run(Network().connect_tcp(f"{'x' * 70}.invalid", 1, timeout=30))
