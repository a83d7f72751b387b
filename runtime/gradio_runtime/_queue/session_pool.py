"""Choose the session of a job."""

from __future__ import annotations

from .._http.transport import Transport
from ..description.dialect import Dialect
from .session import Session, new_hash

#: Idle sessions to keep for later jobs.
_KEPT = 16


class SessionPool:
    """The sessions of one client.

    The client's own session, which has its State, is for all jobs that can share one. A
    job that must be cancellable without harm to others gets a session where nothing
    else runs (docs/protocol.md#sharing-a-session).
    """

    def __init__(self, transport: Transport, dialect: Dialect, hash_: str) -> None:
        self.transport = transport
        self.dialect = dialect
        self._others: list[Session] = []
        self.own = Session(transport, dialect, hash_)

    def lease(self, *, stateful: bool, generator: bool) -> Session:
        """Return a session for a job of such an endpoint, reserved for its join."""
        session = self._choose(stateful=stateful, generator=generator)
        session.reserve()
        return session

    def _choose(self, *, stateful: bool, generator: bool) -> Session:
        # A job with State needs the client's own session, where that is. A generator
        # without State does not use it, because it may leave the session spoilt.
        if stateful or (
            not generator
            and not self.own.unsafe
            and (self.dialect.removes_queued or not self.own.busy)
        ):
            return self.own
        for session in self._others:
            if not session.busy and not session.unsafe:
                return session
        self._others.append(Session(self.transport, self.dialect, new_hash()))
        return self._others[-1]

    def release(self, session: Session) -> None:
        """Take a leased session back. A spoilt one is not used again."""
        if session not in self._others or session.busy:
            return
        idle = sum(not other.busy for other in self._others)
        if session.spoilt or session.unsafe or idle > _KEPT:
            self._others.remove(session)

    def reset(self, hash_: str) -> None:
        """Start a new own session of the client, without State."""
        self.own = Session(self.transport, self.dialect, hash_)

    def close(self) -> None:
        """Close every stream. The caller has ended the jobs."""
        for session in [self.own, *self._others]:
            session.drop()
