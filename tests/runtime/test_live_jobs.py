"""Jobs and streams on real servers: order, status, cancelling, many at once."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from gradio_runtime import (
    AppError,
    GradioError,
    InputError,
    JobCancelled,
    JobTimeout,
    OutputMismatch,
    Status,
)

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import until

pytestmark = pytest.mark.slow

GROWN = ["token0 ", "token0 token1 ", "token0 token1 token2 "]


def started(client: WireClient, key: str) -> None:
    """Wait until the app has begun what it marks with `key`."""
    until(lambda: client.marks(key))


# ---- outputs


def test_outputs_in_order_any_number_of_times(client: WireClient) -> None:
    job = client.grow.submit(3)
    assert list(job) == GROWN
    assert list(job) == GROWN
    assert job.outputs() == GROWN
    assert job.result() == GROWN[-1]
    assert job.first() == GROWN[0]
    assert client.grow(3) == GROWN[-1]


def test_a_plain_job_has_one_output(client: WireClient) -> None:
    job = client.echo.submit("a")
    assert list(job) == ["a"]
    assert job.outputs() == ["a"]
    assert job.first() == "a"


def test_an_event_of_the_page_ends_with_its_first_result(
    client: WireClient, key: str
) -> None:
    """It runs once and leaves its worker to the next, long before its `time_limit`."""
    for count in range(1, 4):
        job = client.submit(key, api_name="/seen")
        assert job.result(20) == f"seen {key}"
        assert job.outputs() == [f"seen {key}"]
        assert client.marks(key) == ["seen"] * count
    assert client.submit(3, api_name="/seen_again").result(20) == GROWN[0]
    assert client.submit(3, api_name="/seen_again").result(20) == GROWN[0]
    # Several at once, in one session: none ends another.
    jobs = [client.submit(f"{key}{n}", api_name="/seen") for n in range(4)]
    assert [job.result(20) for job in jobs] == [f"seen {key}{n}" for n in range(4)]


def test_streams_sync_and_async(client: WireClient) -> None:
    assert list(client.grow.stream(3)) == GROWN
    with client.grow.stream(3) as stream:
        assert next(stream) == GROWN[0]

    async def collect() -> list[str]:
        async with client.grow.stream(3) as stream:
            return [text async for text in stream]

    assert asyncio.run(collect()) == GROWN


def test_many_followers_of_one_job(client: WireClient, key: str) -> None:
    job = client.slow_stream.submit(key, 5, 0.05)
    seen: list[list[str]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda s=s: s.extend(job)) for s in seen]
    for thread in threads:
        thread.start()

    async def follow() -> list[str]:
        return [output async for output in job]

    assert asyncio.run(follow()) == [f"step {i}" for i in range(5)]
    for thread in threads:
        thread.join()
    assert seen == [[f"step {i}" for i in range(5)]] * 4


def test_a_generator_that_fails_midway(client: WireClient) -> None:
    job = client.fail_after.submit(2)
    seen: list[str] = []
    with pytest.raises(AppError, match="failed midway"):
        seen.extend(iter(job))
    with pytest.raises(AppError, match="failed midway"):
        job.result()
    assert job.outputs() == ["step 0", "step 1"]
    assert isinstance(job.exception(), AppError)
    with pytest.raises(AppError):
        list(client.fail_after.stream(2))


def test_a_generator_without_outputs(client: WireClient) -> None:
    assert list(client.empty_stream.with_options(strict_outputs=False).stream()) == []
    with pytest.raises(OutputMismatch):
        client.empty_stream()


# ---- status


def test_status_passes_its_stages_in_order(client: WireClient) -> None:
    job = client.grow.submit(3)
    updates = list(job.updates())
    codes = [update.code for update in updates]
    assert codes == sorted(codes)
    assert codes[0] is Status.STARTING
    assert codes[-1] is Status.FINISHED
    assert Status.IN_QUEUE in codes
    assert codes.count(Status.ITERATING) == 3
    assert [u.output for u in updates if u.code is Status.ITERATING] == GROWN
    assert job.status().success is True
    assert all(update.time.tzinfo is not None for update in updates)


def test_rank_and_queue_size(client: WireClient, key: str) -> None:
    jobs = [client.sleep.submit(f"{key}{i}", 0.4) for i in range(3)]
    for job in jobs:
        job.result()
    # Which of them joins last is not said.
    waiting = [u for job in jobs for u in job.updates() if u.code is Status.IN_QUEUE]
    assert max(update.rank or 0 for update in waiting) >= 1
    assert max(update.queue_size or 0 for update in waiting) >= 2


def test_progress_and_logs_arrive_as_they_happen(client: WireClient) -> None:
    job = client.progress.submit(3)
    bars = [u.progress_data for u in job.updates() if u.code is Status.PROGRESS]
    assert bars
    assert {unit.desc for bar in bars if bar for unit in bar} >= {"looping"}
    assert job.result() == "done"
    job = client.logs.submit("x")
    logs = [u.log for u in job.updates() if u.log]
    assert [log.level for log in logs][:2] == ["info", "warning"]

    async def follow() -> list[Status]:
        return [update.code async for update in client.progress.submit(1).updates()]

    assert asyncio.run(follow())[-1] is Status.FINISHED


def test_waiting_with_a_timeout_leaves_the_job_alone(
    client: WireClient, key: str
) -> None:
    job = client.sleep.submit(key, 0.8)
    with pytest.raises(JobTimeout) as caught:
        job.result(timeout=0.1)
    assert isinstance(caught.value, TimeoutError)
    with pytest.raises(JobTimeout):
        job.first(timeout=0.1)
    assert job.result() == "slept 0.8"


def test_jobs_are_futures(client: WireClient, key: str) -> None:
    jobs = [client.sleep.submit(f"{key}{i}", 0.1) for i in range(3)]
    done, pending = concurrent.futures.wait(jobs, timeout=10)
    assert len(done) == 3
    assert not pending
    assert {job.result() for job in concurrent.futures.as_completed(jobs)} == {
        "slept 0.1"
    }

    async def wrapped() -> str:
        return await asyncio.wrap_future(client.echo.submit("w"))

    assert asyncio.run(wrapped()) == "w"

    async def awaited() -> str:
        return await client.echo.submit("a")

    assert asyncio.run(awaited()) == "a"


# ---- cancelling


def test_cancelling_a_queued_job_touches_no_other(client: WireClient, key: str) -> None:
    running = client.sleep.submit(f"{key}a", 1.0)
    started(client, f"{key}a")
    queued = client.sleep.submit(f"{key}b", 0.1)
    behind = client.sleep.submit(f"{key}c", 0.1)
    wait_for_rank(queued)
    assert queued.cancel() is True
    assert queued.cancelled()
    with pytest.raises(JobCancelled):
        queued.result()
    with pytest.raises(concurrent.futures.CancelledError):
        queued.result()
    assert queued.status().code is Status.CANCELLED
    assert running.result(timeout=10) == "slept 1"
    assert behind.result(timeout=10) == "slept 0.1"
    assert client.marks(f"{key}a") == ["start", "end"]
    assert client.marks(f"{key}b") == []
    assert queued.cancel() is False


def test_a_plain_function_that_runs_cannot_be_cancelled(
    client: WireClient, key: str
) -> None:
    job = client.sleep.submit(key, 0.6)
    started(client, key)
    wait_for_status(job, Status.PROCESSING)
    assert job.cancel() is False
    assert not job.cancelled()
    assert job.result() == "slept 0.6"
    assert job.cancel() is False


def test_a_running_generator_stops(client: WireClient, key: str) -> None:
    job = client.slow_stream.submit(key, 100, 0.1)
    assert job.first() == "step 0"
    assert job.cancel() is True
    with pytest.raises(JobCancelled):
        job.result()
    assert job.outputs()[0] == "step 0"
    # The endpoint takes one job at a time: that the next runs shows the first ended.
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    assert len(client.marks(key)) < 100


def test_stopping_one_of_two_generators(client: WireClient, key: str) -> None:
    first = client.parallel_stream.submit(f"{key}a", 30, 0.05)
    second = client.parallel_stream.submit(f"{key}b", 10, 0.05)
    first.first()
    second.first()
    assert first.cancel() is True
    assert second.result(timeout=10) == "step 9"
    assert len(second.outputs()) == 10
    assert len(client.marks(f"{key}a")) < 20


def test_a_generator_beside_a_call_of_another_endpoint(
    client: WireClient, key: str
) -> None:
    job = client.parallel_stream.submit(key, 40, 0.05)
    job.first()
    plain = client.parallel_sleep.submit(f"{key}p", 1.0)
    started(client, f"{key}p")
    assert job.cancel() is True
    assert plain.result(timeout=10) == "slept 1"


def test_cancelling_before_anything_is_sent(client: WireClient) -> None:
    client.close()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lost = WireClient(f"http://127.0.0.1:{silent.getsockname()[1]}")
        job = lost.echo.submit("x")
        assert job.cancel() is True
        with pytest.raises(JobCancelled):
            job.result()


def test_a_stream_that_is_left_stops_the_generator(
    client: WireClient, key: str
) -> None:
    for index, output in enumerate(client.slow_stream.stream(f"{key}a", 100, 0.05)):
        if index == 1:
            assert output == "step 1"
            break
    gc.collect()
    with client.slow_stream.stream(f"{key}b", 100, 0.05) as stream:
        next(stream)

    async def leave() -> None:
        async for _ in client.slow_stream.stream(f"{key}c", 100, 0.05):
            break

    asyncio.run(leave())
    gc.collect()
    assert client.slow_stream(f"{key}d", 1, 0) == "step 0"
    assert all(len(client.marks(key + name)) < 100 for name in "abc")


def test_cancelling_a_task_cancels_its_job(client: WireClient, key: str) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(client.slow_stream.aio(key, 100, 0.05))
        await asyncio.to_thread(started, client, key)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    assert len(client.marks(key)) < 100


def test_a_state_generator_stops(client: WireClient) -> None:
    assert client.counter(1) == 1
    with client.counting.stream(3) as stream:
        assert next(stream) == 2
    assert client.counter(0) >= 1


# ---- many


def test_hundreds_of_jobs_on_a_handful_of_threads(client: WireClient) -> None:
    before = threading.active_count()
    jobs = [client.calculator.submit(n, "add", 1) for n in range(200)]
    assert [job.result(60) for job in jobs] == list(range(1, 201))
    assert threading.active_count() - before <= 4


def test_a_client_used_from_many_threads(client: WireClient) -> None:
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda n: client.calculator(n, "add", 0), range(60)))
    assert results == list(range(60))


def test_blocking_the_runtimes_own_loop_is_refused(client: WireClient) -> None:
    from gradio_runtime._loop.loop import run_sync

    async def deadlock() -> None:
        client.echo("x")

    with pytest.raises(GradioError, match="own event loop"):
        run_sync(deadlock())


def test_closing_a_client_ends_its_jobs(
    gradio: object, client: WireClient, key: str
) -> None:
    job = client.sleep.submit(key, 1.5)
    started(WireClient(client.src), key)
    client.close()
    with pytest.raises(GradioError, match="closed"):
        job.result(timeout=5)
    with pytest.raises(GradioError, match="closed"):
        client.echo("x")


def test_a_wrong_argument_says_which(client: WireClient) -> None:
    with pytest.raises(InputError, match="text"):
        client.echo(7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="txt"):
        client.echo(txt="x")  # type: ignore[call-arg]


def wait_for_rank(job: object) -> None:
    wait_for_status(job, Status.IN_QUEUE)


def wait_for_status(job: object, code: Status) -> None:
    for update in job.updates():  # type: ignore[attr-defined]
        if update.code >= code:
            return


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_connects_anew(client: WireClient) -> None:
    assert client.echo("parent") == "parent"
    script = f"""
import os, sys
from tests.runtime.wire_api import WireClient
client = WireClient({client.src!r})
assert client.echo("a") == "a"
child = os.fork()
if not child:
    os._exit(0 if client.echo("b") == "b" else 1)
assert os.waitpid(child, 0)[1] == 0
assert client.echo("c") == "c"
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_an_interpreter_ends_with_jobs_under_way(client: WireClient, key: str) -> None:
    script = f"""
from tests.runtime.wire_api import WireClient
client = WireClient({client.src!r})
stream = client.slow_stream.stream({key!r}, 600, 0.1)
next(stream)
job = client.sleep.submit({key!r}, 2)
"""
    # The stream would last twice as long as the interpreter may.
    result = subprocess.run(
        [sys.executable, "-c", script], check=True, timeout=30, capture_output=True
    )
    assert not result.stderr
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    assert "step 599" not in client.marks(key)


def test_a_job_cancelled_at_once_never_runs_on(client: WireClient, key: str) -> None:
    """Before, during or right after its join: no generator is left running."""
    pauses = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05)
    for index, pause in enumerate(pauses):
        job = client.parallel_stream.submit(f"{key}{index}", 200, 0.02)
        time.sleep(pause)
        assert job.cancel() is True
    # At the pace of the others: its first steps are time for them to end theirs.
    clock = iter(client.parallel_stream.submit(f"{key}clock", 30, 0.02))
    for _ in range(10):
        next(clock)
    before = [len(client.marks(f"{key}{index}")) for index in range(len(pauses))]
    assert list(clock)[-1] == "step 29"
    after = [len(client.marks(f"{key}{index}")) for index in range(len(pauses))]
    assert before == after
