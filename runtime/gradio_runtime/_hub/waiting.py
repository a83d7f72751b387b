"""Wait until a Space's app answers, while the Space sleeps, starts or is built."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from .._http.backoff import LONGEST_PAUSE, RETRIES, may_pass, pause_after, wanted_pause
from .._loop.loop import in_thread
from ..errors import ConnectError, RateLimited
from .lines import Report, line_on_terminal
from .spaces import Space, look_up
from .stages import SLEEPING, check, doing, not_serving, serves

_log = logging.getLogger("gradio_runtime").getChild("hub")

#: Seconds between two requests for the state of a Space: at first, and at most.
FIRST_LOOK = 1.0
_LAST_LOOK = 10.0
#: Seconds to wait for the app's answer after the Hub says that it runs.
GRACE = 15.0


@dataclass(frozen=True)
class Wanted:
    """A Space that a client wants to call. The methods run on the runtime's loop."""

    space_id: str
    token: str | None
    #: Seconds to wait for a Space that cannot be called yet.
    timeout: float
    #: Sends a request to the app at a host, which wakes it; tells whether it answers.
    knock: Callable[[str], Awaitable[bool]]
    #: Shows what the Space does meanwhile; gets None at the end of the wait.
    report: Report = field(default_factory=line_on_terminal)

    async def found(self) -> Space:
        """Return the Space's present state. Requests are repeated after a failure.

        Raises:
            SpaceError: It does not run, and waiting will not help.
        """
        attempt = 0
        while True:
            try:
                space = await self._look()
            except (ConnectError, RateLimited) as error:
                too_long = (wanted_pause(error) or 0) > LONGEST_PAUSE
                if attempt == RETRIES or not may_pass(error) or too_long:
                    raise
                await asyncio.sleep(pause_after(error, attempt))
                attempt += 1
            else:
                check(space)
                return space

    async def serving(self) -> Space:
        """Wait until the Space can be called, and return it; raise `SpaceError` if not."""
        space = await self.found()
        return space if serves(space) else await self.awaited(space)

    async def awaited(self, space: Space) -> Space:
        """Wait for a Space that cannot be called yet; see `serving`."""
        seen = [space]
        scope = asyncio.timeout(self.timeout)
        try:
            async with scope:
                await self._wait(seen)
        except TimeoutError:
            if not scope.expired():
                raise
            last = seen[-1]
            raise not_serving(
                last,
                f"the Space is still {doing(last)} ({last.stage}) after "
                f"{self.timeout:g} s (wake_timeout)",
                f"See {last.page}, and try again when it runs",
            ) from None
        finally:
            self.report(None)
        return seen[-1]

    async def _look(self) -> Space:
        return await in_thread(partial(look_up, self.space_id, self.token))

    async def _wait(self, seen: list[Space]) -> None:
        """Wait until it can be called; each state is appended to `seen`."""
        started, pause = asyncio.get_running_loop().time(), FIRST_LOOK
        while not serves(space := seen[-1]):
            _log.info("the Space %s is %s", space.id, doing(space))
            text = f"{space.id} is {doing(space)}"
            self._show(text, started)
            if space.stage == SLEEPING and space.host and await self.knock(space.host):
                return
            # Many clients may wait for one Space.
            await self._sleep(pause * random.uniform(0.8, 1.2), text, started)  # noqa: S311
            pause = min(pause * 1.5, _LAST_LOOK)
            try:
                seen.append(await self._look())
            except (ConnectError, RateLimited) as error:
                if not may_pass(error):
                    raise
                pause = max(pause, wanted_pause(error) or 0)
            check(seen[-1])
        await self._answer(str(seen[-1].host))

    async def _answer(self, host: str) -> None:
        """Wait until the app answers: the Hub says that it runs a little earlier."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while not await self.knock(host):  # noqa: ASYNC110  # it has no event
                    await asyncio.sleep(FIRST_LOOK)

    async def _sleep(self, seconds: float, text: str, started: float) -> None:
        while seconds > 0:
            await asyncio.sleep(min(seconds, 1.0))
            seconds -= 1.0
            self._show(text, started)

    def _show(self, text: str, started: float) -> None:
        waited = asyncio.get_running_loop().time() - started
        self.report(f"{text}: waiting for it ({waited:.0f} s)")
