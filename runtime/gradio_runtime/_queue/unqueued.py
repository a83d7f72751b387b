"""Jobs of Gradio 3 endpoints without a queue: plain requests.

See docs/protocol.md#calls-without-a-queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from .._loop.loop import beside, in_background
from .._models.bounds import LARGE
from ..description.json_values import dump_json
from ..errors import GradioError, ProtocolError
from .entry import UnsharedEntry
from .messages import Completed, Generating, decode_answer
from .phase import Phase
from .session import Body


class UnqueuedEntry(UnsharedEntry):
    """A job that is one request, or one for each output."""

    handover = Phase.RUNNING

    async def join(self, body: Body, headers: Mapping[str, str]) -> None:
        """Send the request; the app runs it at once."""
        request = dump_json({**body, **self._name()})
        self.life.reach(Phase.RUNNING)
        self._task = in_background(self._run(request, headers))

    async def remove(self) -> bool:
        """Return False: there is no queue."""
        return False

    def _left(self) -> None:
        if self.yields:
            # Otherwise the session's next call would continue this generator.
            in_background(self._reset())

    async def _reset(self) -> None:
        await self.sessions.transport.post_json("/reset", dump_json(self._name()))

    async def _run(self, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            await self._request(body, headers)
        except GradioError as error:
            self.inbox.put(error)
        except Exception as error:  # noqa: BLE001  # no job may wait for ever
            self.inbox.put(ProtocolError(f"the request failed: {error!r}"))

    async def _request(self, body: bytes, headers: Mapping[str, str]) -> None:
        sessions, last = self.sessions, None
        while True:
            answer = await sessions.transport.post_call("/api/predict", body, headers)
            most = sessions.transport.max_values
            reading = partial(decode_answer, answer, sessions.dialect, most)
            message = await beside(reading, large=len(answer) > LARGE)
            if not isinstance(message, Generating):
                break
            last = message.data
            self.inbox.put(message, message.size)
            await self.inbox.room()
        if last is not None and isinstance(message, Completed):
            # The last answer has no values.
            message = Completed(None, last)
        self._task = None
        self.inbox.put(message)
