"""The base of all tickets: one job, from its join to its end.

How a job is queued, followed and cancelled depends on the server. There is a subclass
for each way, and `admission` chooses one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from .inbox import Inbox
from .route import Route
from .session import Body
from .session_pool import SessionPool


class Ticket(ABC):
    """One job, from its join to its end.

    Attributes:
        sessions: The sessions of the client, with the way to its app.
        route: The endpoint.
        inbox: The job's messages.
        started: Whether the app's function is known to have been called.
        answered: Whether an output has arrived.
        finished: Whether the server has sent the end of the job.
        sends_late: Whether the data is sent only when the app asks for it, so that
            nothing has run before.
    """

    sends_late: ClassVar[bool] = False

    def __init__(self, sessions: SessionPool, route: Route) -> None:
        self.sessions = sessions
        self.route = route
        self.inbox = Inbox(route.fn_index)
        self.started = False
        self.answered = False
        self.finished = False

    @property
    def yields(self) -> bool:
        """Return whether the app's function is a generator, as far as is known.

        The config of Gradio 3 marks only plain generators (its `blocks.py` uses
        `isgeneratorfunction`); an async one is recognised by its first output.
        """
        return self.route.generator or self.answered

    @property
    def may_have_run(self) -> bool:
        """Return whether the app's function may have been called, after the join."""
        return self.started or not self.sends_late

    @property
    def mixed(self) -> bool:
        """Return whether outputs may begin with edits of another job; see `Dialect`."""
        return False

    @abstractmethod
    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Give the job to the app. If the task is cancelled meanwhile, the job is too.

        Args:
            body: The request's body, without the names of job and session.
            headers: Headers of the call.

        Raises:
            GradioError: The app did not accept the job.
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
        """Stop listening to the job, in any state."""
