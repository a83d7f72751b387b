"""Jobs and streams: what a submitted call is to its caller, sync and async in one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .callbacks import run_callback
from .errors import GradioError, JobCancelled, JobTimeout
from .feed import Feed
from .loop import check_may_block, get_loop, on_loop_thread, resolve
from .status import Status, StatusUpdate
from .values import Unchanged

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Job", "JobUpdates", "Runner", "Stream", "start"]

T = TypeVar("T")
#: Modules whose own callbacks only pass the news on.
_STANDARD = frozenset({"asyncio.futures", "concurrent.futures._base"})
_log = logging.getLogger("gradio_runtime")


class Runner(Protocol):
    """What runs a job, as far as the job needs it; see `execution.Execution`."""

    @property
    def endpoint(self) -> str:
        """The endpoint's name."""
        ...

    @property
    def src(self) -> str:
        """The app."""
        ...

    def begin(self) -> None:
        """Start; on the runtime's loop."""
        ...

    async def cancel(self) -> bool:
        """Cancel; on the runtime's loop."""
        ...

    def cancel_in_background(self) -> None:
        """Begin to cancel; on the runtime's loop."""
        ...


class Job(Future[T], Generic[T]):
    """A call that is under way.

    It is a `concurrent.futures.Future`, so `wait`, `as_completed` and
    `asyncio.wrap_future` take it; `await job` and `async for` work on any event loop.
    """

    def __init__(self, *, keep: bool = True) -> None:
        super().__init__()
        self._process = os.getpid()
        self._feed: Feed[StatusUpdate[T]] = Feed(keep=keep)
        self._latest: StatusUpdate[T] = StatusUpdate(Status.STARTING)
        self._runner: Runner | None = None
        self._emit(self._latest)

    # ---- for the runner, on the runtime's loop

    def _emit(self, update: StatusUpdate[T]) -> None:
        self._latest = update
        self._feed.append(update)

    def _succeed(self, result: T) -> None:
        # The feed ends first: whoever sees `done()` finds every output there.
        self._feed.close()
        self.set_result(result)

    def _fail(self, error: BaseException) -> None:
        self._latest = StatusUpdate(Status.FINISHED, success=False)
        self._feed.append(self._latest)
        self._feed.close()
        self.set_exception(error)

    def _set_cancelled(self) -> None:
        self._latest = StatusUpdate(Status.CANCELLED, success=False)
        self._feed.append(self._latest)
        self._feed.close()
        super().cancel()
        self.set_running_or_notify_cancel()

    # ---- for the caller

    def result(self, timeout: float | None = None) -> T:
        """Wait for the result; of a generator endpoint, its last output.

        Args:
            timeout: Seconds to wait. The job goes on when they are over.

        Raises:
            JobTimeout: It is not there in time.
            JobCancelled: The job was cancelled.
            GradioError: What went wrong; see `gradio_runtime.errors`.
        """
        if not self.done():
            check_may_block("Job.result()")
        try:
            return super().result(timeout)
        except CancelledError:
            raise self._cancelled_error() from None
        except TimeoutError as error:
            if isinstance(error, GradioError):
                raise
            raise self._timeout_error(timeout) from None

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the end; the error it ended with, or None.

        Raises:
            JobTimeout: It has not ended in time.
            JobCancelled: The job was cancelled.
        """
        if not self.done():
            check_may_block("Job.exception()")
        try:
            return super().exception(timeout)
        except CancelledError:
            raise self._cancelled_error() from None
        except TimeoutError:
            raise self._timeout_error(timeout) from None

    def first(self, timeout: float | None = None) -> T:
        """Wait for the first output only.

        Raises:
            JobTimeout: It is not there in `timeout` seconds; the job goes on.
            GradioError: The job ended without any output.
        """
        check_may_block("Job.first()")
        try:
            for update in self._feed.follow(timeout):
                if not isinstance(update.output, Unchanged):
                    return update.output
        except TimeoutError:
            raise self._timeout_error(timeout) from None
        return self.result()

    def outputs(self) -> list[T]:
        """The outputs so far; of a plain endpoint, its result once it is there."""
        return [
            update.output
            for update in self._feed.snapshot()
            if not isinstance(update.output, Unchanged)
        ]

    def status(self) -> StatusUpdate[T]:
        """What is known of the job now."""
        return self._latest

    def updates(self) -> JobUpdates[T]:
        """Every status, progress, log and output, from the first on, as they come.

        Iterate with `for` or `async for`; the end is the end of the job. It never
        raises for a job that fails: ask `result()`.
        """
        return JobUpdates(self._feed)

    def running(self) -> bool:
        """Whether the app's function has started and not ended."""
        return not self.done() and self._latest.code >= Status.PROCESSING

    def cancel(self) -> bool:
        """Cancel the job, and say what came of it.

        Returns:
            True when it was still waiting and has been taken out of the queue, or is a
            generator that stops after its current step; `result()` then raises
            `JobCancelled`. False when a plain function has already started (it goes
            on, and `result()` still works) or the job has ended. No other job is
            touched.
        """
        if self.done() or self._runner is None:
            return False
        check_may_block("Job.cancel()")
        runner = self._runner
        return asyncio.run_coroutine_threadsafe(runner.cancel(), get_loop()).result()

    def cancel_soon(self) -> None:
        """Begin to cancel the job and return at once; works on any thread."""
        runner = self._runner
        if runner is None or self.done() or self._process != os.getpid():
            return
        if on_loop_thread():
            runner.cancel_in_background()
            return
        with contextlib.suppress(RuntimeError):  # the interpreter is on its way out
            get_loop().call_soon_threadsafe(runner.cancel_in_background)

    def add_done_callback(self, fn: Callable[[Future[T]], object]) -> None:
        """Call `fn(job)` when the job has ended, on a thread kept for callbacks.

        A callback may block, and call endpoints. What it raises is logged.
        """
        if getattr(fn, "__module__", None) in _STANDARD:
            # `asyncio.wrap_future` and the like: quick, and not to wait for others.
            super().add_done_callback(fn)
        else:
            super().add_done_callback(lambda job: run_callback(fn, job))

    def __iter__(self) -> Iterator[T]:
        """Each output as it comes, from the first on; raises if the job fails."""
        check_may_block("iterating a job")
        for update in self._feed.follow():
            if not isinstance(update.output, Unchanged):
                yield update.output
        self._raise_failure()

    async def __aiter__(self) -> AsyncIterator[T]:
        """Each output as it comes, from the first on; raises if the job fails."""
        async for update in self._feed.afollow():
            if not isinstance(update.output, Unchanged):
                yield update.output
        await self._ended()
        self._raise_failure()

    def __await__(self) -> Generator[Any, Any, T]:
        """Wait for the result; cancelling the waiting task cancels the job."""
        return self._wait().__await__()

    async def _wait(self) -> T:
        try:
            await self._ended()
        except asyncio.CancelledError:
            self.cancel_soon()
            raise
        return self.result()

    async def _ended(self) -> None:
        """Wait for the end on the caller's loop, whatever it is."""
        if self.done():
            return
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()

        def wake(_: Future[T]) -> None:
            if not resolve(loop, waiter):
                _log.debug("a loop that waited for a job was closed before its end")

        super().add_done_callback(wake)
        await waiter

    def _raise_failure(self) -> None:
        """Raise what the job ended with, if that is an error."""
        if self.cancelled() or self.exception() is not None:
            self.result()

    def _cancelled_error(self) -> JobCancelled:
        return JobCancelled("the job was cancelled", **self._where())

    def _timeout_error(self, timeout: float | None) -> JobTimeout:
        return JobTimeout(
            f"no result within {timeout:g} s (the job is {self._latest.code.value})"
            if timeout is not None
            else "no result in time",
            hint="The job goes on; wait again, or cancel() it",
            **self._where(),
        )

    def _where(self) -> dict[str, str | None]:
        runner = self._runner
        if runner is None:
            return {}
        return {"endpoint": runner.endpoint, "src": runner.src}

    def __repr__(self) -> str:
        """Show the endpoint and the stage."""
        where = self._where().get("endpoint") or "job"
        return f"<Job {where} {self._latest.code.value}>"


class JobUpdates(Generic[T]):
    """The updates of a job, for `for` and for `async for`."""

    def __init__(self, feed: Feed[StatusUpdate[T]]) -> None:
        self._feed = feed

    def __iter__(self) -> Iterator[StatusUpdate[T]]:
        """Follow on this thread."""
        check_may_block("iterating a job's updates")
        return self._feed.follow()

    def __aiter__(self) -> AsyncIterator[StatusUpdate[T]]:
        """Follow on the event loop that runs."""
        return self._feed.afollow()


class Stream(Generic[T]):
    """The outputs of a generator endpoint as they come, each once.

    Use it with `for` or `async for`, once. It keeps no output; leaving it early (a
    `break` out of `with`, an exception, `close()`, garbage collection) cancels the
    job.
    """

    def __init__(self, job: Job[T]) -> None:
        self._job = job
        self._left = False
        self._outputs: Iterator[T] | None = None
        self._async_outputs: AsyncIterator[T] | None = None

    def __iter__(self) -> Iterator[T]:
        """The stream itself."""
        return self

    def __next__(self) -> T:
        """Wait for the next output."""
        self._check_left()
        if self._outputs is None:
            self._outputs = iter(self._job)
        try:
            return next(self._outputs)
        except KeyboardInterrupt:
            self.close()
            raise

    def __aiter__(self) -> AsyncIterator[T]:
        """The stream itself."""
        return self

    async def __anext__(self) -> T:
        """Wait for the next output."""
        self._check_left()
        if self._async_outputs is None:
            self._async_outputs = aiter(self._job)
        try:
            return await anext(self._async_outputs)
        except asyncio.CancelledError:
            self.close()
            raise

    def _check_left(self) -> None:
        if self._left:
            # To end quietly would make half of the outputs look like all of them.
            raise JobCancelled("the stream was left before its end")

    def status(self) -> StatusUpdate[T]:
        """What is known of the job now."""
        return self._job.status()

    def cancel(self) -> bool:
        """Cancel the job; see `Job.cancel`."""
        return self._job.cancel()

    def close(self) -> None:
        """Leave the stream; a job that still runs is cancelled."""
        if not self._job.done():
            self._left = True
            self._job.cancel_soon()

    def __enter__(self) -> Stream[T]:
        """The stream itself, closed at the end of the block."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the stream."""
        self.close()

    async def __aenter__(self) -> Stream[T]:
        """The stream itself, closed at the end of the block."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the stream."""
        self.close()

    def __del__(self) -> None:
        """Leave the stream when nobody can read it any more."""
        self.close()

    def __repr__(self) -> str:
        """Show the endpoint and the stage."""
        return f"<Stream of {self._job!r}>"


def start(job: Job[T], runner: Runner) -> Job[T]:
    """Begin a job on the runtime's loop; works on any thread."""
    job._runner = runner  # pyright: ignore[reportPrivateUsage]
    get_loop().call_soon_threadsafe(runner.begin)
    return job
