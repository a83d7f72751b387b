"""The Spaces of the guide: stand-ins on real servers, behind a Hub of ours."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.runtime.hub_support import ask
from tests.support.audio import write_audio
from tests.support.hub import Account, Hub, Space
from tests.support.servers import GradioServer, several

SPACES = {
    "abidlabs/whisper": "whisper",
    "abidlabs/en2fr": "en2fr",
    "gradio/calculator": "calculator",
    "gradio/count_generator": "count_generator",
    "abidlabs/test-yield": "test_yield",
    "abidlabs/music-separation": "music_separation",
}
PRIVATE, TOKEN = "abidlabs/my-private-space", "hf_reader"
#: A token that may write, and whose it is.
WRITER, OWNER = "hf_writer", "me"


@pytest.fixture(scope="session")
def hosts() -> Iterator[dict[str, str]]:
    with several({s: f"replicas/{name}" for s, name in SPACES.items()}) as running:
        yield running


@pytest.fixture(scope="session")
def hub(hosts: dict[str, str]) -> Iterator[Hub]:
    spaces = {space: Space(host) for space, host in hosts.items()}
    spaces[PRIVATE] = Space(hosts["abidlabs/en2fr"], token=TOKEN)
    with Hub(spaces) as running:
        running.accounts[WRITER] = Account(OWNER)
        yield running


def times_copied(hub: Hub, name: str) -> int:
    """How often the Hub was asked to make that copy."""
    asked = hub.asked("POST", "/duplicate")
    return sum(request.body["repository"] == f"{OWNER}/{name}" for request in asked)


@pytest.fixture(autouse=True)
def use_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever asks the Hub asks ours, without a login."""
    ask(hub, monkeypatch, tmp_path)


@pytest.fixture
def url(hosts: dict[str, str]) -> str:
    """The address of the app behind `abidlabs/en2fr`."""
    return hosts["abidlabs/en2fr"]


@pytest.fixture
def locked() -> Iterator[str]:
    """The address of an app with a login, `user` and `secret`."""
    with GradioServer("wire", 6, {"AUTH": "user:secret"}) as server:
        yield server.url


@pytest.fixture
def slow_whisper() -> Iterator[str]:
    """The address of a whisper that takes its time."""
    with GradioServer("replicas/whisper", env={"DELAY": "2"}) as server:
        yield server.url


@pytest.fixture
def audio(tmp_path: Path) -> str:
    return str(write_audio(tmp_path / "audio_sample.wav"))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def _files(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=os.fspath(folder))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def audio_url(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "web"
    folder.mkdir()
    write_audio(folder / "audio_sample.wav")
    with _files(folder) as address:
        yield f"{address}/audio_sample.wav"
