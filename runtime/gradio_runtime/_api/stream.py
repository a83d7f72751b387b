"""Streams: the outputs of a generator endpoint as they come, without keeping them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from .._models.base import Unchanged
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
        self._process = os.getpid()
        self._left = False
        self._bar: ProgressBar | None = None
        self._outputs: Iterator[T] | None = None
        self._async_outputs: AsyncIterator[T] | None = None

    def __iter__(self) -> Iterator[T]:
        """Return the stream itself."""
        return self

    def __next__(self) -> T:
        """Wait for the next output and return it."""
        self._check_left()
        if self._outputs is None:
            self._outputs = iter(self._job) if self._bar is None else self._shown()
        try:
            return next(self._outputs)
        except KeyboardInterrupt:
            self.close()
            raise

    def __aiter__(self) -> AsyncIterator[T]:
        """Return the stream itself."""
        return self

    async def __anext__(self) -> T:
        """Wait for the next output and return it."""
        self._check_left()
        if self._async_outputs is None:
            self._async_outputs = (
                aiter(self._job) if self._bar is None else self._shown_async()
            )
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

    def _shown(self) -> Iterator[T]:
        assert self._bar is not None
        with self._bar as bar:
            for update in self._job.updates():
                bar.show(update)
                if not isinstance(update.output, Unchanged):
                    yield update.output
        self._job.result()

    async def _shown_async(self) -> AsyncIterator[T]:
        assert self._bar is not None
        with self._bar as bar:
            async for update in self._job.updates():
                bar.show(update)
                if not isinstance(update.output, Unchanged):
                    yield update.output
        await self._job

    def _check_left(self) -> None:
        if self._process != os.getpid():
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
        if self._process == os.getpid() and not self._job.done():
            self._left = True
            self._job.cancel_soon()

    def __enter__(self) -> Stream[T]:
        """Return the stream, which is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the stream."""
        self.close()

    async def __aenter__(self) -> Stream[T]:
        """Return the stream, which is closed at the end of the block."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the stream."""
        self.close()

    def __del__(self) -> None:
        """Leave the stream when it is garbage collected."""
        self.close()

    def __reduce__(self) -> NoReturn:
        """Raise a `TypeError`: a stream cannot be pickled or copied."""
        raise TypeError(
            "a Stream cannot be pickled: it is a call under way in this process. "
            "Pickle the endpoint, or the outputs"
        )

    def __repr__(self) -> str:
        """Show the endpoint and the stage."""
        return f"<Stream of {self._job!r}>"
