"""Jobs: calls that were submitted, for sync and async callers alike."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from .._engine.outcome import Outcome
from .._loop.callbacks import run_callback
from .._loop.loop import get_loop, is_exiting, on_loop_thread, resolve
from .._models.status import Status, StatusUpdate
from .._models.texts import printable
from ..errors import GradioError, JobCancelled, JobTimeout

if TYPE_CHECKING:
    from .._engine.execution import Execution

T = TypeVar("T")
#: Modules whose callbacks only wake others.
_STANDARD = frozenset({"asyncio.futures", "concurrent.futures._base"})
_log = logging.getLogger("gradio_runtime")


class Job(Future[T], Generic[T]):
    """A call that is under way.

    It is a `concurrent.futures.Future`, so `wait`, `as_completed` and
    `asyncio.wrap_future` take it; `await job` and `async for` work on any event loop.

    Outputs and updates stay for as long as the job does, so that they can be read again:
    the latest of them, as many as `Client(max_kept_size=…)` has room for. Whoever reads
    while they come misses none; `Endpoint.stream` keeps none. A job belongs to
    its process: in one that is forked meanwhile, waiting for it is an error.
    """

    def __init__(
        self,
        outcome: Outcome[T],
        execution: Execution[T] | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        super().__init__()
        #: Whether iterating just ends if the job fails; see `Client.submit`.
        self._quiet = quiet
        self._outcome = outcome
        self._execution = execution
        outcome.future = self
        super().add_done_callback(self._forget)

    @staticmethod
    def _forget(job: Any) -> None:
        """Drop what ran the job, and what that holds."""
        job._execution = None

    def result(self, timeout: float | None = None) -> T:
        """Wait for the result; of a generator endpoint, its last output.

        Ctrl-C ends the waiting, not the job: whoever holds it can go on with it.

        Args:
            timeout: Seconds to wait. The job goes on when they are over.

        Raises:
            JobTimeout: It is not there in time.
            JobCancelled: The job was cancelled.
            GradioError: What went wrong; see `gradio_runtime.errors`.
        """
        with self._waiting("Job.result()", timeout):
            return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the end and return the error it ended with, or None.

        Raises:
            JobTimeout: It has not ended in time.
            JobCancelled: The job was cancelled.
        """
        with self._waiting("Job.exception()", timeout):
            return super().exception(timeout)

    def first(self, timeout: float | None = None) -> T:
        """Wait for the first output only.

        Raises:
            JobTimeout: It is not there in `timeout` seconds; the job goes on.
            GradioError: The job ended without any output.
        """
        with self._waiting("Job.first()", timeout):
            if (known := self._outcome.first) is not None:
                return known.outputs()[0]
            for update in self._outcome.updates.follow(timeout):
                for output in update.outputs():
                    return output
        return self.result()

    @contextlib.contextmanager
    def _waiting(self, what: str, timeout: float | None) -> Generator[None, None, None]:
        """Refuse to wait where that would never end; raise the job's own errors."""
        self._outcome.check_may_wait(what)
        try:
            yield
        except CancelledError:
            error = JobCancelled("the job was cancelled", **self._outcome.where)
            error.told(may_have_run=self._outcome.may_have_run)
            raise error from None
        except TimeoutError as error:
            if isinstance(error, GradioError):
                raise
            stage = self._outcome.latest.code.value
            raise JobTimeout(
                "no result in time"
                if timeout is None
                else f"no result within {timeout:g} s (the job is {stage})",
                hint="The job goes on; wait again, or cancel() it",
                **self._outcome.where,
            ) from None

    def outputs(self) -> list[T]:
        """Return the outputs so far; of a plain endpoint, its result once it is there.

        If they are more than a job keeps, the latest; see `Client(max_kept_size=…)`.
        """
        return [
            output
            for update in self._outcome.updates.snapshot()
            for output in update.outputs()
        ]

    def status(self) -> StatusUpdate[T]:
        """Return what is known of the job now."""
        return self._outcome.latest

    def updates(self) -> JobUpdates[T]:
        """Return every status, progress, log and output, from the first on.

        Iterate with `for` or `async for`: they come as they happen, and end with the
        job. It never raises for a job that fails: ask `result()`.
        """
        return JobUpdates(self._outcome)

    @property
    def name(self) -> str:
        """The endpoint's name, for people to read."""
        return self._outcome.where["endpoint"] or "job"

    def progress_bar(
        self, *, desc: str | None = None, disable: bool | None = None
    ) -> T:
        """Wait for the result behind a progress bar.

        It shows the place in the queue, then the app's own progress or the outputs
        that have come: on a terminal or in a notebook, and nothing elsewhere.

        Args:
            desc: The text before the bar; the endpoint's name when None.
            disable: True for no bar, False for one even in a pipe.

        Raises:
            GradioError: tqdm is missing, or see `result`.
        """
        from .progress import ProgressBar

        with ProgressBar(desc or self.name, disable=disable) as bar:
            for update in self.updates():
                bar.show(update)
        return self.result()

    async def progress_bar_async(
        self, *, desc: str | None = None, disable: bool | None = None
    ) -> T:
        """Like `progress_bar`, for async code; cancelling it cancels the job."""
        from .progress import ProgressBar

        try:
            with ProgressBar(desc or self.name, disable=disable) as bar:
                async for update in self.updates():
                    bar.show(update)
        except asyncio.CancelledError:
            self.cancel_soon()
            raise
        return await self

    def running(self) -> bool:
        """Return whether the app's function has started and not ended."""
        return not self.done() and self._outcome.latest.code >= Status.PROCESSING

    def cancel(self) -> bool:
        """Cancel the job, and return whether that worked. No other job is touched.

        Returns:
            True when it was still waiting and has been taken out of the queue, or is a
            generator that stops after its current step; `result()` then raises
            `JobCancelled`. False when a plain function has already started (it goes
            on, and `result()` still works) or the job has ended.
        """
        self._outcome.check_may_wait("Job.cancel()")
        execution = self._execution
        if self.done() or execution is None:
            return False
        execution.decline()
        return asyncio.run_coroutine_threadsafe(execution.cancel(), get_loop()).result()

    def cancel_soon(self) -> None:
        """Begin to cancel the job and return at once; works on any thread."""
        if not self._outcome.is_here or is_exiting():
            return  # its lock may be held for ever; or the loop has stopped
        execution = self._execution
        if execution is None or self.done():
            return
        execution.decline()
        if on_loop_thread():
            execution.cancel_in_background()
            return
        with contextlib.suppress(RuntimeError):  # the interpreter is on its way out
            get_loop().call_soon_threadsafe(execution.cancel_in_background)

    def add_done_callback(self, fn: Callable[[Future[T]], object]) -> None:
        """Call `fn(job)` when the job has ended, on a thread kept for callbacks.

        Callbacks run one after the other, in the order in which their jobs end. One may
        block, and call endpoints; the others wait for it. What it raises is logged. An
        interpreter that ends waits for those whose job has ended, half a second at most.
        """
        if getattr(fn, "__module__", None) in _STANDARD:
            # `asyncio.wrap_future` and the like: quick, and must not wait for others.
            super().add_done_callback(fn)
        else:
            super().add_done_callback(lambda job: run_callback(fn, job))

    def __iter__(self) -> Iterator[T]:
        """Yield each output as it comes, from the first on; raise if the job fails."""
        for update in self.updates():
            yield from update.outputs()
        self._raise_failure()

    async def __aiter__(self) -> AsyncIterator[T]:
        """Yield each output as it comes, from the first on; raise if the job fails."""
        async for update in self.updates():
            for output in update.outputs():
                yield output
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
        """Wait for the end on the caller's own loop."""
        self._outcome.check_process()
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
        if not self._quiet and (self.cancelled() or self.exception() is not None):
            self.result()

    def __reduce__(self) -> NoReturn:
        """Raise a `TypeError`: a job cannot be pickled or copied."""
        raise TypeError(
            "a Job cannot be pickled: it is a call under way in this process. "
            "Pickle the endpoint, or the job's result()"
        )

    def __repr__(self) -> str:
        return f"<Job {printable(self.name, 200)} {self._outcome.latest.code.value}>"


class JobUpdates(Generic[T]):
    """The updates of a job, for `for` and for `async for`."""

    def __init__(self, outcome: Outcome[T]) -> None:
        self._outcome = outcome

    def __iter__(self) -> Iterator[StatusUpdate[T]]:
        self._outcome.check_may_wait("iterating a job")
        return self._outcome.updates.follow()

    def __aiter__(self) -> AsyncIterator[StatusUpdate[T]]:
        self._outcome.check_process()
        return self._outcome.updates.afollow()
