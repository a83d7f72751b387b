"""What the traffic is made of: each action uses the client in one way, and checks.

An action raises `WrongError` for an answer that is not the right one. Any GradioError
may come out of it while there are faults, and none when there are none.
"""

from __future__ import annotations

import asyncio
import gc
import random
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from gradio_runtime import (
    AppError,
    ConnectionLost,
    GradioError,
    JobCancelled,
    JobTimeout,
    Status,
)


class WrongError(AssertionError):
    """The client gave a wrong answer."""


@dataclass(frozen=True)
class Scene:
    """What an action plays with.

    Attributes:
        module: The module generated for the app.
        client: A client of it that lives as long as the soak.
        random: The worker's own chance.
        folder: Where downloads go.
        quiet: Whether there are no faults.
    """

    module: ModuleType
    client: Any
    random: random.Random
    folder: Path
    quiet: bool

    def text(self) -> str:
        """A text that no other call sends."""
        return f"{self.random.getrandbits(64):x}" * self.random.choice((1, 1, 50))

    def new_client(self) -> Any:
        """A client of the action's own."""
        return self.module.AppClient(download_dir=self.folder)


Action = Callable[[Scene], object]


def check(what: str, got: object, expected: object) -> None:
    """Compare an answer with the only right one."""
    if got != expected:
        raise WrongError(f"{what}: {str(got)[:200]!r}, not {str(expected)[:200]!r}")


def call(scene: Scene) -> None:
    text = scene.text()
    check("echo", scene.client.echo(text), text)


def call_untyped(scene: Scene) -> None:
    text = scene.text()
    check("predict", scene.client.predict(text, api_name="/echo"), text)


def call_default_client(scene: Scene) -> None:
    text = scene.text()
    check("echo", scene.module.echo(text), text)


def burst(scene: Scene) -> None:
    """Many jobs at once, read as they end."""
    jobs = {scene.client.echo.submit(str(i)): str(i) for i in range(20)}
    errors = []
    for job in as_completed(jobs, timeout=60):
        try:
            check("burst", job.result(), jobs[job])
        except GradioError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def callback(scene: Scene) -> None:
    told = threading.Event()
    job = scene.client.echo.submit("called")
    job.add_done_callback(lambda _: told.set())
    if not told.wait(60):
        raise WrongError("a callback did not come")
    check("callback", job.result(), "called")


def app_error(scene: Scene) -> None:
    text = scene.text()
    try:
        scene.client.fail(text)
    except AppError as error:
        if scene.quiet:
            check("the app's error", error.message, text)
    else:
        raise WrongError("the app's error is gone")


def cancel_queued(scene: Scene) -> None:
    """Some of these wait, because two run at once at most."""
    jobs = [scene.client.nap.submit(str(i), 0.2) for i in range(4)]
    try:
        _cancel(jobs[-1], "3")
        for i, job in enumerate(jobs[:-1]):
            check("a sibling", job.result(), str(i))
    finally:
        for job in jobs:
            job.cancel_soon()


def cancel_plain(scene: Scene) -> None:
    job = scene.client.nap.submit("plain", 0.3)
    for update in job.updates():
        if update.code is Status.PROCESSING:
            break
    _cancel(job, "plain")


def cancel_generator(scene: Scene) -> None:
    job = scene.client.count.submit(20, 0.05)
    check("first", job.first(), "0 ")
    _cancel(job, counted(20)[-1])


def _cancel(job: Any, expected: str) -> None:
    """A job that says that it was cancelled is, and any other has its result."""
    if not job.cancel():
        check("after cancel() was False", job.result(), expected)
        return
    try:
        job.result()
    except JobCancelled:
        return
    raise WrongError("cancel() said True, and the job has a result")


def counted(n: int) -> list[str]:
    """What `/count` yields."""
    return ["".join(f"{i} " for i in range(k + 1)) for k in range(n)]


def stream(scene: Scene) -> None:
    n = scene.random.choice((1, 5, 40))
    check("stream", list(scene.client.count.stream(n, 0.01)), counted(n))


def stream_left(scene: Scene) -> None:
    with scene.client.count.stream(50, 0.05) as outputs:
        for expected in counted(2):
            check("stream", next(outputs), expected)


def stream_dropped(scene: Scene) -> None:
    outputs = scene.client.count.stream(50, 0.05)
    check("stream", next(outputs), "0 ")
    del outputs
    gc.collect()


def file_trip(scene: Scene) -> None:
    content = scene.random.randbytes(scene.random.choice((10, 10_000, 3_000_000)))
    copy = scene.client.copy(content)
    check("file", copy.read_bytes() == content, True)


def several_files(scene: Scene) -> None:
    """More at once than there are helper threads for the disk."""
    contents = [scene.random.randbytes(50_000) for _ in range(8)]
    jobs = [scene.client.copy.submit(content) for content in contents]
    for job, content in zip(jobs, contents, strict=True):
        check("file", job.result().read_bytes() == content, True)


def timeout_option(scene: Scene) -> None:
    try:
        scene.client.nap.with_options(timeout=0.1)("late", 0.5)
    except JobTimeout:
        return
    raise WrongError("0.5 s are over before 0.1 s")


def timeout_waiting(scene: Scene) -> None:
    """A wait that ends leaves the job alive."""
    job = scene.client.nap.submit("later", 0.3)
    try:
        job.result(timeout=0.01)
    except JobTimeout:
        check("after a timeout", job.result(), "later")
    else:
        raise WrongError("0.3 s are over before 0.01 s")


def state(scene: Scene) -> None:
    """A session counts; a server that restarts has forgotten it."""
    with scene.new_client() as client:
        total = 0
        for by in (1, 2, 3):
            total += by
            got = client.counter(by)
            if scene.quiet or got > total:
                check("state", got, total)


def closed_early(scene: Scene) -> None:
    client = scene.new_client()
    job = client.nap.submit("never", 0.5)
    client.close()
    try:
        job.result()
    except ConnectionLost:
        return
    except GradioError:
        if scene.quiet:
            raise
    else:
        raise WrongError("a job has a result after its client was closed")


def on_a_loop(scene: Scene) -> None:
    """A new event loop, as `asyncio.run` makes them."""

    async def use_all() -> None:
        texts = [scene.text() for _ in range(4)]
        await _all([_acall(scene, text) for text in texts] + [_astream(scene)])
        await _cancelled(scene)

    asyncio.run(use_all())


async def _all(awaitables: Sequence[Awaitable[None]]) -> None:
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if result is not None:
            raise result


async def _acall(scene: Scene, text: str) -> None:
    check("aio", await scene.client.echo.aio(text), text)


async def _astream(scene: Scene) -> None:
    outputs = [text async for text in scene.client.count.stream(5, 0.01)]
    check("async stream", outputs, counted(5))
    async with scene.client.count.stream(50, 0.05) as left:
        check("async stream", await anext(left), "0 ")


async def _cancelled(scene: Scene) -> None:
    task = asyncio.create_task(scene.client.nap.aio("cancelled", 1))
    await asyncio.sleep(scene.random.uniform(0, 0.1))
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
    raise WrongError("a cancelled await has a result")


ACTIONS: tuple[Action, ...] = (
    call,
    call_untyped,
    call_default_client,
    burst,
    callback,
    app_error,
    cancel_queued,
    cancel_plain,
    cancel_generator,
    stream,
    stream_left,
    stream_dropped,
    file_trip,
    several_files,
    timeout_option,
    timeout_waiting,
    state,
    closed_early,
    on_a_loop,
)
