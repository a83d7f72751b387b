"""Which way a job takes into the app."""

from __future__ import annotations

from .connection import Live, Route
from .direct_ticket import DirectTicket
from .session_ticket import SessionTicket
from .socket_ticket import SocketTicket
from .ticket import Ticket

__all__ = ["take_ticket"]


def take_ticket(live: Live, route: Route) -> Ticket:
    """A ticket for a job of an endpoint, for a server of its kind."""
    if not live.dialect.sockets:
        return SessionTicket(live, route)
    return SocketTicket(live, route) if route.queued else DirectTicket(live, route)
