"""One job on the runtime's loop: prepare, join the queue, follow, finish, or cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._codecs import codec
from .._components.slots import is_hidden, visible
from .._http.backoff import pause_after
from .._http.redaction import without_secrets
from .._loop.callbacks import run_callback
from .._loop.loop import is_exiting, run_job
from .._loop.trace import CallRecord
from .._models.base import UNCHANGED
from .._models.secrets import Secrets
from .._models.status import Status, StatusUpdate
from .._queue.entries import new_entry
from .._queue.entry import Entry
from .._queue.phase import Phase
from .._queue.route import Route
from .._queue.session import Body
from ..description import Component
from ..errors import (
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    GradioError,
    InputError,
    JobTimeout,
    ProtocolError,
    QueueFull,
    RateLimited,
    SchemaDrift,
    ServerValidationError,
    too_deep,
)
from .app import Live
from .compatibility import judged, route_of
from .connection import Connection
from .invocation import Request, StateShared
from .options import Options
from .outcome import Outcome
from .reader import Reader
from .zerogpu import visitor_headers

if TYPE_CHECKING:
    from .._components.drift import Judgement

T = TypeVar("T")

#: Seconds in which an app must say what came of a cancel.
ANSWERED_WITHIN = 30.0


class Execution(Generic[T]):
    """One request, which is run and whose outcome is told.

    Everything but the constructor and `decline` runs on the runtime's loop.
    """

    def __init__(
        self,
        connection: Connection,
        request: Request[T],
        options: Options,
        outcome: Outcome[T],
    ) -> None:
        self._connection = connection
        self._request = request
        self._options = options
        self._outcome = outcome
        self._endpoint = str(request.endpoint)
        self._record = CallRecord(self._endpoint, connection.src)
        self._task: asyncio.Task[None] | None = None
        self._live: Live | None = None
        #: The job at the app, from its join on; its `life` says how far it is.
        self._entry: Entry | None = None
        self._room: asyncio.Semaphore | None = None  # what to release
        #: Held while the app is asked to take the job.
        self._joining = asyncio.Lock()
        #: The wire's data and how the app was judged for it, once it is prepared.
        self._prepared: tuple[list[Any], Judgement | None] | None = None
        # This is where the caller's code runs, which may serve a visitor.
        visitor = visitor_headers() if connection.is_space else {}
        self._headers = {**visitor, **options.headers}
        #: What gives access to this call only.
        self._secrets = Secrets()
        self._secrets.add_headers(self._headers)
        self._secrets.add(options.oauth_token)
        #: Whether somebody wants to cancel it, which a join must not come after.
        self._declined = False
        #: Whether the app has taken it out of its queue again.
        self._taken_back = False
        #: What is trying to cancel; those who ask meanwhile share its answer.
        self._cancelling: asyncio.Task[bool] | None = None

    def begin(self) -> None:
        """Start running."""
        self._connection.abandons.add(self.abandon)
        self._task = run_job(self._run())

    async def _run(self) -> None:
        self._record.enter()
        scope = asyncio.timeout(self._options.timeout)
        try:
            async with scope, self._connection.truthful():
                result = await self._work()
        except asyncio.CancelledError:
            if is_exiting() and (entry := self._joined) is not None:
                entry.give_up()
            if not self._outcome.ended:
                self._record.ended("cancelled")
                entry = self._entry
                begun = entry is not None and entry.life.may_have_run
                self._outcome.cancel(may_have_run=begun and not self._taken_back)
        except GradioError as error:
            self._fail(error)
        except TimeoutError as error:
            if not scope.expired():  # somebody else's, such as a stream to upload
                self._fail(_wrapped(error))
                return
            if (entry := self._joined) is not None:
                entry.give_up()
            self._fail(
                JobTimeout(
                    f"no result within {self._options.timeout} s",
                    hint="The job was cancelled; allow it more time",
                )
            )
        except BaseException as error:
            self._fail(_wrapped(error))
            if not isinstance(error, Exception):
                raise
        else:
            self._record.ended("finished")
            self._outcome.succeed(result)
            for callback in self._options.result_callbacks:
                run_callback(callback, result)
        finally:
            self._connection.abandons.discard(self.abandon)
            self._leave()

    def abandon(self) -> None:
        """End the job because its client is closed."""
        if self._task is not None:
            self._fail(ConnectionLost("the client was closed"))
            self._task.cancel()

    @property
    def _joined(self) -> Entry | None:
        """The job at the app, if the app has said that it has it."""
        entry = self._entry
        return entry if entry is not None and entry.life.joined else None

    def _leave(self) -> None:
        """Let go of the job at the app."""
        if (entry := self._joined) is not None:
            entry.leave()
        self._entry = None

    def _fail(self, error: GradioError) -> None:
        if self._outcome.ended:
            return
        error.told(may_have_run=self._may_have_run(error))
        if isinstance(error, ConnectionLost) and self._entry and error.may_have_run:
            error.own_hint = error.own_hint or _what_became_of(self._entry)
        if isinstance(error, _STALE):
            # The app may come back changed, or want another login.
            login = isinstance(error, AuthenticationError)
            self._connection.forget(self._live, login=login)
        self._connection.leaving(error, self._endpoint, self._secrets)
        self._record.ended("failed", error)
        self._outcome.fail(error)

    def _may_have_run(self, error: GradioError) -> bool:
        """Return whether the app's function may have been called, given a failure."""
        entry = self._entry
        if entry is None or not entry.life.may_have_run:
            return False
        if entry.life.handed_over:
            return not isinstance(error, _UNCALLED)
        if isinstance(error, ConnectError) and error.lasting:
            return False  # what answered is not the app
        return not (_not_joined(error) or isinstance(error, _REFUSALS))

    def _emit(self, update: StatusUpdate[T], weight: int = 0) -> None:
        if update.has_output:
            self._record.output()
        elif update.progress_data or update.log:
            for secrets in (self._connection.secrets, self._secrets):
                update = without_secrets(update, secrets.strike)
        self._outcome.emit(update, weight)
        # A stream may last for hours; once it has begun, it waits in no queue.
        if self._room and self._entry and self._entry.streams:
            self._make_room()

    # ---- prepare and join

    async def _work(self) -> T:
        """Prepare, join and follow, and again where nothing can have run."""
        attempt, renewed, rejoined = 0, False, False
        while True:
            try:
                live, route, body = await self._prepare()
                self._room = await live.room(route)
                entry = await self._join(live, route, body)
                return await self._reader(live, entry).read()
            except AuthenticationError:
                if renewed or not self._may_log_in_again():
                    raise
                renewed, pause = True, 0.0
                self._connection.forget(self._live, login=True)
            except GradioError as error:
                waited = self._joined is not None
                if not self._certainly_not_run(error) or (waited and rejoined):
                    raise
                full = isinstance(error, QueueFull)
                if full:
                    self._emit(StatusUpdate(Status.QUEUE_FULL))
                if attempt >= self._options.retries or (
                    full and not self._options.waits_for_room
                ):
                    raise
                attempt, rejoined = attempt + 1, rejoined or waited
                pause = pause_after(error, attempt - 1)
                self._record.retried(error, pause)
                if isinstance(error, ConnectError) and self._connection.is_space:
                    # It may have gone to sleep: connecting anew wakes it.
                    self._connection.forget(self._live, login=False)
            finally:
                self._make_room()
            self._leave()
            await asyncio.sleep(pause)

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.release()

    def _certainly_not_run(self, error: GradioError) -> bool:
        """Return whether a failure proves that the app's function was not called.

        Once the app has the data, nothing proves that: the last message may say that
        the job waits, but it can start before the server notices that its stream is
        gone (docs/protocol.md#ends-of-streams).
        """
        if self._entry is not None and self._entry.life.handed_over:
            return False
        return self._outcome.latest.code is not Status.STARTING and _not_joined(error)

    def _may_log_in_again(self) -> bool:
        """Return whether nothing has run, and another login may help."""
        if not self._connection.can_renew(self._live):
            return False
        if not self._prepared and any(hasattr(v, "read") for v in self._request.values):
            return False  # a stream to upload has been read already
        return self._entry is None or not self._entry.life.handed_over

    async def _prepare(self) -> tuple[Live, Route, Body]:
        live = self._live = await self._connection.ready()
        self._record.connected(live.config.version)
        route = route_of(self._connection, live, self._request)
        if route.stateful and self._options.one_of_many:
            raise StateShared(
                f"{route.api_name} keeps State, which rows at the same time would share"
            )
        on_drift = self._options.on_drift or self._connection.settings.on_drift
        judgement = await judged(self._connection, live, route, self._request, on_drift)
        if self._prepared is None:
            data = await self._payload(live, route, judgement)
            self._prepared = data, judgement
        elif judgement != self._prepared[1]:
            # A retry: what was prepared, and uploaded, is for the app as it was.
            raise SchemaDrift("the app has changed meanwhile", hint="Call again")
        body: Body = {"data": self._prepared[0]}
        if self._options.event_data is not None:
            body["event_data"] = self._options.event_data
        token = self._options.oauth_token or self._connection.settings.oauth_token
        if token is not None and await live.wants_oauth_token(route):
            body["oauth_token"] = token
        return live, route, body

    async def _payload(
        self, live: Live, route: Route, judgement: Judgement | None
    ) -> list[Any]:
        """Return the wire's data: hidden slots are null, files are uploaded."""
        request = self._request
        taken = visible(route.inputs)
        given: Sequence[int | None] = range(len(request.values))
        sources = given if judgement is None else judgement.inputs
        if len(taken) != len(sources):
            raise InputError(
                f"{route.api_name} takes {len(taken)} values, not {len(sources)}"
            )
        source = iter(sources)
        data = [
            self._sent(next(source), slot, live)
            if slot and not is_hidden(slot)
            else None
            for slot in route.inputs
        ]
        for index in route.prop_inputs:
            if (slot := route.inputs[index]) is not None:
                data[index] = {**slot.props, "value": data[index]}
        try:
            return await live.transfer.upload_all(data, self._options.upload_progress)
        except RecursionError:
            raise too_deep() from None

    def _sent(self, source: int | None, slot: Component, live: Live) -> Any:
        """Return a value as it is sent: one of the caller's, or the app's own.

        UNCHANGED is what the app's own page would send.
        """
        request = self._request
        name = "" if source is None else request.names[source]
        value = UNCHANGED if source is None else request.values[source]
        if value is UNCHANGED:
            return slot.props.get("value")
        try:
            return codec.sent(value, slot, live.dialect, typed=request.typed)
        except InputError as error:
            error.about(name)
            raise
        except RecursionError:
            raise too_deep(name) from None

    async def _join(self, live: Live, route: Route, body: Body) -> Entry:
        if self._declined:
            raise asyncio.CancelledError
        if self._outcome.latest.code is Status.STARTING:
            self._emit(StatusUpdate(Status.JOINING_QUEUE))
        entry = self._entry = new_entry(live.sessions, route)
        async with self._joining:
            await entry.join(body, {**self._record.headers(), **self._headers})
            entry.life.reach(Phase.QUEUED)
        self._record.joined(entry.inbox.event_id)
        return entry

    def _reader(self, live: Live, entry: Entry) -> Reader[T]:
        request, judgement = self._request, self._prepared and self._prepared[1]
        if judgement is not None:
            request = request.reading(judgement.outputs)
        seen = not self._outcome.for_result_only
        return Reader(
            live, entry, request, self._options, self._record, self._emit, seen=seen
        )

    # ---- cancel

    def decline(self) -> None:
        """Join no queue any more; takes effect at once, on any thread."""
        self._declined = True

    async def cancel(self) -> bool:
        """Cancel; return what came of it, see `Job.cancel`."""
        return await asyncio.shield(self._begin_to_cancel())

    def cancel_in_background(self) -> None:
        """Begin to cancel; nobody waits for the answer."""
        self._begin_to_cancel().add_done_callback(self._end_if_broken)

    def _begin_to_cancel(self) -> asyncio.Task[bool]:
        if self._cancelling is None or self._cancelling.done():
            loop = asyncio.get_running_loop()
            self._cancelling = loop.create_task(self._cancel())
        return self._cancelling

    def _end_if_broken(self, cancelling: asyncio.Task[bool]) -> None:
        """End a job that could not be cancelled because the connection is broken."""
        if not cancelling.cancelled() and cancelling.exception() and self._task:
            self._task.cancel()

    async def _cancel(self) -> bool:
        # The app may be taking the job just now; only then is it known how to take it
        # back.
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWERED_WITHIN), self._joining:
                pass
        if self._outcome.ended:
            return self._outcome.cancelled
        if (entry := self._joined) and not await self._take_back(entry):
            return False
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        # Its result may have come while it was being stopped.
        return self._outcome.cancelled

    async def _take_back(self, entry: Entry) -> bool:
        life = entry.life
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                if not life.left_queue:
                    # Its end may come before the answer. And a generator may have been
                    # started meanwhile.
                    self._taken_back = not entry.yields
                    if await entry.remove():
                        return True
                    self._taken_back = False
                return (
                    life.left_queue and not self._outcome.ended and await entry.stop()
                )
        except TimeoutError:
            # The app keeps what came of it to itself, so the job is left.
            return entry.yields or not life.left_queue


def _wrapped(error: BaseException) -> GradioError:
    wrapped = GradioError(f"the call failed: {error!r}")
    wrapped.__cause__ = error
    return wrapped


#: After these the app is read anew at the next call.
_STALE = (ConnectError, ConnectionLost, AuthenticationError, ProtocolError)


#: By these the app says that it has not called the function, whenever they come.
_UNCALLED = (ServerValidationError, QueueFull)
#: By these it refuses what it is given, when they answer that.
_REFUSALS = (*_UNCALLED, InputError, AuthenticationError, SchemaDrift)


def _what_became_of(entry: Entry) -> str | None:
    """Say what a server does with a lost job (docs/protocol.md#ends-of-streams)."""
    match entry.life.phase:
        case Phase.JOINING | Phase.ENDED:
            return None
        case Phase.QUEUED:
            return (
                "The job was waiting when it was last heard of; the app drops what "
                "waits, but it may have started meanwhile"
            )
        case _ if entry.yields:
            return "The app cancels it: it stops at its next output"
        case _:
            return "The app cancels it: it runs to its end, but its result is lost"


def _not_joined(error: GradioError) -> bool:
    """Return whether a join that failed with this error is safe to repeat."""
    if isinstance(error, ConnectError):
        return error.not_sent
    if isinstance(error, ConnectionLost):
        return not error.may_have_run
    return isinstance(error, RateLimited | QueueFull)
