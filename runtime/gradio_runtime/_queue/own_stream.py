"""Jobs of Gradio 3 to 4.8: the app asks for a job's data when its turn has come.

Each job has a connection of its own: a WebSocket in Gradio 3
(docs/protocol.md#websocket) and an event stream from 4.0 to 4.8
(docs/protocol.md#one-stream-per-job). Until the app asks, nothing can have run, and
closing the connection takes the job back. Later, a generator stops at its next output,
and a plain function runs to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from urllib.parse import urlencode

from .._http.sockets import ABNORMAL
from .._loop.loop import in_background
from ..description.json_values import dump_json
from ..errors import ConnectionLost, GradioError, ProtocolError, QueueFull
from .entry import UnsharedEntry
from .messages import Asked, Completed, Failed, Message, Refused, StreamFault
from .phase import Phase
from .session import Body, decoded

#: Close code of a job that another event of the app has cancelled.
_NORMAL = 1000
#: Close code for a message that is too large for the server.
_TOO_BIG = 1009

Give = Callable[[Asked], Awaitable[object]]


class OwnStreamEntry(UnsharedEntry):
    """A job with a connection of its own."""

    handover = Phase.SENDING

    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Connect, and wait until the job is in the queue."""
        self._queued: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = in_background(self._converse(body, headers))
        try:
            await self._queued
        except BaseException:
            self.leave()
            raise

    async def remove(self) -> bool:
        """Take the job out of the queue; return False if its data has been sent."""
        if self.life.left_queue:
            return False
        self.leave()
        return True

    async def _converse(self, body: Body, headers: Mapping[str, str]) -> None:
        """Run the conversation; give an error to the task that waits."""
        over = self._by_socket if self.sessions.dialect.sockets else self._by_stream
        try:
            await over(body, headers)
        except GradioError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  # no job may wait for ever
            self._fail(ProtocolError(f"the conversation failed: {error!r}"))

    def _fail(self, failure: GradioError) -> None:
        if isinstance(failure, ConnectionLost):
            failure.told(may_have_run=self.life.may_have_run)
        if self._queued.done():
            self.inbox.put(failure)
        else:
            self._queued.set_exception(failure)

    async def _by_socket(self, body: Body, headers: Mapping[str, str]) -> None:
        url = f"{self.sessions.dialect.prefix}/queue/join"
        async with self.sessions.transport.socket(url, headers) as socket:

            async def give(asked: Asked) -> None:
                given = {**body, **self._name()} if asked.data else self._name()
                await socket.send(dump_json(given).decode())

            if await self._follow(socket.messages(), give):
                return
            if socket.close_code != _NORMAL or not self.life.left_queue:
                raise _cut_off(socket.close_code)
            self._tell(Completed(None, None))

    async def _by_stream(self, body: Body, headers: Mapping[str, str]) -> None:
        transport, prefix = self.sessions.transport, self.sessions.dialect.prefix

        async def give(asked: Asked) -> None:
            given = {**body, **self._name(), "event_id": asked.event_id}
            await transport.post_json(f"{prefix}/queue/data", dump_json(given), headers)

        url = f"{prefix}/queue/join?{urlencode(self._name())}"
        async with aclosing(transport.messages(url, headers)) as messages:
            if not await self._follow(messages, give):
                raise ConnectionLost("the app closed the stream before the result")

    async def _follow(self, messages: AsyncIterator[str | bytes], give: Give) -> bool:
        """Pass messages on and answer requests; return whether the job's end came."""
        sessions = self.sessions
        async for text in messages:
            match message := await decoded(text, sessions.transport, sessions.dialect):
                case Asked(data=False):
                    await give(message)
                    continue
                case Refused():
                    raise QueueFull("the app's queue is full")
                case Asked():
                    self.life.reach(Phase.SENDING)
                    await give(message)
                case StreamFault():
                    raise ConnectionLost(f"the app ended the stream: {message.text}")
                case _:
                    self._tell(message, len(text))
            if not self._queued.done():
                self._queued.set_result(None)
            await self.inbox.room()
            if isinstance(message, Completed | Failed):
                return True
        return False

    def _tell(self, message: Message, size: int = 0) -> None:
        if isinstance(message, Completed | Failed):
            self._task = None
        self.inbox.put(message, size)


def _cut_off(code: int | None) -> ConnectionLost:
    if code == _TOO_BIG:
        return ConnectionLost(
            "the data is too large for one message to the app",
            hint="Its server limits a WebSocket message: Gradio's own to 1 GB, "
            "a server that the app is mounted in often to 16 MB",
        )
    if code == ABNORMAL:
        return ConnectionLost("the app went silent, or the connection to it broke")
    return ConnectionLost(f"the app closed the connection before the result ({code})")
