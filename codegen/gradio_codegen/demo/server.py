"""The app of the tour as a process of its own, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from ..errors import SourceError

_APP = Path(__file__).with_name("app.py")
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 5.0

# Nothing leaves the machine, whatever the user's own settings are.
_SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "NO_PROXY": "127.0.0.1,localhost",
    "PYTHONUNBUFFERED": "1",
}


class ServerFailed(SourceError):
    """The app did not start.

    Attributes:
        log: What it printed.
    """

    def __init__(self, problem: str, log: str) -> None:
        self.log = log
        super().__init__(f"the demo's app {problem}. Its output is above")


class DemoServer:
    """The app, served from the beginning of a `with` block to its end.

    It ends with us in any case: it watches a pipe that closes when we are gone, also
    when we were killed.

    Attributes:
        url: Where it is.
        folder: A temporary folder, deleted at the end.
    """

    def __init__(self) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.folder = Path(tempfile.mkdtemp(prefix="gradio-codegen-demo-"))
        self._settings = _SETTINGS | {
            "GRADIO_TEMP_DIR": str(self.folder / "served"),
            "PORT": str(port),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the process, and return once it answers."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.stop()

    def stop(self) -> None:
        """End the process and delete its folder; harmless when repeated."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GRADIO_")}
        log = self.folder / "log.txt"
        with log.open("wb") as output:
            self._process = process = subprocess.Popen(  # noqa: S603 - our own file
                # -P: or the modules beside the app would shadow others.
                [sys.executable, "-P", str(_APP), "--with-starter"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=kept | self._settings,
                # Ctrl-C is ours to handle.
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_TIMEOUT
        while not _answers(self.url):
            ended = process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise ServerFailed(
                    "ended while it started" if ended else "did not answer in time",
                    log.read_text("utf-8", errors="replace").strip(),
                )
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/config", timeout=5):
            return True
    except OSError:
        return False
