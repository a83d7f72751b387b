"""One thread for users' callbacks, so that they may block and call endpoints."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["run_callback"]

_log = logging.getLogger("gradio_runtime")


class _Callbacks:
    """One daemon thread that runs users' callbacks, started at the first."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[Callable[..., object], Any]] = (
            queue.SimpleQueue()
        )
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(self, fn: Callable[[Any], object], argument: Any) -> None:
        """Call `fn(argument)` on the thread; in order, one at a time."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._work, name="gradio-runtime-callbacks", daemon=True
                )
                self._thread.start()
        self._queue.put((fn, argument))

    def _work(self) -> None:
        while True:
            fn, argument = self._queue.get()
            try:
                fn(argument)
            except BaseException:  # noqa: BLE001  # it is logged whole
                _log.exception("a callback of a job failed")


_callbacks = _Callbacks()


def run_callback(fn: Callable[[Any], object], argument: Any) -> None:
    """Call `fn(argument)` on the callbacks' thread. What it raises is logged."""
    _callbacks.run(fn, argument)


def _forget_after_fork() -> None:
    # What waits in the queue is the parent's to call.
    global _callbacks
    _callbacks = _Callbacks()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
