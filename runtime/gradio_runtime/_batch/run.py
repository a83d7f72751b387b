"""One run of rows through one endpoint: the async core, and the thread that feeds it.

The rows come from the caller's own code, which may block: a thread iterates over them
and validates them, never further ahead than the window. On the runtime's loop, each
waits for an app that is free, and is called, again if need be. What comes of the rows
goes into a feed, which a thread or a task of the caller's reads.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
)
from concurrent.futures import Future
from contextvars import Context
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._loop.loop import get_loop, in_thread, run_job
from .._loop.update_log import Feed
from ..errors import ConnectionLost, GradioError
from .fates import Fate, counts, fate_of
from .replicas import Replica, Replicas
from .results import Done, Failed
from .stage import Entry, Item, Keeper, Result, Stage

#: Rows that are read, under way or done, and not given out: so many for each call that
#: may be under way, and so many at least.
_WINDOW = 4
_LEAST_WINDOW = 16
#: Seconds in which a run that is left takes its calls back.
_GRACE = 2.0


@dataclass
class _Order:
    """Gives out what is done, in order or as it comes."""

    ordered: bool
    put: Callable[[Result], object]
    _next: int = 0
    _early: dict[int, Result] = field(default_factory=dict[int, Result])

    def take(self, place: int, result: Result) -> None:
        if not self.ordered:
            self.put(result)
            return
        self._early[place] = result
        while self._next in self._early:
            self.put(self._early.pop(self._next))
            self._next += 1

    def flush(self) -> None:
        """Give out the rest, where a row before it will never come."""
        for place in sorted(self._early):
            self.put(self._early.pop(place))


class Run:
    """One stage of one run. It begins at once.

    `context` is a copy of the context in which the caller asked for the run.
    """

    def __init__(
        self, entries: Iterable[Entry], stage: Stage, context: Context, width: int
    ) -> None:
        self._entries = entries
        self._stage = stage
        self._context = context.copy()
        self._settings = stage.settings
        self._feed: Feed[Result] = Feed(keep=False)
        self._order = _Order(self._settings.ordered, self._feed.append)
        window = max(_LEAST_WINDOW, _WINDOW * width * self._settings.concurrency)
        self._permits = threading.Semaphore(window)
        self._closed = False
        self._error: BaseException | None = None
        self._replicas: Replicas | None = None
        self._keeper: Keeper | None = None
        self._opened = False
        # What follows is the loop's own.
        self._waiting: deque[Item] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._all_read = False
        self._last_error: GradioError | None = None
        self._main: asyncio.Task[None] | None = None
        self._ended: Future[None] = Future()
        loop = self._loop = get_loop()
        loop.call_soon_threadsafe(self._begin)
        threading.Thread(
            target=context.copy().run,
            args=(self._read,),
            name="gradio-runtime-rows",
            daemon=True,
        ).start()

    # ---- the caller's side

    def follow(self) -> Iterator[Result]:
        """Yield what comes of each row; then raise what stopped the run, if it was."""
        for result in self._feed.follow():
            self._permits.release()
            yield result
        self._raise()

    async def afollow(self) -> AsyncGenerator[Result]:
        """Do the same for a task of any loop."""
        async for result in self._feed.afollow():
            self._permits.release()
            yield result
        self._raise()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def close(self) -> Future[None]:
        """End it: calls under way are taken back. Works on any thread, and more than once.

        Return what waits for the end of that, for a moment.
        """
        self._closed = True
        self._permits.release()
        with contextlib.suppress(RuntimeError):  # the interpreter is on its way out
            self._loop.call_soon_threadsafe(self._cancel)
        return self._ended

    # ---- the thread that reads rows

    def _read(self) -> None:
        error: BaseException | None = None
        try:
            for place, entry in enumerate(self._admitted()):
                known = entry if isinstance(entry, Failed) else self._item(entry, place)
                self._to_loop(self._arrived, place, known)
        except BaseException as caught:  # noqa: BLE001  # whoever iterates gets it
            error = caught
        finally:
            if (close := getattr(self._entries, "close", None)) is not None:
                close()
        self._to_loop(self._exhausted, error)

    def _admitted(self) -> Iterator[Entry]:
        """Yield rows as far as the window goes, until the run ends."""
        entries = iter(self._entries)
        while True:
            self._permits.acquire()
            if self._closed:
                return
            try:
                entry = next(entries)
            except StopIteration:
                return
            yield entry

    def _item(self, entry: tuple[int, Any, Any], place: int) -> Item | Result:
        index, row, value = entry
        try:
            call = self._stage.make(value)
        except GradioError as error:
            if fate_of(error) is not Fate.FAILED:
                raise
            return Failed(index=index, row=row, error=error, attempts=0, src=None)
        item = Item(index, place, row, call)
        if not self._opened:
            self._keeper, self._opened = self._stage.keeper(), True
        if self._keeper and (known := self._keeper.recall(item, self._settings)):
            return known
        if self._replicas is None:
            concurrency, patience = self._settings.concurrency, self._settings.patience
            self._replicas = Replicas(
                self._stage.replicas(), concurrency=concurrency, patience=patience
            )
        return item

    def _to_loop(self, function: Callable[..., object], *args: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the interpreter is on its way out
            self._loop.call_soon_threadsafe(function, *args)

    # ---- on the loop

    def _begin(self) -> None:
        self._main = run_job(self._work())

    def _cancel(self) -> None:
        if self._main is not None:
            self._main.cancel()

    def _arrived(self, place: int, item: Item | Result) -> None:
        if self._closed:
            return
        if isinstance(item, Item):
            self._waiting.append(item)
            self._changed.set()
        else:
            self._order.take(place, item)

    def _exhausted(self, error: BaseException | None) -> None:
        self._all_read = True
        self._error = self._error or error
        self._changed.set()

    def _stop(self, error: BaseException) -> None:
        """Begin no more rows; those under way end."""
        self._error = self._error or error
        self._waiting.clear()
        self._all_read = self._closed = True
        self._permits.release()
        self._changed.set()

    async def _work(self) -> None:
        try:
            while self._waiting or self._running or not self._all_read:
                await self._advance()
        except Exception as error:  # noqa: BLE001  # whoever iterates gets it
            self._error = self._error or error
        finally:
            self._closed = True
            self._permits.release()
            for task in self._running:
                task.cancel()
            if self._running:
                await asyncio.wait(self._running, timeout=_GRACE)
            self._order.flush()
            self._feed.close()
            if not self._ended.done():
                self._ended.set_result(None)

    async def _advance(self) -> None:
        """Begin what can be begun, and wait for what changes that."""
        self._changed.clear()
        left: float | None = None
        while self._waiting and self._replicas is not None:
            if (replica := self._replicas.free()) is None:
                left = self._replicas.until_free()
                if left is None:
                    self._stop(self._out_of_patience())
                    return
                break
            item, begun = self._waiting.popleft(), replica.begin()
            task = self._loop.create_task(self._attempt(item, replica, begun))
            self._running.add(task)
            task.add_done_callback(self._landed)
        if self._waiting or self._running or not self._all_read:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._changed.set()

    def _out_of_patience(self) -> GradioError:
        error = copy(self._last_error) or ConnectionLost("no app takes rows")
        seconds = self._settings.patience
        error.hint = (
            f"The run has stopped: no app took a row for {seconds:g} s (`patience`), or "
            "none will. Rows without a result are as if not begun"
        )
        return error

    async def _attempt(self, item: Item, replica: Replica, begun: float) -> None:
        try:
            job = await self._started(item, replica)
            try:
                value = await job
            except asyncio.CancelledError:
                await self._take_back(item, replica, job)
                raise
            except GradioError as error:
                await self._failed(item, replica, error, begun)
            else:
                await self._give(item, self._done(item, replica, value))
        except Exception as error:  # noqa: BLE001  # whoever iterates gets it
            self._stop(error)
        finally:
            replica.busy -= 1

    async def _started(self, item: Item, replica: Replica) -> Awaitable[Any]:
        """Begin a call, once it is kept that it begins."""
        if self._keeper is not None:
            try:
                await self._keeper.sent(item, replica)
            except asyncio.CancelledError:
                await self._keeper.unsent(item)
                raise
        start = partial(replica.start, item.call)
        if not replica.faked():
            return self._context.run(start)
        # By code of the caller's, which may block.
        begun = in_thread(partial(self._context.copy().run, start))
        try:
            return await asyncio.shield(begun)
        except asyncio.CancelledError:
            await self._take_back(item, replica, await begun)
            raise

    def _done(self, item: Item, replica: Replica, value: Any) -> Result:
        replica.served()
        return Done(
            index=item.index,
            row=item.row,
            value=value,
            attempts=item.attempts + 1,
            src=replica.src,
        )

    async def _give(self, item: Item, result: Result) -> None:
        if self._keeper is not None:
            await self._keeper.ended(item, result)
        self._order.take(item.place, result)

    async def _take_back(
        self, item: Item, replica: Replica, job: Awaitable[Any]
    ) -> None:
        """Keep what comes of a call that is being cancelled."""
        try:
            value = await job
        except GradioError as error:
            if self._keeper is not None and not error.may_have_run:
                await self._keeper.unsent(item)
        else:
            await self._give(item, self._done(item, replica, value))

    async def _failed(
        self, item: Item, replica: Replica, error: GradioError, begun: float
    ) -> None:
        fate = fate_of(error)
        assert self._replicas is not None
        self._replicas.failed(replica, fate, error, begun)
        ran = error.may_have_run and fate is not Fate.QUOTA
        if fate is not Fate.QUOTA:
            item.attempts += counts(error)
        item.ran |= ran
        if fate is not Fate.FAILED:
            self._last_error = error
        if self._is_over(item, fate, ran=ran):
            if item.ran:
                error.told(may_have_run=True)  # by an earlier attempt, if not by this
            failed = Failed(
                index=item.index,
                row=item.row,
                error=error,
                attempts=item.attempts,
                src=replica.src,
            )
            await self._give(item, failed)
            return
        if not ran and self._keeper is not None:
            await self._keeper.unsent(item)
        if fate is Fate.STOP:
            self._stop(error)
        else:
            # Behind others: if the row is the reason, they go on.
            self._waiting.append(item)
            self._changed.set()
        if fate is Fate.AWAY and not replica.faked():
            with contextlib.suppress(GradioError):
                await replica.reach()
                item.misses += 1

    def _is_over(self, item: Item, fate: Fate, *, ran: bool) -> bool:
        """Return whether a row has failed for good."""
        match fate:
            case Fate.FAILED:
                return True
            case Fate.UNSURE:
                repeats = self._settings.may_repeat or not ran
                return not repeats or item.attempts > self._settings.retries
            case Fate.AWAY:
                return item.misses > self._settings.retries
            case _:
                return False
