"""Sessions: joins, and one event stream each with the messages of its jobs.

The server buffers a session's messages until its stream is read, and closes the stream
when no job is pending. So a session joins first, and opens the stream as long as a job
waits: a join can arrive just as the server closes it (docs/protocol.md#sessions).
"""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from contextvars import Context
from copy import copy
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import quote

from .._http.backoff import pause_after
from .._http.transport import Transport
from .._loop.loop import beside, in_background, let_finish
from .._models.bounds import LARGE, MAX_EARLY_SIZE
from .._models.secrets import keep_session
from ..description.dialect import Dialect
from ..description.json_values import dump_json, is_object, load_json
from ..errors import (
    ConnectError,
    ConnectionLost,
    GradioError,
    ProtocolError,
    RateLimited,
)
from .inbox import Inbox
from .messages import (
    Asked,
    CloseStream,
    Completed,
    Failed,
    Ignored,
    Message,
    OfJob,
    Paused,
    Refused,
    StreamFault,
    decode,
)

#: The body of a join: the values, and the event's own data if there is any.
Body: TypeAlias = dict[str, Any]

#: Seconds to wait for `close_stream` after the last job of a session. It comes within
#: a millisecond, so that the connection can be used again, or it never comes.
_DRAIN = 2.0
#: How often a stream may end with `close_stream` while a job that joined before still
#: waits. A cancelled job that had just started needs one more stream.
_REOPENS = 3
#: How often to try to open a stream that certainly was not opened: no message is lost.
_OPENINGS = 3
#: Seconds within which a server has noticed that a stream is gone
#: (docs/protocol.md#ends-of-streams).
_UNNOTICED = 10.0
#: Most jobs whose messages are kept until their joins are answered.
_MOST_EARLY = 1000
#: The first bytes of a message, which name its job.
_HEAD = 4096
#: A function index that no task has: `/cancel` with it takes a queued job out of the
#: queue and touches no other (docs/protocol.md#cancelling).
_NO_FUNCTION = -1


@dataclass(eq=False)
class _Stream:
    """The state of one event stream."""

    begun: bool = False  # its first message has arrived
    ended: bool = False  # `close_stream` has
    unwanted: bool = False  # it is left as soon as it has begun


class Session:
    """One session at the server, which has its State under the name `hash`."""

    def __init__(self, transport: Transport, dialect: Dialect, hash_: str) -> None:
        self.hash = hash_
        #: Whether a generator was stopped before its end, so that a later one's outputs
        #: may be mixed with its own; see `Dialect.mixes_outputs`.
        self.spoilt = False
        self._transport = transport
        self._dialect = dialect
        self._inboxes: dict[str, Inbox] = {}
        self._joining = 0
        self._early: dict[str, list[tuple[OfJob, int]]] = {}
        self._early_size = 0
        #: Set when a join has been answered.
        self._answered = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._dropped: asyncio.Task[None] | None = None
        self._drain: asyncio.TimerHandle | None = None
        self._stream = _Stream()
        self._left: dict[str, None] = {}
        self._unsafe_until = 0.0
        #: Held while every running job of an endpoint is being stopped.
        self._stopping: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def unsafe(self) -> bool:
        """Return whether the server may still drop new jobs because of a lost stream."""
        return monotonic() < self._unsafe_until

    @property
    def busy(self) -> bool:
        """Return whether any job of this session is under way."""
        return bool(self._inboxes or self._joining)

    def alone(self, inbox: Inbox) -> bool:
        """Return whether a job is the only one of this session."""
        return not self._joining and set(self._inboxes.values()) <= {inbox}

    def has_sibling(self, inbox: Inbox) -> bool:
        """Return whether another job of the endpoint is under way in this session."""
        return self._joining > 0 or any(
            other.fn_index == inbox.fn_index
            for other in self._inboxes.values()
            if other is not inbox
        )

    def reserve(self) -> None:
        """Count a join that is about to come; `join` removes it again."""
        self._joining += 1

    async def join(self, inbox: Inbox, body: Body, headers: Mapping[str, str]) -> None:
        """Put a job into the app's queue; its messages go to `inbox`.

        The session has been reserved for it.

        Raises:
            GradioError: The app did not accept it.
        """
        try:
            async with self._stopping[inbox.fn_index]:
                pass  # otherwise this job would be stopped too
            if self._dropped is not None:
                # Otherwise the server drops this job too.
                await asyncio.wait([self._dropped])
            name = {"fn_index": inbox.fn_index, "session_hash": self.hash}
            answer = await self._post("queue/join", {**body, **name}, headers)
            inbox.event_id = _event_id(answer)
            self._inboxes[inbox.event_id] = inbox
            for message, size in self._early.pop(inbox.event_id, ()):
                self._early_size -= size
                self._put(inbox, message, size)
        finally:
            self._joining -= 1
            if not self._joining:
                self._early.clear()
                self._early_size = 0
            self._answered.set()
        self._keep_reading()

    def leave(self, inbox: Inbox) -> None:
        """Stop listening for a job."""
        inbox.free()
        if self._inboxes.pop(inbox.event_id, None) is not None:
            # A job that has not ended may send more messages.
            self._left[inbox.event_id] = None
            if len(self._left) > _MOST_EARLY:
                del self._left[next(iter(self._left))]
        if not self.busy and self._reader is not None and not self._reader.done():
            self._stop_drain()
            later = asyncio.get_running_loop().call_later
            self._drain = later(_DRAIN, self._close_if_idle)

    def drop(self) -> None:
        """Close the stream, so that the server drops the session's jobs."""
        if self._reader is None or self._reader.done() or self._stream.ended:
            # There is no stream, or it is ending and its connection can be used again.
            return
        self._unsafe_until = monotonic() + _UNNOTICED
        if self._stream.begun:
            self._reader.cancel()
            self._dropped, self._reader, self._stream = self._reader, None, _Stream()
        else:
            # The server does not notice the end of a stream that it has not started.
            self._stream.unwanted = True
            let_finish(self._reader)

    async def remove_queued(self, inbox: Inbox) -> None:
        """Take a queued job out of the queue, without effect on other jobs."""
        await self._cancel(inbox, _NO_FUNCTION)

    async def stop_running(self, inbox: Inbox) -> None:
        """Stop every running job of the inbox's endpoint in this session."""
        async with self._stopping[inbox.fn_index]:
            await self._cancel(inbox, inbox.fn_index)

    async def reset(self, inbox: Inbox) -> bool:
        """Stop one generator after an output; return whether it ran. Before 4.31."""
        try:
            answer = load_json(await self._post("reset", {"event_id": inbox.event_id}))
        except ValueError:
            return False
        return is_object(answer) and answer.get("success") is True

    async def _cancel(self, inbox: Inbox, fn_index: int) -> None:
        name = {"fn_index": fn_index, "session_hash": self.hash}
        await self._post("cancel", {**name, "event_id": inbox.event_id})

    async def _post(
        self, path: str, body: Body, headers: Mapping[str, str] | None = None
    ) -> bytes:
        url = f"{self._dialect.prefix}/{path}"
        return await self._transport.post_json(url, dump_json(body), headers)

    def _keep_reading(self) -> None:
        self._stop_drain()
        if self._reader is None or self._reader.done():
            # It reads for all jobs: not in the context, or the trace, of one caller.
            loop = asyncio.get_running_loop()
            self._reader = loop.create_task(self._read(), context=Context())

    def _stop_drain(self) -> None:
        if self._drain is not None:
            self._drain.cancel()
            self._drain = None

    def _close_if_idle(self) -> None:
        if not self.busy:
            self.drop()

    async def _read(self) -> None:
        """Read streams while any job waits, the last one to its end."""
        try:
            while self._inboxes or self._stream.unwanted:
                waiting = list(self._inboxes.values())
                await self._read_one()
                for inbox in waiting:
                    inbox.reopened += 1
                    if inbox.reopened > _REOPENS and inbox.event_id in self._inboxes:
                        del self._inboxes[inbox.event_id]
                        inbox.put(ConnectionLost("the app has forgotten the job"))
        except GradioError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  # no job may wait for ever
            self._fail(ProtocolError(f"reading the app's stream failed: {error!r}"))

    async def _read_one(self) -> None:
        """Read one stream until the server ends it.

        Raises:
            ConnectionLost: It was cut while a job waited, or could not be opened.
        """
        for attempt in range(_OPENINGS):
            try:
                await self._read_stream()
            except RateLimited as error:
                if attempt + 1 == _OPENINGS:
                    raise
                pause = pause_after(error, attempt)
            except ConnectError as error:
                if attempt + 1 == _OPENINGS or not error.not_sent:
                    raise ConnectionLost(
                        f"the app's stream cannot be read: {error.message}"
                    ) from error.__cause__
                pause = pause_after(error, attempt)
            except ConnectionLost as error:
                # Often a kept connection that the server was just closing. If the server
                # did read the request, it now answers that the session is unknown.
                if attempt or not error.unanswered:
                    raise
                pause = 0.0
            else:
                return
            await asyncio.sleep(pause)

    async def _read_stream(self) -> None:
        stream = self._stream
        path = f"{self._dialect.prefix}/queue/data?session_hash={quote(self.hash)}"
        messages = self._transport.messages(path)
        try:
            async for text in messages:
                stream.begun = True
                if stream.unwanted and not self.busy:
                    return
                match message := await self._decoded(text):
                    case CloseStream():
                        stream.ended = True
                    case StreamFault():
                        raise _fault(message)
                    case Ignored() | Asked() | Refused():
                        pass
                    case _:
                        inbox = self._deliver(message, len(text))
                        if inbox is not None and inbox.full:
                            await inbox.room()
                        while self._early_size > MAX_EARLY_SIZE:
                            self._answered = asyncio.Event()
                            await self._answered.wait()
            if not self._dialect.closes_streams:
                # Before 4.22 the stream just ends.
                stream.ended = True
        except ConnectionLost:
            # A server that has finished may cut the connection instead of ending it.
            if not stream.ended:
                raise
        finally:
            await messages.aclose()
            if self._stream is stream:
                self._stream = _Stream()
        if self._inboxes and not stream.ended:
            raise ConnectionLost("the app closed the stream before the result")

    async def _decoded(self, text: bytes) -> Message:
        """Decode a message. One that cannot be decoded ends the job that it names.

        Raises:
            ProtocolError: It names no job, so that any job may be waiting for it.
        """
        try:
            return await decoded(text, self._transport, self._dialect)
        except ProtocolError as error:
            head = text[:_HEAD].decode("utf-8", "replace")
            named = [inbox for id_, inbox in self._inboxes.items() if id_ in head]
            if len(named) != 1:
                raise
            del self._inboxes[named[0].event_id]
            named[0].put(error)
            return Ignored()

    def _deliver(self, message: OfJob, size: int) -> Inbox | None:
        """Deliver a message; return the inbox, if its job is known."""
        event_id = message.event_id
        inbox = self._inboxes.get(event_id or "")
        if inbox is not None:
            # An end without data may answer a removal from the queue that came too late:
            # then the job continues.
            if isinstance(message, Completed | Failed):
                removed = isinstance(message, Completed) and message.data is None
                if not (removed and inbox.removing):
                    del self._inboxes[inbox.event_id]
            self._put(inbox, message, size)
        elif self._joining and event_id and event_id not in self._left:
            # The answer to the join has not arrived yet.
            self._early.setdefault(event_id, []).append((message, size))
            self._early_size += size
            if len(self._early) > _MOST_EARLY:
                first = self._early.pop(next(iter(self._early)))
                self._early_size -= sum(size for _, size in first)
        return inbox

    def _put(self, inbox: Inbox, message: OfJob, size: int) -> None:
        if isinstance(message, Paused):
            let_finish(in_background(self._end(inbox)))
        inbox.put(message, size)

    async def _end(self, inbox: Inbox) -> None:
        """End an event that waits for more data: until then it holds a worker.

        Gradio 5 answers its own way of closing it by calling the function once more.
        """
        if self.has_sibling(inbox):
            await self._post(f"stream/{quote(inbox.event_id, safe='')}/close", {})
        else:
            await self.stop_running(inbox)

    def _fail(self, error: GradioError) -> None:
        self._unsafe_until = monotonic() + _UNNOTICED
        for inbox in list(self._inboxes.values()):
            # An instance for each job: raising an exception changes its traceback.
            own = copy(error)
            own.__cause__ = error.__cause__
            inbox.put(own)


def _fault(message: StreamFault) -> ConnectionLost:
    if message.session_not_found:
        return ConnectionLost("the app no longer knows the session; it has restarted")
    return ConnectionLost(f"the app ended the stream: {message.text}")


async def decoded(text: str | bytes, transport: Transport, dialect: Dialect) -> Message:
    """Decode a message of the app, a large one beside the loop."""
    if len(text) > LARGE:
        return await beside(partial(decode, text, dialect, transport.max_values))
    return decode(text, dialect, transport.max_values)


def _event_id(content: bytes) -> str:
    with suppress(ValueError, KeyError, TypeError, IndexError):
        if isinstance(event_id := load_json(content)["event_id"], str) and event_id:
            return event_id
    raise ProtocolError("the app accepted the job without an event id")


def new_hash() -> str:
    """Return a random session name: the name alone gives access to its State."""
    return keep_session(uuid.uuid4().hex)
