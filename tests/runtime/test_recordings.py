"""Recordings: made against a real server, and replayed without one."""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest
from gradio_runtime import UNCHANGED, AppError, File, GradioError, Update
from gradio_runtime._api.recordings import _with_content, _written
from gradio_runtime._engine.kept import decoded, encoded
from gradio_runtime._models.files import AppText
from gradio_runtime.testing import FakeError, offline
from gradio_runtime.types import VideoFile

from tests.golden.calculator.expected import count, predict
from tests.support.generate import generated
from tests.support.servers import GradioServer

TOKEN = "hf_abcdefghijklmnopqrstuvwxyz012345"
HEADER = "correct-horse-battery-staple"


def _chunk(kind: bytes, data: bytes) -> bytes:
    end = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + end


PNG = b"".join(
    [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\0\xff\0\0\xff\0\0" * 2)),
        _chunk(b"IEND", b""),
    ]
)


def plain(value: Any) -> Any:
    """A result with the content of each file in the place of where it is."""
    if isinstance(value, File):
        return value.orig_name, value.mime_type, value.read_bytes()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    fields = getattr(type(value), "model_fields", None)
    if fields is not None:
        return {name: plain(getattr(value, name)) for name in fields}
    return value


def client_of(module: ModuleType) -> Any:
    names = [name for name in module.__all__ if name.endswith("Client")]
    return getattr(module, names[0])


def _streamed(name: str, *args: Any) -> Callable[[Any], Any]:
    def call(client: Any) -> Any:
        seen: list[Any] = []
        try:
            seen.extend(plain(value) for value in getattr(client, name).stream(*args))
        except GradioError as error:
            seen += [type(error), error.message]
        return seen

    return call


def _called(name: str, *args: Any) -> Callable[[Any], Any]:
    def call(client: Any) -> Any:
        try:
            return plain(getattr(client, name)(*args))
        except AppError as error:
            return type(error), error.message, error.title, error.duration

    return call


def _left_early(client: Any) -> Any:
    with client.async_stream.stream(500) as stream:
        return next(stream)


CALLS: dict[str, list[Callable[[Any], Any]]] = {
    "calculator": [
        _called("calculator", 1, "add", 2),
        _called("calculator", 1, "divide", 0),
        lambda client: list(client.calculator.submit(1, "add", 3)),
        lambda client: asyncio.run(client.calculator.aio(1, "multiply", 3)),
        _called("calculator", 1, "add", 2),
    ],
    "image": [
        _called("image", PNG),
        lambda client: plain(client.image(BytesIO(PNG))),
    ],
    "gallery": [_called("gallery", [PNG, PNG])],
    "two_files": [_called("two_files", "a"), _called("two_files", "b")],
    "many_outputs": [_called("many_outputs", "abc")],
    "skip_first": [_called("skip_first", "kept")],
    "label": [_called("label", "cat")],
    "table": [_called("table", {"headers": ["name", "score"], "data": [["a", 1]]})],
    "json": [_called("json", {"$file": {"a": [1, None]}, "b": "c"})],
    "fail": [_called("fail", "no")],
    "neither": [_called("neither")],
    "no_outputs": [_called("no_outputs", "recorded")],
    "grow": [_streamed("grow", 3), _called("grow", 4)],
    "async_stream": [_left_early],
    "repeating": [_streamed("repeating", 3)],
    "many_steps": [_streamed("many_steps", 3)],
    "fail_after": [_streamed("fail_after", 2)],
    "chat": [_streamed("chat", "hi")],
    "file_stream": [_streamed("file_stream", 2)],
}


def test_what_is_recorded_is_replayed_offline(
    gradio6: GradioServer, tmp_path: Path
) -> None:
    module = generated(gradio6.url, "recorded_wire_api", tmp_path)
    client = client_of(module)()
    seen = {}
    for name, calls in CALLS.items():
        endpoint, path = getattr(module, name), tmp_path / f"{name}.json"
        with endpoint.recorded(path):
            seen[name] = [plain(call(client)) for call in calls]
    with offline():
        for name, calls in CALLS.items():
            endpoint, path = getattr(module, name), tmp_path / f"{name}.json"
            with endpoint.recorded(path) as recording:
                again = [plain(call(client)) for call in calls]
            assert (name, again) == (name, seen[name])
            assert len(recording.calls) == len(calls)


def test_a_recording_holds_no_secret(gradio6: GradioServer, tmp_path: Path) -> None:
    module: Any = generated(gradio6.url, "recorded_secrets_api", tmp_path)
    path = tmp_path / "request.json"
    with (
        client_of(module)(token=TOKEN, headers={"x-mine": HEADER}) as client,
        module.request_info.recorded(path),
    ):
        asked = client.request_info.with_options(headers={"x-call": f"{HEADER}2"})
        assert HEADER in str(asked(f"my token is {TOKEN}"))
    text = path.read_text("utf-8")
    assert "my token is" in text
    assert TOKEN not in text
    assert HEADER not in text
    with (
        offline(),
        module.request_info.recorded(path, mode="replay"),
        client_of(module)(token=TOKEN) as client,
    ):
        client.request_info(f"my token is {TOKEN}")


def _write(path: Path, **changes: Any) -> Path:
    known = {"format": 1, "endpoint": "/predict", "spec": predict.app.spec}
    call = {
        "inputs": {"num1": 1, "operation": "add", "num2": 100},
        "outputs": [[101]],
    }
    path.write_text(json.dumps(known | {"calls": [call]} | changes), "utf-8")
    return path


@pytest.fixture(autouse=True)
def kept(request: pytest.FixtureRequest) -> None:
    """Only what needs a server may have a connection."""
    if "gradio6" not in request.fixturenames:
        request.getfixturevalue("no_connection")


@pytest.fixture
def no_connection() -> Any:
    with offline():
        yield


def test_a_call_is_replayed_once(tmp_path: Path) -> None:
    path = _write(tmp_path / "predict.json")
    with predict.recorded(path) as recording:
        assert predict(1, "add") == 101
        recording.assert_called_with(1, "add")
        assert recording.calls[0].num1 == 1
    with pytest.raises(FakeError, match="no call left"), predict.recorded(path):
        [predict(1, "add") for _ in range(2)]
    with pytest.raises(FakeError, match="no call left"), predict.recorded(path):
        predict(2, "add")


def test_recorded_calls_that_are_not_made_fail(tmp_path: Path) -> None:
    path = _write(tmp_path / "predict.json")
    with pytest.raises(FakeError, match="1 recorded calls"), predict.recorded(path):
        pass
    with predict.recorded(path, optional=True):
        pass


@pytest.mark.parametrize(
    "changes", [{"spec": "sha256:1"}, {"endpoint": "/other"}, {"format": 2}]
)
def test_a_recording_of_something_else_is_refused(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = _write(tmp_path / "predict.json", **changes)
    with pytest.raises(FakeError, match=r'Record it again: mode="record"'):
        predict.recorded(path).__enter__()


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}"])
def test_what_is_no_recording_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "predict.json"
    path.write_text(text, "utf-8")
    with pytest.raises(FakeError):
        predict.recorded(path).__enter__()


def test_replay_needs_a_file_and_recording_a_connection(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    with pytest.raises(FakeError, match="no recording"):
        predict.recorded(path, mode="replay").__enter__()
    wrong: Any = "Replay"
    with pytest.raises(FakeError, match="'once', 'replay', 'record'"):
        predict.recorded(path, mode=wrong)
    modes: tuple[Literal["once", "record"], ...] = ("once", "record")
    for mode in modes:
        recording = predict.recorded(path, mode=mode)
        with (
            pytest.raises(FakeError, match="offline"),
            recording,
            suppress(Exception),
        ):
            predict(1, "add")
        assert not path.exists(), mode


def test_an_output_that_no_longer_fits_fails(tmp_path: Path) -> None:
    call = {"inputs": {"n": 3}, "outputs": [["x"]]}
    path = _write(tmp_path / "count.json", endpoint="/count", calls=[call])
    with pytest.raises(FakeError, match="no output of it"), count.recorded(path):
        count(3)


def test_values_that_are_no_json_come_back(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"video")
    (tmp_path / "a.vtt").write_bytes(b"WEBVTT")
    subtitles = File(path=tmp_path / "a.vtt", orig_name="a.vtt")
    video = VideoFile(
        path=tmp_path / "a.mp4",
        url="http://host/file=a.mp4?__sign=hidden",
        orig_name="../a.mp4",
        mime_type="video/mp4",
        size=5,
        subtitles=subtitles,
    )
    values = [
        UNCHANGED,
        Update({"choices": ["a"]}),
        AppText("/etc/passwd"),
        {"$text": "a", "b": {"$file": 3}},
        [1, 2.5, None, True, "x", 2**53 + 1],
        {"video": video},
    ]
    text = json.dumps(encoded(values, _with_content))
    assert "hidden" not in text
    again = decoded(json.loads(text), _written)
    assert again[:-1] == values[:-1]
    found = again[-1]["video"]
    assert isinstance(found, VideoFile)
    assert isinstance(found.subtitles, File)
    assert (found.read_bytes(), found.subtitles.read_bytes()) == (b"video", b"WEBVTT")
    assert (found.orig_name, found.mime_type, found.size) == (
        "../a.mp4",
        "video/mp4",
        5,
    )
    assert found.path is not None
    assert found.path.name == "a.mp4"
    assert found.path != video.path
