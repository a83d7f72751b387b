"""Choose how a job is sent to the app."""

from __future__ import annotations

from .entry import Ticket
from .own_stream import TurnTicket
from .route import Route
from .session_pool import SessionPool
from .shared_stream import SessionTicket
from .unqueued import DirectTicket


def take_ticket(sessions: SessionPool, route: Route) -> Ticket:
    """Return a ticket for a job, of the kind that the server needs."""
    if not sessions.dialect.asks:
        return SessionTicket(sessions, route)
    # Without a queue, Gradio 3 does not answer a join. Gradio 4 queues every job.
    if sessions.dialect.sockets and not route.queued:
        return DirectTicket(sessions, route)
    return TurnTicket(sessions, route)
