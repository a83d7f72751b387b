"""`Endpoint.map` on real servers."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import Done, Failed, JobCancelled
from gradio_runtime._engine.invocation import StateShared
from gradio_runtime._loop.loop import run_sync

from tests.runtime.faults.conftest import open_sockets
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


def by_break(results: Any) -> None:
    for result in results:
        assert result.ok
        break


def by_error(results: Any) -> None:
    with suppress(KeyError):
        for result in results:
            raise KeyError(result)


def by_aclose(results: Any) -> None:
    async def main() -> None:
        async with aclosing(aiter(results)) as iterator:
            async for _ in iterator:
                break

    asyncio.run(main())


def by_cancel(results: Any) -> None:
    async def main() -> None:
        first = asyncio.Event()

        async def read() -> None:
            async for _ in results:
                first.set()

        task = asyncio.create_task(read())
        await first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def held() -> Counter[str]:
    """What this process has: threads, open files, sockets, and tasks of the runtime.

    But for connections that wait in a pool: there may be one more after a next run.
    """
    gc.collect()
    has = Counter(thread.name for thread in threading.enumerate())
    for path in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # that of the listing itself
            has[path.readlink().name.partition(":")[0]] += 1
    has["socket"] -= sum(c.is_idle() for c in open_sockets())
    has["tasks"] = run_sync(_tasks())
    return has


async def _tasks() -> int:
    return len(asyncio.all_tasks())


@pytest.mark.parametrize("leave", [by_break, by_error, by_aclose, by_cancel])
def test_leaving_takes_jobs_back_and_leaks_nothing(
    leave: Callable[[Any], None],
    gradio6: GradioServer,
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with WireClient(gradio6.url) as client:
        list(client.marks.map([key] * 12, client.marks.call))
    before = held()
    with WireClient(gradio6.url) as client:
        leave(
            client.sleep.map(
                [0.2] * 12,
                lambda seconds: client.sleep.call(key, seconds),
                store=tmp_path / "run",
                ordered=False,
            )
        )
        until(lambda: len(client.marks(key)) % 2 == 0)
        # One is done, one was running, and one may begin while they are taken back.
        assert len(client.marks(key)) <= 6
    until(lambda: not held() - before)
    assert not [path for path in temporary.rglob("*") if path.is_file()]


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
    for result in client.sleep.map([0.5] * 6, lambda s: client.sleep.call(key, s)):
        print(result)
"""


def test_ctrl_c_takes_jobs_back(
    gradio6: GradioServer, key: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", INTERRUPTED, gradio6.url, key]
    path = os.pathsep.join([str(ROOT), str(ROOT / "runtime"), str(ROOT / "codegen")])
    env = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path)}
    with (
        WireClient(gradio6.url) as client,
        subprocess.Popen(
            command,
            stderr=subprocess.PIPE,
            env=env,
            text=True,
        ) as process,
    ):
        until(lambda: client.marks(key))
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
        assert "KeyboardInterrupt" in error
        until(lambda: len(client.marks(key)) % 2 == 0)
        assert len(client.marks(key)) <= 4
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
