"""The base of jobs that share no connection: Gradio 3 to 4.8."""

from __future__ import annotations

from typing import Any

from .entry import Ticket
from .route import Route
from .session import new_hash
from .session_pool import SessionPool


class LoneTicket(Ticket):
    """A job that is one connection, or one request for each output."""

    sends_late = True

    def __init__(self, sessions: SessionPool, route: Route) -> None:
        super().__init__(sessions, route)
        # Gradio 3 stores running generators by session and function, so a generator
        # without State gets a session of its own.
        alone = route.generator and not route.stateful
        self._session = new_hash() if alone else sessions.own.hash

    async def stop(self) -> bool:
        """Stop the running generator by leaving it."""
        if self.yields:
            self.leave()
        return self.yields

    def give_up(self) -> None:
        """Close the connection: the app cancels the job as far as it can."""
        self.leave()

    def _name(self) -> dict[str, Any]:
        """Return the fields that name the job for the server."""
        return {"fn_index": self.route.fn_index, "session_hash": self._session}
