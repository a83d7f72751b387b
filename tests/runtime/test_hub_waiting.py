"""Spaces that sleep, start or are built: waited for, within bounds."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_runtime import (
    ConnectError,
    InputError,
    JobCancelled,
    JobTimeout,
    SpaceError,
)
from gradio_runtime._engine.fetch import fetch_description
from gradio_runtime._hub import waiting
from gradio_runtime._hub.lines import line_on_terminal

from tests.runtime.hub_support import hub_for
from tests.runtime.wire_api import WireClient
from tests.support.hub import Front, Hub, Space
from tests.support.misbehaving import until
from tests.support.servers import GradioServer
from tests.support.terminal import open_terminal

NAME = "me/app"
STARTING = ("APP_STARTING", "APP_STARTING", "RUNNING")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with hub_for(monkeypatch, tmp_path) as running:
        yield running


@pytest.fixture
def front(hub: Hub, gradio6: GradioServer) -> Iterator[Front]:
    """The host of a Space, which serves at first."""
    hub.spaces[NAME] = Space("")
    with Front(gradio6.url, hub.spaces[NAME]) as running:
        yield running


@pytest.mark.parametrize("status", ["503 Unavailable", "200 OK", "404 Not Found"])
def test_a_sleeping_space_is_woken(hub: Hub, front: Front, status: str) -> None:
    front.status = status
    front.rest("SLEEPING", *STARTING)
    with WireClient(NAME, token="hf_x") as client:
        assert client.echo("x") == "x"
    # It was asked as its caller, since it may be private.
    assert all("x-hf-authorization: Bearer hf_x" in head for head in front.heads)
    assert front.heads


@pytest.mark.parametrize("stages", [STARTING, ("BUILDING", *STARTING)])
def test_a_space_that_starts_is_waited_for(
    hub: Hub, front: Front, stages: tuple[str, ...]
) -> None:
    front.rest(*stages)
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
    assert front.heads == []  # it needs no waking


def test_a_space_whose_app_is_awake_before_the_hub_knows(
    hub: Hub, gradio6: GradioServer
) -> None:
    hub.spaces[NAME] = Space(gradio6.url, stage="SLEEPING")
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
    assert len(hub.requests) == 1


def test_an_app_gets_a_moment_after_the_hub_says_that_it_runs(
    hub: Hub, front: Front
) -> None:
    """The proxy before it may show its page a little longer."""
    front.rest("BUILDING", "RUNNING")
    front.late = 5  # more than are tried by themselves
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
    assert len(front.heads) == 5


def test_a_space_that_fails_while_it_is_waited_for(hub: Hub, front: Front) -> None:
    front.rest("BUILDING", "BUILD_ERROR")
    with WireClient(NAME) as client, pytest.raises(SpaceError) as caught:
        client.echo("x")
    assert caught.value.stage == "BUILD_ERROR"


def test_the_wait_has_a_bound(hub: Hub, front: Front) -> None:
    front.rest("BUILDING")
    with (
        WireClient(NAME, wake_timeout=0.1) as client,
        pytest.raises(SpaceError) as caught,
    ):
        client.echo("x")
    assert caught.value.stage == "BUILDING"
    assert "is still being built (BUILDING) after 0.1 s (wake_timeout)" in str(
        caught.value
    )


def test_nobody_has_to_wait(hub: Hub, front: Front) -> None:
    front.rest("SLEEPING", *STARTING)
    with (
        WireClient(NAME, wake_timeout=0) as client,
        pytest.raises(SpaceError, match="asleep"),
    ):
        client.echo("x")
    with pytest.raises(InputError, match="wake_timeout"):
        WireClient(NAME, wake_timeout=-1)


def test_a_calls_timeout_bounds_it_too(hub: Hub, front: Front) -> None:
    front.rest("BUILDING")
    with WireClient(NAME) as client:
        with pytest.raises(JobTimeout):
            client.echo.with_options(timeout=0.2)("x")
        # The next call waits anew, and finds it built.
        front.space.stages = list(STARTING)
        assert client.echo("x") == "x"


def test_a_job_that_waits_for_a_space_can_be_cancelled(hub: Hub, front: Front) -> None:
    front.rest("BUILDING")
    with WireClient(NAME) as client:
        job = client.echo.submit("x")
        until(lambda: len(hub.requests) > 1)
        assert job.cancel()
        with pytest.raises(JobCancelled):
            job.result()
        seen = len(hub.requests)
        time.sleep(0.3)
        assert len(hub.requests) <= seen + 1  # nobody asks any more


def test_cancelling_the_task_of_an_async_caller(hub: Hub, front: Front) -> None:
    async def main() -> None:
        async with WireClient(NAME) as client:
            task = asyncio.create_task(client.echo.aio("x"))
            await asyncio.to_thread(until, lambda: len(hub.requests) > 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    front.rest("BUILDING")
    asyncio.run(main())


def test_the_loop_is_free_while_the_hub_thinks(
    hub: Hub, front: Front, gradio6: GradioServer
) -> None:
    with WireClient(NAME) as waiting_, WireClient(gradio6.url) as other:
        with hub.lock:  # the Hub answers nobody
            job = waiting_.echo.submit("x")
            assert other.echo("y") == "y"
            assert not job.done()
        assert job.result(30) == "x"


def test_the_hub_may_fail_while_one_waits(hub: Hub, front: Front) -> None:
    front.rest("BUILDING")
    with WireClient(NAME) as client:
        job = client.echo.submit("x")
        until(lambda: len(hub.requests) > 2)
        hub.limits = [{"retry-after": "0"}] * 5
        front.space.stages = list(STARTING)
        assert job.result(30) == "x"
        assert hub.limits == []


# ---- after the connection was made


@pytest.mark.parametrize("status", ["503 Unavailable", "200 OK"])
def test_a_space_that_falls_asleep_later(hub: Hub, front: Front, status: str) -> None:
    front.status = status
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
        front.rest("SLEEPING", *STARTING)
        if status.startswith("503"):  # certainly not sent: woken, and sent again
            assert client.echo("y") == "y"
            return
        with pytest.raises(SpaceError) as caught:
            client.echo("y")
        assert "the Space is" in str(caught.value)
        assert "Call again" in str(caught.value)
        assert client.echo("y") == "y"


@pytest.mark.parametrize("status", ["503 Unavailable", "200 OK", "404 Not Found"])
def test_a_space_that_is_paused_later(hub: Hub, front: Front, status: str) -> None:
    front.status = status
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
        front.rest("PAUSED")
        for _ in range(2):
            with pytest.raises(SpaceError) as caught:
                client.echo("y")
            assert caught.value.stage == "PAUSED"
            assert caught.value.endpoint == "/echo"


def test_a_space_that_moves_later(
    hub: Hub, front: Front, gradio6: GradioServer
) -> None:
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
        front.rest("PAUSED")
        hub.spaces["me/new"] = Space(gradio6.url)
        hub.moved[NAME] = "me/new"
        assert client.echo("x") == "x"


def test_an_app_that_fails_while_its_space_runs(hub: Hub, front: Front) -> None:
    """What the Hub says is no reason to hide the error then."""
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
        front.space.host = "http://127.0.0.1:9"
        front.rest("PAUSED")
        hub.spaces[NAME] = Space(front.space.host)
        with pytest.raises(ConnectError):
            client.echo("x")


# ---- what a terminal shows


def test_a_terminal_shows_what_is_waited_for(
    hub: Hub, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    front.rest("SLEEPING", "BUILDING", *STARTING)
    near, far = open_terminal()
    with open(far, "w") as terminal:  # noqa: PTH123
        monkeypatch.setattr(sys, "stderr", terminal)
        with WireClient(NAME) as client:
            assert client.echo("x") == "x"
        monkeypatch.undo()
        shown = os.read(near, 1 << 16).decode()
    os.close(near)
    for what in ("is asleep", "is being built", "is starting"):
        assert f"{NAME} {what}: waiting for it (0 s)" in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[K")  # nothing is left of it


def test_a_pipe_shows_nothing(
    hub: Hub, front: Front, capfd: pytest.CaptureFixture[str]
) -> None:
    front.rest("BUILDING", *STARTING)
    with WireClient(NAME) as client:
        assert client.echo("x") == "x"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("stderr", [None, io.StringIO()])
def test_no_stderr_is_no_harm(
    monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO | None
) -> None:
    if stderr is not None:
        stderr.close()
    monkeypatch.setattr(sys, "stderr", stderr)
    line_on_terminal()("x")


# ---- reading a description


def test_a_description_is_waited_for_beyond_its_own_timeout(
    hub: Hub, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "FIRST_LOOK", 0.5)
    front.rest("SLEEPING", "APP_STARTING", "APP_STARTING", "RUNNING")
    shown: list[str | None] = []
    config, info, again = fetch_description(NAME, timeout=1.0, report=shown.append)
    assert config["version"].startswith("6.")
    assert info["named_endpoints"].keys() == again["named_endpoints"].keys()
    assert shown[-1] is None
    assert {str(text).split(":")[0] for text in shown[:-1]} >= {
        f"{NAME} is asleep",
        f"{NAME} is starting",
    }


def test_many_clients_wait_together(hub: Hub, front: Front) -> None:
    front.rest("SLEEPING", *STARTING)
    results: list[str] = []

    def call() -> None:
        with WireClient(NAME) as client:
            results.append(client.echo("x"))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == ["x"] * 8


@pytest.mark.slow
def test_ctrl_c_ends_a_program_while_the_hub_thinks(hub: Hub) -> None:
    with hub.lock:  # it answers nobody
        program = subprocess.Popen(
            [sys.executable, "-c", f"import gradio_runtime as g; g.connect({NAME!r})"],
            env={**os.environ, "HF_HUB_OFFLINE": "0"},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            until(lambda: hub.waiting)
            program.send_signal(signal.SIGINT)
            _, errors = program.communicate(timeout=20)
        finally:
            program.kill()
            program.wait()
    assert "KeyboardInterrupt" in errors
