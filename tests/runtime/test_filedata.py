"""Files on the wire of each version, without a network."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import File, FileInput, handle_file
from gradio_runtime._api import untyped
from gradio_runtime._codecs.codec import as_object, decode, encode
from gradio_runtime._codecs.file_objects import (
    file_to_send,
    from_data_url,
    is_file,
    stream_path,
    unified,
)
from gradio_runtime._http.settings import Settings
from gradio_runtime._http.transport import Transport
from gradio_runtime._models import files
from gradio_runtime._models.files import data_url, facts_of, set_facts
from gradio_runtime._transfer.transfer import Transfer
from gradio_runtime.description import Component, Config
from gradio_runtime.description.addresses import is_url
from gradio_runtime.description.dialect import Dialect
from gradio_runtime.errors import ProtocolError
from pydantic import TypeAdapter

THREE = Dialect.of(Config(version="3.50.2"))
EARLY = Dialect.of(Config(version="4.16.0", protocol="sse_v1"))
LATE = Dialect.of(Config(version="4.44.1", protocol="sse_v3"))
SIX = Dialect.of(Config(version="6.31.0", protocol="sse_v3"))
META = {"_type": "gradio.FileData"}
CAPTURES = Path(__file__).parent / "captures"


APP = "http://app"
IMAGE = Component(id=1, type="image")


def transfer(dialect: Dialect, folder: Path) -> Transfer:
    return Transfer(Transport(APP, {}), dialect, Settings(download_dir=folder))


@pytest.mark.parametrize(
    ("dialect", "value", "expected"),
    [
        (THREE, {"name": "/t/a.txt", "is_file": True, "data": None}, True),
        (THREE, {"name": "a.png", "data": "data:image/png;base64,AA=="}, True),
        (THREE, {"name": "s/1/2", "is_stream": True, "is_file": False}, True),
        (THREE, {"name": "Ann", "data": [1]}, False),
        (THREE, {"name": "Ann", "is_file": False, "data": None}, False),
        (THREE, {"path": "/t/a", "meta": META}, True),
        (EARLY, {"path": "/t/a", "url": None, "size": 1, "orig_name": "a"}, True),
        (EARLY, {"path": "/t/a", "orig_name": "a", "mine": 1}, False),
        (EARLY, {"path": "/t/a"}, False),
        (LATE, {"path": "/t/a", "orig_name": "a", "url": None}, False),
        (LATE, {"path": "/t/a", "meta": META}, True),
        (LATE, {"path": "s/1/2", "is_stream": True}, True),
        (SIX, {"name": "/t/a.txt", "is_file": True, "data": None}, False),
    ],
)
def test_what_is_a_file(
    dialect: Dialect, value: dict[str, Any], expected: bool
) -> None:
    assert is_file(value, dialect) is expected


@pytest.mark.parametrize("version", ["v48", "v416", "v419", "v421"])
def test_recorded_files_are_recognised(version: str) -> None:
    dialect = LATE if version == "v421" else EARLY
    lines = (CAPTURES / version / "file_io.jsonl").read_text().splitlines()
    frames = [json.loads(line).get("data") or {} for line in lines]
    sent = [f["output"]["data"][0] for f in frames if "data" in f.get("output", {})]
    assert sent
    assert all(is_file(value, dialect) for value in sent if value is not None)


def test_what_names_a_file_to_a_server() -> None:
    assert file_to_send("/t/a.txt", None, THREE) == {
        "name": "/t/a.txt",
        "orig_name": "a.txt",
        "is_file": True,
        "data": None,
    }
    six = {"path": "/t/a.txt", "orig_name": "b.txt", "meta": META}
    assert file_to_send("/t/a.txt", "b.txt", SIX) == six


def test_a_file_is_sent_with_its_further_keys(tmp_path: Path) -> None:
    there = transfer(THREE, tmp_path)
    file = there.file_of({"path": "/t/a.txt", "meta": META})
    set_facts(file, extra={"alt_text": "an a"})
    (sent,) = asyncio.run(there.upload_all([file]))
    assert sent == {**file_to_send("/t/a.txt", None, THREE), "alt_text": "an a"}


def test_an_image_of_gradio_3_is_a_data_url() -> None:
    file = File.of(b"png")
    (inline,) = encode([file], IMAGE, THREE)
    assert inline is not file
    assert facts_of(inline).inline
    assert not facts_of(file).inline
    assert encode(file, Component(id=1, type="file"), THREE) is file
    assert encode(file, IMAGE, SIX) is file
    sketch = encode({"image": file, "mask": None}, IMAGE, THREE)
    assert facts_of(sketch["image"]).inline


def test_data_urls_there_and_back() -> None:
    url = data_url(b"\x00\xff", "image/png")
    assert url == f"data:image/png;base64,{base64.b64encode(bytes([0, 255])).decode()}"
    file = from_data_url(url)
    assert (file.read_bytes(), file.mime_type) == (b"\x00\xff", "image/png")
    assert from_data_url("data:,a%20b").read_bytes() == b"a b"
    with pytest.raises(ValueError, match=r"padding|base64|Incorrect"):
        from_data_url("data:;base64,A")


async def fetched(files: Transfer, value: Any) -> File:
    file = files.file_of(value)
    await files.download_all([file], files.allowance())
    return file


def test_content_that_came_along_is_written(tmp_path: Path) -> None:
    import asyncio

    image = as_object(data_url(b"png", "image/png"), "image", THREE)
    file = asyncio.run(fetched(transfer(THREE, tmp_path), image))
    assert file.path is not None
    assert file.path.name == "image.png"
    assert tmp_path in file.path.parents
    assert file.path.read_bytes() == b"png"
    evil = {"name": "../../etc/x.txt", "data": data_url(b"x", "text/plain")}
    file = asyncio.run(fetched(transfer(THREE, tmp_path), evil))
    assert file.path is not None
    assert tmp_path in file.path.resolve().parents


def test_text_that_looks_like_a_file_stays_text() -> None:
    url = data_url(b"x", None)
    assert as_object(url, "textbox", THREE) == url
    assert as_object(url, "image", SIX) == url


def test_where_files_are_served(tmp_path: Path) -> None:
    three = transfer(THREE, tmp_path)
    given = {"name": "/t/a b#.txt", "is_file": True, "data": None, "size": 3}
    file = three.file_of(given)
    assert file.url == "http://app/file=/t/a%20b%23.txt"
    assert (file.orig_name, file.size) == ("a b#.txt", 3)
    remote = {"name": "https://x.org/a.wav", "is_file": True, "data": None}
    assert three.file_of(remote).url == "https://x.org/a.wav"
    six = Transfer(Transport(APP, {}), Dialect(prefix="/api"), Settings())
    playlist = {"path": "s/r/7/playlist.m3u8", "is_stream": True, "orig_name": "a.mp3"}
    file = six.file_of(playlist)
    assert file.url == "http://app/api/stream/s/r/7/playlist-file"
    assert file.orig_name == "a.mp3"
    old = {"name": "s/1/7", "is_stream": True, "is_file": False}
    assert three.file_of(old).url == "http://app/stream/s/1/7"


@pytest.mark.parametrize("scheme", files._REMOTE)
def test_a_scheme_in_capitals_means_the_same(tmp_path: Path, scheme: str) -> None:
    plain, capitals = (f"{s}x.org/a,b" for s in (scheme, scheme.upper()))
    doors: list[Callable[[str], object]] = [
        File.of,
        handle_file,
        TypeAdapter(FileInput).validate_python,
        lambda url: File(url=url),
        lambda url: File.model_validate({"url": url}),
    ]
    if is_url(plain):
        doors.append(lambda url: untyped._with_files({"path": url, "meta": META}))
    for door in doors:
        assert door(capitals) == door(plain)
    for dialect in (THREE, EARLY, LATE, SIX):
        app = transfer(dialect, tmp_path)
        for key in ("path", "url", "name", "data"):
            assert app.file_of({key: capitals}) == app.file_of({key: plain})


def test_content_of_an_app_that_is_no_base64(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="no valid base64"):
        transfer(SIX, tmp_path).file_of({"url": "data:;base64,abc"})


def test_paths_of_streams() -> None:
    assert stream_path("s/r/7/playlist.m3u8") == "s/r/7/playlist-file"
    assert stream_path("s/r/7") == "s/r/7"
    assert stream_path("playlist.m3u8") == "playlist.m3u8"


@pytest.mark.parametrize("key", ["path", "url"])
def test_an_address_of_megabytes(tmp_path: Path, key: str) -> None:
    make = transfer(THREE, tmp_path).file_of
    with pytest.raises(ProtocolError, match="more than 8192 characters"):
        make({"path": "", key: "http://x/" + "\u202e" * 8192, "meta": META})


def test_a_video_of_gradio_3(tmp_path: Path) -> None:
    film = {"name": "/t/a.mp4", "is_file": True, "data": None}
    make = transfer(THREE, tmp_path).file_of
    assert decode([film, None], "video", THREE, make).orig_name == "a.mp4"
    assert decode(film, "video", THREE, make).orig_name == "a.mp4"
    file = File.of(b"x")
    assert encode(file, Component(id=1, type="video"), THREE) is file


def test_keys_are_the_same_for_all() -> None:
    new = {"path": "/t/a", "url": "http://x", "meta": META}
    assert unified(new) == new
    old = {"name": "/t/a", "is_file": True, "orig_name": "a.txt", "size": 1}
    assert unified(old)["path"] == "/t/a"
    assert unified(old)["orig_name"] == "a.txt"
