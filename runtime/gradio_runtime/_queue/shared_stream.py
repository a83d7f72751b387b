"""Jobs of Gradio 4.9 and later, which share sessions.

What is safe to send depends on the other jobs of the session; if nothing is safe,
nothing is sent. A generator that is taken out of the queue too late may send messages
after its end without data, which are not valid (docs/protocol.md#cancelling).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from time import monotonic

from .._loop.loop import in_background, let_finish, shielded
from ..errors import GradioError
from .entry import Entry
from .route import Route
from .session import Body
from .session_pool import SessionPool

#: Seconds after a join in which a job before 6.14 may have started although no message
#: about it has arrived.
_SETTLED = 0.25


class SharedStreamEntry(Entry):
    """A job in a session, whose stream has the messages of all its jobs."""

    def __init__(self, sessions: SessionPool, route: Route) -> None:
        super().__init__(sessions, route)
        self._session = sessions.lease(
            stateful=route.stateful, generator=route.generator
        )
        self._joined_at = 0.0
        #: Set while the job is taken out of the queue: whether that was in time.
        self._removal: asyncio.Future[bool] | None = None

    @property
    def mixed(self) -> bool:
        """Return whether a generator of the session was stopped before its end."""
        return self.sessions.dialect.mixes_outputs and self._session.spoilt

    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Join the queue; a job whose task is cancelled leaves it once it has a name."""
        joining, joined = shielded(self._session.join(self.inbox, body, headers))
        try:
            await joined
        except asyncio.CancelledError:
            # The answer, which is on its way, has the name of the job to cancel.
            let_finish(in_background(self._leave_after(joining)))
            raise
        self._joined_at = monotonic()

    async def _leave_after(self, joining: asyncio.Future[None]) -> None:
        await joining
        self.give_up()
        self.leave()

    async def remove(self) -> bool:
        self._spoil()
        if self.sessions.dialect.removes_queued:
            removed = await self._remove_by_request()
            if removed and self.route.generator:
                # The app may have started it meanwhile, and a generator would go on.
                # One with siblings has to be left running.
                with contextlib.suppress(GradioError):
                    await self._stop_running()
            return removed
        if not self.route.generator:
            # Before 6.14 the message about a start is up to a poll (50 ms) late.
            await asyncio.sleep(max(0.0, self._joined_at + _SETTLED - monotonic()))
        if not self.life.left_queue and self._can_drop():
            self._session.drop()
            return True
        return False

    def _can_drop(self) -> bool:
        """Return whether closing the session's stream cancels this job and no other."""
        # Not after a removal from the queue: the server ends the stream with its
        # answer, and so does not notice that it is closed.
        return (
            self._removal is None
            and self.sessions.dialect.drops
            and self._session.alone(self.inbox)
        )

    async def _remove_by_request(self) -> bool:
        if self._removal is None:
            self._removal = asyncio.get_running_loop().create_future()
            self.inbox.removing = not self.route.generator
            try:
                await self._session.remove_queued(self.inbox)
            except GradioError:
                # Its effect is unknown. For a plain function, an end without data shows
                # it; a generator may be broken by now, so it counts as removed.
                self._settle(removed=self.route.generator)
                self._removal = None
                return self.route.generator
        return await asyncio.shield(self._removal)

    def is_end(self) -> bool:
        """Return whether an end without data is the job's, not a late removal's."""
        # After a removal from the queue it is, unless a plain function had started
        # meanwhile: then the job goes on, and its real end comes later.
        too_late = (
            self._removal is not None
            and self.life.left_queue
            and not self.route.generator
        )
        self._settle(removed=not too_late)
        return not too_late

    async def stop(self) -> bool:
        if not self.route.generator:
            return False
        self._spoil()
        if self._can_drop():
            self._session.drop()
            return True
        return await self._stop_running()

    async def _stop_running(self) -> bool:
        if not self.sessions.dialect.cancels:
            return await self._session.reset(self.inbox)
        if self._session.has_sibling(self.inbox):
            return False
        await self._session.stop_running(self.inbox)
        return True

    def give_up(self) -> None:
        self._spoil()
        if not self.life.left_queue and self.sessions.dialect.removes_queued:
            let_finish(in_background(self._withdraw()))
        elif (self.route.generator or not self.life.left_queue) and self._can_drop():
            self._session.drop()
        elif self.route.generator:
            let_finish(in_background(self._stop_running()))

    async def _withdraw(self) -> None:
        await self._session.remove_queued(self.inbox)
        # If it had just started, only this stops a generator.
        if self.route.generator:
            await self._stop_running()

    def leave(self) -> None:
        """Stop listening and release the session."""
        self._settle(removed=False)
        self._session.leave(self.inbox)
        self._spoil()
        self.sessions.release(self._session)

    def _spoil(self) -> None:
        """Mark the session: one of its generators is stopped before its end.

        Call this before asking the server: the next generator may start at once.
        """
        if self.route.generator and not self.life.ended:
            self._session.spoilt = True

    def _settle(self, *, removed: bool) -> None:
        if self._removal is not None and not self._removal.done():
            self._removal.set_result(removed)
