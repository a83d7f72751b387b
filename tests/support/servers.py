"""Real Gradio servers on loopback, each a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.environments import BETWEEN, VERSIONS, server_python
from tests.support.forks import Fork, Forks, launch

APPS = Path(__file__).parents[1] / "apps"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
START_TIMEOUT = 120.0
STOP_TIMEOUT = 5.0

# How the names of variables begin that Gradio and huggingface_hub read.
_OF_GRADIO = ("GRADIO_", "HF_")

# Nothing leaves the machine, whatever the developer's own settings are.
_SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "NO_PROXY": "127.0.0.1,localhost",
    "PYTHONUNBUFFERED": "1",
}


class GradioServer:
    """One app, served by one version of Gradio, from `start()` to `stop()`.

    Attributes:
        url: The app's address, without a slash at the end.
        version: The Gradio version that serves it.
        major: The first number of that version.
    """

    def __init__(
        self,
        app: str | Path = "wire",
        gradio: int | str = 6,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a server; nothing runs yet.

        Args:
            app: A name under tests/apps (`"replicas/whisper"`) or the path of a file.
            gradio: Which Gradio: the first number of its version, or one of
                `BETWEEN`, such as `"4.8"`.
            env: Environment variables for the app.
        """
        self.version = BETWEEN[gradio] if isinstance(gradio, str) else VERSIONS[gradio]
        self.major = int(self.version.partition(".")[0])
        self.url = ""
        self._app = app if isinstance(app, Path) else APPS / f"{app}.py"
        self._env = dict(env or {})
        self._process: subprocess.Popen[bytes] | Fork | None = None
        self._folder: Path | None = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def start(self) -> Self:
        """Start the process, and return once it answers requests."""
        python = server_python(self.version)
        self._folder = Path(tempfile.mkdtemp(prefix="gradio-codegen-server-"))
        try:
            self._start(python, self._folder)
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self, python: Path, folder: Path) -> None:
        port = int(self._env.get("PORT") or _free_ports(1)[0])
        self.url = f"http://127.0.0.1:{port}"
        env = self._environment(port, folder)
        if self._needs_own_process():
            self._process = launch(python, self._app, folder, env)
        else:
            self._process = _forks(python).launch(self._app, folder, env)
        deadline = time.monotonic() + START_TIMEOUT
        while not _answers(self.url):
            if self._process.poll() is not None:
                raise RuntimeError(f"{self} ended while starting:\n{self.log()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self} did not answer in time:\n{self.log()}")
            time.sleep(0.05)

    def _needs_own_process(self) -> bool:
        """Whether a fork is another thing: Gradio reads its settings when imported.

        A benchmark measures servers as users start them.
        """
        return (
            sys.platform != "linux"
            or BENCHMARKS in self._app.parents
            or any(name.startswith(_OF_GRADIO) for name in self._env)
        )

    def _environment(self, port: int, folder: Path) -> dict[str, str]:
        files = {"GRADIO_TEMP_DIR": str(folder / "files"), "PORT": str(port)}
        return _plain_environment() | files | self._env

    def log(self) -> str:
        """Everything that the server has printed so far."""
        if self._folder is None:
            return ""
        return (self._folder / "log.txt").read_text("utf-8", errors="replace")

    def kill(self) -> None:
        """End the process at once, as a crash would; the log stays readable."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self, app: str | None = None) -> None:
        """End the process and start it anew at the same address, as after a crash.

        Args:
            app: Another app under tests/apps, as after a deployment; None for the same.
        """
        port = int(self.url.rpartition(":")[2])
        self.stop()
        self._app = self._app if app is None else APPS / f"{app}.py"
        self._env["PORT"] = str(port)
        self.start()

    def stop(self) -> None:
        """End the process and delete what it left; harmless when repeated."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<{self._app.stem} on Gradio {self.version} at {self.url}>"


@contextmanager
def several(
    apps: Mapping[str, str], gradio: int = 6, env: Mapping[str, str] | None = None
) -> Iterator[dict[str, str]]:
    """Apps of tests/apps that run in one process, which starts as fast as for one.

    Args:
        apps: Each app by a name of the caller's: `"replicas/whisper"`, or with a
            VARIANT, `"drifting:renamed"`.
        gradio: Which Gradio: the first number of its version.
        env: Environment variables for all of them.

    Yields:
        Their addresses by the same names.
    """
    ports = [str(port) for port in _free_ports(len(apps))]
    entries = [f"{app}={port}" for app, port in zip(apps.values(), ports, strict=True)]
    with GradioServer("several", gradio, {"APPS": ",".join(entries), **(env or {})}):
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        yield dict(zip(apps, urls, strict=True))


def _plain_environment() -> dict[str, str]:
    drop = (*_OF_GRADIO, "PYTHON", "VIRTUAL_ENV")
    return {n: v for n, v in os.environ.items() if not n.startswith(drop)} | _SETTINGS


@cache
def _forks(python: Path) -> Forks:
    return Forks(python, _plain_environment())


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/config", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True  # 401: it asks for a login, so it is there
    except OSError:
        return False
