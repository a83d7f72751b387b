"""What is known of a job: `Execution` writes it, and `Job` reads it."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import Generic, Literal, TypeAlias, TypeVar

from .._loop.loop import check_may_block, this_process
from .._loop.update_log import Feed
from .._models.bounds import MAX_KEPT_SIZE
from .._models.status import Status, StatusUpdate
from ..errors import GradioError, ProtocolError

T = TypeVar("T")
#: What is kept of a job's updates and outputs: all that there is room for, those that
#: nobody has read yet, or, where only the result is wanted, the latest.
Keep: TypeAlias = Literal["all", "unread", "latest"]
_log = logging.getLogger("gradio_runtime")


class Outcome(Generic[T]):
    """What is known of a job; about `limit` bytes of its updates and outputs are kept.

    Endpoint and app (`src`) are for messages.
    """

    def __init__(
        self,
        endpoint: str = "job",
        src: str | None = None,
        *,
        keep: Keep = "all",
        limit: int = MAX_KEPT_SIZE,
    ) -> None:
        self.where: dict[str, str | None] = {"endpoint": endpoint, "src": src}
        #: The first update with an output, of a job that keeps all.
        self.first: StatusUpdate[T] | None = None
        #: Waits for the end: the `Job` itself, until that has come.
        self.future: Future[T] | None = None
        self.ended = False
        #: Of a job that was cancelled: whether the app's function may have been called.
        self.may_have_run = True
        self._feed: Feed[StatusUpdate[T]] | None = None
        if keep != "latest":
            self._feed = Feed(keep=keep == "all", limit=limit)
        self._keeps_first = keep == "all"
        self._process = this_process()
        self._moves = 0
        self.latest: StatusUpdate[T] = StatusUpdate(Status.STARTING)
        self.emit(self.latest)

    @property
    def for_result_only(self) -> bool:
        """Return whether nobody sees any output before the last."""
        return self._feed is None

    @property
    def cancelled(self) -> bool:
        """Return whether the job has ended by being cancelled."""
        return self.latest.code is Status.CANCELLED

    # ---- for what runs the job, on the runtime's loop

    def emit(self, update: StatusUpdate[T], weight: int = 0) -> None:
        """Report an update of about so many bytes.

        Raises:
            ProtocolError: Too much of what came has not been read.
        """
        self.latest = update
        # Each job of many hears of every move of the queue; of those that nobody
        # follows, the first and the last are kept.
        waits = update.code is Status.IN_QUEUE
        self._moves = self._moves + 1 if waits else 0
        if self._feed is None:
            return
        if self._keeps_first and self.first is None and update.has_output:
            self.first = update
        dropped = self._feed.dropped
        if not self._feed.append(update, weight=weight, replaces=self._moves > 2):
            raise ProtocolError(
                "outputs came faster than they were read, and too many wait",
                hint="Read faster, or let more wait: Client(max_kept_size=…)",
            )
        if self._feed.dropped and not dropped:
            _log.warning(
                "%r no longer keeps its first outputs; see max_kept_size", self.future
            )

    def succeed(self, result: T) -> None:
        """End with a result."""
        if (future := self._end()) is not None:
            future.set_result(result)

    def fail(self, error: BaseException) -> None:
        """End with an error."""
        self.emit(StatusUpdate(Status.FINISHED, success=False))
        if (future := self._end()) is not None:
            future.set_exception(error)

    def cancel(self, *, may_have_run: bool = True) -> None:
        """End without either."""
        self.may_have_run = may_have_run
        self.emit(StatusUpdate(Status.CANCELLED, success=False))
        if (future := self._end()) is not None:
            Future[T].cancel(future)  # the job's own asks the app
            future.set_running_or_notify_cancel()

    def _end(self) -> Future[T] | None:
        # The feed ends first: whoever sees `done()` finds every output there.
        self.ended = True
        if self._feed is not None:
            self._feed.close()
        # The two hold each other; a result should not have to wait for a collection.
        future, self.future = self.future, None
        return future

    # ---- for callers that wait

    @property
    def updates(self) -> Feed[StatusUpdate[T]]:
        """Return the updates, of a job that keeps them."""
        if self._feed is None:
            raise GradioError("the job was begun for its result only", **self.where)
        return self._feed

    def check_may_wait(self, what: str) -> None:
        """Refuse to wait where the end could never come."""
        self.check_process()
        if not self.ended:
            check_may_block(what)

    def check_process(self) -> None:
        """Refuse to wait in another process than the job's."""
        # Without the future's lock, which another thread may have held at the fork.
        if not self.is_here and self.latest.code < Status.FINISHED:
            raise GradioError(
                "the job belongs to the process from which this one was forked",
                hint="Wait for it there, or begin it here",
                **self.where,
            )

    @property
    def is_here(self) -> bool:
        """Return whether this is the job's process."""
        return self._process is this_process()
