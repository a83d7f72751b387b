"""One job on the runtime's loop: prepare, join the queue, follow, finish, or cancel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._codecs import codec
from .._components.registry import kind_of
from .._components.slots import is_hidden, visible
from .._http.backoff import pause_after
from .._http.redaction import without_secrets
from .._loop.callbacks import run_callback
from .._loop.loop import is_exiting, run_job
from .._loop.trace import CallRecord
from .._models.base import UNCHANGED
from .._models.secrets import Secrets
from .._models.status import Status, StatusUpdate
from .._queue.entries import take_ticket
from .._queue.entry import Ticket
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
    too_deep,
)
from .app import Live
from .compatibility import judged, route_of
from .connection import Connection
from .invocation import Request
from .options import Options
from .outcome import Outcome
from .reader import Follower
from .zerogpu import visitor_headers

if TYPE_CHECKING:
    from .._components.drift import Judgement

T = TypeVar("T")

#: Seconds in which an app must say what came of a cancel.
ANSWERED_WITHIN = 30.0


class Execution(Generic[T]):
    """Runs one request and tells its outcome.

    Everything but the constructor runs on the runtime's loop.
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
        self._joining: asyncio.Future[None] | None = None
        self._ticket: Ticket | None = None
        self._abandoned = False
        self._live: Live | None = None
        self._data: list[Any] | None = None
        self._judgement: Judgement | None = None
        #: Whether the app may have the job.
        self._given = False
        # Made where the caller's code runs, so this is the request that it serves.
        self._headers = dict(options.headers)
        if connection.is_space:
            self._headers = {**visitor_headers(), **self._headers}
        #: What gives access, of this call only.
        self._secrets = Secrets()
        self._secrets.add_headers(self._headers)
        self._secrets.add(options.oauth_token)
        #: Whether somebody wants to cancel it, which a join must not come after.
        self._declined = False
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
            if self._abandoned:
                self._fail(ConnectionLost("the client was closed"))
            else:
                if is_exiting() and self._ticket is not None:
                    self._ticket.give_up()
                self._record.cancelled()
                self._outcome.cancel()
        except GradioError as error:
            self._fail(error)
        except TimeoutError as error:
            if not scope.expired():  # somebody else's, such as a stream to upload
                self._fail(_wrapped(error))
                return
            if self._ticket is not None:
                self._ticket.give_up()
            self._fail(
                JobTimeout(
                    f"no result within {self._options.timeout} s",
                    hint="The job was cancelled; allow it more time",
                )
            )
        except Exception as error:  # noqa: BLE001  # whoever waits must hear of it
            self._fail(_wrapped(error))
        except BaseException as error:
            self._fail(_wrapped(error))
            raise
        else:
            self._record.finished()
            self._outcome.succeed(result)
            for callback in self._options.result_callbacks:
                run_callback(callback, result)
        finally:
            self._connection.abandons.discard(self.abandon)
            if self._ticket is not None:
                self._ticket.leave()

    def abandon(self) -> None:
        """End the job because its client is closed."""
        self._abandoned = True
        if self._task is not None:
            self._task.cancel()

    def _fail(self, error: GradioError) -> None:
        if isinstance(error, ConnectionLost):
            ticket = self._ticket
            if not self._given or (ticket is not None and not ticket.may_have_run):
                error.told(may_have_run=False)
            elif ticket is not None and error.may_have_run and not error.own_hint:
                error.hint = _what_became_of(ticket)
        if isinstance(error, _STALE):
            # The app may come back changed, or want another login.
            login = isinstance(error, AuthenticationError)
            self._connection.forget(self._live, login=login)
        self._connection.leaving(error, self._endpoint, self._secrets)
        self._record.failed(error)
        self._outcome.fail(error)

    def _emit(self, update: StatusUpdate[T], weight: int = 0) -> None:
        if update.output is not UNCHANGED:
            self._record.output()
        elif update.progress_data or update.log:
            for secrets in (self._connection.secrets, self._secrets):
                update = without_secrets(update, secrets.strike)
        self._outcome.emit(update, weight)

    # ---- prepare and join

    async def _work(self) -> T:
        """Prepare, join and follow, and again where nothing can have run."""
        attempt, renewed, rejoined = 0, False, False
        while True:
            try:
                live, route, body = await self._prepared()
                async with live.room(route):
                    self._ticket = await self._join(live, route, body)
                    return await self._follower(live, self._ticket).follow()
            except AuthenticationError:
                if renewed or not self._may_log_in_again():
                    raise
                renewed, pause = True, 0.0
                self._connection.forget(self._live, login=True)
            except GradioError as error:
                waited = self._ticket is not None
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
            if self._ticket is not None:
                self._ticket.leave()
                self._ticket = None
            await asyncio.sleep(pause)

    def _certainly_not_run(self, error: GradioError) -> bool:
        """Whether a failure proves that the app's function was not called.

        With Gradio 4.9 and later a job is given to the app as it joins, so once it has
        joined nothing proves that: the last message may say that it waits, but it can
        start before the server notices that its stream is gone, and what the server
        said of it is lost with the stream. (When it does notice, it drops what still
        waits: measured on 4.44, 5.50 and 6.31, and read in their `clean_events`.)
        Before, the app asks for a job's data when its turn has come; until then closing
        the connection takes the job back (docs/protocol.md#one-stream-per-job).
        """
        if self._ticket is None:
            return self._joining is not None and _certainly_not_joined(error)
        return (
            self._ticket.sends_late
            and not self._ticket.answered
            and _certainly_not_joined(error)
        )

    def _may_log_in_again(self) -> bool:
        """Whether a refused login proves that nothing ran, and another may help."""
        if not self._connection.can_renew(self._live):
            return False
        if self._data is None and any(hasattr(v, "read") for v in self._request.values):
            return False  # a stream to upload has been read already
        ticket = self._ticket
        return ticket is None or (ticket.sends_late and not ticket.answered)

    async def _prepared(self) -> tuple[Live, Route, Body]:
        live = self._live = await self._connection.ready()
        self._record.connected(live.config.version)
        route = route_of(self._connection, live, self._request)
        judgement = await self._judged(live, route)
        if self._data is None:
            self._data = await self._payload(live, route, judgement)
        body: Body = {"data": self._data}
        if self._options.event_data is not None:
            body["event_data"] = self._options.event_data
        token = self._options.oauth_token or self._connection.settings.oauth_token
        if token is not None and await live.wants_oauth_token(route):
            body["oauth_token"] = token
        return live, route, body

    async def _judged(self, live: Live, route: Route) -> Judgement | None:
        """How a changed app is to be called; None if it is as it was."""
        on_drift = self._options.on_drift or self._connection.settings.on_drift
        judgement = await judged(self._connection, live, route, self._request, on_drift)
        if self._data is not None and judgement != self._judgement:
            # A retry: what was prepared, and uploaded, is for the app as it was.
            raise SchemaDrift("the app has changed meanwhile", hint="Call again")
        self._judgement = judgement
        return judgement

    async def _payload(
        self, live: Live, route: Route, judgement: Judgement | None
    ) -> list[Any]:
        """The wire's data: hidden slots are null, files are uploaded."""
        request = self._request
        taken = visible(route.inputs)
        sources: Sequence[int | None] = range(len(request.values))
        if judgement is not None:
            sources = judgement.inputs
        if len(taken) != len(sources):
            raise InputError(
                f"{route.api_name} takes {len(taken)} values, not {len(sources)}"
            )
        given = iter(sources)
        data = [
            self._slot_value(next(given), slot, live)
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

    def _slot_value(self, source: int | None, slot: Component, live: Live) -> Any:
        """A value as it is sent: one of the caller's, or the app's own."""
        if source is None:
            return self._sent("", UNCHANGED, slot, live)
        request = self._request
        return self._sent(request.names[source], request.values[source], slot, live)

    def _sent(self, name: str, value: object, slot: Component, live: Live) -> Any:
        """A value as it is sent; UNCHANGED is what the app's own page would send."""
        if value is UNCHANGED:
            return slot.props.get("value")
        if (
            self._request.typed
            and isinstance(value, str)
            and kind_of(slot.type).parses_text
        ):
            # The server parses a text; to arrive as one it has to be JSON itself.
            return json.dumps(value)
        try:
            return codec.encode(value, slot, live.dialect)
        except InputError as error:
            error.about(name)
            raise
        except RecursionError:
            raise too_deep(name) from None

    async def _join(self, live: Live, route: Route, body: Body) -> Ticket:
        if self._declined:
            raise asyncio.CancelledError
        if self._joining is None:
            self._emit(StatusUpdate(Status.JOINING_QUEUE))
        ticket = take_ticket(live.sessions, route)
        self._joining = asyncio.get_running_loop().create_future()
        self._given = True
        try:
            await ticket.join(body, {**self._record.headers(), **self._headers})
        except GradioError as error:
            refused = _certainly_not_joined(error)
            self._given = not (refused or isinstance(error, AuthenticationError))
            raise
        finally:
            self._joining.set_result(None)
        self._record.joined(ticket.inbox.event_id)
        return ticket

    def _follower(self, live: Live, ticket: Ticket) -> Follower[T]:
        request = self._request
        if self._judgement is not None:
            request = request.reading(self._judgement.outputs)
        seen = not self._outcome.for_result_only
        return Follower(
            live, ticket, request, self._options, self._record, self._emit, seen=seen
        )

    # ---- cancel

    def decline(self) -> None:
        """Join no queue any more; takes effect at once, on any thread."""
        self._declined = True

    async def cancel(self) -> bool:
        """Cancel, and say truly what came of it; see `Job.cancel`."""
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
        if self._ticket is None and self._joining is not None:
            # The app may be taking the job just now; only then is it known how to
            # take it back.
            await asyncio.wait([self._joining], timeout=ANSWERED_WITHIN)
        if self._outcome.ended:
            return self._outcome.cancelled
        if self._ticket is not None and not await self._take_back(self._ticket):
            return False
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        # Its result may have come while it was being stopped.
        return self._outcome.cancelled

    async def _take_back(self, ticket: Ticket) -> bool:
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                if not ticket.started and await ticket.remove():
                    return True
                return (
                    ticket.started and not self._outcome.ended and await ticket.stop()
                )
        except TimeoutError:
            # The app keeps what came of it to itself, so the job is left.
            return ticket.yields or not ticket.started


def _wrapped(error: BaseException) -> GradioError:
    wrapped = GradioError(f"the call failed: {error!r}")
    wrapped.__cause__ = error
    return wrapped


#: After these the app is read anew at the next call.
_STALE = (ConnectError, ConnectionLost, AuthenticationError, ProtocolError)


def _what_became_of(ticket: Ticket) -> str:
    """Say what a server does with a lost job (docs/protocol.md#ends-of-streams)."""
    if not ticket.started:
        return (
            "The job was waiting when it was last heard of; the app drops what waits, "
            "but it may have started meanwhile"
        )
    if ticket.yields:
        return "The app cancels it: it stops at its next output"
    return "The app cancels it: it runs to its end, but its result is lost"


def _certainly_not_joined(error: GradioError) -> bool:
    """Whether a join that failed so is safe to repeat."""
    match error:
        case RateLimited() | QueueFull():
            return True
        case ConnectError():
            return error.not_sent
        case ConnectionLost():
            return not error.may_have_run
        case _:
            return False
