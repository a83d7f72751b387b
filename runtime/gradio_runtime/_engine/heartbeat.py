"""Tell an app that asks for it how long a client's session is in use.

Apps with State, or with something to do when a visitor leaves, say `connect_heartbeat`
in `/config` (Gradio 4.25 and later; docs/protocol.md#state-and-heartbeat).
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from urllib.parse import quote

from .._http.transport import Transport
from .._loop.loop import in_background
from ..errors import ConnectionLost

#: Seconds to wait before asking again when the stream has ended, and at most.
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


class Heartbeat:
    """The open request of one client; everything runs on the runtime's loop.

    It ends with its owner, the client's connection, even if that was never closed.
    """

    def __init__(self, owner: object) -> None:
        self._task: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        finalizer = weakref.finalize(owner, self._stop_from_anywhere, loop)
        finalizer.atexit = False

    def start(self, transport: Transport, prefix: str, session: str) -> None:
        """Begin for a session, unless it has begun."""
        if self._task is None or self._task.done():
            path = f"{prefix}/heartbeat/{quote(session, safe='')}"
            self._task = in_background(_listen(transport, path))

    def stop(self) -> None:
        """End it: the app may forget the session."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _stop_from_anywhere(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the interpreter is ending
            loop.call_soon_threadsafe(self.stop)


async def _listen(transport: Transport, path: str) -> None:
    """Keep the request open: repeat it when it ends, not when it is refused."""
    pause = _PAUSE
    while True:
        with contextlib.suppress(ConnectionLost):
            async with contextlib.aclosing(transport.messages(path)) as beats:
                async for _ in beats:
                    pause = _PAUSE
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
