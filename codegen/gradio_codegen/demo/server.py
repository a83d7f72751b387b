"""The app of the tour as a process of its own, on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Server:
    """The app that runs.

    Attributes:
        url: Where it is.
        folder: A temporary folder, deleted at the end.
    """

    url: str
    folder: Path


@contextmanager
def serve() -> Generator[Server]:
    """Serve the app from the beginning of a `with` block to its end.

    It ends with us in any case: it watches a pipe that closes when we are gone, also
    when we were killed.

    Raises:
        SourceError: The app did not start; what it printed is on stderr.
    """
    with tempfile.TemporaryDirectory(
        prefix="gradio-codegen-demo-", ignore_cleanup_errors=True
    ) as folder:
        port = _free_port()
        server = Server(f"http://127.0.0.1:{port}", Path(folder))
        log = server.folder / "log.txt"
        with _process(server.folder, port, log) as process:
            if problem := _wait(server.url, process):
                said = log.read_text("utf-8", errors="replace").strip()
                print(said, file=sys.stderr)
                raise SourceError(f"the demo's app {problem}. Its output is above")
            yield server


@contextmanager
def _process(folder: Path, port: int, log: Path) -> Generator[subprocess.Popen[bytes]]:
    """Start the app's process, and end it after the block."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GRADIO_")}
    own = {"GRADIO_TEMP_DIR": str(folder / "served"), "PORT": str(port)}
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - our own file
            # -P: or the modules beside the app would shadow others.
            [sys.executable, "-P", str(_APP), "--with-starter"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=kept | _SETTINGS | own,
            # Ctrl-C is ours to handle.
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(url: str, process: subprocess.Popen[bytes]) -> str:
    """Wait until the app answers; otherwise return what is wrong with it."""
    deadline = time.monotonic() + _START_TIMEOUT
    while not _answers(url):
        if process.poll() is not None:
            return "ended while it started"
        if time.monotonic() > deadline:
            return "did not answer in time"
        time.sleep(0.05)
    return ""


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
