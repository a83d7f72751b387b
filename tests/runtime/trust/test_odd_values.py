"""Odd numbers, texts and depths of a server end in a named error or a result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from gradio_runtime import Client, GradioError, InputError
from gradio_runtime._http.statuses import seconds_of
from gradio_runtime._transfer import downloads
from gradio_runtime.description.dialect import is_before_5
from gradio_runtime.description.json_values import is_array, is_object

from tests.runtime.faults.test_any_answer import judge
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    CONFIG,
    DONE,
    Handler,
    Server,
    forget_all,
    serving,
)

MARK = "@@"
#: JSON that no server should send, as it is written.
ODD = {
    "negative": "-1",
    "fraction": "0.5",
    "64 bits": str(2**64),
    "endless": "1e400",
    "minus endless": "-1e400",
    "nothing": "NaN",
    "4,000 digits": "9" * 4000,
    "5,000 digits": "9" * 5000,
    "digits in a text": f'"{"9" * 5000}.1"',
    "half a character": r'"\ud800"',
    "escapes": r'"\u001b[2J\u202e\u0000"',
    "long": f'"{"x" * 2**20}"',
    "true": "true",
    "null": "null",
    "object": '{"a": 1}',
    "150 deep": "[" * 150 + "]" * 150,
    "400 deep": "[" * 400 + "]" * 400,
    "900 deep": '{"a":' * 900 + "1" + "}" * 900,
    "100,000 deep": "[" * 100_000 + "]" * 100_000,
}
FILE_PATH = "/gradio_api/file=/tmp/a.txt"
FILE = {
    "path": "/tmp/a.txt",
    "url": None,
    "size": 3,
    "orig_name": "a.txt",
    "mime_type": "text/plain",
    "is_stream": False,
    "meta": {"_type": "gradio.FileData"},
}
#: What a server says in a call, each with all that it may say.
SAID: dict[str, Any] = {
    "config": {
        **CONFIG,
        "max_file_size": 9,
        "enable_queue": True,
        "connect_heartbeat": False,
        "app_id": 1,
        "space_id": None,
    },
    "info": {
        "named_endpoints": {
            "/echo": {
                "parameters": [
                    {
                        "label": "a",
                        "parameter_name": "a",
                        "parameter_has_default": True,
                        "parameter_default": "x",
                        "type": {"type": "string"},
                        "python_type": {"type": "str", "description": "d"},
                        "component": "Textbox",
                    }
                ],
                "returns": [{"label": "b", "type": {}, "component": "Textbox"}],
                "description": "d",
                "oauth_token": "optional",
            }
        },
        "unnamed_endpoints": {},
    },
    "join": {"event_id": "e"},
    "estimation": {
        "msg": "estimation",
        "event_id": "e",
        "rank": 1,
        "queue_size": 2,
        "rank_eta": 3,
    },
    "starts": {"msg": "process_starts", "event_id": "e", "eta": 1},
    "progress": {
        "msg": "progress",
        "event_id": "e",
        "progress_data": [
            {"index": 1, "length": 2, "unit": "s", "progress": None, "desc": "d"}
        ],
    },
    "log": {
        "msg": "log",
        "event_id": "e",
        "log": "l",
        "level": "info",
        "title": "t",
        "duration": 1,
    },
    "error": {
        "msg": "process_completed",
        "event_id": "e",
        "success": False,
        "output": {"error": "m", "title": "t", "duration": 1, "visible": True},
    },
    "file": {**DONE, "output": {"data": [FILE]}},
    "unexpected": {"msg": "unexpected_error", "message": "m", "event_id": None},
}


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """Where in a value something else may stand."""
    items = value.items() if is_object(value) else ()
    for key, item in enumerate(value) if is_array(value) else items:
        yield from ((key, *place) for place in places(item))
        yield (key,)


def with_odd(value: Any, place: tuple[Any, ...], odd: str) -> bytes:
    """A value as JSON, with something odd at a place."""
    copy = json.loads(json.dumps(value))
    at = copy
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = MARK
    return json.dumps(copy).replace(f'"{MARK}"', odd).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running
    forget_all()


@pytest.fixture(autouse=True)
def _again() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


def call(server: Server, tmp_path: Path) -> None:
    """A call in which everything that the server says is looked at."""
    with WireClient(server.url, download_dir=tmp_path, idle_timeout=5) as client:
        job = client.echo.with_options(retries=0, strict_outputs=False).submit("x")
        try:
            job.result(timeout=10)
        finally:
            assert len(repr(job.status())) < 2500


#: What is asked for when a server says what.
PATHS = {
    "config": "/config",
    "info": "/gradio_api/info",
    "join": "/gradio_api/queue/join",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAID)
def test_whatever_stands_anywhere(name: str, server: Server, tmp_path: Path) -> None:
    """A named error of one short line, or a result."""
    end = b"".join(b"data: %b\n\n" % json.dumps(m).encode() for m in (DONE, CLOSE))
    for place in places(SAID[name]):
        for odd in ODD.values():
            said = with_odd(SAID[name], place, odd)
            path, body, kind = PATHS.get(name), said, "application/json"
            if path is None:
                path, kind = "/gradio_api/queue/data", "text/event-stream"
                body = b"data: %b\n\n" % said + end
            answer = partial(_answer, body, kind)
            Handler.answers = {
                path: answer,
                FILE_PATH: partial(_answer, b"abc", "text/plain"),
            }
            action = view if name == "info" else call
            judge(partial(action, server, tmp_path))


def _answer(body: bytes, kind: str, handler: Handler) -> None:
    handler.raw(body, kind)


def view(server: Server, _: Path) -> None:
    """The same for what the app says of its API."""
    with Client(server.url) as client:
        client.view_api(print_info=False, return_format="str")
        client.submit("x", api_name="/echo").result(timeout=10)


@pytest.mark.parametrize(
    ("given", "least"),
    [
        ("Fri, 31 Dec 9999 23:59:59 GMT", 10**9),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 99 Foo 2026 99:99:99 GMT", None),
        ("-5", 0),
        ("nan", None),
        ("-inf", None),
        ("1e400", None),
        ("9" * 5000, None),
        ("\ud800", None),
        ("", None),
        ("1.5", 1.5),
    ],
)
def test_when_to_ask_again(given: str, least: float | None) -> None:
    found = seconds_of(given)
    assert (found is None) if least is None else (found is not None and found >= least)


@pytest.mark.parametrize(
    "version", ["", "9" * 5000 + ".1", "3." + "9" * 5000, "\u0663.1"]
)
def test_an_odd_version_is_a_new_one(version: str) -> None:
    assert is_before_5("4.44.1")
    assert not is_before_5(version)


@pytest.mark.parametrize(
    "size", ["9" * 5000, "-1", "\u0663", "1e3", " 3", "0x3", "3, 3"]
)
def test_odd_sizes_of_a_file(size: str) -> None:
    """What httpx2 lets through, as it does over HTTP/2."""
    answer = answered({"content-length": size})
    assert downloads.length_of(answer) is None
    pattern = downloads.CONTENT_RANGE
    assert pattern.fullmatch(f"bytes 0-2/{size}") is None


def answered(headers: dict[str, str]) -> httpx2.Response:
    return httpx2.Response(200, headers=httpx2.Headers(list(headers.items()), "utf-8"))


HALF = "secret\ud800"


@pytest.mark.parametrize(
    "options",
    [
        {"auth": (HALF, "p")},
        {"auth": ("u", HALF)},
        {"token": HALF},
        {"headers": {"x-a": HALF}},
        {"headers": {HALF: "x"}},
        {"oauth_token": HALF},
        {"session_hash": HALF},
        {"src": f"http://{HALF}:p@127.0.0.1:9"},
        {"src": f"http://127.0.0.1:9/{HALF}"},
        {"src": f"http://{HALF}"},
        {"src": f"{HALF}/app"},
        {"src": "http://127.0.0.1:99999"},
        {"src": "http://127.0.0.1:" + "9" * 5000},
        {"src": "http://127.0.0.1:-1"},
        {"src": "http://127.0.0.1:x"},
        {"src": "http://[::1"},
    ],
)
def test_half_a_character_of_the_callers(
    server: Server, options: dict[str, Any]
) -> None:
    arguments: dict[str, Any] = {"src": server.url, **options}
    with pytest.raises(GradioError) as caught, Client(**arguments) as client:
        client.predict("x", api_name="/echo")
    assert type(caught.value) is not GradioError
    assert "failed: " not in str(caught.value)
    assert "secret" not in str(caught.value) or "src" in options


def nested(depth: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = wrap(value)
    return value


WRAPS: dict[str, Callable[[Any], Any]] = {
    "list": lambda value: [value],
    "tuple": lambda value: (value,),
    "object": lambda value: {"a": value},
}


@pytest.mark.parametrize("wrap", WRAPS)
def test_what_a_caller_nests_without_end(server: Server, wrap: str) -> None:
    Handler.answers = {"/gradio_api/info": lambda h: h.json(SAID["info"])}
    value = nested(20_000, WRAPS[wrap])
    with WireClient(server.url) as client:
        with pytest.raises(InputError):
            client.echo(value)
        with pytest.raises(InputError, match="nested too deeply"):
            Client.predict(client, value, api_name="/echo")


@pytest.mark.parametrize("depth", [100, 300, 450, 600, 900])
@pytest.mark.parametrize("wrap", WRAPS)
def test_what_a_caller_nests(server: Server, wrap: str, depth: int) -> None:
    """A result where the wire can have it, or else an error about the parameter."""
    Handler.answers = {"/gradio_api/info": lambda h: h.json(SAID["info"])}
    value = nested(depth, WRAPS[wrap])
    with Client(server.url) as client:
        judge(lambda: client.predict(value, api_name="/echo"))


def test_a_value_within_itself(server: Server) -> None:
    Handler.answers = {"/gradio_api/info": lambda h: h.json(SAID["info"])}
    value: list[Any] = []
    value.append(value)
    with Client(server.url) as client, pytest.raises(InputError, match="in itself"):
        client.predict(value, api_name="/echo")
