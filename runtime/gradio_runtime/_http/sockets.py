"""A WebSocket that sends and receives text messages.

httpx2 needs wsproto for WebSockets. Only apps of Gradio 3 use them, so it is imported
where one is opened.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from ..errors import ConnectionLost, GradioError, ProtocolError
from .statuses import status_error

if TYPE_CHECKING:
    import httpx2
    from httpx2.websockets import AsyncWebSocketSession

    from .gate import Passage

#: Close code of a connection that was lost without a close frame (RFC 6455, 7.1.5).
ABNORMAL = 1006
#: How httpx2 says that it closed the socket because of `max_message`; a server that
#: closes it with the same code says nothing, or it in other words.
_TOO_BIG_FOR_US = "Message too big"
#: Least and most bytes that are read at once, and the seconds of work that they are to
#: make: a flood of frames of three bytes makes a thousand times as much as others.
_LEAST, _MOST = 256, 64 << 10
_WORK = 0.002


class Moved(Exception):
    """The server redirects a handshake to `url`, whose scheme is http or https."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response.status_code)
        url = response.url.join(response.headers["location"])
        scheme = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
        self.url = url.copy_with(scheme=scheme, userinfo=b"")


class Socket:
    """An open WebSocket."""

    def __init__(self, session: AsyncWebSocketSession, max_message: int) -> None:
        #: The other side's code, once it has closed the socket.
        self.close_code: int | None = None
        self._session = session
        self._max_message = max_message

    async def send(self, text: str) -> None:
        """Send a message; raise `ConnectionLost` if the socket is closed."""
        from httpx2.websockets import WebSocketNetworkError
        from wsproto.utilities import LocalProtocolError

        try:
            await self._session.send_text(text)
        except (WebSocketNetworkError, LocalProtocolError) as error:
            raise ConnectionLost("the app has closed the connection") from error

    async def messages(self) -> AsyncGenerator[str, None]:
        """Iterate over the other side's messages until it closes the socket."""
        from httpx2.websockets import (
            WebSocketDisconnect,
            WebSocketInvalidTypeReceived,
            WebSocketNetworkError,
        )

        while True:
            try:
                yield await self._session.receive_text()
            except WebSocketInvalidTypeReceived:
                raise ProtocolError("the app sent bytes, not a message") from None
            except WebSocketDisconnect as error:
                if error.reason == _TOO_BIG_FOR_US:
                    raise too_large(self._max_message) from None
                self.close_code = error.code
                return
            except WebSocketNetworkError:
                self.close_code = ABNORMAL
                return


class _SmallReads:
    """A connection that reads a little at a time, so that others are served too."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._size = _LEAST
        self._read_at = 0.0

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109  # as httpcore2 has it
    ) -> bytes:
        if monotonic() - self._read_at > _WORK:
            self._size = max(self._size // 2, _LEAST)
        else:
            self._size = min(self._size * 2, _MOST)
        content: bytes = await self._stream.read(min(max_bytes, self._size), timeout)
        self._read_at = monotonic()
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def too_large(limit: int) -> ProtocolError:
    """Return the error for a message that exceeds the caller's limit."""
    return ProtocolError(
        f"the app sent a message of more than {limit} bytes",
        hint="Allow larger ones: Client(max_message_size=…)",
    )


@contextlib.asynccontextmanager
async def open_socket(
    passage: Passage, handshake: httpx2.Timeout, *, max_message: int, idle: float
) -> AsyncGenerator[Socket]:
    """Open a WebSocket, and close it at the end of the block.

    After `idle` seconds of silence it counts as lost. A socket may have no messages, so
    the other side is asked from time to time (ping).

    Raises:
        Moved: The server answers with a redirect.
        GradioError: The server refused, or the connection was lost.
        httpx2.HTTPError: The server cannot be reached.
    """
    from httpx2.websockets import WebSocketUpgradeError

    opening = passage.client.websocket(
        passage.url,
        headers=passage.headers,
        timeout=handshake,
        follow_redirects=False,
        max_message_size_bytes=max_message,
        keepalive_ping_interval_seconds=idle / 3,
        keepalive_ping_timeout_seconds=idle * 2 / 3,
    )
    try:
        async with opening as session:
            session.stream = cast("Any", _SmallReads(session.stream))
            yield Socket(session, max_message)
    except WebSocketUpgradeError as error:
        if error.response.has_redirect_location:
            raise Moved(error.response) from None
        raise status_error(error.response) from None
    except ExceptionGroup as group:
        # An error in the block comes as a group.
        first = group.exceptions[0]
        if isinstance(first, GradioError):
            raise first from first.__cause__
        what = type(first).__name__
        raise ConnectionLost(
            f"the connection to the app broke, or went silent: {what}"
        ) from None
