"""The servers that other tests stand on: right version, gone when they should be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.misbehaving import until
from tests.support.servers import GradioServer, several

ROOT = Path(__file__).parents[1]
STARTER = """
import time
from tests.support.servers import GradioServer
print(GradioServer("replicas/en2fr").start().pid, flush=True)
time.sleep(600)
"""
REPLICAS = {
    "whisper": {"/predict"},
    "en2fr": {"/predict"},
    "calculator": {"/predict"},
    "count_generator": {"/count", "/show"},
    "test_yield": {"/predict"},
}


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def endpoints(url: str) -> set[str]:
    return set(get(f"{url}/gradio_api/info")["named_endpoints"])


def test_the_wire_app_is_the_same_on_each_gradio(
    gradio5: GradioServer, gradio6: GradioServer
) -> None:
    for server in (gradio5, gradio6):
        assert get(f"{server.url}/config")["version"] == server.version
    assert endpoints(gradio5.url) == endpoints(gradio6.url)
    assert len(endpoints(gradio6.url)) > 50


@pytest.mark.slow
def test_a_replica_has_the_endpoints_of_its_space() -> None:
    with several({app: f"replicas/{app}" for app in REPLICAS}) as urls:
        assert {app: endpoints(url) for app, url in urls.items()} == REPLICAS


@pytest.mark.slow
def test_a_fork_serves_what_a_process_of_its_own_does(gradio6: GradioServer) -> None:
    with GradioServer("wire", 6, {"GRADIO_UNREAD": "1"}) as own:
        if sys.platform == "linux":
            assert parent(own.pid) == os.getpid() != parent(gradio6.pid)
        told = [
            json.dumps(get(f"{server.url}/gradio_api/info")).replace(server.url, "")
            for server in (own, gradio6)
        ]
        assert told[0] == told[1]


@pytest.mark.slow
def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    app = tmp_path / "broken.py"
    app.write_text("raise SystemExit('no such luck')")
    with pytest.raises(RuntimeError, match="no such luck"):
        GradioServer(app).start()


@pytest.mark.slow
def test_a_server_ends_with_the_process_that_started_it() -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE
    )
    with starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_running(pid)
        starter.send_signal(signal.SIGKILL)
        until(lambda: not is_running(pid))


def parent(pid: int) -> int:
    status = Path(f"/proc/{pid}/stat").read_text("utf-8")
    return int(status.rpartition(")")[2].split()[1])


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie, which nobody may be left to reap."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return sys.platform != "linux"
