"""What blocks, and what takes long, for the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

#: What lets one thread at a time work beside each loop.
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
    WeakKeyDictionary()
)


async def beside(function: Callable[[], T]) -> T:
    """Run what takes long while the loop goes on, one after the other.

    Only one thread of Python runs at a time, so that several would serve nobody.
    """
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1))
    async with turn:
        return await in_thread(function)


def in_thread(function: Callable[[], T]) -> asyncio.Future[T]:
    """Run what blocks in a thread of its own, which nobody waits for in the end.

    Python waits for asyncio's own threads when it exits, so that a Hub that does not
    answer would keep a program from ending after Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def deliver(setter: Callable[[Any], None], value: object) -> None:
        if not outcome.done():  # somebody waits still
            setter(value)

    def run() -> None:
        try:
            told: tuple[Callable[[Any], None], object] = outcome.set_result, function()
        except BaseException as error:  # noqa: BLE001  # whoever waits gets it
            told = outcome.set_exception, error
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(deliver, *told)

    threading.Thread(target=run, name="gradio-runtime-worker", daemon=True).start()
    return outcome
