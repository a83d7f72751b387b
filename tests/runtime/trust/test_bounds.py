"""Bounds on what an app may send: each ends the call that meets it, with its name."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import (
    App,
    Call,
    Client,
    ConnectError,
    FileTooLarge,
    GradioError,
    Input,
    ProtocolError,
    Status,
)
from gradio_runtime._models import bounds
from gradio_runtime._transfer import downloads

from tests.support.misbehaving import (
    ASKS,
    CLOSE,
    CONFIG,
    DIRECT,
    EARLY,
    FIRST,
    SOCKETS,
    Handler,
    Server,
    forget_all,
    serving,
    until,
)

_app = App("http://127.0.0.1:9", spec="sha256:0", gradio="6.31.0")
MARK = {"meta": {"_type": "gradio.FileData"}}


class Nothing(Input):
    pass


@_app.stream_endpoint("/run", Nothing, shape="-> json")
def _run() -> Call[Any]:
    """Run it."""
    return Call(Nothing())


@_app.endpoint("/run", Nothing, shape="-> json")
def _plain() -> Call[Any]:
    """Run it as a function that is no generator."""
    return Call(Nothing())


class BoundsClient(Client):
    app = _app
    run = _run
    plain = _plain


@pytest.fixture
def server() -> Iterator[Server]:
    forget_all()
    with serving() as running:
        yield running
    forget_all()


def config_of(version: dict[str, Any], *, generator: bool = True) -> dict[str, Any]:
    run = {"id": 0, "api_name": "run", "inputs": [], "outputs": [1]}
    return {
        **version,
        "components": [{"id": 1, "type": "json", "props": {}}],
        "dependencies": [{**run, "types": {"generator": generator}}],
    }


def output(*data: object, end: bool = False) -> dict[str, Any]:
    return {
        "msg": "process_completed" if end else "process_generating",
        "event_id": "e",
        "output": {"data": list(data)},
        "success": True,
    }


def tell(*messages: dict[str, Any], version: dict[str, Any] = CONFIG) -> None:
    """Have the app answer a call with these messages, in a version's protocol."""
    Handler.answers["/config"] = lambda h: h.json(config_of(version))
    if version is DIRECT:
        (message,) = messages
        Handler.answers["/api/predict"] = lambda h: h.json(message["output"])
    elif version is SOCKETS:

        def talk(handler: Handler) -> None:
            handler.open_socket()
            handler.say(ASKS)
            handler.hear()
            for message in messages:
                handler.say(message)
            handler.shut(1000)

        Handler.answers["/queue/join"] = talk
    else:
        prefix = version["api_prefix"]
        path = "join" if version is EARLY else "data"
        Handler.answers[f"{prefix}/queue/join"] = lambda h: h.json({"event_id": "e"})
        Handler.answers[f"{prefix}/queue/{path}"] = lambda h: h.events(*messages, CLOSE)


VERSIONS = {
    "6": CONFIG,
    "4.16": FIRST,
    "4.8": EARLY,
    "3": SOCKETS,
    "3 without a queue": DIRECT,
}
of_every_version = pytest.mark.parametrize("name", VERSIONS)
EXCESSIVE = {
    "numbers": [0] * 1_700_000,
    "lists": [[]] * 600_000,
    "objects": [{}] * 400_000,
    "keys": dict.fromkeys(map(str, range(600_000))),
}
TOO_MANY = r"more than 1677721 values.*max_message_size"


@of_every_version
def test_more_values_than_are_read(server: Server, name: str) -> None:
    tell(output(EXCESSIVE["lists"], end=True), version=VERSIONS[name])
    with (
        BoundsClient(server.url) as client,
        pytest.raises(ProtocolError, match=TOO_MANY),
    ):
        client.run()


@pytest.mark.slow
@pytest.mark.parametrize("kind", EXCESSIVE)
def test_more_values_of_a_kind_than_are_read(server: Server, kind: str) -> None:
    tell(output(EXCESSIVE[kind], end=True))
    with (
        BoundsClient(server.url) as client,
        pytest.raises(ProtocolError, match=TOO_MANY),
    ):
        client.run()
    with BoundsClient(server.url, max_message_size=64 << 20) as client:
        assert client.run() == EXCESSIVE[kind]


@of_every_version
def test_values_nested_too_deeply(server: Server, name: str) -> None:
    value: list[Any] = []
    for _ in range(300):
        value = [value]
    tell(output(value, end=True), version=VERSIONS[name])
    with BoundsClient(server.url) as client:
        with pytest.raises(ProtocolError, match="nested more than 200") as caught:
            client.run()
        assert "max_message_size" not in str(caught.value)


@of_every_version
def test_commas_in_a_text_are_no_values(server: Server, name: str) -> None:
    text = "[{,:" * 500_000
    tell(output(text, end=True), version=VERSIONS[name])
    with BoundsClient(server.url) as client:
        assert client.run() == text


@of_every_version
def test_more_files_than_are_taken(server: Server, tmp_path: Path, name: str) -> None:
    old = name.startswith("3")

    def file(number: int) -> dict[str, Any]:
        if old:
            return {"name": f"/f{number}", "is_file": True, "data": None}
        return {"path": f"/f{number}", "orig_name": f"f{number}", **MARK}

    version = VERSIONS[name]
    if version in (FIRST, EARLY):

        def file(number: int) -> dict[str, Any]:
            whole = dict.fromkeys(("url", "size", "mime_type"))
            return {"path": f"/f{number}", "orig_name": "f", **whole}

    for number in range(6):
        path = f"{version['api_prefix']}/file=/f{number}"
        Handler.answers[path] = lambda h: h.raw(b"x" * 9000, "text/plain")
    # Nested, so that they are counted wherever they are.
    tell(
        output(
            {"a": [file(n) for n in range(3)], "b": [[file(n)] for n in (3, 4, 5)]},
            end=True,
        ),
        version=version,
    )
    with (
        BoundsClient(server.url, max_files=5, download_dir=tmp_path) as client,
        pytest.raises(ProtocolError, match=r"more than 5 files.*max_files"),
    ):
        client.run()
    with BoundsClient(server.url, max_files=6, download_dir=tmp_path) as client:
        assert len(client.run()["a"]) == 3
    with (
        BoundsClient(
            server.url, max_download_total=50_000, download_dir=tmp_path
        ) as client,
        pytest.raises(FileTooLarge, match="max_download_total"),
    ):
        client.run()


def test_files_without_content_count_too(server: Server, tmp_path: Path) -> None:
    """There may be any number of them, of which each takes room on a disk."""
    Handler.answers["/gradio_api/file=/f"] = lambda h: h.raw(b"x", "text/plain")
    file = {"path": "/f", "orig_name": "f", **MARK}
    outputs = [output([file] * 5), *[output([["replace", [], [file] * 5]])] * 20]
    tell(*outputs, output([], end=True))
    with (
        BoundsClient(
            server.url, max_download_total=200_000, download_dir=tmp_path
        ) as client,
        pytest.raises(FileTooLarge, match="max_download_total"),
    ):
        list(client.run.stream())


def test_a_disk_is_not_filled(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Handler.answers["/gradio_api/file=/f"] = lambda h: h.raw(b"x" * 999, "text/plain")
    tell(output({"path": "/f", "orig_name": "f", **MARK}, end=True))
    monkeypatch.setattr(downloads, "FREE_DISK", (1 << 60, 1.0))
    with (
        BoundsClient(server.url, download_dir=tmp_path) as client,
        pytest.raises(FileTooLarge, match=r"fill the disk.*download_dir"),
    ):
        client.run()
    assert list(tmp_path.iterdir()) == []


def test_the_docs_have_the_bounds() -> None:
    text = (Path(__file__).parents[3] / "docs/security.md").read_text()
    shown = {
        "one message": f"{bounds.MAX_MESSAGE_SIZE >> 20} MiB",
        "JSON values in it": f"{bounds.max_values(bounds.MAX_MESSAGE_SIZE):,};",
        "one message that is not strictly JSON (half characters, bytes that are no "
        "UTF-8)": f"{bounds.MAX_ODD_SIZE >> 20} MiB",
        "misfits that are looked for in a list or an object": f"the first; {bounds.STEP:,} ",
        "arrays and objects within each other": f"{bounds.MAX_DEPTH} ",
        "`/config`, `/info`": f"{bounds.MAX_CONFIG_SIZE >> 20} MiB, "
        f"and {bounds.max_values(bounds.MAX_MESSAGE_SIZE):,} values",
        "other answers; what is read of an error's": f"{bounds.MAX_ANSWER_SIZE >> 20} MiB; "
        f"{bounds.MAX_ERROR_SIZE >> 10} KiB",
        "connecting: the login and `/config` together": f"{bounds.CONNECT_TIMEOUT:g} s",
        "files in one output": f"{bounds.MAX_FILES:,} ",
        "all files of one call": f"{bounds.MAX_DOWNLOAD_TOTAL >> 30} GiB",
        "progress bars in one message": f"{bounds.MAX_PROGRESS_UNITS};",
    }
    for what, bound in shown.items():
        assert f"| {what} | {bound}" in text
    assert f"| {bounds.MAX_KEPT_SIZE >> 20} MiB | `max_kept_size` |" in text
    assert f"more than {bounds.MANY_FILES} files" in " ".join(text.split())


# ---- what is kept


def grown(n: int) -> list[dict[str, Any]]:
    """A text that grows by a kilobyte each time."""
    piece = [["append", [], "x" * 1000]]
    return [output(""), *(output(piece) for _ in range(n)), output("the end", end=True)]


def test_a_job_keeps_its_latest_outputs(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    tell(*grown(300))
    with (
        caplog.at_level(logging.WARNING, "gradio_runtime"),
        BoundsClient(server.url, max_kept_size=1_000_000) as client,
    ):
        job = client.run.submit()
        assert job.result() == "the end"
    kept = job.outputs()
    assert [len(text) for text in kept[:-1]] == [
        1000 * n for n in range(302 - len(kept), 301)
    ]
    assert 1 < len(kept) < 10
    assert list(job) == kept
    assert job.first() == ""
    (record,) = caplog.records
    assert "max_kept_size" in record.getMessage()


def test_who_reads_on_misses_nothing(server: Server) -> None:
    tell(*grown(100))
    with BoundsClient(server.url, max_kept_size=1_000_000_000) as client:
        assert len(list(client.run.submit())) == 102


def test_a_stream_that_nobody_reads_fails(server: Server) -> None:
    tell(*grown(300))
    with BoundsClient(server.url, max_kept_size=1_000_000) as client:
        stream = client.run.stream()
        until(lambda: stream.status().code is Status.FINISHED)
        seen: list[int] = []
        with pytest.raises(ProtocolError, match=r"faster than.*max_kept_size"):
            seen.extend(map(len, stream))
    # All of those before, in turn.
    assert seen == [1000 * n for n in range(len(seen))]
    assert len(seen) > 20


@pytest.mark.parametrize("kind", ["log", "progress"])
def test_updates_do_not_pile_up(server: Server, kind: str) -> None:
    bars = [{"index": 1}] * 3
    told = {"log": "x" * 1000, "progress_data": bars}
    messages = [{"msg": kind, "event_id": "e", **told}] * 2000
    tell(*messages, output("the end", end=True))
    with BoundsClient(server.url, max_kept_size=100_000) as client:
        job = client.run.submit()
        assert job.result() == "the end"
        assert len(list(job.updates())) < 150
        assert job.outputs() == ["the end"]


def test_outputs_of_a_plain_call_are_not_decoded(
    server: Server, tmp_path: Path
) -> None:
    """Nobody sees them: a file in one is not downloaded."""
    file = {"path": "/f", "orig_name": "f", **MARK}
    tell(output(file), output([["replace", [], "text"]]), output("text", end=True))
    with BoundsClient(server.url, download_dir=tmp_path) as client:
        assert client.run() == "text"
    assert not any("file=" in path for path, _ in Handler.seen)


# ---- answers and descriptions


def drip(handler: Handler) -> None:
    handler.begin_events()
    try:
        while True:
            handler.wfile.write(b"1\r\n \r\n")
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


def test_a_description_that_drips(server: Server) -> None:
    Handler.answers["/config"] = drip
    with (
        BoundsClient(server.url, connect_timeout=0.3) as client,
        pytest.raises(ConnectError, match=r"within 0.3 s.*connect_timeout"),
    ):
        client.connect()


def test_a_login_that_drips(server: Server) -> None:
    Handler.answers["/login"] = drip
    with (
        BoundsClient(server.url, auth=("a", "b"), connect_timeout=0.3) as client,
        pytest.raises(ConnectError, match=r"within 0.3 s.*connect_timeout"),
    ):
        client.connect()


LARGE = b"[" + b"[]," * 1_000_000 + b"1]"
ANSWERS: dict[str, tuple[str, Callable[[Handler], object], str]] = {
    "config": ("/config", lambda h: h.raw(LARGE, "application/json"), "values"),
    "join": (
        "/gradio_api/queue/join",
        lambda h: h.raw(LARGE, "application/json"),
        "more than 1 MiB",
    ),
    "error": (
        "/gradio_api/queue/join",
        lambda h: h.raw(b'{"detail": "' + LARGE, "application/json", 500),
        "answers 500",
    ),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_answers_beyond_their_bound(server: Server, kind: str) -> None:
    tell(output("never", end=True))
    path, answer, text = ANSWERS[kind]
    Handler.answers[path] = answer
    with BoundsClient(server.url) as client, pytest.raises(GradioError, match=text):
        client.run()


def test_messages_of_jobs_that_nobody_began(server: Server) -> None:
    """They come while a join is not answered, so they might be its own."""
    noise = {"msg": "log", "event_id": "u", "log": "x" * 100_000}
    second, sent, all_sent = threading.Event(), threading.Event(), threading.Event()
    names = iter("ab")

    def join(handler: Handler) -> None:
        name = next(names)
        if name == "b":
            second.set()
            # The client reads no more than so much before this is answered.
            assert not all_sent.wait(1)
            assert sent.is_set()
        handler.json({"event_id": name})

    def stream(handler: Handler) -> None:
        second.wait(20)
        handler.begin_events()
        for _ in range(20):
            handler.event(noise)
        sent.set()
        for _ in range(300):
            handler.event(noise)
        all_sent.set()
        for name in "ab":
            handler.event({**output(name, end=True), "event_id": name})
        handler.event(CLOSE)
        handler.end()

    plain = config_of(CONFIG, generator=False)
    Handler.answers["/config"] = lambda h: h.json(plain)
    Handler.answers["/gradio_api/queue/join"] = join
    Handler.answers["/gradio_api/queue/data"] = stream
    with BoundsClient(server.url) as client:
        jobs = [client.plain.submit() for _ in range(2)]
        assert sorted(job.result(20) for job in jobs) == ["a", "b"]
