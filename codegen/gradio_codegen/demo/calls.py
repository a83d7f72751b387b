"""Tour, second half: the client is called in every way there is."""

from __future__ import annotations

import asyncio
import time
import wave
from pathlib import Path

from gradio_runtime import AppError, InputError, Job, JobCancelled, Status

from .module import DemoClient
from .show import Screen


def make_calls(screen: Screen, client: DemoClient, folder: Path, image: Path) -> None:
    """Call every endpoint.

    Args:
        screen: Shows what happens.
        client: A client of the app that runs.
        folder: Where temporary files go.
        image: Where an image that the app painted goes.
    """
    screen.section("Calls: values in, values out")
    screen.run("from demo_api import DemoClient")
    screen.run("client = DemoClient()")
    screen.call(client.calculate, 6, "multiply", 7)
    screen.call(client.calculate, 1, "divide", 8)
    _fail(screen, client)
    _send_files(screen, client, folder / "recording.wav", image)
    _stream(screen, client)
    _queue(screen, client)
    _follow(screen, client)
    asyncio.run(_gather(screen, client))


def _fail(screen: Screen, client: DemoClient) -> None:
    screen.section("Errors: the app's own, and values that do not fit")
    try:
        screen.call(client.calculate, 1, "divide", 0)
    except AppError as error:
        screen.error(error, "the app's own gr.Error")
    try:
        screen.call(client.calculate, 1, "divide", 5000)
    except InputError as error:
        screen.error(error, "the app declares bounds, so this was found here")


def _send_files(
    screen: Screen, client: DemoClient, recording: Path, image: Path
) -> None:
    screen.section("Files: a recording up, an image down")
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 12000))  # 1.5 s of silence
    screen.run(f"heard = client.transcribe({recording.name!r})")
    heard = client.transcribe(recording)
    screen.value(heard)
    screen.run("heard.seconds")
    screen.value(heard.seconds)
    screen.run("painted = client.gradient('orange', 'navy')")
    painted = client.gradient("orange", "navy")
    screen.run("painted.orig_name")
    screen.value(painted.orig_name, f"{len(painted.read_bytes())} bytes")
    screen.run(f"painted.save({image.name!r})")
    screen.value(painted.save(image))


def _stream(screen: Screen, client: DemoClient) -> None:
    screen.section("Streams: each value as it comes")
    screen.run("for number in client.count.stream(5, 0.15):")
    begun = time.monotonic()
    with client.count.stream(5, 0.15) as numbers:
        for number in numbers:
            screen.value(number, f"after {time.monotonic() - begun:.2f} s")


def _queue(screen: Screen, client: DemoClient) -> None:
    screen.section("The queue: one job runs, one waits and is cancelled")
    screen.run("first = client.bake.submit('apple pie', 1.2)")
    first = client.bake.submit("apple pie", 1.2)
    _show_status(screen, "first", first, Status.PROCESSING)
    screen.run("second = client.bake.submit('cheesecake', 1.2)")
    second = client.bake.submit("cheesecake", 1.2)
    _show_status(screen, "second", second, Status.IN_QUEUE)
    screen.run("second.cancel()")
    screen.value(second.cancel(), "it will never run")
    screen.run("second.result()")
    try:
        second.result()
    except JobCancelled as error:
        screen.error(error, "that job, and no other")
    screen.run("first.cancel()")
    screen.value(first.cancel(), "a function that runs cannot be stopped")
    screen.run("first.result()")
    with screen.waiting("Baking"):
        cake = first.result()
    screen.value(cake)


def _show_status(screen: Screen, name: str, job: Job[str], code: Status) -> None:
    """Show a job's status once it has come as far as `code`."""
    for update in job.updates():
        if update.code >= code:
            break
    status = job.status()
    screen.run(f"{name}.status()")
    place = f", rank {status.rank}" if status.rank is not None else ""
    screen.say(f"{status.code.value}{place}")


def _follow(screen: Screen, client: DemoClient) -> None:
    screen.section("Progress: what the app reports through gr.Progress")
    screen.run("for update in client.train.submit(10).updates():")
    job = client.train.submit(10)
    with screen.bar() as move:
        for update in job.updates():
            for unit in update.progress_data or ():
                move(unit)
    screen.value(job.result())


async def _gather(screen: Screen, client: DemoClient) -> None:
    screen.section("Async: many calls at once")
    screen.run("calls = [client.calculate.aio(n, 'multiply', n) for n in range(10)]")
    screen.run("await asyncio.gather(*calls)")
    begun = time.monotonic()
    calls = [client.calculate.aio(n, "multiply", n) for n in range(10)]
    squares = await asyncio.gather(*calls)
    screen.value(squares, f"in {time.monotonic() - begun:.2f} s")
