"""Processes of servers: of their own, or forks of one that has imported Gradio.

Importing Gradio takes seconds, a fork of a process that has done so nothing.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

LAUNCHER = Path(__file__).with_name("launch.py")
# All that is started here reads it, and ends when we no longer hold the other end.
_LIFE, _HELD = os.pipe()


def launch(
    python: Path, app: Path, folder: Path, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Run an app in a process of its own, its log in FOLDER/log.txt."""
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(
            [str(python), str(LAUNCHER), str(_LIFE), str(app)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=env,
            pass_fds=[_LIFE],
        )


class Forks:
    """A process with Gradio imported, told what to do in lines on its standard input."""

    def __init__(self, python: Path, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [str(python), str(LAUNCHER), str(_LIFE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            pass_fds=[_LIFE],
            text=True,
        )
        self._lock = Lock()
        atexit.register(self._end)

    def launch(self, app: Path, folder: Path, env: Mapping[str, str]) -> Fork:
        """Run an app in a fork, its log in FOLDER/log.txt."""
        (folder / "start.json").write_text(json.dumps({"app": str(app), "env": env}))
        return Fork(self, int(self.ask(f"fork {folder}")))

    def ask(self, command: str) -> str:
        """Send a line and return the one that answers it."""
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(f"{command}\n")
            self._process.stdin.flush()
            return self._process.stdout.readline().strip()

    def _end(self) -> None:
        with self._process:
            pass


class Fork:
    """A server's process: as much of `subprocess.Popen` as it needs."""

    def __init__(self, forks: Forks, pid: int) -> None:
        self.pid = pid
        self._forks = forks
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        if self._code is None and (code := self._forks.ask(f"poll {self.pid}")):
            self._code = int(code)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended."""
        began = time.monotonic()
        while (code := self.poll()) is None:
            if timeout is not None and time.monotonic() - began > timeout:
                raise subprocess.TimeoutExpired(f"fork {self.pid}", timeout)
            time.sleep(0.01)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:  # as long as nobody has waited the id is nobody else's
            os.kill(self.pid, number)
