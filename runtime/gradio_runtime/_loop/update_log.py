"""A log that threads and tasks can follow while it is being written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

from .._models.bounds import MAX_KEPT_SIZE
from .loop import resolve

T = TypeVar("T")


class Feed(Generic[T]):
    """A log with any number of followers.

    Followers wait on a lock of their own (threads) or a future (tasks), each of which
    is used once; nothing polls.

    Args:
        keep: Whether items stay, so that every follower reads all from the start.
            Without it an item is gone once one follower has read it.
        limit: Most bytes of items, as `append` is told of them. Beyond them the oldest
            give way to the latest, if items stay; else no more are taken.

    Attributes:
        dropped: How many items have given way.
    """

    def __init__(self, *, keep: bool = True, limit: int = MAX_KEPT_SIZE) -> None:
        self._items: list[T] = []
        self._weights: list[int] = []
        self._weight = 0
        self._limit = limit
        self.dropped = 0
        self._keep = keep
        self._closed = False
        #: How many items the foremost follower has read.
        self._read = 0
        self._lock = threading.Lock()
        self._wakers: list[Callable[[], object]] = []

    def append(self, item: T, *, weight: int = 0, replaces: bool = False) -> bool:
        """Add an item and wake every follower.

        Args:
            item: What to add.
            weight: About how many bytes it has. What has none is always taken.
            replaces: Whether it makes the last one worthless; it takes its place if
                nobody has read that yet.

        Returns:
            False if it was not taken, because too much is unread.
        """
        with self._lock:
            if self._closed:
                return True
            if replaces and self.dropped + len(self._items) > self._read:
                self._items[-1] = item
            elif weight and not self._has_room(weight):
                return False
            else:
                self._items.append(item)
                self._weights.append(weight)
                self._weight += weight
            self._wake()
            return True

    def _has_room(self, weight: int) -> bool:
        """Whether an item can be taken, also by dropping others; the lock is held."""
        over = self._weight + weight - self._limit
        if over <= 0 or not self._items:
            return True
        if not self._keep:
            return False
        # Some more than need be, so that it is not for each item.
        over += self._limit // 8
        n = 0
        while n < len(self._items) and over > 0:
            over -= self._weights[n]
            n += 1
        self._weight -= sum(self._weights[:n])
        del self._items[:n], self._weights[:n]
        self.dropped += n
        return True

    def close(self) -> None:
        """Say that no more items come."""
        with self._lock:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        """Wake whoever waits, which is to look again; the lock is held."""
        if self._wakers:
            wakers, self._wakers = self._wakers, []
            for wake in wakers:
                wake()

    def snapshot(self) -> list[T]:
        """The items so far."""
        with self._lock:
            return self._items.copy()

    def _take(self, position: int) -> tuple[list[T], int]:
        """The items from a position on, and the next position; the lock is held."""
        if self._keep:
            self._read = self.dropped + len(self._items)
            return self._items[max(position - self.dropped, 0) :], self._read
        items, self._items, self._weights = self._items, [], []
        self._weight = 0
        return items, position + len(items)

    def _ready(self, position: int) -> bool:
        so_far = self.dropped + len(self._items)
        return self._closed or so_far > (position if self._keep else 0)

    def follow(self, timeout: float | None = None) -> Iterator[T]:
        """Every item from the first that there is, waiting for those to come.

        Raises:
            TimeoutError: `timeout` seconds have passed since the first item was asked
                for, and the feed is not at its end.
        """
        deadline = None if timeout is None else monotonic() + timeout
        position = 0
        while True:
            woken: threading.Lock | None = None
            with self._lock:
                if self._ready(position):
                    items, position = self._take(position)
                else:
                    items, woken = [], threading.Lock()
                    woken.acquire()
                    self._wakers.append(woken.release)
            if woken is not None:
                left = -1 if deadline is None else max(0.0, deadline - monotonic())
                if not woken.acquire(timeout=left):
                    self._forget(woken.release)
                    raise TimeoutError
            elif not items:
                return
            else:
                yield from items

    async def afollow(self) -> AsyncIterator[T]:
        """Like `follow`, for the event loop that runs."""
        loop = asyncio.get_running_loop()
        position = 0
        while True:
            waiter: asyncio.Future[None] = loop.create_future()
            wake = partial(resolve, loop, waiter)
            with self._lock:
                if ready := self._ready(position):
                    items, position = self._take(position)
                else:
                    items = []
                    self._wakers.append(wake)
            if not ready:
                try:
                    await waiter
                except BaseException:
                    self._forget(wake)
                    raise
            elif not items:
                return
            else:
                for item in items:
                    yield item

    def _forget(self, waker: Callable[[], object]) -> None:
        """Take back the waker of a follower that no longer waits."""
        with self._lock, suppress(ValueError):
            self._wakers.remove(waker)
