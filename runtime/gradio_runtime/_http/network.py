"""Connections on asyncio's own protocols, for the pools of httpcore2.

Its usual backend goes through anyio, which for each chunk of a stream enters a cancel
scope, sets a timer and registers the socket anew. Here a socket stays registered while
its reader keeps up, and one timer serves many chunks. That takes a third to a half off
what a chunk of a stream costs (docs/benchmarks.md#streams-at-a-fixed-pace).
"""

from __future__ import annotations

import asyncio
import re
import select
import ssl
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any, cast

import httpcore2
import httpx2

from .._loop.loop import overdue
from .chunks import ChunkedBody

#: Bytes that wait for their reader before no more are taken from the socket.
_MOST_AHEAD = 1 << 18
#: Bytes that are read at once, at first and at most.
_LEAST, _MOST = 1 << 12, 1 << 16
#: Where a head ends, by the rule of h11.
_HEAD_END = re.compile(rb"\n\r?\n")
#: Statuses of answers without a body, whatever their head says.
_BODILESS = (204, 304)
#: Seconds for one address of a host before the next one is tried too (RFC 8305).
_NEXT_ADDRESS = 0.25
_NEVER = 24 * 3600.0
#: Names of httpcore2 for what asyncio knows by others.
_INFO = {"client_addr": "sockname", "server_addr": "peername"}


class DirectTransport(httpx2.AsyncHTTPTransport):
    """Requests without a proxy, over connections of this module."""

    def __init__(
        self,
        *,
        verify: ssl.SSLContext | bool,
        limits: httpx2.Limits,
        cert: Any = None,
        trust_env: bool = True,
        http1: bool = True,
        http2: bool = False,
    ) -> None:
        context = httpx2.create_ssl_context(verify, cert, trust_env)
        super().__init__(verify=context)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            http1=http1,
            http2=http2,
            network_backend=Network(),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; a body in chunks is read without httpcore2."""
        response = await super().handle_async_request(request)
        stream = response.extensions.get("network_stream")
        if (
            isinstance(stream, Stream)
            and stream.at_chunks
            and response.headers.get("transfer-encoding", "").lower() == "chunked"
            and response.extensions.get("http_version") == b"HTTP/1.1"
            and request.method != "HEAD"
            and response.status_code not in _BODILESS
        ):
            over = cast("httpx2.AsyncByteStream", response.stream)
            seconds = request.extensions.get("timeout", {}).get("read")
            read = partial(stream.read_body, seconds)
            response.stream = ChunkedBody(over, read, stream.unread)
        return response


class Network(httpcore2.AsyncNetworkBackend):
    """Opens connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # as httpcore2 has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of a host that answers."""
        try:
            async with asyncio.timeout(timeout):
                _, connection = await asyncio.get_running_loop().create_connection(
                    _Connection,
                    host,
                    port,
                    local_addr=(local_address, 0) if local_address else None,
                    happy_eyeballs_delay=_NEXT_ADDRESS,
                )
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(error) from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(error) from error
        stream = Stream(connection)
        for option in socket_options or ():
            stream.get_extra_info("socket").setsockopt(*option)
        return stream

    async def sleep(self, seconds: float) -> None:
        """Wait before the next attempt."""
        await asyncio.sleep(seconds)


class Stream(httpcore2.AsyncNetworkStream):
    """A connection as httpcore2 uses it."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        #: The last bytes of a head that has begun to come; None if none is due.
        self._head: bytes | None = None
        #: Whether a head with chunks after it has been read, and nothing of those.
        self.at_chunks = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Wait for bytes and return them; none are the end."""
        try:
            content = await self._connection.read(max_bytes, timeout)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore2.ReadError(error) from error
        self.at_chunks = False
        return content if self._head is None else self._of_head(self._head, content)

    def _of_head(self, before: bytes, content: bytes) -> bytes:
        """Return what comes, to the end of a head that has chunks after it."""
        if (end := _HEAD_END.search(before + content)) is None:
            self._head = (before + content)[-2:]
            return content
        self._head = None
        if b"chunked" not in content:
            return content
        own = end.end() - len(before)
        self.at_chunks = True
        self.unread(content[own:])
        return content[:own]

    async def read_body(self, timeout: float | None) -> bytes:  # noqa: ASYNC109
        """Read, with the errors of httpx2."""
        try:
            return await self._connection.read(_MOST, timeout)
        except TimeoutError as error:
            raise httpx2.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpx2.ReadError(str(error)) from error

    def unread(self, content: bytes) -> None:
        """Let the next read begin with these bytes."""
        if content:
            self._connection.unread(content)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send bytes, and wait until the system has taken them; with TLS, those before."""
        if not buffer:
            return
        self._head = b""  # of the answer
        try:
            if self._connection.write(buffer):
                return
            async with asyncio.timeout(timeout):
                await self._connection.drain()
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(error) from error
        except OSError as error:
            raise httpcore2.WriteError(error) from error

    async def aclose(self) -> None:
        """Close the connection at once, without a wait that could be cancelled."""
        self._connection.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        """Return this connection with TLS on it, of which it may have one already."""
        plain = self._connection.transport
        connection = _Connection(plain)
        try:
            async with asyncio.timeout(timeout):
                secure = await asyncio.get_running_loop().start_tls(
                    plain,
                    connection,
                    ssl_context,
                    server_hostname=server_hostname,
                    ssl_handshake_timeout=timeout or _NEVER,
                )
        except BaseException as error:
            plain.abort()
            if isinstance(error, TimeoutError):
                raise httpcore2.ConnectTimeout(error) from error
            if isinstance(error, OSError):
                raise httpcore2.ConnectError(error) from error
            raise
        if secure is None:
            raise httpcore2.ConnectError("the connection was closed")
        connection.connection_made(secure)
        return Stream(connection)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection by a name of httpcore2."""
        if info == "is_readable":
            return self._connection.readable()
        return self._connection.transport.get_extra_info(_INFO.get(info, info))


class _Connection(asyncio.BufferedProtocol):
    """What has come over a connection, and who waits for it.

    A read that is cancelled loses nothing, and there is only one at a time. A connection
    with TLS is on another one (`below`), whose transport is its own until that is there.
    """

    transport: asyncio.Transport

    def __init__(self, below: asyncio.Transport | None = None) -> None:
        self._secure = below is not None
        if below is not None:
            self.transport = below
        self._loop = asyncio.get_running_loop()
        self._buffer = memoryview(bytearray(_LEAST))
        self._chunks = deque[bytes]()
        self._size = 0
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._writes = True
        self._reads = True
        #: Whether no more bytes come, whether none can be sent, and why.
        self._ended = self._lost = False
        self._error: Exception | None = None
        #: When the reader has waited long enough; the timer may be due before that.
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None

    # ---- for asyncio

    def connection_made(self, transport: Any) -> None:
        # Not 0: with TLS, asyncio then never says that writing may go on.
        transport.set_write_buffer_limits(1)
        self.transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        # With `data_received` asyncio would get 256 KiB of memory from the system for
        # each chunk: four system calls, where this makes one. A view, since TLS of asyncio
        # fills slices of it.
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._chunks.append(bytes(self._buffer[:nbytes]))
        self._size += nbytes
        if nbytes == len(self._buffer) < _MOST:
            self._buffer = memoryview(bytearray(4 * nbytes))
        if self._size > _MOST_AHEAD and self._reads:
            self._reads = False
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        self._ended = True
        _wake(self._reader)
        # What is being sent may go on, but TLS knows no half of a connection.
        return not self._secure

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = self._lost = True
        self._error = self._error or exc
        if self._timer is not None:
            self._timer.cancel()
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._writes = False

    def resume_writing(self) -> None:
        self._writes = True
        _wake(self._writer)

    # ---- for the stream

    def readable(self) -> bool:
        """Return whether a read would end at once."""
        if self._ended or self._chunks or self.transport.is_closing():
            return True
        # The loop may not have looked at the socket since something came.
        number = self.transport.get_extra_info("socket").fileno()
        if not hasattr(select, "poll"):  # Windows
            return bool(select.select([number], [], [], 0)[0])
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))

    async def read(self, most: int, timeout: float | None) -> bytes:  # noqa: ASYNC109
        if not self._chunks and not self._ended:
            self._reader = self._loop.create_future()
            if timeout is not None:
                self._expect(timeout)
            try:
                await self._reader
            finally:
                self._reader = None
        elif overdue():
            # What has come already is read without a wait: a flood of small frames or
            # messages would keep everybody else waiting.
            await asyncio.sleep(0)
        if not self._chunks:
            if self._error is not None:
                raise self._error
            return b""
        chunk = self._chunks.popleft()
        if len(chunk) > most:
            self._chunks.appendleft(chunk[most:])
            chunk = chunk[:most]
        self._size -= len(chunk)
        if not self._reads and self._size <= _MOST_AHEAD:
            self._reads = True
            self.transport.resume_reading()
        return chunk

    def unread(self, content: bytes) -> None:
        """Let the next read begin with these bytes."""
        self._chunks.appendleft(content)
        self._size += len(content)

    def _expect(self, timeout: float) -> None:
        """End the wait of the reader after so many seconds."""
        self._deadline = self._loop.time() + timeout
        if self._timer is not None and self._timer.when() > self._deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(self._deadline, self._expire)

    def _expire(self) -> None:
        self._timer = None
        if self._reader is None or self._reader.done():
            return
        if self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._expire)
        else:
            self._reader.set_exception(TimeoutError())

    def write(self, content: bytes) -> bool:
        """Begin to send bytes; return whether the system has taken them."""
        if self._lost or self.transport.is_closing():
            raise self._error or ConnectionResetError("the connection was closed")
        self.transport.write(content)
        return self._writes

    async def drain(self) -> None:
        """Wait until the system has taken what was sent."""
        while not self._writes:
            if self._lost:
                raise self._error or ConnectionResetError("the connection was closed")
            self._writer = self._loop.create_future()
            await self._writer

    def close(self) -> None:
        """Close the connection; who waits for it is told so."""
        self._error = self._error or ConnectionAbortedError("it was closed here")
        self.transport.abort()


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
