"""Gradio 3 and 4: what the runtime promises of Gradio 5 and 6 holds there too.

The tests that are imported here run on tests/apps/old.py, through the client below.
"""

from __future__ import annotations

import io
import json
import struct
import urllib.request
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio_codegen
import pytest
from gradio_runtime import (
    AppError,
    AuthenticationError,
    Call,
    Client,
    ConnectionLost,
    File,
    JobCancelled,
    JobTimeout,
    QueueFull,
    SchemaDrift,
    Status,
)

from tests.conftest import StartServer
from tests.runtime.test_live_calls import (  # noqa: F401
    test_a_call_sync_async_and_as_a_job,
    test_a_missing_file_is_named,
    test_a_stream_of_files,
    test_a_wrong_value_is_not_sent,
    test_files_go_up_and_come_down,
)
from tests.runtime.test_live_jobs import (  # noqa: F401
    started,
    test_a_generator_that_fails_midway,
    test_a_generator_without_outputs,
    test_a_plain_function_that_runs_cannot_be_cancelled,
    test_a_plain_job_has_one_output,
    test_a_running_generator_stops,
    test_a_state_generator_stops,
    test_a_stream_that_is_left_stops_the_generator,
    test_an_interpreter_ends_with_jobs_under_way,
    test_cancelling_a_queued_job_touches_no_other,
    test_cancelling_a_task_cancels_its_job,
    test_closing_a_client_ends_its_jobs,
    test_jobs_are_futures,
    test_many_followers_of_one_job,
    test_outputs_in_order_any_number_of_times,
    test_progress_and_logs_arrive_as_they_happen,
    test_rank_and_queue_size,
    test_status_passes_its_stages_in_order,
    test_streams_sync_and_async,
    test_waiting_with_a_timeout_leaves_the_job_alone,
)
from tests.runtime.wire_api import Whole, WireClient, _app
from tests.support.misbehaving import until
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow


@pytest.fixture
def gradio(old_gradio: GradioServer) -> GradioServer:
    """The server of the imported tests."""
    return old_gradio


@pytest.fixture
def client(gradio: GradioServer, tmp_path: Path) -> Iterator[WireClient]:
    with WireClient(gradio.url, download_dir=tmp_path / "downloads") as client:
        yield client


@pytest.fixture
def client3(gradio3: GradioServer, tmp_path: Path) -> Iterator[WireClient]:
    with WireClient(gradio3.url, download_dir=tmp_path / "downloads") as client:
        yield client


@_app.stream_endpoint("/recite", Whole, shape="number -> audio")
def recite(n: int) -> Call[File]:
    return Call(Whole(n=n))


class ReciteClient(Client):
    app = _app

    recite = recite


def png() -> bytes:
    """A red picture of 2 by 2."""

    def chunk(name: bytes, body: bytes) -> bytes:
        sized = struct.pack(">I", len(body)) + name + body
        return sized + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0\xff\0\0\xff\0\0" * 2)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def wav() -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(struct.pack("<800h", *range(800)))
    return content.getvalue()


# ---- values and errors


def test_outputs_of_each_shape(client: WireClient, gradio: GradioServer) -> None:
    assert client.many_outputs("abc").astuple()[1:] == (3, True)
    assert client.predict("x", api_name="/update") == "updated x"
    skipped, kept = client.predict("k", api_name="/skip_first")
    assert (bool(skipped), kept) == (False, "k")
    label = client.predict("cat", api_name="/label")
    assert label["label"] == "cat"
    assert client.predict({"a": [1]}, api_name="/json") == {"a": [1]}
    table = {"headers": ["x", "y"], "data": [["a", "1"]]}
    answer = client.predict(table, api_name="/table")
    assert (answer["headers"], answer["data"]) == (table["headers"], table["data"])
    pairs = [["hello", "there"]]
    assert client.predict(pairs, api_name="/chat_echo") == pairs
    if gradio.version != "4.8.0":  # see old.py
        assert client.predict("b", api_name="/batched") == "b:1"


def test_every_output_of_several_slots(client: WireClient) -> None:
    job = client.submit(3, api_name="/many_steps")
    assert [outputs[2] for outputs in job] == [
        {"i": i, "items": list(range(i))} for i in range(3)
    ]
    chat = client.submit("hi", api_name="/chat")
    replies = [history[-1][1] for history in chat]
    assert replies == ["Hel", "Hello ", "Hello wor", "Hello world"]


def test_app_errors(client: WireClient, gradio: GradioServer) -> None:
    with pytest.raises(AppError) as caught:
        client.fail('it\'s "boo"')
    assert caught.value.message == 'it\'s "boo"'
    assert (caught.value.endpoint, caught.value.src) == ("/fail", gradio.url)
    with pytest.raises(AppError, match="hides"):
        client.crash("secret")
    with pytest.raises(AppError, match="hides"):
        client.predict(1, api_name="/crash_after")
    with pytest.raises(SchemaDrift, match="no endpoint /missing any more"):
        client.missing("x")


def test_state_belongs_to_the_client(client: WireClient, gradio: GradioServer) -> None:
    assert [client.counter(2), client.counter(3)] == [2, 5]
    assert list(client.counting.stream(2)) == [6, 7]
    assert client.counting(1) == 8
    with WireClient(gradio.url) as other:
        assert other.counter(1) == 1
    client.reset_session()
    assert client.counter(1) == 1


def test_layout_among_the_outputs_is_nothing_to_callers(gradio: GradioServer) -> None:
    with WireClient(gradio.url) as client:
        assert client.predict("x", api_name="/panel") == "x"
    module = gradio_codegen.generate(gradio.url, include=["panel"])
    assert not module.diagnostics
    assert 'shape="textbox -> textbox"' in module.code


def test_headers_reach_the_function(gradio: GradioServer) -> None:
    with WireClient(gradio.url, headers={"x-mine": "1"}, token="hf_secret") as client:
        for name in ("/request_info", "/request_info_now"):
            seen = client.predict("t", api_name=name, headers={"x-call": "2"})
            assert seen["headers"]["x-mine"] == "1"
            assert seen["headers"]["x-call"] == "2"
            assert seen["headers"]["x-hf-authorization"] == "Bearer hf_secret"


def test_the_query_of_the_address_reaches_the_function(gradio: GradioServer) -> None:
    with WireClient(f"{gradio.url}/?user=bob&team=%C3%A4") as client:
        for name in ("/request_info", "/request_info_now"):
            seen = client.predict("t", api_name=name)["query"]
            assert (seen["user"], seen["team"]) == ("bob", "ä")


def test_many_jobs_at_once(client: WireClient) -> None:
    jobs = [client.echo.submit(str(n)) for n in range(40)]
    assert [job.result(60) for job in jobs] == [str(n) for n in range(40)]


def test_many_generators_at_once(client: WireClient) -> None:
    jobs = [client.grow.submit(n) for n in range(1, 6)]
    assert [len(job.result(30).split()) for job in jobs] == [1, 2, 3, 4, 5]
    assert [len(job.outputs()) for job in jobs] == [1, 2, 3, 4, 5]


# ---- endpoints that are not queued


def test_endpoints_without_a_queue(client: WireClient) -> None:
    assert client.predict("d", api_name="/direct_now") == "direct d"
    with pytest.raises(AppError) as caught:
        client.predict("boo", api_name="/fail_now")
    assert caught.value.message == "boo"
    with pytest.raises(AppError, match="hides"):
        client.predict("boo", api_name="/crash_now")
    job = client.submit(3, api_name="/grow_now")
    assert list(job) == ["token0 ", "token0 token1 ", "token0 token1 token2 "]
    job = client.submit(2, api_name="/fail_after_now")
    with pytest.raises(AppError, match="failed midway"):
        job.result()
    assert job.outputs() == ["step 0", "step 1"]
    assert client.predict(api_name="/empty_stream_now") is None


@pytest.mark.parametrize("api_name", ["/slow_stream_now", "/async_slow_stream_now"])
def test_a_generator_without_a_queue_stops(
    client: WireClient, key: str, api_name: str
) -> None:
    job = client.submit(key, 100, 0.1, api_name=api_name)
    assert job.first() == "step 0"
    assert job.cancel() is True
    with pytest.raises(JobCancelled):
        job.result()
    # Time in which the other would go on.
    again = client.submit(f"{key}b", 5, 0.1, api_name=api_name)
    assert list(again) == [f"step {n}" for n in range(5)]
    assert len(client.marks(key)) <= 3


def test_an_app_without_a_queue(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server("old", 3, {"NO_QUEUE": "1"})
    with WireClient(server.url, download_dir=tmp_path) as client:
        assert client.calculator(1, "add", 2) == 3
        assert [client.counter(2), client.counter(3)] == [2, 5]
        with pytest.raises(AppError, match="hides"):
            client.grow(2)  # Gradio 3 runs no generators then
        assert client.file(b"bytes").read_bytes() == b"bytes"
        with pytest.raises(AppError, match="boo"):
            client.fail("boo")
        codes = [update.code for update in client.echo.submit("x").updates()]
        assert codes == sorted(codes)
        assert Status.IN_QUEUE not in codes
        running = client.sleep.submit("no-queue", 0.5)
        started(client, "no-queue")
        assert running.cancel() is False
        assert running.result() == "slept 0.5"


# ---- files


def test_pictures_and_recordings(
    client: WireClient, gradio: GradioServer, tmp_path: Path
) -> None:
    picture, recording = tmp_path / "a b#.png", tmp_path / "a.wav"
    picture.write_bytes(png())
    recording.write_bytes(wav())
    shown = Path(client.predict(picture, api_name="/image"))
    assert shown.suffix == ".png"
    assert shown.read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "downloads") in shown.parents
    heard = Path(client.predict(recording, api_name="/audio"))
    assert heard.read_bytes() == recording.read_bytes()
    if gradio.version != "4.8.0":  # that asks ffprobe, which few machines have
        film = tmp_path / "a.mp4"
        film.write_bytes(b"not really a film")
        assert client.video(film).read_bytes() == film.read_bytes()
    for given in (None, png(), shown):
        answer = client.predict(given, api_name="/image")
        assert (answer is None) is (given is None)


def test_a_gallery_and_a_chat_with_files(client: WireClient, tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    picture.write_bytes(png())
    pictures = str(client.predict(picture, api_name="/gallery"))
    assert pictures.count(str(tmp_path / "downloads")) == 2
    assert "a caption" in pictures
    ((sent, reply),) = client.predict(picture, api_name="/chat_file")
    path = sent if isinstance(sent, str) else sent["file"]
    assert Path(path).read_bytes() == png()
    assert reply == "seen"


def test_several_files(client: WireClient, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"12345")
    several = client.predict([path, b"67", str(path)], api_name="/files")
    assert [Path(each).read_bytes() for each in several] == [b"12345", b"67", b"12345"]
    assert client.predict([], api_name="/files") == []
    outputs = client.two_files("t")
    names = ["first file.txt", "zweite Ä.txt", "third#3.txt"]
    assert [f.orig_name for f in [outputs.first, *outputs.others]] == names
    assert [f.read_bytes().decode() for f in [outputs.first, *outputs.others]] == [
        f"{name}: t\n" for name in names
    ]


def test_files_can_stay_remote(gradio: GradioServer, tmp_path: Path) -> None:
    with WireClient(gradio.url, download_files=False) as client:
        result = client.file(b"later")
        assert result.path is None
        assert result.url
        assert client.file(result).read_bytes() == b"later"
        assert result.save(tmp_path / "kept").read_bytes() == b"later"


def test_files_between_versions(gradio3: GradioServer, gradio6: GradioServer) -> None:
    with (
        WireClient(gradio3.url, download_files=False) as three,
        WireClient(gradio6.url, download_files=False) as six,
    ):
        assert six.file(three.file(b"over")).read_bytes() == b"over"
        assert three.file(six.file(b"back")).read_bytes() == b"back"
        shown = three.predict(six.file(File.of(png())), api_name="/image")
        assert shown["mime_type"] == "image/png"


def test_a_recording_that_is_streamed(old_gradio: GradioServer) -> None:
    with ReciteClient(old_gradio.url) as client:
        job = client.recite.submit(2)
        result = job.result()
        assert result.path is not None  # since it is over
        assert result == job.outputs()[-1]
        head, frames = result.read_bytes()[:44], result.read_bytes()[44:]
        assert head.startswith(b"RIFF")
        assert frames == b"\0\0" * 8000 + b"\1\0" * 8000
        assert len(job.outputs()) == 2


# ---- what a server refuses, and how it goes


@pytest.mark.parametrize("major", [3, 4])
def test_login(start_server: StartServer, major: int, tmp_path: Path) -> None:
    server = start_server("old", major, {"AUTH": "ada:pass word"})
    with WireClient(server.url, auth=("ada", "pass word")) as client:
        assert client.calculator(1, "add", 1) == 2
        assert client.file(b"private").read_bytes() == b"private"
        for name in ("/request_info", "/request_info_now"):
            assert client.predict("t", api_name=name)["username"] == "ada"
    with WireClient(server.url) as client, pytest.raises(AuthenticationError):
        client.calculator(1, "add", 1)
    with (
        WireClient(server.url, auth=("ada", "no")) as client,
        pytest.raises(AuthenticationError, match="ada"),
    ):
        client.calculator(1, "add", 1)


def test_a_socket_that_is_refused(start_server: StartServer) -> None:
    server = start_server("old", 3, {"AUTH": "ada:pass word"})
    client = WireClient(server.url, auth=("ada", "pass word"))
    assert client.echo("a") == "a"
    transport: Any = client._connection()._transport
    transport.gate.client.cookies.clear()  # as if the login had run out
    assert client.echo("b") == "b"  # logged in again: a refused handshake ran nothing
    client.close()


@pytest.mark.parametrize("major", [3, 4])
def test_a_full_queue(start_server: StartServer, major: int) -> None:
    server = start_server("old", major, {"MAX_QUEUE": "1"})
    with WireClient(server.url) as client:
        running = client.sleep.submit("full", 1.0)
        until(lambda: running.status().code >= Status.PROCESSING)
        waiting = client.sleep.submit("full", 0.0)
        until(lambda: waiting.status().code >= Status.IN_QUEUE)
        refused = client.sleep.with_options(retries=0).submit("full", 0.0)
        with pytest.raises(QueueFull, match="ueue is full"):
            refused.result(timeout=10)
        assert Status.QUEUE_FULL in [update.code for update in refused.updates()]
        patient = client.sleep.with_options(retries=10).submit("full", 0.0)
        assert [running.result(), waiting.result()] == ["slept 1", "slept 0"]
        assert patient.result(timeout=20) == "slept 0"


def test_a_call_that_takes_too_long_is_cancelled(client: WireClient, key: str) -> None:
    running = client.sleep.submit(f"{key}a", 1.2)
    started(client, f"{key}a")
    with pytest.raises(JobTimeout, match="cancelled"):
        client.sleep.with_options(timeout=0.5)(f"{key}b", 0)
    assert running.result() == "slept 1.2"
    assert client.sleep(f"{key}c", 0) == "slept 0"
    assert client.marks(f"{key}b") == []
    with pytest.raises(JobTimeout):
        client.slow_stream.with_options(timeout=0.5)(f"{key}d", 100, 0.1)
    assert client.slow_stream(f"{key}e", 1, 0) == "step 0"
    assert len(client.marks(f"{key}d")) < 100


def test_a_server_that_dies(start_server: StartServer) -> None:
    server = start_server("old", 3)
    with WireClient(server.url) as client:
        running = client.sleep.submit("a", 30.0)
        started(client, "a")
        waiting = client.sleep.with_options(retries=0).submit("b", 0.0)
        until(lambda: waiting.status().code >= Status.IN_QUEUE)
        server.kill()
        with pytest.raises(ConnectionLost) as lost:
            running.result(timeout=10)
        assert lost.value.may_have_run
        with pytest.raises(ConnectionLost) as lost:
            waiting.result(timeout=10)
        assert not lost.value.may_have_run


def test_an_event_of_the_app_that_stops_a_job(client3: WireClient) -> None:
    """Gradio 3 says so with a close, and nothing else."""
    job = client3.submit(100, 0.1, api_name="/slow_counting")
    job.first(10)
    with urllib.request.urlopen(f"{client3.src}/config") as answer:
        dependencies = json.load(answer)["dependencies"]
    (stop,) = [index for index, d in enumerate(dependencies) if d["cancels"]]
    client3.predict(fn_index=stop)
    with pytest.raises(JobCancelled):
        job.result(10)
    assert client3.echo("goes on") == "goes on"
