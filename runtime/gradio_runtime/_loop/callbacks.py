"""One thread for users' callbacks, so that they may block and call endpoints."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

# Before what is registered here: then the loop stops after the callbacks have run.
from .loop import settle

_log = logging.getLogger("gradio_runtime")
#: Seconds for which an interpreter that ends waits for callbacks that are due.
_LAST_CALLS = 0.5


class _Callbacks:
    """One daemon thread that runs users' callbacks, started at the first."""

    def __init__(self) -> None:
        self._queue = queue.SimpleQueue[tuple[Callable[..., object], Any]]()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(self, fn: Callable[[Any], object], argument: Any) -> None:
        """Call `fn(argument)` on the thread."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._work, name="gradio-runtime-callbacks", daemon=True
                )
                self._thread.start()
        self._queue.put((fn, argument))

    def finish(self, timeout: float) -> None:
        """Wait until what is due has been called."""
        if self._thread is None or not self._thread.is_alive():
            return
        done = threading.Event()
        self._queue.put((threading.Event.set, done))
        done.wait(timeout)

    def _work(self) -> None:
        while True:
            fn, argument = self._queue.get()
            try:
                fn(argument)
            except BaseException:  # noqa: BLE001  # it is logged
                _log.exception("a callback of a job failed")
            # Not until the next one comes: a job may be large.
            del fn, argument


_callbacks = _Callbacks()


def run_callback(fn: Callable[[Any], object], argument: Any) -> None:
    """Call `fn(argument)` on the callbacks' thread, in order. Errors are logged."""
    _callbacks.run(fn, argument)


def _finish_at_exit() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        settle()
        _callbacks.finish(_LAST_CALLS)


def _forget_after_fork() -> None:
    # What waits in the queue is the parent's to call.
    global _callbacks
    _callbacks = _Callbacks()


atexit.register(_finish_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
