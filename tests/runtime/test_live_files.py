"""Files on real servers: large ones, broken connections, hostile names."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from gradio_runtime import (
    App,
    Call,
    Client,
    File,
    GradioError,
    UploadProgress,
)

from tests.conftest import StartServer
from tests.runtime.wire_api import Whole, WireClient
from tests.support.servers import GradioServer

_app = App("http://127.0.0.1:9", spec="sha256:0", gradio="6.31.0")

MANY = os.urandom(3_000_000)


class Relay:
    """A proxy that breaks one download off in the middle.

    Attributes:
        url: Where it listens.
        asked: What came from the client.
    """

    def __init__(self, listener: socket.socket, port: int) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.asked = bytearray()
        self._listener = listener
        self._port = port
        self._sockets: list[socket.socket] = []
        #: Bytes to let through to the client before the break.
        self._left = 1_000_000

    def run(self) -> None:
        """Relay connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                self._sockets += [client, server]
                for work, ends in (
                    (self._up, (client, server)),
                    (self._down, (server, client)),
                ):
                    threading.Thread(target=work, args=ends, daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self.asked += data
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
                if 0 < self._left <= len(data):
                    self._left = 0
                    break
                self._left = max(0, self._left - len(data))
            server.shutdown(socket.SHUT_RDWR)
            client.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Forget every connection."""
        for each in self._sockets:
            each.close()


@contextmanager
def relay(server: GradioServer) -> Iterator[Relay]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(listener, int(server.url.rpartition(":")[2]))
        threading.Thread(target=relay.run, daemon=True).start()
        yield relay
        listener.shutdown(socket.SHUT_RDWR)
        relay.close()


def test_a_download_that_breaks_off_goes_on(
    every_gradio: GradioServer, tmp_path: Path
) -> None:
    with (
        relay(every_gradio) as through,
        WireClient(through.url, download_dir=tmp_path) as client,
    ):
        assert client.file(MANY).read_bytes() == MANY
    assert through.asked.count(b"if-range: ") == 1
    assert b"range: bytes=0-" not in through.asked
    assert len(list(tmp_path.rglob("*.*"))) <= 1


def test_an_app_sees_the_own_name_of_a_file(
    every_gradio: GradioServer, tmp_path: Path
) -> None:
    """As from a browser; what Gradio leaves out of a name is another matter."""
    names = {" lead.txt": " lead.txt", "a\\b.txt": "ab.txt"}
    if every_gradio.major < 5:  # later ones refuse it, as from a browser
        names[".env"] = ".env"
    # Gradio serves no file whose name begins with a dot.
    with WireClient(every_gradio.url, download_files=False) as client:
        for name in names:
            (tmp_path / name).write_text("own")
        results = [client.file(tmp_path / name) for name in names]
    assert [result.orig_name for result in results] == list(names.values())


@pytest.mark.parametrize(
    "name",
    [
        "no suffix",
        "名前 ü.bin",
        "../../x.bin",
        "..",
        "a\r\nX-Evil: 1\r\n\r\n.bin",
        'q"uo"te.bin',
        "NUL.bin",
        "\u202egnp.exe",
        "é" * 300 + ".bin",
        "%2e%2e%2fx.bin",
    ],
)
def test_names_on_a_real_server(
    gradio: GradioServer, tmp_path: Path, name: str
) -> None:
    with WireClient(gradio.url, download_dir=tmp_path) as client:
        file = File.of(b"content")
        file.orig_name = name
        result = client.file(file)
        assert result.read_bytes() == b"content"
        assert result.path is not None
        assert result.path.parent.parent == tmp_path


def test_progress_on_a_real_server(every_gradio: GradioServer, tmp_path: Path) -> None:
    told: list[UploadProgress] = []
    done = threading.Event()
    with WireClient(every_gradio.url, download_dir=tmp_path) as client:
        file = client.file.with_options(
            upload_progress=told.append, result_callbacks=[lambda _: done.set()]
        )
        assert file(MANY).size == len(MANY)
    assert done.wait(10)
    assert told[-1].sent == told[-1].total == len(MANY)


def test_the_bound_of_the_caller(gradio6: GradioServer, tmp_path: Path) -> None:
    with WireClient(
        gradio6.url, download_dir=tmp_path, max_download_size=1000
    ) as client:
        assert client.file(bytes(1000)).size == 1000
        with pytest.raises(GradioError, match="at most 1000"):
            client.file(bytes(1001))
    assert len(list(tmp_path.iterdir())) == 1


@_app.stream_endpoint("/recite", Whole, shape="number -> audio")
def recite(n: int) -> Call[File]:
    return Call(Whole(n=n))


class RecordingClient(Client):
    app = _app
    recite = recite


@pytest.mark.parametrize("major", [5, 6])
def test_a_recording_of_many_parts(
    start_server: StartServer, tmp_path: Path, major: int
) -> None:
    server = start_server("recording", major)
    with RecordingClient(server.url, download_dir=tmp_path) as client:
        parts = [bytes([65 + index]) * 100_000 for index in range(3)]
        job = client.recite.submit(3)
        for recording in (client.recite(3), job.result(), job.outputs()[-1]):
            assert recording.path is not None
            assert recording.read_bytes() == b"".join(parts)
        assert client.predict(3, api_name="/silence") is None
        job_ = client.submit(3, api_name="/silence")
        assert (len(list(job_)), job_.result()) == (3, None)


_PEAK = """
import sys
from tests.runtime.wire_api import WireClient

def peak():
    with open("/proc/self/status") as status:
        (line,) = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024

url, path, folder = sys.argv[1:]
with WireClient(url, download_dir=folder) as client:
    client.file(bytes(1_000_000))
    before = peak()
    size = client.file(path).size
    with open(path, "rb") as stream:
        assert client.file_sizes(stream, []) == {"one": size, "several": []}
    print(size, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_file_is_never_in_memory(gradio6: GradioServer, tmp_path: Path) -> None:
    """256 MiB up and down again, in a process of its own."""
    large = tmp_path / "large.bin"
    piece = os.urandom(1 << 20)
    with large.open("wb") as file:
        for _ in range(256):
            file.write(piece)
    run = subprocess.run(
        [sys.executable, "-c", _PEAK, gradio6.url, str(large), str(tmp_path / "down")],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    size, grown = map(int, run.stdout.split())
    assert size == 256 << 20
    assert grown < 16, f"{grown} MiB"
    (copy,) = (tmp_path / "down").rglob("large.bin")
    with copy.open("rb") as file:
        assert all(file.read(1 << 20) == piece for _ in range(256))
