"""From a Space's name to an app that answers, however long that one sleeps or builds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from ..errors import ConnectError, RateLimited
from ..http.backoff import (
    LONGEST_PAUSE,
    RETRIES,
    may_pass,
    pause_after,
    wanted_pause,
)
from ..loop import in_thread
from .lines import Report, line_on_terminal
from .spaces import Space, look_up
from .stages import SLEEPING, check, doing, not_serving, serves

_log = logging.getLogger("gradio_runtime").getChild("hub")

#: Seconds between two looks at a Space that does not serve yet, at first and at most.
FIRST_LOOK = 1.0
_LAST_LOOK = 10.0
#: Seconds that an app gets to answer after the Hub says that it runs.
GRACE = 15.0


@dataclass(frozen=True)
class Wanted:
    """A Space that somebody wants to call. Its methods run on the runtime's loop.

    Attributes:
        space_id: Its name.
        token: The caller's token.
        timeout: Seconds to wait for a Space that does not serve yet.
        knock: Asks the app at a host, which wakes it, and tells whether it answers.
        report: Shows what it does meanwhile, and None when that is over.
    """

    space_id: str
    token: str | None
    timeout: float
    knock: Callable[[str], Awaitable[bool]]
    report: Report = field(default_factory=line_on_terminal)

    async def found(self) -> Space:
        """The Space as it is now; a passing failure of the Hub is waited for.

        Raises:
            SpaceError: It will not serve, however long one waits.
            GradioError: It cannot be asked for.
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
        """The Space once it serves.

        Raises:
            SpaceError: It cannot, or does not within the timeout.
            GradioError: It cannot be asked for.
        """
        space = await self.found()
        return space if serves(space) else await self.awaited(space)

    async def awaited(self, space: Space) -> Space:
        """A Space that does not serve yet, once it does; see `serving`."""
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
        """Wait until it serves; `seen` gets each look at it."""
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
        """Give the app a moment to answer: the Hub knows sooner that it runs."""
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
