"""Buffer for the messages of one job."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from .._models.bounds import MAX_UNREAD_SIZE
from .messages import Message


@dataclass(eq=False)
class Inbox:
    """The messages of one job, and its place in its session."""

    #: The endpoint's number, and the job's name at the server once it has joined.
    fn_index: int
    event_id: str = ""
    #: How many streams have ended without its result.
    reopened: int = 0
    #: Whether it is being taken out of the queue. It goes on if that comes too late.
    removing: bool = False
    #: Handles a message without waking the task that waits for it; returns False if the
    #: message has to be queued after all.
    at_once: Callable[[Message], bool] | None = None
    _messages: deque[tuple[Message | Exception, int]] = field(
        default_factory=deque[tuple[Message | Exception, int]]
    )
    _waiter: asyncio.Future[None] | None = None
    _size: int = 0
    _freed: asyncio.Future[None] | None = None

    def put(self, message: Message | Exception, size: int = 0) -> None:
        """Add a message and its size in bytes, or the error that ends the wait."""
        waiting = self._waiter is not None and not self._waiter.done()
        if waiting and not self._messages and not isinstance(message, Exception):
            try:
                if self.at_once is not None and self.at_once(message):
                    return
            except Exception as error:  # noqa: BLE001  # it is this job's alone
                message = error
        self._messages.append((message, size))
        self._size += size
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Message:
        """Wait for the next message and return it.

        Raises:
            GradioError: The stream is lost, or a message could not be read.
        """
        while not self._messages:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        message, size = self._messages.popleft()
        self._size -= size
        if self._freed is not None and not self.full:
            self.free()
        if isinstance(message, Exception):
            raise message
        return message

    @property
    def full(self) -> bool:
        """Return whether it holds so many bytes that reading should pause."""
        return self._size > MAX_UNREAD_SIZE

    async def room(self) -> None:
        """Wait until it is no longer full, or is not read any more."""
        if self.full:
            self._freed = asyncio.get_running_loop().create_future()
            await self._freed

    def free(self) -> None:
        """Wake the task that waits for room."""
        if self._freed is not None and not self._freed.done():
            self._freed.set_result(None)
        self._freed = None
