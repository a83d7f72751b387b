"""What every kind of job has in common, from its join to its end.

How a job is queued, heard of and taken back depends on the server; each way is a
subclass, and `admission` knows which an endpoint needs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from ..route import Route
from .inbox import Inbox
from .session import Body
from .session_pool import SessionPool


class Ticket(ABC):
    """One job, from its join to its end.

    Attributes:
        sessions: The sessions of the client, with the way to its app.
        route: The endpoint.
        inbox: Where the job's messages arrive.
        started: Whether the app's function is known to have been called.
        answered: Whether an output has come.
        finished: Whether the server said that the job came to its end.
        sends_late: Whether the data goes to the app only when it asks for it, so that
            an error before that, or its refusal, means that nothing has run.
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
        """Whether the app's function is a generator, as far as is known.

        The config of Gradio 3 tells it of plain generators only (its `blocks.py` asks
        `isgeneratorfunction`); an async one shows itself by its first output.
        """
        return self.route.generator or self.answered

    @property
    def may_have_run(self) -> bool:
        """Whether the app's function may have been called, now that it has joined."""
        return self.started or not self.sends_late

    @property
    def mixed(self) -> bool:
        """Whether the outputs may begin with edits of another job's; see `Dialect`."""
        return False

    @abstractmethod
    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Give the job to the app. If the caller gives up meanwhile, it is taken back.

        Args:
            body: What the server is to get, but for the names of job and session.
            headers: For the app's function to see.

        Raises:
            GradioError: The app did not take the job.
        """

    @abstractmethod
    async def remove(self) -> bool:
        """Take the job out of the queue; whether it was still there."""

    def is_end(self) -> bool:
        """Whether an end without data, which has come, is this job's end."""
        return True

    @abstractmethod
    async def stop(self) -> bool:
        """Stop the running generator; whether that is possible without harm."""

    @abstractmethod
    def give_up(self) -> None:
        """Take the job back if that is possible, without waiting for the answer."""

    @abstractmethod
    def leave(self) -> None:
        """Stop listening, in whatever state the job is."""
