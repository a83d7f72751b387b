"""Jobs of Gradio 4.9 and later, which share sessions.

The server's `/cancel` kills every running task of the same session and endpoint, gives
the others no end, and before Gradio 6.14 leaves a queued job in the queue
(docs/protocol.md#cancelling). So what can be done without harm depends on who else is in
the session, and where nothing can, nothing is done.

Since 6.14 it also closes the job's iterator, whatever function index it is given. A
generator that has begun by then ends as if it had come to its end, with the outputs so
far, or is called anew, from its first output on. Before it touches the iterator the
server sends an end without data (read in `routes.py` of 6.14 and 6.31: `cancel_event`).
So what comes before that end is whole, and what comes after it is worth nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from ..errors import GradioError
from ..loop import in_background, let_finish
from ..route import Route
from .session import Body
from .session_pool import SessionPool
from .ticket import Ticket

#: Seconds after a join in which a job below 6.14 may have started without our having
#: heard of it.
_SETTLED = 0.25


class SessionTicket(Ticket):
    """A job of a session, whose one stream carries the messages of all its jobs."""

    def __init__(self, sessions: SessionPool, route: Route) -> None:
        super().__init__(sessions, route)
        self._session = sessions.lease(
            stateful=route.stateful, generator=route.generator
        )
        self._joined_at = 0.0
        #: Set while the job is taken out of the queue: whether that came in time.
        self._removal: asyncio.Future[bool] | None = None

    @property
    def mixed(self) -> bool:
        """Whether a generator of the session did not come to its end."""
        return self.sessions.dialect.mixes_outputs and self._session.spoilt

    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Join the queue; an unwanted job is taken back once its name is known."""
        joining = asyncio.ensure_future(self._session.join(self.inbox, body, headers))
        try:
            await asyncio.shield(joining)
        except asyncio.CancelledError:
            # Only the answer, which is on its way, names the job to take back.
            let_finish(in_background(self._leave_after(joining)))
            raise
        self._joined_at = asyncio.get_running_loop().time()

    async def _leave_after(self, joining: asyncio.Future[None]) -> None:
        await joining
        self.give_up()
        self.leave()

    async def remove(self) -> bool:
        """Take the job out of the queue; whether it was still there."""
        self._spoil()
        if self.sessions.dialect.removes_queued:
            removed = await self._remove_by_request()
            if removed and self.route.generator:
                # The app may have begun it as it was taken out; a generator would go
                # on unseen. One that has siblings must be left to.
                with contextlib.suppress(GradioError):
                    await self._stop_running()
            return removed
        if not self.route.generator:
            # Before 6.14 a start is heard of up to a poll (50 ms) late.
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._joined_at + _SETTLED - loop.time()))
        if not self.finished and not self.started and self._can_drop():
            self._drop()
            return True
        return False

    def _can_drop(self) -> bool:
        """Whether closing the session's stream takes back this job and no other."""
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
                # Nobody knows whether it came through. Of a plain function, an end
                # without data tells; a generator may be broken by now, so it is left.
                self._settle(removed=self.route.generator)
                self._removal = None
                return self.route.generator
        return await asyncio.shield(self._removal)

    def is_end(self) -> bool:
        """Whether an end without data is the job's, or the removal's that was late."""
        # After a removal from the queue it is, unless a plain function had started
        # meanwhile: that goes on, and its real end is still to come.
        too_late = (
            self._removal is not None and self.started and not self.route.generator
        )
        self._settle(removed=not too_late)
        return not too_late

    async def stop(self) -> bool:
        """Stop the running generator; whether that is possible without harm."""
        if not self.route.generator:
            return False
        self._spoil()
        if self._can_drop():
            self._drop()
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
        """Take the job back if that is possible, without waiting for the answer."""
        self._spoil()
        if not self.started and self.sessions.dialect.removes_queued:
            let_finish(in_background(self._withdraw()))
        elif (self.route.generator or not self.started) and self._can_drop():
            self._drop()
        elif self.route.generator:
            let_finish(in_background(self._stop_running()))

    async def _withdraw(self) -> None:
        await self._session.remove_queued(self.inbox)
        # It may have started just before; then a generator goes on until this.
        if self.route.generator:
            await self._stop_running()

    def leave(self) -> None:
        """Stop listening and give the session back."""
        self._settle(removed=False)
        self._session.leave(self.inbox)
        self._spoil()
        self.sessions.release(self._session)

    def _spoil(self) -> None:
        """Say that a generator of the session does not come to its end.

        Before the server hears of it: the next one may begin at once.
        """
        if self.route.generator and not self.finished:
            self._session.spoilt = True

    def _drop(self) -> None:
        self._session.drop()

    def _settle(self, *, removed: bool) -> None:
        if self._removal is not None and not self._removal.done():
            self._removal.set_result(removed)
