"""The bases of all entries: one job in the app's queue, from its join to its end.

How a job is queued, followed and cancelled depends on the server. There is a subclass
for each way, and `entries` chooses one.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from .inbox import Inbox
from .phase import Life, Phase
from .route import Route
from .session import Body, new_hash
from .session_pool import SessionPool


class Entry(ABC):
    """One job at the app, with its messages (`inbox`) and its phase (`life`)."""

    #: The phase in which the app is given the job's data.
    handover: ClassVar[Phase] = Phase.JOINING

    def __init__(self, sessions: SessionPool, route: Route) -> None:
        self.sessions = sessions
        self.route = route
        self.inbox = Inbox(route.fn_index)
        self.life = Life(self.handover)

    @property
    def yields(self) -> bool:
        """Return whether the app's function is a generator, as far as is known.

        The config of Gradio 3 marks only plain generators (its `blocks.py` uses
        `isgeneratorfunction`); an async one is recognised by its first output.
        """
        return self.route.generator or self.life.phase is Phase.YIELDING

    @property
    def streams(self) -> bool:
        """Return whether it is a generator that has begun."""
        return self.yields and self.life.left_queue

    @property
    def mixed(self) -> bool:
        """Return whether outputs may begin with edits of another job; see `Dialect`."""
        return False

    @abstractmethod
    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Give the job to the app; raise a `GradioError` if it does not accept it.

        The body has no names of job and session yet. If the task is cancelled meanwhile,
        the job is too.
        """

    @abstractmethod
    async def remove(self) -> bool:
        """Take the job out of the queue; return whether it was still there."""

    def is_end(self) -> bool:
        """Return whether an end without data, which has come, is the job's end."""
        return True

    @abstractmethod
    async def stop(self) -> bool:
        """Stop the running generator; return False if that would harm other jobs."""

    @abstractmethod
    def give_up(self) -> None:
        """Cancel the job if possible, without waiting for the answer."""

    @abstractmethod
    def leave(self) -> None:
        """Stop listening to the job, in any phase."""


class UnsharedEntry(Entry):
    """A job that shares no connection (Gradio 3 to 4.8).

    It is one connection, or one request for each output; `_task` reads it.
    """

    def __init__(self, sessions: SessionPool, route: Route) -> None:
        super().__init__(sessions, route)
        # Gradio 3 stores running generators by session and function, so a generator
        # without State gets a session of its own.
        alone = route.generator and not route.stateful
        self._session = new_hash() if alone else sessions.own.hash
        self._task: asyncio.Task[None] | None = None

    async def stop(self) -> bool:
        """Stop the running generator by leaving it."""
        if self.yields:
            self.leave()
        return self.yields

    def give_up(self) -> None:
        """Close the connection: the app cancels the job as far as it can."""
        self.leave()

    def leave(self) -> None:
        """Close the connection."""
        self.inbox.free()
        # Only once: the closing of a connection must not be interrupted.
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self._left()

    def _left(self) -> None:
        """Do what is due when the connection of a job that goes on is closed."""

    def _name(self) -> dict[str, Any]:
        """Return the fields that name the job for the server."""
        return {"fn_index": self.route.fn_index, "session_hash": self._session}
