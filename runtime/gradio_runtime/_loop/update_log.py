"""A log that threads and tasks can follow while it is being written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from time import monotonic
from typing import Generic, TypeVar

from .._models.bounds import MAX_KEPT_SIZE
from .loop import Waiter, wake_soon

T = TypeVar("T")


class Feed(Generic[T]):
    """A log with any number of followers.

    A follower waits on a lock (threads) or a future (tasks) of its own, which is used
    once; nothing polls.

    With `keep`, items stay, so that every follower reads all from the start; else an
    item is gone once one follower has read it. Beyond `limit` bytes the oldest give way
    to the latest, if they stay; else no more are taken.
    """

    def __init__(self, *, keep: bool = True, limit: int = MAX_KEPT_SIZE) -> None:
        self._items: list[T] = []
        self._weights: list[int] = []
        self._weight = 0
        self._limit = limit
        #: How many items have given way.
        self.dropped = 0
        self._keep = keep
        self._closed = False
        #: How many items the foremost follower has read.
        self._read = 0
        self._lock = threading.Lock()
        self._waiters: list[Waiter] = []

    def append(self, item: T, *, weight: int = 0, replaces: bool = False) -> bool:
        """Add an item of about `weight` bytes, and wake every follower.

        If it `replaces` the last one, it takes its place unless somebody has read that.
        Return False if it was not taken because too much is unread; an item without a
        weight is always taken.
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
        """Make room for an item if others may give way; the lock is held."""
        over = self._weight + weight - self._limit
        if over <= 0 or not self._items:
            return True
        if not self._keep:
            return False
        # More than necessary, so that not every item has to make room.
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
        """End the log: no more items come."""
        with self._lock:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        """Wake all followers that wait; the lock is held."""
        for waiter in self._waiters:
            wake_soon(waiter)
        self._waiters.clear()

    def snapshot(self) -> list[T]:
        """Return the items so far."""
        with self._lock:
            return self._items.copy()

    def _look(self, position: int, waiter: Waiter) -> tuple[list[T], int] | None:
        """Return the items from a position on, and the next position.

        None means that there are none yet: the waiter is woken when it is time to look
        again. An empty list is the end.
        """
        with self._lock:
            end = self.dropped + len(self._items)
            if not self._closed and end <= (position if self._keep else 0):
                self._waiters.append(waiter)
                return None
            if self._keep:
                self._read = end
                return self._items[max(position - self.dropped, 0) :], end
            items, self._items, self._weights = self._items, [], []
            self._weight = 0
            return items, end

    def follow(self, timeout: float | None = None) -> Iterator[T]:
        """Yield every item from the first that there is; wait for those to come.

        Raises:
            TimeoutError: `timeout` seconds have passed since the first item was asked
                for, and the feed is not at its end.
        """
        deadline = None if timeout is None else monotonic() + timeout
        position = 0
        while True:
            woken = threading.Lock()
            woken.acquire()
            found = self._look(position, woken)
            if found is None:
                left = -1 if deadline is None else max(0.0, deadline - monotonic())
                if not woken.acquire(timeout=left):
                    self._forget(woken)
                    raise TimeoutError
                continue
            items, position = found
            if not items:
                return
            yield from items

    async def afollow(self) -> AsyncIterator[T]:
        """Do the same on the event loop that runs, without a timeout."""
        loop = asyncio.get_running_loop()
        position = 0
        while True:
            waiter: asyncio.Future[None] = loop.create_future()
            found = self._look(position, waiter)
            if found is None:
                try:
                    await waiter
                except BaseException:
                    self._forget(waiter)
                    raise
                continue
            items, position = found
            if not items:
                return
            for item in items:
                yield item

    def _forget(self, waiter: Waiter) -> None:
        """Remove a follower that no longer waits."""
        with self._lock, suppress(ValueError):
            self._waiters.remove(waiter)
