"""One event loop on one daemon thread, on which all of the runtime's I/O happens.

Blocking calls hop onto it (about 35 µs), async callers await it from whatever loop
they are on, so there is one connection pool and one set of sessions for all of them.
"""

from __future__ import annotations

import _thread as _low_thread
import asyncio
import atexit
import contextlib
import inspect
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence, Set
from contextvars import Context
from time import monotonic
from typing import Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from ..errors import GradioError

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None
_starter: object = None  # what started it
_exiting = False
#: Tasks that run there; asyncio itself keeps no reference to a task.
_background: set[asyncio.Task[Any]] = set()
#: The jobs among them, and what an interpreter that ends does not cut off at once.
_jobs: set[asyncio.Task[Any]] = set()
_finishing: set[asyncio.Task[Any]] = set()
#: Seconds that it waits at most for the latter: a few requests to an app far away, or on
#: a busy machine. A job that is not taken back runs on for nobody.
_GRACE = 2.0
#: Actions that are awaited there in the end, when nothing runs any more.
_last: list[Callable[[], Awaitable[None]]] = []
#: A thread, which waits for its lock, or a task of any loop.
Waiter: TypeAlias = "threading.Lock | asyncio.Future[None]"
#: Who is to be woken in the end of this turn of the loop.
_due: list[Waiter] = []
#: Let one thread at a time work beside each loop.
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
    WeakKeyDictionary()
)
#: What stands for this process: `os.getpid()` is a call of the system, too dear for each
#: output of a stream.
_process = object()
#: Seconds of a round of a loop after which those that could go on should not.
_TURN = 0.002
_NOTHING = Context()
#: The loop whose round is under way, and when that began.
_round: tuple[asyncio.AbstractEventLoop, float] | None = None


def get_loop() -> asyncio.AbstractEventLoop:
    """Return the runtime's loop, which its first use starts."""
    global _loop, _thread, _starter
    if (loop := _loop) is not None:
        if _starter is not _low_thread.start_new_thread:
            _refuse_late_patch()
        return loop
    with _lock:
        if _loop is None:
            loop = asyncio.new_event_loop()
            _thread = threading.Thread(
                target=loop.run_forever, name="gradio-runtime", daemon=True
            )
            _thread.start()
            _loop, _starter = loop, _low_thread.start_new_thread
        return _loop


def _refuse_late_patch() -> None:
    """Refuse threads that eventlet or gevent has replaced since the loop started.

    Calls would wait forever. Patched before that, the loop is a green thread and works.
    Debuggers replace the function that starts threads, too, and do no harm.
    """
    eventlet, gevent = (
        sys.modules.get("eventlet.patcher"),
        sys.modules.get("gevent.monkey"),
    )
    if (eventlet is not None and eventlet.is_monkey_patched("thread")) or (
        gevent is not None and gevent.is_module_patched("threading")
    ):
        raise GradioError(
            "eventlet or gevent has patched threads after gradio_runtime's first use",
            hint="Patch first thing in the program: its monkey_patch() or patch_all()",
        )


def on_loop_thread() -> bool:
    """Return whether this is the runtime's own thread, which must not block."""
    return _thread is not None and threading.current_thread() is _thread


def check_may_block(what: str) -> None:
    """Refuse to wait for a loop that waits for us, or that has stopped for good."""
    if _exiting:
        raise GradioError(f"{what} came too late: the interpreter is ending")
    if on_loop_thread():
        raise GradioError(
            f"{what} was called on gradio_runtime's own event loop, which it would block",
            hint="Await the async form instead",
        )


def this_process() -> object:
    """Return what stands for this process; after a fork it is another object."""
    return _process


def is_exiting() -> bool:
    """Return whether the interpreter is ending and the loop has stopped for good."""
    return _exiting


def in_background(action: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
    """Run clean-up, or a job's own reading, on the loop that runs now.

    Nobody needs to wait for it. A failure of this package's own kind is dropped: the
    connection broke, so there is nothing left to clean up.
    """

    async def quietly() -> None:
        with contextlib.suppress(GradioError):
            await action

    return _kept(asyncio.get_running_loop().create_task(quietly()), _background)


def shielded(
    action: Coroutine[Any, Any, T],
) -> tuple[asyncio.Task[T], asyncio.Future[T]]:
    """Begin what goes on when who waits for it is cancelled; return what to wait for.

    It is as `asyncio.shield` of a task, with a turn of the loop less: there are five of
    them in a call.
    """
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[T] = loop.create_future()

    async def run() -> T:
        try:
            result = await action
        except BaseException as error:
            if isinstance(error, Exception) and not waiter.done():
                waiter.set_exception(error)
            waiter.cancel()
            raise
        if not waiter.done():
            waiter.set_result(result)
        return result

    task = _kept(loop.create_task(run()), _background)
    task.add_done_callback(_see)
    return task, waiter


def _see(task: asyncio.Task[Any]) -> None:
    """Let asyncio not complain of an error that who waited was told, or has left."""
    if not task.cancelled():
        task.exception()


def run_job(action: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Run a job on the loop that runs now.

    When the interpreter ends it is cancelled while requests still work, so that it can
    be taken back from the app, which would otherwise run it for nobody.
    """
    return _kept(asyncio.get_running_loop().create_task(action), _jobs)


def let_finish(task: asyncio.Task[Any]) -> None:
    """Give a task that takes a job back a moment more when the interpreter ends."""
    _kept(task, _finishing)


def _kept(task: asyncio.Task[T], group: set[asyncio.Task[Any]]) -> asyncio.Task[T]:
    """Keep a task in a group until it has ended."""
    group.add(task)
    task.add_done_callback(group.discard)
    return task


def at_exit(action: Callable[[], Awaitable[None]]) -> None:
    """Await this on the loop when the interpreter ends, after everything else."""
    _last.append(action)


def resolve(loop: asyncio.AbstractEventLoop, *waiters: asyncio.Future[None]) -> bool:
    """Wake waiters of any loop from any thread; return False if that is closed."""
    try:
        loop.call_soon_threadsafe(_set_done, waiters)
    except RuntimeError:
        return False
    return True


def _set_done(waiters: Sequence[asyncio.Future[None]]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)


def wake_soon(waiter: Waiter) -> None:
    """Wake a waiter from any thread; from the runtime's own, in the end of its turn.

    Another thread that runs meanwhile takes turns with it at every read of a socket:
    five switches for each output of a stream. So who waits is woken when the others'
    outputs are there too, each loop once.
    """
    if not on_loop_thread() or _loop is None:
        _wake([waiter])
        return
    if not _due:
        _loop.call_soon(_wake_due, context=_NOTHING)
    _due.append(waiter)


def _wake_due() -> None:
    due = _due.copy()
    _due.clear()
    _wake(due)


def _wake(waiters: list[Waiter]) -> None:
    tasks = defaultdict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]](list)
    for waiter in waiters:
        if isinstance(waiter, asyncio.Future):
            tasks[waiter.get_loop()].append(waiter)
        else:
            waiter.release()
    for loop, futures in tasks.items():
        resolve(loop, *futures)


def overdue() -> bool:
    """Return whether it is time to let others have their turn, by `asyncio.sleep(0)`.

    This is for loops that take what has come already and so never wait: a flood of
    small messages would keep everybody else waiting.
    """
    global _round
    loop = asyncio.get_running_loop()
    if _round is not None and _round[0] is loop:
        return monotonic() - _round[1] > _TURN
    _round = loop, monotonic()
    loop.call_soon(_end_round, context=_NOTHING)
    return False


def _end_round() -> None:
    global _round
    _round = None


async def beside(function: Callable[[], T], *, large: bool = True) -> T:
    """Run what takes long (`large`) in a thread, while the loop goes on.

    One after the other: only one thread of Python runs at a time, so that several would
    serve nobody.
    """
    if not large:
        return function()
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1))
    async with turn:
        return await in_thread(function)


def in_thread(function: Callable[[], T]) -> asyncio.Future[T]:
    """Run what blocks in a thread of its own.

    Python waits for asyncio's own threads when it exits, so that a Hub that does not
    answer would keep a program from ending after Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def deliver(setter: Callable[[Any], None], value: object) -> None:
        if not outcome.done():  # somebody waits still
            setter(value)

    def run() -> None:
        end: tuple[Callable[[Any], None], object]
        try:
            end = outcome.set_result, function()
        except BaseException as error:  # noqa: BLE001  # whoever waits gets it
            end = outcome.set_exception, error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(deliver, *end)

    threading.Thread(target=run, name="gradio-runtime-worker", daemon=True).start()
    return outcome


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the runtime's loop and wait for it."""
    try:
        check_may_block("a blocking call")
    except GradioError:
        coroutine.close()
        raise
    future = asyncio.run_coroutine_threadsafe(coroutine, get_loop())
    try:
        return future.result()
    except BaseException:
        # Ctrl-C in the caller must not leave the work running.
        future.cancel()
        raise


async def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the runtime's loop from any other loop."""
    if on_loop_thread():
        return await coroutine
    return await asyncio.wrap_future(
        asyncio.run_coroutine_threadsafe(coroutine, get_loop())
    )


def settle() -> None:
    """Wait a moment for what the loop is just doing, such as ending a job."""
    if _loop is None or _thread is None or not _thread.is_alive():
        return
    passed = threading.Event()
    _loop.call_soon_threadsafe(passed.set)
    passed.wait(0.2)


def _forget_after_fork() -> None:
    # Threads do not survive a fork; the child starts a loop of its own when it needs
    # one. The parent's sockets are left alone: closing them here would send bytes.
    global _loop, _thread, _lock, _process
    _process = object()
    _due.clear()
    _loop = None
    _thread = None
    _lock = threading.Lock()


def _stop_at_exit() -> None:
    global _exiting
    _exiting = True
    loop, thread = _loop, _thread
    if loop is None or thread is None or not thread.is_alive():
        return
    try:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result(_GRACE + 0.5)
    except (TimeoutError, RuntimeError):
        return
    loop.call_soon_threadsafe(loop.stop)
    thread.join(0.5)


async def _end_all() -> None:
    # Only what runs on this loop: a forked process has its parent's tasks in the sets.
    await _cancel(_jobs & asyncio.all_tasks())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GRACE):
            while finishing := _finishing & asyncio.all_tasks():
                await asyncio.wait(finishing)
    await asyncio.sleep(0)  # those that are about to begin may begin others
    await _cancel(asyncio.all_tasks() - {asyncio.current_task()})
    for action in _last:
        await action()


async def _cancel(tasks: Set[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended."""
    # A task that is cancelled before it begins never awaits what it was given to await,
    # of which Python would complain on stderr (seen of anyio's, while it connects).
    fresh = {task for task in tasks if not has_begun(task)}
    for task in tasks - fresh:
        task.cancel()
    await asyncio.sleep(0)
    for task in fresh:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def has_begun(task: asyncio.Task[Any]) -> bool:
    """Return whether a task has made its first step."""
    coroutine = task.get_coro()
    return (
        not inspect.iscoroutine(coroutine)
        or inspect.getcoroutinestate(coroutine) != inspect.CORO_CREATED
    )


atexit.register(_stop_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
