"""Many threads, loops, clients and jobs on one loop, one pool and few streams."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Iterator

import pytest
from gradio_runtime.http import pools

from tests.runtime.wire_api import WireClient
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
    threads, shared = threading.active_count(), len(pools._pools)
    for _ in range(10):
        with WireClient(gradio6.url) as client:
            assert client.noop() == "ok"
    assert threading.active_count() == threads
    assert len(pools._pools) == shared


def test_hundreds_of_jobs_share_few_streams(
    client: WireClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.noop()
    caplog.set_level(logging.DEBUG, "gradio_runtime.http")
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
