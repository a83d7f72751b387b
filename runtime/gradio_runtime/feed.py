"""A log that threads and tasks can follow while it is being written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

from .loop import resolve

__all__ = ["Feed"]

T = TypeVar("T")


class Feed(Generic[T]):
    """An append-only log with any number of followers.

    Followers wait on a lock of their own (threads) or a future (tasks), each of which
    is used once; nothing polls.

    Args:
        keep: Whether items stay, so that every follower reads all from the start.
            Without it an item is gone once one follower has read it.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self._items: list[T] = []
        self._keep = keep
        self._closed = False
        #: How many items the foremost follower has read.
        self._read = 0
        self._lock = threading.Lock()
        self._wakers: list[Callable[[], object]] = []

    def append(self, item: T, *, replaces: bool = False) -> None:
        """Add an item and wake every follower.

        Args:
            item: What to add.
            replaces: Whether it makes the last one worthless; it takes its place if
                nobody has read that yet.
        """
        with self._lock:
            if self._closed:
                return
            if replaces and len(self._items) > self._read:
                self._items[-1] = item
            else:
                self._items.append(item)
            self._wake()

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
            self._read = len(self._items)
            return self._items[position:], self._read
        items, self._items = self._items, []
        return items, position + len(items)

    def _ready(self, position: int) -> bool:
        return self._closed or len(self._items) > (position if self._keep else 0)

    def follow(self, timeout: float | None = None) -> Iterator[T]:
        """Every item from the first on, waiting for those to come.

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
