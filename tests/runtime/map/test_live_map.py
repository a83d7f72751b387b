"""`Endpoint.map` on real servers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gradio_runtime import ConnectionLost, Done, Failed, JobCancelled
from gradio_runtime._engine.invocation import StateShared

from tests.conftest import StartServer
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import until
from tests.support.servers import GradioServer

ROOT = Path(__file__).parents[3]


def test_rows_of_every_gradio(every_gradio: GradioServer) -> None:
    with WireClient(every_gradio.url, on_drift="ignore") as client:
        results = client.echo.map(map(str, range(30)), client.echo.call)
        assert list(results.values()) == [str(n) for n in range(30)]
        chained = client.echo.map("abc", client.echo.call).then(client.echo.call)
        assert list(chained.values()) == ["a", "b", "c"]


def test_poison_is_its_own(client: WireClient, tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("good")
    for place in range(3):
        paths = [good, good]
        paths.insert(place, tmp_path / "missing.txt")
        results = list(client.file.map(paths, client.file.call))
        assert [result.ok for result in results] == [n != place for n in range(3)]
    refused = list(client.fail.map("abc", client.fail.call))
    assert [failed.index for failed in refused] == [0, 1, 2]
    assert all(isinstance(r, Failed) and r.may_have_run for r in refused)


def test_files_go_from_stage_to_stage(client: WireClient, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(5)]
    for path in paths:
        path.write_text(path.name)
    results = client.file.map(paths, client.file.call).then(client.file.call)
    for result in results:
        assert isinstance(result, Done)
        assert result.row == paths[result.index]
        assert result.value.read_bytes() == result.row.name.encode()


def test_an_endpoint_with_state_is_refused(client: WireClient) -> None:
    with pytest.raises(StateShared, match="keeps State"):
        list(client.counter.map([1, 2], client.counter.call))
    assert client.counter(1) == 1  # nothing has run


def test_leaving_takes_jobs_back(client: WireClient, key: str) -> None:
    results = client.sleep.map([0.0, *[0.5] * 6], lambda s: client.sleep.call(key, s))
    for result in results:
        assert result.ok
        break
    until(lambda: len(client.marks(key)) % 2 == 0)
    assert len(client.marks(key)) <= 4

    async def cancelled() -> None:
        async for _ in client.sleep.map([0.5] * 6, lambda s: client.sleep.call(key, s)):
            pass

    async def main() -> None:
        task = asyncio.create_task(cancelled())
        await asyncio.sleep(0.25)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    until(lambda: len(client.marks(key)) % 2 == 0)
    assert len(client.marks(key)) <= 6


def test_a_job_that_was_cancelled_says_whether_it_may_have_run(
    client: WireClient, key: str
) -> None:
    before = client.sleep.submit(key, 1.5)
    until(lambda: client.marks(key))
    waiting = client.sleep.submit(f"{key} waiting", 0)
    running = client.slow_stream.submit(f"{key} running", 50, 0.05)
    running.first()
    for job, may_have_run in ((waiting, False), (running, True)):
        assert job.cancel()
        with pytest.raises(JobCancelled) as caught:
            job.result()
        assert caught.value.may_have_run is may_have_run
    before.result()
    assert client.marks(f"{key} waiting") == []


INTERRUPTED = """
import sys
from tests.runtime.wire_api import WireClient
url, key = sys.argv[1:]
with WireClient(url) as client:
    print("begun", flush=True)
    for result in client.sleep.map([1.0] * 6, lambda s: client.sleep.call(key, s)):
        print(result)
"""


def test_ctrl_c_takes_jobs_back(gradio6: GradioServer, key: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, gradio6.url, key]
    path = os.pathsep.join([str(ROOT), str(ROOT / "runtime"), str(ROOT / "codegen")])
    with (
        WireClient(gradio6.url) as client,
        subprocess.Popen(
            command,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
        ) as process,
    ):
        until(lambda: client.marks(key) == ["start"])
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
        assert "KeyboardInterrupt" in error
        time.sleep(1.5)
        assert client.marks(key) == ["start", "end"]


def test_a_server_that_is_killed_and_comes_back(start_server: StartServer) -> None:
    """Those that were in flight have failed; all others are done."""
    server = start_server("wire", 6)
    with WireClient(server.url) as client:
        results = client.parallel_sleep.map(
            [0.05] * 120, lambda s: client.parallel_sleep.call("k", s), concurrency=4
        )
        got = []
        for result in results:
            got.append(result)
            if len(got) == 20:
                server.kill()
                server.restart()
        failed = [result for result in got if isinstance(result, Failed)]
        assert len(got) == 120
        assert len(failed) <= 4
        assert all(isinstance(f.error, ConnectionLost) for f in failed)
        assert all(f.may_have_run for f in failed)


def test_a_full_queue_loses_no_row(start_server: StartServer) -> None:
    server = start_server("wire", 6, {"MAX_QUEUE": "2"})
    with WireClient(server.url) as client:
        rows = client.sleep.map([0.01] * 40, lambda s: client.sleep.call("k", s))
        assert list(rows.values()) == ["slept 0.01"] * 40
