"""Many threads, loops, clients and jobs on one loop, one pool and few streams."""

from __future__ import annotations

import _thread
import asyncio
import concurrent.futures
import logging
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
from gradio_runtime import GradioError
from gradio_runtime._http import pools
from gradio_runtime._loop.loop import get_loop

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import until
from tests.support.servers import GradioServer


@pytest.fixture
def client(gradio6: GradioServer) -> Iterator[WireClient]:
    with WireClient(gradio6.url) as client:
        yield client


def test_fifty_threads_and_several_loops_share_a_client(client: WireClient) -> None:
    async def several(first: int) -> list[float]:
        calls = [client.calculator.aio(first + n, "add", 0) for n in range(4)]
        return await asyncio.gather(*calls)

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        plain = [pool.submit(client.calculator, n, "add", 0) for n in range(50)]
        loops = [pool.submit(asyncio.run, several(n)) for n in range(0, 16, 4)]
        assert [future.result(60) for future in plain] == list(range(50))
        assert [n for f in loops for n in f.result(60)] == list(range(16))


def test_many_clients_share_connections_and_threads(gradio6: GradioServer) -> None:
    WireClient(gradio6.url).noop()
    # An earlier test's may end meanwhile: what counts is that none is new.
    threads, shared = set(threading.enumerate()), len(pools._pools)
    for _ in range(10):
        with WireClient(gradio6.url) as client:
            assert client.noop() == "ok"
    assert set(threading.enumerate()) <= threads
    assert len(pools._pools) == shared


def test_hundreds_of_jobs_share_few_streams(
    client: WireClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.noop()
    caplog.set_level(logging.DEBUG, "gradio_runtime")
    jobs = [client.noop.submit() for _ in range(300)]
    assert {job.result(60) for job in jobs} == {"ok"}
    assert sum("/queue/join" in line for line in caplog.messages) == 300
    assert sum("/queue/data" in line for line in caplog.messages) < 60


def test_several_threads_cancel_one_job(client: WireClient, key: str) -> None:
    job = client.parallel_stream.submit(key, 200, 0.05)
    job.first()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [f.result(20) for f in [pool.submit(job.cancel) for _ in range(8)]]
    assert any(answers)
    assert job.cancelled()
    assert job.cancel() is False


# ---- asyncio's own ways to give up


async def leave_group(client: WireClient, key: str) -> None:
    async with asyncio.TaskGroup() as group:
        for name in "ab":
            group.create_task(client.slow_stream.aio(key + name, 600, 0.05))
        await begun(client, key)
        await client.fail.aio("the group is over")


async def time_out(client: WireClient, key: str) -> None:
    async with asyncio.timeout(1):
        await asyncio.gather(
            *(client.slow_stream.aio(key + name, 600, 0.05) for name in "ab")
        )


async def wait_for_a_while(client: WireClient, key: str) -> None:
    both = [client.slow_stream.aio(key + name, 600, 0.05) for name in "ab"]
    await asyncio.wait_for(asyncio.gather(*both), 1)


async def cancel_gathered(client: WireClient, key: str) -> None:
    both = asyncio.gather(
        *(client.slow_stream.aio(key + name, 600, 0.05) for name in "ab")
    )
    await begun(client, key)
    both.cancel()
    await both


async def begun(client: WireClient, key: str) -> None:
    """Wait until the app runs one of the two; the other one waits for it."""
    async with asyncio.timeout(30):
        while True:
            if any([await client.marks.aio(key + name) for name in "ab"]):
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("way", "error"),
    [
        (leave_group, ExceptionGroup),
        (time_out, TimeoutError),
        (wait_for_a_while, TimeoutError),
        (cancel_gathered, asyncio.CancelledError),
    ],
)
def test_to_give_up_reaches_the_server(
    client: WireClient,
    key: str,
    way: Callable[[WireClient, str], Coroutine[Any, Any, None]],
    error: type[BaseException],
) -> None:
    with pytest.raises(error):
        asyncio.run(way(client, key))
    # One at a time: that the next one runs shows that the first has ended.
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    marks = [client.marks(key + name) for name in "ab"]
    # The one that waited has left the queue, or was stopped soon after it began: when both
    # are given up at once, the app may start it before it hears of that.
    assert all(len(steps) < 200 for steps in marks)


# ---- callbacks


def test_callbacks_come_in_the_order_of_ends(client: WireClient, key: str) -> None:
    seen: list[str] = []
    told = threading.Event()

    def slowly(result: str) -> None:
        told.wait(30)
        seen.append(f"{result}, slowly")

    late = client.parallel_sleep.with_options(result_callbacks=[seen.append])
    long = late.submit(key, 1.5)
    echo = client.echo.with_options(result_callbacks=[slowly, seen.append])
    for text in "abc":
        assert echo(text) == text
    assert long.result(30) == "slept 1.5"
    told.set()
    until(lambda: "slept 1.5" in seen)
    quick = [line for text in "abc" for line in (f"{text}, slowly", text)]
    assert seen == [*quick, "slept 1.5"]


@pytest.mark.parametrize("name", ["eventlet.patcher", "gevent.monkey", None])
def test_threads_that_are_patched_too_late_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    """A debugger patches them, too, and does no harm."""
    get_loop()
    monkeypatch.setattr(_thread, "start_new_thread", lambda *_: 0)
    if name is None:
        assert get_loop() is get_loop()
        return
    patched = SimpleNamespace(
        is_monkey_patched=lambda _: True, is_module_patched=lambda _: True
    )
    monkeypatch.setitem(sys.modules, name, cast("ModuleType", patched))
    with pytest.raises(GradioError, match=r"after gradio_runtime's first use.*Patch"):
        get_loop()
