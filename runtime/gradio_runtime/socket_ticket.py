"""Jobs of Gradio 3: each is one WebSocket (`protocol.md` §5).

The server asks for the data only when the job's turn has come. Until then nothing can
have run, and closing the socket takes the job back; a generator whose socket is closed
stops at its next output, a plain function runs to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from .connection import Live, Route
from .errors import ConnectionLost, GradioError, ProtocolError, QueueFull
from .jsontext import dump_json
from .loop import in_background
from .protocol import Asked, Completed, Failed, Message, Refused, decode
from .session import Body, new_hash
from .sockets import Socket
from .ticket import Ticket

__all__ = ["SocketTicket", "session_of"]

#: A close that the server means, though the job has not come to its end: another event
#: of the app has cancelled it.
_NORMAL = 1000
#: A close because we sent too much.
_TOO_BIG = 1009


def session_of(live: Live, route: Route) -> str:
    """The session for a job.

    Gradio 3 keeps the generators that run by session and function, so one that needs
    no State gets a session of its own.
    """
    if route.generator and not route.stateful:
        return new_hash()
    return live.sessions.own.hash


class SocketTicket(Ticket):
    """A job that is one WebSocket."""

    def __init__(self, live: Live, route: Route) -> None:
        super().__init__(live, route)
        self._session = session_of(live, route)
        self._reader: asyncio.Task[None] | None = None

    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Open the socket, and wait until the job has its place in the queue."""
        joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reader = in_background(self._converse(joined, body, headers))
        try:
            await joined
        except BaseException:
            self.leave()
            raise

    async def remove(self) -> bool:
        """Take the job out of the queue, unless its data has been sent."""
        if self.started:
            return False
        self.leave()
        return True

    async def stop(self) -> bool:
        """Stop the running generator at its next output."""
        if self.route.generator:
            self.leave()
        return self.route.generator

    def give_up(self) -> None:
        """Close the socket, which takes back what can be taken back."""
        self.leave()

    def leave(self) -> None:
        """Close the socket."""
        # Once, and not while it closes the socket by itself: a clean end must not be
        # interrupted.
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()

    async def _converse(
        self, joined: asyncio.Future[None], body: Body, headers: Mapping[str, str]
    ) -> None:
        """Hold the conversation; what ends it early is told to who waits."""
        url = f"{self.live.dialect.prefix}/queue/join"
        try:
            async with self.live.transport.socket(url, headers) as socket:
                await self._answer(socket, joined, body)
        except GradioError as error:
            self._fail(joined, error)
        except Exception as error:  # noqa: BLE001  # no job may wait for ever
            self._fail(joined, ProtocolError(f"the WebSocket failed: {error!r}"))

    def _fail(self, joined: asyncio.Future[None], failure: GradioError) -> None:
        if isinstance(failure, ConnectionLost):
            failure.may_have_run = self.started
        if joined.done():
            self.inbox.put(failure)
        else:
            joined.set_exception(failure)

    async def _answer(
        self, socket: Socket, joined: asyncio.Future[None], body: Body
    ) -> None:
        """Answer the server's questions and pass its messages on, until the end."""
        name = {"fn_index": self.route.fn_index, "session_hash": self._session}
        async for text in socket.messages():
            match message := decode(text, self.live.dialect):
                case Asked(data=False):
                    await socket.send(dump_json(name).decode())
                    continue
                case Refused():
                    raise QueueFull("the app's queue is full", hint="Try again later")
                case Asked(data=True):
                    # From here on the function may run.
                    self.started = True
                    await socket.send(dump_json({**body, **name}).decode())
                case _:
                    self._tell(message)
            if not joined.done():
                joined.set_result(None)
            if isinstance(message, Completed | Failed):
                return
        if socket.close_code != _NORMAL or not self.started:
            raise _cut_off(socket.close_code)
        self._tell(Completed(None, None))

    def _tell(self, message: Message) -> None:
        if isinstance(message, Completed | Failed):
            self._reader = None
        self.inbox.put(message)


def _cut_off(code: int | None) -> ConnectionLost:
    if code == _TOO_BIG:
        return ConnectionLost(
            "the app does not take that much data at once",
            hint="Its server bounds a WebSocket message, to 16 MB by default",
        )
    return ConnectionLost(f"the app closed the connection before the result ({code})")
