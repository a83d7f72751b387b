"""Choose how a job is sent to the app."""

from __future__ import annotations

from ..route import Route
from .direct_ticket import DirectTicket
from .session_pool import SessionPool
from .session_ticket import SessionTicket
from .ticket import Ticket
from .turn_ticket import TurnTicket


def take_ticket(sessions: SessionPool, route: Route) -> Ticket:
    """A ticket for a job of an endpoint, for a server of its kind."""
    if not sessions.dialect.asks:
        return SessionTicket(sessions, route)
    # Gradio 3 never answers a join where there is no queue; 4 queues what it is given.
    if sessions.dialect.sockets and not route.queued:
        return DirectTicket(sessions, route)
    return TurnTicket(sessions, route)
