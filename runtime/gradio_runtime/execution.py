"""One job on the runtime's loop: prepare, join the queue, follow, finish, or cancel."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from . import wire
from .call import Options
from .callbacks import run_callback
from .connection import Connection, Live, Route
from .errors import (
    AppError,
    ConnectError,
    GradioError,
    InputError,
    JobTimeout,
    OutputMismatch,
    QueueFull,
    RateLimited,
    SchemaDrift,
)
from .job import Job
from .protocol import (
    Completed,
    Estimation,
    Failed,
    Generating,
    Log,
    Message,
    Outputs,
    Progress,
    Started,
)
from .results import ResultReader
from .session import Inbox, Session
from .status import Status, StatusUpdate
from .values import UNCHANGED

__all__ = ["Execution", "Request"]

T = TypeVar("T")

#: Errors that say that a join certainly did not happen, so that it is safe to repeat.
_NOT_JOINED = (ConnectError, RateLimited, QueueFull)


@dataclass(frozen=True)
class Request(Generic[T]):
    """What to call and how to read the answer.

    Attributes:
        endpoint: The api_name, or a fn_index.
        names: Parameter names, in wire order.
        values: One value for each visible input slot, in wire order.
        shape: The shape the caller was generated for; None to take any.
        read: Reads the visible outputs.
        typed: Whether values come and go as the runtime's own types, the same for every
            Gradio version; otherwise they are left as this server has them.
    """

    endpoint: str | int
    names: list[str]
    values: list[Any]
    shape: str | None
    read: ResultReader[T]
    typed: bool = True


class _Joined:
    """Where a job waits once the app has taken it."""

    def __init__(self, live: Live, route: Route, session: Session) -> None:
        self.live = live
        self.route = route
        self.session = session
        self.inbox = Inbox(route.fn_index)
        self.started = False
        self.dropped = False
        self.finished = False
        #: Set while a removal from the queue is under way: whether it came in time.
        self.removal: asyncio.Future[bool] | None = None

    def settle_removal(self, removed: bool) -> None:
        """Answer a `cancel` that waits to know whether the job was still queued."""
        if self.removal is not None and not self.removal.done():
            self.removal.set_result(removed)


class Execution(Generic[T]):
    """Runs one request and tells its job what happens.

    Everything but the constructor runs on the runtime's loop.
    """

    def __init__(
        self,
        connection: Connection,
        request: Request[T],
        options: Options,
        job: Job[T],
    ) -> None:
        self._connection = connection
        self._request = request
        self._options = options
        self._job = job
        self._task: asyncio.Task[None] | None = None
        self._joining: asyncio.Future[None] | None = None
        self._joined: _Joined | None = None
        self._cleanup: asyncio.Task[Any] | None = None

    @property
    def endpoint(self) -> str:
        """The endpoint's name, for messages."""
        return str(self._request.endpoint)

    @property
    def src(self) -> str:
        """The app, for messages."""
        return self._connection.src

    def begin(self) -> None:
        """Start running."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._options.timeout):
                result = await self._work()
        except asyncio.CancelledError:
            self._job._set_cancelled()  # pyright: ignore[reportPrivateUsage]
        except TimeoutError as error:
            self._give_up()
            self._fail(
                error
                if isinstance(error, GradioError)
                else JobTimeout(
                    f"no result within {self._options.timeout:g} s",
                    hint="The job was cancelled; allow it more time",
                )
            )
        except GradioError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  # whoever waits must hear of it
            wrapped = GradioError(f"the call failed: {error!r}")
            wrapped.__cause__ = error
            self._fail(wrapped)
        else:
            self._job._succeed(result)  # pyright: ignore[reportPrivateUsage]
            for callback in self._options.result_callbacks:
                run_callback(callback, result)
        finally:
            self._leave()

    def _fail(self, error: GradioError) -> None:
        error.within(endpoint=self.endpoint, src=self.src)
        self._job._fail(error)  # pyright: ignore[reportPrivateUsage]

    def _emit(self, update: StatusUpdate[T]) -> None:
        self._job._emit(update)  # pyright: ignore[reportPrivateUsage]

    # ---- prepare and join

    async def _work(self) -> T:
        live = await self._connection.ready()
        route = live.route(self._request.endpoint)
        self._check_shape(route)
        data = await self._payload(live, route)
        self._emit(StatusUpdate(Status.JOINING_QUEUE))
        joined = await self._join(live, route, data)
        return await self._follow(joined)

    def _check_shape(self, route: Route) -> None:
        expected = self._request.shape
        if expected is None or expected == route.shape:
            return
        parameter = _first_difference(expected, route.shape, self._request.names)
        raise SchemaDrift(
            f"the app has changed: {route.api_name} was {expected!r} and is "
            f"{route.shape!r}, which differs at {parameter}",
            parameter=parameter,
            hint=f"Generate the module again: gradio-codegen {self.src} -o FILE",
        )

    async def _payload(self, live: Live, route: Route) -> list[Any]:
        """The wire's data: hidden slots are null, files are uploaded."""
        visible = [slot for slot in route.inputs if slot and not slot.hidden]
        if len(visible) != len(self._request.values):
            raise InputError(
                f"{route.api_name} takes {len(visible)} values, not "
                f"{len(self._request.values)}"
            )
        values = iter(self._request.values)
        data = [
            wire.encode(next(values), slot.type, live.dialect)
            if slot and not slot.hidden
            else None
            for slot in route.inputs
        ]
        return await live.transfer.upload_all(data)

    async def _join(self, live: Live, route: Route, data: list[Any]) -> _Joined:
        attempt = 0
        while True:
            session = live.sessions.lease(
                stateful=route.stateful, generator=route.generator
            )
            joined = _Joined(live, route, session)
            self._joining = asyncio.get_running_loop().create_future()
            try:
                await session.join(joined.inbox, data, self._options.headers)
            except _NOT_JOINED as error:
                if isinstance(error, QueueFull):
                    self._emit(StatusUpdate(Status.QUEUE_FULL))
                if attempt >= self._options.retries:
                    raise
                await asyncio.sleep(_pause(attempt, error))
                attempt += 1
            else:
                self._joined = joined
                return joined
            finally:
                self._joining.set_result(None)

    # ---- follow

    async def _follow(self, joined: _Joined) -> T:
        """Take messages until the job ends; returns its result."""
        outputs = Outputs()
        current: list[Any] | None = None
        last: T | None = None
        while True:
            match message := await joined.inbox.get():
                case Generating():
                    joined.started = True
                    current = outputs.update(message.data)
                    last = await self._read(joined, current)
                    self._emit(StatusUpdate(Status.ITERATING, output=last))
                case Completed(data=None):
                    if self._was_cancelled(joined):
                        raise asyncio.CancelledError
                case Completed(data=list() as data):
                    joined.finished = True
                    if current is not None and current == data:
                        # The end repeats the last output.
                        self._emit(StatusUpdate(Status.FINISHED, success=True))
                        return cast("T", last)
                    result = await self._read(joined, data)
                    empty = joined.route.generator and all(v is None for v in data)
                    self._emit(
                        StatusUpdate(
                            Status.FINISHED,
                            success=True,
                            output=UNCHANGED if empty else result,
                        )
                    )
                    return result
                case Failed():
                    raise _app_error(message)
                case _:
                    self._tell(joined, message)

    def _tell(self, joined: _Joined, message: Message) -> None:
        """Pass a message on that is no output."""
        match message:
            case Estimation():
                self._emit(
                    StatusUpdate(
                        Status.IN_QUEUE,
                        rank=message.rank,
                        queue_size=message.queue_size,
                        eta=message.eta,
                    )
                )
            case Started():
                joined.started = True
                self._emit(StatusUpdate(Status.PROCESSING, eta=message.eta))
            case Progress():
                joined.started = True
                self._emit(StatusUpdate(Status.PROGRESS, progress_data=message.units))
            case Log():
                joined.started = True
                self._emit(StatusUpdate(Status.LOG, log=message.log))
            case _:
                pass

    async def _read(self, joined: _Joined, data: list[Any]) -> T:
        """The values of the visible output slots as the declared type."""
        live, slots = joined.live, joined.route.outputs
        values: list[Any] = []
        for slot, value in zip(slots, data, strict=False):
            if slot is None or slot.hidden:
                continue
            value = wire.unwrap_update(value)
            if isinstance(value, dict | list):
                value = wire.decode(
                    value,
                    slot.type if self._request.typed else "",
                    live.dialect,
                    live.transfer.file_of,
                )
                if live.download_files:
                    await live.transfer.download_all(value)
            values.append(value)
        try:
            return self._request.read(values, self._options.strict_outputs)
        except OutputMismatch as error:
            error.within(endpoint=self.endpoint, src=self.src)
            raise

    # ---- cancel

    async def cancel(self) -> bool:
        """Cancel, and say truly what came of it; see `Job.cancel`."""
        while self._joined is None and self._joining and not self._joining.done():
            # The app may be taking the job just now; only then is it known how to
            # take it back.
            await asyncio.wait([self._joining])
            await asyncio.sleep(0)
        if self._job.done():
            return False
        if self._joined is None:
            self._end()
            return True
        return await self._cancel_joined(self._joined)

    async def _cancel_joined(self, joined: _Joined) -> bool:
        if not joined.started:
            if await self._remove_queued(joined):
                return True
            if self._job.done() or not joined.started:
                return False
        if not joined.route.generator:
            return False
        if joined.session.alone(joined.inbox):
            self._drop(joined)
        elif joined.session.has_sibling(joined.inbox):
            # `/cancel` would kill the sibling as well (`protocol.md` §7).
            return False
        else:
            await joined.session.stop_running(joined.inbox)
        self._end()
        return True

    async def _remove_queued(self, joined: _Joined) -> bool:
        """Take the job out of the app's queue, if it is still there."""
        if not joined.live.dialect.removes_queued:
            if not joined.session.alone(joined.inbox):
                return False
            self._drop(joined)
            self._end()
            return True
        if joined.removal is None:
            joined.removal = asyncio.get_running_loop().create_future()
            await joined.session.remove_queued(joined.inbox)
        return await asyncio.shield(joined.removal)

    def _was_cancelled(self, joined: _Joined) -> bool:
        """Whether an end without data is this job's end.

        After a removal from the queue it is, unless the job had started meanwhile:
        then it goes on, and its real end is still to come.
        """
        if joined.removal is not None and joined.started:
            joined.settle_removal(False)
            return False
        joined.settle_removal(True)
        return True

    def cancel_in_background(self) -> None:
        """Begin to cancel; nobody waits for the answer."""
        if self._cleanup is None:
            self._cleanup = asyncio.get_running_loop().create_task(self._quietly())

    async def _quietly(self) -> None:
        try:
            await self.cancel()
        except GradioError:
            # The connection is broken, and with it the job.
            self._end()

    def _give_up(self) -> None:
        """Take the job back after its time is over, without waiting for the answer."""
        joined = self._joined
        if joined is None:
            return
        stoppable = joined.route.generator or not joined.started
        if stoppable and joined.session.alone(joined.inbox):
            self._drop(joined)
        elif not joined.started and joined.live.dialect.removes_queued:
            self._cleanup = asyncio.create_task(
                _ignored(joined.session.remove_queued(joined.inbox))
            )
        elif joined.route.generator and not joined.session.has_sibling(joined.inbox):
            self._cleanup = asyncio.create_task(
                _ignored(joined.session.stop_running(joined.inbox))
            )

    def _drop(self, joined: _Joined) -> None:
        joined.dropped = True
        joined.session.drop()

    def _end(self) -> None:
        """End the local side as cancelled."""
        if self._task is not None:
            self._task.cancel()

    def _leave(self) -> None:
        joined = self._joined
        if joined is None:
            return
        joined.settle_removal(False)
        joined.session.leave(joined.inbox)
        unfinished = joined.route.generator and not joined.finished
        joined.live.sessions.release(
            joined.session, spoilt=joined.dropped or unfinished
        )


async def _ignored(action: Any) -> None:
    with contextlib.suppress(GradioError):
        await action


def _pause(attempt: int, error: GradioError) -> float:
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return min(error.retry_after, 60.0)
    return float(0.25 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311


def _app_error(message: Failed) -> AppError:
    if message.text is None:
        return AppError(
            "the app raised an exception whose text it hides",
            title=message.title,
            duration=message.duration,
            visible=message.visible,
            hint="Its author sees it in the app's log; show_error=True would show it",
        )
    return AppError(
        message.text,
        title=message.title,
        duration=message.duration,
        visible=message.visible,
    )


def _first_difference(expected: str, live: str, names: list[str]) -> str:
    """The first parameter or output that differs between two shapes."""
    was_in, _, was_out = expected.partition("->")
    is_in, _, is_out = live.partition("->")
    old = [part.strip() for part in was_in.split(",")]
    new = [part.strip() for part in is_in.split(",")]
    for index, (a, b) in enumerate(zip(old, new, strict=False)):
        if a != b and index < len(names):
            return f"parameter {names[index]!r}"
    if len(old) != len(new):
        index = min(len(old), len(new))
        return (
            f"parameter {names[index]!r}" if index < len(names) else "a new parameter"
        )
    if was_in.strip() != is_in.strip():
        return "the parameters"
    return "the outputs" if was_out != is_out else "nothing"
