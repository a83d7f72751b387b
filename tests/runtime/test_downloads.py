"""Downloads, from a server of ours: whole or not at all, on from where they broke off."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import (
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    File,
    FileTooLarge,
    GradioError,
    ProtocolError,
)

from tests.runtime.file_server import (
    META,
    PREFIX,
    Fault,
    FileServer,
    Handler,
    Served,
    file_server,
)
from tests.runtime.wire_api import WireClient

MANY = os.urandom(1_000_000)
PATH = "/out/a b#ü.bin"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradio_runtime._http.backoff.pause", lambda _attempt: 0.01)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where downloads go; nothing is left there by one that failed."""
    folder = tmp_path / "downloads"
    yield folder
    assert not list(folder.rglob("*.part"))
    assert not [path for path in folder.glob("*") if not list(path.iterdir())]


def fetch(server: FileServer, folder: Path, **options: Any) -> File:
    with WireClient(server.url, download_dir=folder, **options) as client:
        return client.file(b"")


def cut(after: int, **how: Any) -> Fault:
    """The connection ends after so many bytes of the file, from its beginning."""

    def answer(handler: Handler, served: Served) -> None:
        headers = {"etag": served.etag} if served.etag else {}
        handler.answer(200, served.content, {**headers, **how}, cut=after)

    return answer


def cut_part(after: int) -> Fault:
    """The connection ends after so many bytes of what was asked for."""

    def answer(handler: Handler, served: Served) -> None:
        start = int(handler.headers["range"][len("bytes=") : -1])
        size = len(served.content)
        headers = {
            "content-range": f"bytes {start}-{size - 1}/{size}",
            "etag": served.etag,
        }
        handler.answer(206, served.content[start:], headers, cut=after)

    return answer


def part(range_: str, **how: str) -> Fault:
    """A part, whatever was asked for."""

    def answer(handler: Handler, _served: Served) -> None:
        handler.answer(206, MANY, {"content-range": range_, **how})

    return answer


def status(number: int, content: bytes = b"", **headers: str) -> Fault:
    return lambda handler, _served: handler.answer(number, content, headers)


def whole(content: bytes = MANY, **headers: str) -> Fault:
    return status(200, content, **headers)


# ---- on from where it broke off


def test_a_download_goes_on_where_it_broke_off(
    server: FileServer, folder: Path
) -> None:
    faults = [cut(300_000), cut_part(400_000), cut_part(0)]
    server.output = server.serve(PATH, MANY, faults=faults)
    assert fetch(server, folder).read_bytes() == MANY
    first, *later = server.ranges(PATH)
    assert first is None
    starts = [int(range_[len("bytes=") : -1]) for range_ in later if range_]
    assert len(starts) == 3
    assert 0 < starts[0] <= 300_000 < starts[1] <= starts[2] <= 700_000
    sent = [head for path, head in server.seen if "range" in head]
    etag = server.served[f"{PREFIX}/file={PATH}"].etag
    assert all(head["if-range"] == etag for head in sent)


def test_one_that_comes_further_is_never_given_up(
    server: FileServer, folder: Path
) -> None:
    faults = [cut(100_000), *[cut_part(100_000)] * 7]
    server.output = server.serve(PATH, MANY, faults=faults)
    assert fetch(server, folder).read_bytes() == MANY
    assert len(server.ranges(PATH)) == 9


def test_one_that_comes_no_further_is_given_up(
    server: FileServer, folder: Path
) -> None:
    server.output = server.serve(PATH, MANY, faults=[cut(300_000), *[cut_part(0)] * 9])
    with pytest.raises(ConnectionLost):
        fetch(server, folder)
    assert len(server.ranges(PATH)) == 3


def other_file(handler: Handler, served: Served) -> None:
    """Another file is there by now."""
    served.content = bytes(reversed(MANY))
    handler.serve(served)


@pytest.mark.parametrize("tag", [None, ""])
def test_a_file_that_changed_meanwhile_begins_anew(
    server: FileServer, folder: Path, tag: str | None
) -> None:
    """By its tag; without one it is never continued."""
    server.output = server.serve(PATH, MANY, tag=tag, faults=[cut(300_000), other_file])
    assert fetch(server, folder).read_bytes() == bytes(reversed(MANY))
    assert (server.ranges(PATH)[1] is not None) == (tag is None)


def test_a_weak_tag_promises_too_little(server: FileServer, folder: Path) -> None:
    server.output = server.serve(PATH, MANY, tag='W/"1"', faults=[cut(300_000)])
    assert fetch(server, folder).read_bytes() == MANY
    assert server.ranges(PATH) == [None, None]


def test_a_date_tells_versions_apart_too(server: FileServer, folder: Path) -> None:
    date = "Tue, 24 Nov 2026 10:00:00 GMT"
    faults = [
        cut(300_000, **{"last-modified": date}),
        lambda handler, served: handler.answer(
            206,
            served.content[int(handler.headers["range"][6:-1]) :],
            {
                "content-range": f"bytes {handler.headers['range'][6:-1]}-999999/*",
                "last-modified": date,
            },
        ),
    ]
    server.output = server.serve(PATH, MANY, tag="", faults=faults)
    assert fetch(server, folder).read_bytes() == MANY
    assert server.seen[-1][1]["if-range"] == date
    assert server.ranges(PATH)[1] is not None


@pytest.mark.parametrize(
    "wrong",
    [
        part("bytes 0-999999/1000000"),
        part("bytes 300001-999999/1000000"),
        part("bytes */1000000"),
        part("lines 1-2/3"),
        part("bytes 300000-999999/1000000", etag='"another"'),
        part("bytes 300000-999999/1000000", **{"content-encoding": "gzip"}),
        status(416, b"", **{"content-range": "bytes */5"}),
    ],
)
def test_a_wrong_part_is_not_taken(
    server: FileServer, folder: Path, wrong: Fault
) -> None:
    """The whole file is fetched anew."""
    server.output = server.serve(PATH, MANY, faults=[cut(300_000), wrong])
    assert fetch(server, folder).read_bytes() == MANY
    assert [bool(range_) for range_ in server.ranges(PATH)] == [False, True, False]


def test_a_part_that_ends_early_is_continued(server: FileServer, folder: Path) -> None:
    """A server may send less than was asked for (RFC 9110, 15.3.7)."""

    def less(handler: Handler, served: Served) -> None:
        start = int(handler.headers["range"][6:-1])
        piece = served.content[start : start + 200_000]
        range_ = f"bytes {start}-{start + len(piece) - 1}/{len(served.content)}"
        handler.answer(206, piece, {"content-range": range_, "etag": served.etag})

    server.output = server.serve(PATH, MANY, faults=[cut(300_000), less, less])
    assert fetch(server, folder).read_bytes() == MANY
    assert len(server.ranges(PATH)) == 4


def test_a_server_without_ranges_sends_it_all_again(
    server: FileServer, folder: Path
) -> None:
    server.output = server.serve(PATH, MANY, faults=[cut(300_000), whole()])
    assert fetch(server, folder).read_bytes() == MANY
    assert len(server.ranges(PATH)) == 2


# ---- what comes too short, or not


def test_an_answer_that_is_empty_or_short_is_not_the_file(
    server: FileServer, folder: Path
) -> None:
    """Gradio 6 serves files that it is just writing."""
    output = server.serve(PATH, MANY, faults=[whole(b""), whole(MANY[:5])])
    server.output = {**output, "size": len(MANY)}
    assert fetch(server, folder).read_bytes() == MANY
    assert server.ranges(PATH) == [None, None, None]


def test_a_size_that_is_a_lie_does_not_lose_the_file(
    server: FileServer, folder: Path
) -> None:
    server.output = {**server.serve(PATH, MANY), "size": len(MANY) + 1}
    file = fetch(server, folder)
    assert file.read_bytes() == MANY
    assert file.size == len(MANY)


@pytest.mark.parametrize("fault", [status(503), status(502), status(429), cut(0)])
def test_a_passing_failure_is_tried_again(
    server: FileServer, folder: Path, fault: Fault
) -> None:
    server.output = server.serve(PATH, MANY, faults=[fault, fault])
    assert fetch(server, folder).read_bytes() == MANY
    server.output = server.serve(PATH, MANY, faults=[fault] * 3)
    with pytest.raises(GradioError):
        fetch(server, folder)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (401, AuthenticationError),
        (403, ConnectError),
        (404, ConnectError),
        (410, ConnectError),
        (416, GradioError),
        (500, ProtocolError),
    ],
)
def test_a_file_that_is_not_served(
    server: FileServer, folder: Path, number: int, error: type[GradioError]
) -> None:
    server.output = server.serve(PATH, MANY, faults=[status(number, b"no")])
    with pytest.raises(error, match=str(number)) as caught:
        fetch(server, folder)
    assert len(server.ranges(PATH)) == 1
    if number in {403, 404, 410}:
        assert "a b#ü.bin" in str(caught.value)
        assert caught.value.endpoint == "/file"


# ---- how large


@pytest.mark.parametrize(
    "answer",
    [
        None,
        lambda handler, _: (
            handler.send_response(200),
            handler.send_header("connection", "close"),
            handler.end_headers(),
            handler.wfile.write(MANY),
            handler.hang_up(),
        ),
    ],
    ids=["told", "untold"],
)
def test_no_more_is_taken_than_the_caller_allows(
    server: FileServer, folder: Path, answer: Callable[..., object] | None
) -> None:
    faults: Any = [answer] if answer else []
    server.output = server.serve(PATH, MANY, faults=faults)
    with pytest.raises(FileTooLarge, match=r"a b#ü\.bin.*at most 999999"):
        fetch(server, folder, max_download_size=999_999)
    assert len(server.ranges(PATH)) == 1
    server.output = server.serve(PATH, MANY, faults=faults)
    assert fetch(server, folder, max_download_size=1_000_000).size == 1_000_000


def test_the_bound_holds_for_files_that_come_along(
    server: FileServer, folder: Path
) -> None:
    url = "data:text/plain;base64,AAAA"
    server.output = {"path": "", "url": url, "orig_name": "a.txt", "meta": META}
    with pytest.raises(FileTooLarge, match=r"a\.txt"):
        fetch(server, folder, max_download_size=2)
    assert fetch(server, folder, max_download_size=3).read_bytes() == bytes(3)


# ---- how many, and for whom


def test_a_download_that_is_left_leaves_nothing(
    server: FileServer, folder: Path
) -> None:
    begun, free = threading.Event(), threading.Event()

    def slow(handler: Handler, served: Served) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(served.content)))
        handler.end_headers()
        handler.wfile.write(served.content[:100_000])
        begun.set()
        free.wait(10)
        handler.hang_up()

    server.output = server.serve(PATH, MANY, faults=[slow])
    with WireClient(server.url, download_dir=folder) as client:
        job = client.file.submit(b"")
        assert begun.wait(10)
        client.close()
        with pytest.raises(ConnectionLost, match="closed"):
            job.result(10)
    free.set()
    assert not list(folder.rglob("*.*"))


def test_names_of_the_server_stay_in_their_folder(
    server: FileServer, folder: Path
) -> None:
    for name in ("../../x.txt", "/etc/x.txt", "a\\..\\x.txt", "..", "", "x" * 999):
        server.output = {**server.serve("/out/x.txt", b"x"), "orig_name": name}
        file = fetch(server, folder)
        assert file.path is not None
        assert file.path.resolve().parent.parent == folder.resolve()
        assert file.read_bytes() == b"x"


def test_tokens_stay_on_the_origin_of_the_app(server: FileServer, folder: Path) -> None:
    """Whether a file's URL leads elsewhere at once or by a redirect."""
    secrets: dict[str, Any] = {
        "token": "hf_secret",
        "headers": {"x-team": "secret", "cookie": "a=b"},
        "download_hosts": ["127.0.0.1"],
    }

    def moved(handler: Handler, _served: Served) -> None:
        handler.answer(302, b"", {"location": f"{cdn.url}/moved"})

    with file_server() as cdn:
        for path in ("/elsewhere", "/moved"):
            cdn.served[path] = Served(MANY, faults=[cut(300_000)])
        elsewhere = {"path": "", "url": f"{cdn.url}/elsewhere", "meta": META}
        for output in (elsewhere, server.serve("/own", MANY, faults=[moved, moved])):
            server.output = output
            assert fetch(server, folder, **secrets).read_bytes() == MANY
        seen = [head for path, head in cdn.seen if path in cdn.served]
        assert len(seen) == 4
        for headers in seen:
            assert "secret" not in str(headers)
            assert not {"cookie", "x-team"} & headers.keys()
    own = [head for path, head in server.seen if path.endswith("/own")]
    assert all("secret" in str(headers) for headers in own)
    assert len(own) == 2


def test_a_download_in_async_code(server: FileServer, folder: Path) -> None:
    server.output = server.serve(PATH, MANY)
    turns = 0

    async def main() -> Path:
        nonlocal turns
        with WireClient(server.url, download_files=False) as client:
            file = await client.file.aio(b"")
            assert file.path is None

            async def turn() -> None:
                nonlocal turns
                while file.path is None:
                    turns += 1
                    await asyncio.sleep(0)

            path, _ = await asyncio.gather(file.adownload(), turn())
            assert await file.adownload() == path
            return path

    assert asyncio.run(main()).read_bytes() == MANY
    assert turns > 1
    assert len(server.ranges(PATH)) == 1
    with pytest.raises(FileNotFoundError):
        asyncio.run(File(orig_name="x").adownload())


# ---- recordings


@pytest.mark.parametrize("at_once", [True, False])
def test_a_recording_is_fetched_whole_at_the_end_of_its_job(
    server: FileServer, folder: Path, at_once: bool
) -> None:
    server.output = {
        "path": "session/run/7/playlist.m3u8",
        "is_stream": True,
        "orig_name": "audio.mp3",
        "meta": META,
    }
    recording = Served(MANY, faults=[cut(300_000)])
    stream = f"{PREFIX}/stream/session/run/7"
    server.served[f"{stream}/playlist-file"] = recording
    server.served[f"{stream}/playlist.m3u8"] = Served(b"#EXTM3U\n#EXTINF:1.0,\na.aac")
    with WireClient(server.url, download_dir=folder, download_files=at_once) as client:
        file = client.file(b"")
        assert bool(recording.ranges) == at_once
        assert file.read_bytes() == MANY
        assert file.path is not None
        assert file.path.name == "audio.mp3"


@pytest.mark.parametrize("video", [True, False])
def test_a_recording_of_nothing_is_not_a_file(
    server: FileServer, folder: Path, video: bool
) -> None:
    """Gradio makes an empty file of it, and of a video an error."""
    server.output = {"path": "s/r/7/playlist.m3u8", "is_stream": True, "meta": META}
    nothing = Served(b"", faults=[status(500, b"no video")] if video else [])
    server.served[f"{PREFIX}/stream/s/r/7/playlist-file"] = nothing
    server.served[f"{PREFIX}/stream/s/r/7/playlist.m3u8"] = Served(b"#EXTM3U\n")
    with WireClient(server.url, download_dir=folder) as client:
        assert client.file.with_options(strict_outputs=False)(b"") is None


def test_a_recording_that_the_app_cannot_put_together(
    server: FileServer, folder: Path
) -> None:
    """Gradio needs ffmpeg for it, and answers 500 without."""
    server.output = {"path": "s/r/7/playlist.m3u8", "is_stream": True, "meta": META}
    failure = status(500, b"Internal Server Error")
    recording = Served(b"", faults=[failure, failure])
    server.served[f"{PREFIX}/stream/s/r/7/playlist-file"] = recording
    server.served[f"{PREFIX}/stream/s/r/7/playlist.m3u8"] = Served(b"#EXTINF:1.0,\na")
    with WireClient(server.url, download_dir=folder) as client:
        file = client.file(b"")
        with pytest.raises(ProtocolError, match=r"recording.*500.*ffmpeg"):
            file.download()
        server.missing = 404
        del server.served[f"{PREFIX}/stream/s/r/7/playlist-file"]
        with pytest.raises(ConnectError, match=r"404.*call the endpoint again"):
            file.download()
