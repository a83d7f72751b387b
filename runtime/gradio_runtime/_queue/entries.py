"""Choose how a job is sent to the app."""

from __future__ import annotations

from .entry import Entry
from .own_stream import OwnStreamEntry
from .route import Route
from .session_pool import SessionPool
from .shared_stream import SharedStreamEntry
from .unqueued import UnqueuedEntry


def new_entry(sessions: SessionPool, route: Route) -> Entry:
    """Return an entry for a job, of the kind that the server needs."""
    if not sessions.dialect.asks:
        return SharedStreamEntry(sessions, route)
    # Without a queue, Gradio 3 does not answer a join. Gradio 4 queues every job.
    if sessions.dialect.sockets and not route.queued:
        return UnqueuedEntry(sessions, route)
    return OwnStreamEntry(sessions, route)
