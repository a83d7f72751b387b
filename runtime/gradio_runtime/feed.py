"""A log that threads and tasks can follow while it is being written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from time import monotonic
from typing import Generic, TypeVar

from .loop import resolve

__all__ = ["Feed"]

T = TypeVar("T")


class Feed(Generic[T]):
    """An append-only log with any number of followers.

    Followers wait on a condition (threads) or a future (tasks); nothing polls.

    Args:
        keep: Whether items stay, so that every follower reads all from the start.
            Without it an item is gone once one follower has read it.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self._items: list[T] = []
        self._keep = keep
        self._closed = False
        self._changed = threading.Condition()
        self._wakers: set[Callable[[], None]] = set()

    def append(self, item: T) -> None:
        """Add an item and wake every follower."""
        with self._changed:
            if self._closed:
                return
            self._items.append(item)
            self._wake()

    def close(self) -> None:
        """Say that no more items come."""
        with self._changed:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        self._changed.notify_all()
        for waker in list(self._wakers):
            waker()

    def snapshot(self) -> list[T]:
        """The items so far."""
        with self._changed:
            return self._items.copy()

    def _take(self, position: int) -> tuple[list[T], int]:
        """The items from a position on, and the next position; the lock is held."""
        if self._keep:
            return self._items[position:], len(self._items)
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
            with self._changed:
                while not self._ready(position):
                    left = None if deadline is None else deadline - monotonic()
                    if left is not None and left <= 0:
                        raise TimeoutError
                    self._changed.wait(left)
                items, position = self._take(position)
            if not items:
                return
            yield from items

    async def afollow(self) -> AsyncIterator[T]:
        """Like `follow`, for the event loop that runs."""
        loop = asyncio.get_running_loop()
        position = 0
        while True:
            waiter: asyncio.Future[None] = loop.create_future()

            def wake(waiter: asyncio.Future[None] = waiter) -> None:
                if not resolve(loop, waiter):
                    self._wakers.discard(wake)

            with self._changed:
                if ready := self._ready(position):
                    items, position = self._take(position)
                else:
                    items = []
                    self._wakers.add(wake)
            if not ready:
                try:
                    await waiter
                finally:
                    with self._changed:
                        self._wakers.discard(wake)
                continue
            if not items:
                return
            for item in items:
                yield item
