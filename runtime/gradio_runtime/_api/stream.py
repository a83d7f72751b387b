"""Streams: the outputs of a generator endpoint as they come, without keeping them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from .._loop.loop import this_process
from .._models.status import StatusUpdate
from ..errors import JobCancelled
from .job import Job

if TYPE_CHECKING:
    from .progress import ProgressBar

T = TypeVar("T")


class Stream(Generic[T]):
    """The outputs of a generator endpoint as they come, each once.

    Use it with `for` or `async for`, once. It keeps no output. Leaving it early (a
    `break` out of `with`, an exception, `close()`, garbage collection) cancels the
    job. Outputs that come faster than they are read wait in memory: the runtime does
    not slow the app down, because that would stop the jobs that share its connection.
    """

    def __init__(self, job: Job[T]) -> None:
        self._job = job
        self._process = this_process()
        self._left = False
        self._bar: ProgressBar | None = None
        self._outputs: Iterator[T] | None = None
        self._async_outputs: AsyncIterator[T] | None = None

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        """Wait for the next output and return it."""
        self._check_left()
        if self._outputs is None:
            self._outputs = _follow(self._job, self._bar)
        try:
            return next(self._outputs)
        except KeyboardInterrupt:
            self.close()
            raise

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        """Wait for the next output and return it."""
        self._check_left()
        if self._async_outputs is None:
            self._async_outputs = _afollow(self._job, self._bar)
        try:
            return await anext(self._async_outputs)
        except asyncio.CancelledError:
            self.close()
            raise

    def progress_bar(
        self, *, desc: str | None = None, disable: bool | None = None
    ) -> Stream[T]:
        """Show a progress bar while the stream is read; see `Job.progress_bar`.

        Returns:
            The stream itself, for `for output in stream.progress_bar():`.
        """
        from .progress import ProgressBar

        self._bar = ProgressBar(desc or self._job.name, disable=disable)
        return self

    def _check_left(self) -> None:
        if self._process is not this_process():
            aiter(self._job.updates())  # says so
        if self._left:
            # Without an error, a part of the outputs would look like all of them.
            raise JobCancelled("the stream was left before its end")

    def status(self) -> StatusUpdate[T]:
        """Return the current state of the job."""
        return self._job.status()

    def cancel(self) -> bool:
        """Cancel the job; see `Job.cancel`."""
        return self._job.cancel()

    def close(self) -> None:
        """Leave the stream, and cancel the job if it still runs."""
        if self._bar is not None:
            self._bar.close()
        if self._process is this_process() and not self._job.done():
            self._left = True
            self._job.cancel_soon()

    def __enter__(self) -> Stream[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Stream[T]:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        """Raise a `TypeError`: a stream cannot be pickled or copied."""
        raise TypeError(
            "a Stream cannot be pickled: it is a call under way in this process. "
            "Pickle the endpoint, or the outputs"
        )

    def __repr__(self) -> str:
        return f"<Stream of {self._job!r}>"


# Functions, so that what iterates does not keep the stream from being collected.


def _follow(job: Job[T], bar: ProgressBar | None) -> Iterator[T]:
    for update in job.updates():
        if bar is not None:
            bar.show(update)
        yield from update.outputs()
    job.result()


async def _afollow(job: Job[T], bar: ProgressBar | None) -> AsyncIterator[T]:
    async for update in job.updates():
        if bar is not None:
            bar.show(update)
        for output in update.outputs():
            yield output
    await job
