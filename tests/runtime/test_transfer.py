"""Uploads, to a server of ours: what goes, how often, how much at a time, what fails."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from gradio_runtime import (
    ConnectError,
    ConnectionLost,
    File,
    FileTooLarge,
    GradioError,
    InputError,
    ProtocolError,
    UploadProgress,
)
from gradio_runtime._codecs.file_objects import inlined
from gradio_runtime._http.settings import Settings
from gradio_runtime._models.filenames import safe_name
from gradio_runtime._models.files import data_url
from gradio_runtime._transfer.sources import open_source
from gradio_runtime._transfer.transfer import Transfer
from gradio_runtime.description import Config
from gradio_runtime.description.dialect import Dialect

from tests.runtime.file_server import PREFIX, FileServer, Handler, file_server
from tests.runtime.wire_api import WireClient

MANY = os.urandom(1_000_000)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server() as server:
        yield server


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradio_runtime._http.transport.pause", lambda _attempt: 0.01)


@pytest.fixture
def client(server: FileServer, tmp_path: Path) -> Iterator[WireClient]:
    with WireClient(server.url, download_dir=tmp_path / "downloads") as client:
        yield client


class Pipe:
    """A stream of the user's own, which cannot seek."""

    def __init__(self, *pieces: bytes | Exception | None) -> None:
        self._pieces = list(pieces)
        self.reads = 0
        self.threads: set[str] = set()

    def read(self, _size: int = -1) -> Any:
        self.reads += 1
        self.threads.add(threading.current_thread().name)
        piece = self._pieces.pop(0) if self._pieces else b""
        if isinstance(piece, Exception):
            raise piece
        return piece


def sent(client: WireClient, value: object) -> File:
    """What `/file` makes of a value that is no `FileInput` to type checkers."""
    return client.file(cast("Any", value))


# ---- what goes


@pytest.mark.parametrize("content", [b"x", MANY])
def test_every_form_of_content(
    server: FileServer, client: WireClient, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "no suffix"
    path.write_bytes(content)
    with path.open("rb") as opened:
        opened.read(7)
        forms = [
            path,
            str(path),
            content,
            bytearray(content),
            io.BytesIO(content),
            opened,
            Pipe(*(content[i : i + 7] for i in range(0, min(len(content), 70), 7))),
            File.of(path),
        ]
        for form in forms:
            whole = not isinstance(form, Pipe)
            expected = content if whole else content[:70]
            assert sent(client, form).read_bytes() == expected
            assert server.uploads[-1].content == expected
            assert ("content-length" in server.uploads[-1].headers) == whole


def test_an_empty_file(server: FileServer, client: WireClient, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    client.file_sizes(tmp_path / "empty", [b"", cast("BinaryIO", Pipe())])
    assert [upload.content for upload in server.uploads] == [b"", b"", b""]
    assert client.file(b"").read_bytes() == b""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain.txt", "plain.txt"),
        ("no suffix", "no suffix"),
        ("名前 ü.png", "名前 ü.png"),
        ("../../etc/passwd", "passwd"),
        (".env", ".env"),
        (" lead.txt", " lead.txt"),
        ("a\\b.txt", "a\\b.txt"),
        ("ends in \\", "ends in \\"),
        ("..", "file"),
        ("...", "..."),
        ('a"; name="other.txt', "a%22; name=%22other.txt"),
        (
            "a\r\nX-Evil: 1\r\n\r\nbody.txt",
            "a%0D%0AX-Evil: 1%0D%0A%0D%0Abody.txt",
        ),
        ("a\x00b.txt", "a%00b.txt"),
        ("\u202egnp.exe", "\u202egnp.exe"),
        ("NUL.txt", "NUL.txt"),
        ("com1", "com1"),
        ("é" * 300 + ".txt", "é" * 251 + ".txt"),
    ],
)
def test_the_app_sees_the_own_name_of_a_file(
    server: FileServer, client: WireClient, name: str, expected: str
) -> None:
    file = File.of(b"content")
    file.orig_name = name
    result = client.file(file)
    (upload,) = server.uploads
    assert upload.content == b"content"
    assert len(upload.head.splitlines()) == 2, (
        upload.head
    )  # no header of the name's own
    assert upload.name == expected
    # It is made safe where it is written.
    assert result.path is not None
    assert result.path.name == safe_name(result.path.name)


def test_a_name_on_the_disk_that_is_no_utf_8(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    try:
        Path(path).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system has UTF-8 only")
    client.file(path)
    (value,) = server.joined[0]["data"]
    assert value["orig_name"] == "caf?.txt"
    assert server.uploads[0].name.startswith("caf")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has none")
def test_a_path_that_is_a_pipe(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    """Nothing else waits for whoever writes to it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    job = client.file.submit(pipe)
    assert client.file(b"quick").read_bytes() == b"quick"
    pipe.write_bytes(b"slow")
    assert job.result(10).read_bytes() == b"slow"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("what the picture should show " * 4_000, "Pass the path"),
        (base64.b64encode(b"picture" * 10_000).decode(), "b64decode"),
        (base64.encodebytes(b"picture" * 100).decode(), "b64decode"),
        ("a\0b", "Pass the path"),
        ("\ud800", "Pass the path"),
        ("\x1b[31mred", "Pass the path"),
    ],
)
def test_a_text_where_a_path_was_meant(
    client: WireClient, text: str, hint: str
) -> None:
    with pytest.raises(InputError, match="cannot read the file") as caught:
        client.file(text)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()
    assert hint in str(caught.value)


def test_a_folder_is_no_file(client: WireClient, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the file .*directory"):
        client.file(tmp_path)


def test_what_goes_inline_is_read_like_any_upload() -> None:
    """Images of Gradio 3 are data URLs, of whatever they are made."""
    three = Dialect.of(Config(version="3.50.2"))

    async def sent(content: Any) -> Any:
        transfer = Transfer(cast("Any", None), three, Settings())
        return await transfer.upload_all([inlined(File.of(content))])

    pipe = Pipe(b"a" * 10, b"b")
    expected = [data_url(b"a" * 10 + b"b", None)]
    assert asyncio.run(sent(pipe)) == expected
    assert pipe.threads == {"gradio-runtime-worker"}
    assert asyncio.run(sent(io.BytesIO(b"a" * 10 + b"b"))) == expected


# ---- how often, and how many at a time


def test_the_same_file_goes_once(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"path")
    content, stream = b"bytes of this test", cast("BinaryIO", Pipe(b"stream"))
    once = File.of(path)
    several: list[Any] = [
        path,
        str(path),
        once,
        once,
        content,
        stream,
        path.parent / "." / "a.txt",
    ]
    client.file_sizes(content, [*several, stream])
    assert sorted(upload.content for upload in server.uploads) == [
        content,
        b"path",
        b"stream",
    ]
    one, values = server.joined[0]["data"]
    assert len({value["path"] for value in [one, *values]}) == 3
    assert values[4]["path"] == one["path"]


def test_the_same_file_under_two_names_goes_twice(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"path")
    client.file_sizes(path, [File(path=path, orig_name="b.csv")])
    assert sorted(upload.name for upload in server.uploads) == ["a.txt", "b.csv"]


def test_several_files_at_the_same_time_but_not_all(
    server: FileServer, client: WireClient
) -> None:
    server.hold = 8
    client.file_sizes(b"first", [bytes([i]) for i in range(30)])
    assert len(server.uploads) == 31
    assert server.most == 8


def test_a_stream_that_waits_keeps_nobody_waiting(
    server: FileServer, client: WireClient
) -> None:
    free = threading.Event()

    class Waiting(Pipe):
        def read(self, _size: int = -1) -> Any:
            assert free.wait(10)
            return super().read()

    pipes = [cast("Any", Waiting(b"late")) for _ in range(9)]
    slow = client.file_sizes.submit(pipes[0], pipes[1:])
    assert client.file(b"quick").read_bytes() == b"quick"
    assert not slow.done()
    free.set()
    slow.result(10)
    assert len(server.uploads) == 10


def test_one_that_fails_ends_the_others(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    class Endless(Pipe):
        def read(self, _size: int = -1) -> Any:
            super().read()
            return b"x" * 1000

    endless = Endless()
    with pytest.raises(InputError, match="No such file"):
        client.file_sizes(cast("Any", endless), [tmp_path / "missing"])
    _stops(endless)
    assert not server.joined


def _stops(pipe: Pipe) -> None:
    """Wait until nobody reads a stream any more."""
    quiet = threading.Event()
    for _ in range(100):
        before = pipe.reads
        quiet.wait(0.1)
        if pipe.reads == before:
            return
    raise AssertionError("the stream is read on and on")


def test_a_cancelled_upload_reads_no_further(
    server: FileServer, client: WireClient
) -> None:
    begun = threading.Event()

    class Endless(Pipe):
        def read(self, _size: int = -1) -> Any:
            super().read()
            begun.set()
            return b"x" * 1000

    endless = Endless()
    job = client.file.submit(cast("Any", endless))
    assert begun.wait(10)
    assert job.cancel()
    _stops(endless)
    assert not server.uploads


# ---- how large


def test_the_bound_of_the_app_is_checked_before_anything_is_sent(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    server.max_file_size = 1000
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(1001))
    with path.open("rb") as opened:
        for form in (path, bytes(1001), io.BytesIO(bytes(1001)), opened):
            with pytest.raises(FileTooLarge, match=r"1001 bytes.*at most 1000"):
                sent(client, form)
    with pytest.raises(FileTooLarge, match=r"big\.bin"):
        client.file(path)
    assert not [path for path, _ in server.seen if "upload" in path]
    assert client.file(bytes(1000)).size == 1000


def test_a_stream_is_sent_no_further_than_the_app_takes(
    server: FileServer, client: WireClient
) -> None:
    server.max_file_size = 1000
    pipe = Pipe(*[b"x" * 400] * 100)
    with pytest.raises(FileTooLarge, match="more than 1000 bytes"):
        sent(client, pipe)
    assert pipe.reads == 3
    assert not server.uploads
    assert sent(client, Pipe(b"x" * 1000)).size == 1000


def test_a_server_that_says_it_is_too_large(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    def refuse(handler: Handler) -> None:
        handler.answer(413, b"too much", {"connection": "close"})
        handler.read_body()  # as proxies do, so that the answer is not lost
        handler.hang_up()

    path = tmp_path / "big.bin"
    path.write_bytes(MANY)
    server.upload_faults = [refuse]
    with pytest.raises(FileTooLarge, match=r"big\.bin.*too much"):
        client.file(path)


# ---- what fails


def hang_up(handler: Handler) -> None:
    handler.rfile.read(1000)
    handler.hang_up()


def refused(status: int) -> Any:
    def refuse(handler: Handler) -> None:
        handler.read_body()
        handler.answer(status, b"later", {"retry-after": "0.01"})

    return refuse


@pytest.mark.parametrize("fault", [hang_up, refused(429), refused(502), refused(503)])
def test_what_can_be_read_again_is_sent_again(
    server: FileServer, client: WireClient, tmp_path: Path, fault: Any
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(MANY)
    for form in (path, MANY, io.BytesIO(MANY)):
        server.upload_faults = [fault, fault]
        assert sent(client, form).read_bytes() == MANY
        assert server.uploads.pop().content == MANY
    server.upload_faults = [fault] * 3
    with pytest.raises(GradioError):
        client.file(path)
    assert not server.upload_faults


def test_a_stream_that_was_begun_is_not_sent_again(
    server: FileServer, client: WireClient
) -> None:
    server.upload_faults = [hang_up]
    pipe = Pipe(*[b"x" * 1000] * 10)
    with pytest.raises(ConnectionLost) as caught:
        sent(client, pipe)
    assert not caught.value.may_have_run
    assert not server.uploads
    assert len([path for path, _ in server.seen if "upload" in path]) == 1


def test_streams_that_fail(server: FileServer, client: WireClient) -> None:
    with pytest.raises(GradioError, match="the disk is on fire") as caught:
        sent(client, Pipe(b"x", OSError("the disk is on fire")))
    assert isinstance(caught.value.__cause__, OSError)
    with pytest.raises(InputError, match="NoneType instead of bytes"):
        sent(client, Pipe(b"x", None))
    with pytest.raises(InputError, match="str instead of bytes"):
        sent(client, Pipe(cast("Any", "text")))
    assert not server.uploads


def test_a_file_that_changes_while_it_is_read(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            self.truncate(5)
            return super().read(size)

    class Growing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(size) or b"more"

    for stream in (Shrinking(b"0123456789"), Growing(b"0123456789")):
        with pytest.raises(InputError, match="changed while it was uploaded"):
            client.file(stream)
    assert not server.uploads


def test_an_answer_that_is_none(server: FileServer, client: WireClient) -> None:
    file = File.of(b"x")
    file.orig_name = "a.txt"
    cases: list[tuple[bytes, type[GradioError], str]] = [
        (b"[]", ProtocolError, r"did not take.*a\.txt"),
        (b"nothing", ProtocolError, r"did not take.*a\.txt"),
        (b"<html>", ConnectError, "not JSON"),
    ]
    for content, error, text in cases:

        def answer(handler: Handler, content: bytes = content) -> None:
            handler.read_body()
            handler.answer(200, content)

        server.upload_faults = [answer]
        with pytest.raises(error, match=text):
            client.file(file)
        assert not server.upload_faults


def test_an_upload_that_is_redirected(server: FileServer, client: WireClient) -> None:
    def move(handler: Handler) -> None:
        handler.read_body()
        handler.answer(307, b"", {"location": f"{PREFIX}/upload?again"})

    server.upload_faults = [move]
    assert client.file(b"twice").read_bytes() == b"twice"
    server.upload_faults = [move]
    with pytest.raises(InputError, match="the same stream twice"):
        sent(client, Pipe(b"once"))


# ---- threads


def test_who_reads_a_stream() -> None:
    async def threads(stream: Any) -> set[str]:
        source = await open_source(stream)
        async for _ in source.pieces():
            pass
        return cast("set[str]", stream.threads)

    class Memory(io.BytesIO):
        def __init__(self) -> None:
            super().__init__(b"x")
            self.threads: set[str] = set()

        def read(self, size: int | None = -1) -> bytes:
            self.threads.add(threading.current_thread().name)
            return super().read(size)

    assert asyncio.run(threads(Pipe(b"a", b"b"))) == {"gradio-runtime-worker"}
    assert asyncio.run(threads(Memory())) == {threading.current_thread().name}


# ---- progress


def test_progress_of_each_file(
    server: FileServer, client: WireClient, tmp_path: Path
) -> None:
    told: list[UploadProgress] = []
    threads: set[str] = set()

    def tell(progress: UploadProgress) -> None:
        told.append(progress)
        threads.add(threading.current_thread().name)

    done = threading.Event()
    path = tmp_path / "a.bin"
    path.write_bytes(MANY)
    sizes = client.file_sizes.with_options(
        upload_progress=tell, result_callbacks=[lambda _: done.set()]
    )
    sizes(path, [b"", cast("BinaryIO", Pipe(b"abc", b"de"))])
    assert done.wait(10)
    steps = {
        name: [
            step
            for step in told
            if step.file.orig_name == name or step.file.size == name
        ]
        for name in ("a.bin", 0)
    }
    file = steps["a.bin"]
    assert [step.sent for step in file] == sorted(step.sent for step in file)
    assert (file[-1].sent, file[-1].total) == (len(MANY), len(MANY))
    assert file[-1].file.path == path
    assert [(step.sent, step.total) for step in steps[0]] == [(0, 0)]
    stream = [step for step in told if step.total is None]
    assert stream[-1].sent == 5
    assert threads == {"gradio-runtime-callbacks"}


def test_a_slow_listener_misses_steps_but_not_the_last(
    server: FileServer, client: WireClient
) -> None:
    told: list[int] = []
    free, done = threading.Event(), threading.Event()

    def tell(progress: UploadProgress) -> None:
        assert free.wait(10)
        told.append(progress.sent)

    file = client.file.with_options(
        upload_progress=tell, result_callbacks=[lambda _: done.set()]
    )
    content = bytes(5_000_000)
    job = file.submit(content)
    job.result(10)
    free.set()
    assert done.wait(10)
    assert told[-1] == len(content)
    assert len(told) <= 2


def test_a_listener_that_raises_does_no_harm(client: WireClient) -> None:
    def tell(_: UploadProgress) -> None:
        raise ZeroDivisionError

    file = client.file.with_options(upload_progress=tell)
    assert file(b"x").read_bytes() == b"x"


# ---- from one app to another


@pytest.fixture
def other(tmp_path: Path) -> Iterator[tuple[FileServer, WireClient]]:
    with (
        file_server() as server,
        WireClient(
            server.url, download_files=False, download_dir=tmp_path / "other"
        ) as client,
    ):
        yield server, client


def test_a_file_of_another_app_passes_through(
    server: FileServer,
    client: WireClient,
    other: tuple[FileServer, WireClient],
    tmp_path: Path,
) -> None:
    remote = other[1].file(MANY)
    assert remote.path is None
    assert client.file(remote).read_bytes() == MANY
    assert server.uploads[0].content == MANY
    assert remote.path is None
    assert not list((tmp_path / "other").rglob("*")), "the copy is removed"


@pytest.mark.parametrize(
    ("reach", "handed"),
    [
        ({}, True),
        ({"token": "secret"}, False),
        ({"headers": {"cookie": "a=b"}}, False),
        ({"headers": {"authorization": "Basic x"}}, False),
    ],
)
def test_a_public_file_is_handed_over_by_url(
    server: FileServer,
    client: WireClient,
    other: tuple[FileServer, WireClient],
    monkeypatch: pytest.MonkeyPatch,
    reach: dict[str, Any],
    handed: bool,
) -> None:
    """Apps on this machine are not public; here they pass for it."""
    monkeypatch.setattr("gradio_runtime._transfer.transfer._public", lambda _url: True)
    monkeypatch.setattr("gradio_runtime._http.abroad.is_public", lambda _ip: True)
    with WireClient(other[0].url, download_files=False, **reach) as source:
        remote = source.file(b"content")
    client.file(remote)
    (value,) = server.joined[-1]["data"]
    assert (value["path"] == remote.url) is handed
    assert [upload.content for upload in server.uploads] == [b"content"][handed:]
