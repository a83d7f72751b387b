"""The kinds of hostile traffic: what the server answers, and how it is called."""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tests.support.misbehaving import ASKS, CLOSE, CONFIG, SOCKETS, Answer, Handler

__all__ = ["KINDS", "Kind"]

MIB = 1 << 20
API = "/gradio_api"
STREAM = f"{API}/queue/data"

#: How the hostile app is called: connected to only, for the result, as a job whose
#: outputs nobody reads, or as a stream that is read.
How = Literal["connect", "result", "submit", "stream"]


@dataclass(frozen=True)
class Kind:
    """One kind of traffic.

    Attributes:
        how: How the app is called.
        answers: What it answers by path, instead of what a healthy one would.
        component: What shows its output.
    """

    how: How
    answers: dict[str, Answer]
    component: str = "json"


def _config(component: str = "json", **changes: object) -> dict[str, Any]:
    return {
        **CONFIG,
        "components": [
            {"id": 1, "type": "textbox", "props": {}},
            {"id": 2, "type": component, "props": {}},
        ],
        "dependencies": [
            {
                "id": 0,
                "api_name": "run",
                "inputs": [1],
                "outputs": [2],
                "types": {"generator": True},
            }
        ],
        **changes,
    }


def _vast() -> dict[str, Any]:
    """The description of an app that has no end."""
    slot = {"type": "textbox", "props": {"label": "x", "value": "y"}}
    endpoint = {"inputs": [1, 2], "outputs": [3], "types": {}}
    return {
        **CONFIG,
        "components": [{"id": n, **slot} for n in range(20_000)],
        "dependencies": [
            {"id": n, "api_name": f"a{n}", **endpoint} for n in range(20_000)
        ],
    }


def _body(content: Callable[[], bytes], coding: str = "identity") -> Answer:
    return lambda handler: handler.raw(
        content(), "application/json", headers={"content-encoding": coding}
    )


def _chunked(pieces: Callable[[], Iterable[bytes]], kind: str) -> Answer:
    """A body in chunks, in writes of about 64 KiB."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", kind)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        waiting = bytearray()
        for piece in pieces():
            waiting += b"%x\r\n%b\r\n" % (len(piece), piece)
            if len(waiting) > 1 << 16:
                handler.wfile.write(waiting)
                waiting.clear()
        handler.wfile.write(bytes(waiting) + b"0\r\n\r\n")

    return answer


def _events(messages: Callable[[], Iterable[object]]) -> Answer:
    """An event stream; a message that is bytes is JSON already."""

    def pieces() -> Iterator[bytes]:
        for message in messages():
            text = (
                message if isinstance(message, bytes) else json.dumps(message).encode()
            )
            yield b"data: " + text + b"\n\n"

    return _chunked(pieces, "text/event-stream")


def _generating(data: bytes) -> bytes:
    return (
        b'{"msg":"process_generating","event_id":"e","success":true,'
        b'"output":{"data":[' + data + b"]}}"
    )


def _completed(data: bytes) -> bytes:
    return (
        b'{"msg":"process_completed","event_id":"e","success":true,'
        b'"output":{"data":[' + data + b"]}}"
    )


def _many(item: bytes, n: int) -> bytes:
    return b"[" + (item + b",") * (n - 1) + item + b"]"


def _called(
    how: How,
    messages: Callable[[], Iterable[object]],
    component: str = "json",
    more: dict[str, Answer] | None = None,
) -> Kind:
    """A call whose event stream is hostile."""
    answers = {
        "/config": _body(lambda: json.dumps(_config(component)).encode()),
        STREAM: _events(messages),
    }
    named = {f"{API}/{name}": answer for name, answer in (more or {}).items()}
    return Kind(how, {**answers, **named}, component)


def _one(data: Callable[[], bytes], component: str = "json") -> Kind:
    """A call whose result is hostile."""
    return _called("result", lambda: [_completed(data()), CLOSE], component)


def _at_config(content: Callable[[], bytes], coding: str = "identity") -> Kind:
    return Kind("connect", {"/config": _body(content, coding)})


# ---- scripts that take more than a line


def _drip() -> Iterator[bytes]:
    yield b"{"
    while True:
        time.sleep(0.2)
        yield b" "


def _edits() -> Iterator[bytes]:
    """Tiny edits of a list of 2 MB."""
    yield _generating(b"[" + b",".join(b"%d" % n for n in range(300_000)) + b"]")
    for n in range(3000):
        yield _generating(b'[["replace",[0],%d]]' % n)
    yield _completed(b'"over"')


def _grown() -> Iterator[bytes]:
    """A text that grows by 10 kB each time."""
    yield _generating(b'""')
    for _ in range(1500):
        yield _generating(b'[["append",[],"%b"]]' % (b"x" * 10_000))
    yield _completed(b'"over"')


def _chats() -> Iterator[bytes]:
    """A chat of a thousand messages, the last of which grows."""
    yield _generating(
        _many(b'{"role":"user","content":[{"type":"text","text":"x"}]}', 1000)
    )
    for _ in range(1000):
        yield _generating(b'[["append",[999,"content",0,"text"],"token "]]')
    yield _completed(b"[]")


def _snowball() -> Iterator[bytes]:
    """A text that grows by 1 MB each time, and then nests itself."""
    yield _generating(b'""')
    for _ in range(1000):
        yield _generating(b'[["append",[],"%b"]]' % (b"x" * MIB))


def _albums() -> Iterator[bytes]:
    """Outputs of 900 files each."""
    yield _generating(_files(900))
    for n in range(300):
        yield _generating(b'[["replace",[0,"orig_name"],"%d"]]' % n)
    yield _completed(b"[]")


def _inserts() -> Iterator[bytes]:
    """Messages of many edits that each move a whole list."""
    yield _generating(_many(b"0", 300_000))
    for _ in range(50):
        yield _generating(_many(b'["add",[0],0]', 50_000))


def _burrows() -> Iterator[bytes]:
    """Edits that nest a value ever deeper."""
    yield _generating(b"[]")
    for depth in range(3000):
        path = json.dumps([0] * depth).encode()
        yield _generating(b'[["add",%b,[]]]' % (b"[0]" if depth == 0 else path))


def _endless_of(*messages: bytes) -> Callable[[], Iterator[bytes]]:
    """Messages over and over, until the other side has had enough."""
    return lambda: itertools.cycle(messages)


def _slow_join(handler: Handler) -> None:
    if handler.bodies[-1][1].find(b"second") >= 0:
        time.sleep(20)
    handler.json({"event_id": "e"})


def _headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"x-a: " + b"y" * 1000 + b"\r\n")


def _informs(handler: Handler) -> None:
    while True:
        handler.wfile.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)


def _files(n: int, size: int = 1) -> bytes:
    item = b'{"path":"/tmp/f%d","orig_name":"f.bin","meta":{"_type":"gradio.FileData"}}'
    return b"[" + b",".join(item % k for k in range(n)) + b"]"


def _endless_file(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "application/octet-stream")
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
    piece = b"%x\r\n%b\r\n" % (MIB, bytes(MIB))
    while True:
        handler.wfile.write(piece)


def _socket(talk: Callable[[Handler], object]) -> Kind:
    """A call of an app of Gradio 3."""

    def converse(handler: Handler) -> None:
        handler.open_socket()
        handler.say({"msg": "send_hash"})
        handler.hear()
        handler.say(ASKS)
        handler.hear()
        talk(handler)

    spoken = ("version", "protocol", "api_prefix", "enable_queue")
    config = _config(**{key: SOCKETS[key] for key in spoken})
    return Kind(
        "result",
        {
            "/config": _body(lambda: json.dumps(config).encode()),
            "/queue/join": converse,
        },
    )


def _pings(handler: Handler) -> None:
    while True:
        handler.wfile.write(b"\x89\x00" * 10_000)


def _fragments(handler: Handler) -> None:
    handler.wfile.write(b"\x01\x01x")
    while True:
        handler.wfile.write(b"\x00\x01x" * 10_000)


KINDS: dict[str, Kind] = {
    # What trust.md names.
    "config of 32 MB of [],": _at_config(lambda: _many(b"[]", 11_000_000)),
    "config that drips": Kind(
        "connect", {"/config": _chunked(_drip, "application/json")}
    ),
    "message of 100 MB of [],": _one(lambda: _many(b"[]", 33_000_000)),
    "message of 60 MB of floats": _one(
        lambda: _many(b"0.12345678901234567", 3_100_000)
    ),
    "200,000 files": _one(lambda: _files(200_000)),
    "3,000 edits of 2 MB, read": _called("stream", _edits),
    "3,000 edits of 2 MB, result": _called("result", _edits),
    "chunks of one byte": _called(
        "result",
        list,
        more={
            "queue/data": _chunked(
                lambda: itertools.chain(
                    (b"d", b"a", b"t", b"a", b":"), itertools.repeat(b"x")
                ),
                "text/event-stream",
            )
        },
    ),
    "growing text, submitted": _called("submit", _grown),
    "endless file": _called(
        "result",
        lambda: [_completed(_files(1)), CLOSE],
        more={"file=/tmp/f0": _endless_file},
    ),
    # Within the bounds, as far as they go.
    "30 MB of text": _one(lambda: b'"' + b"x" * (30 * MIB) + b'"'),
    "30 MB of text, wide": _one(
        lambda: b'"' + b"x" * (30 * MIB) + "😀".encode() + b'"'
    ),
    "1.4 million numbers": _one(lambda: _many(b"1.25", 1_400_000)),
    "200,000 objects": _one(lambda: _many(b'{"a":0}', 200_000)),
    "450,000 lists": _one(lambda: _many(b"[]", 450_000)),
    "500,000 keys": _one(
        lambda: b"{" + b",".join(b'"k%d":0' % n for n in range(500_000)) + b"}"
    ),
    "long keys": _one(
        lambda: (
            b"{"
            + b",".join(b'"%d%b":0' % (n, b"k" * 1000) for n in range(30_000))
            + b"}"
        )
    ),
    "numbers of 4,000 digits": _one(lambda: _many(b"1" * 4000, 7000)),
    "chat of 100,000 messages": _one(
        lambda: _many(b'{"role":"user","content":"x"}', 100_000), "chatbot"
    ),
    "table of a million cells": _one(
        lambda: b'{"headers":["a","b"],"data":' + _many(b"[1,2]", 400_000) + b"}",
        "dataframe",
    ),
    "chat of 1,000 that grows, submitted": _called("submit", _chats, "chatbot"),
    "700,000 names of files": _one(lambda: _many(b'"/f"', 700_000), "file"),
    "config of 20,000 endpoints": _at_config(lambda: json.dumps(_vast()).encode()),
    "900 files": _called(
        "result",
        lambda: [_completed(_files(900)), CLOSE],
        more={f"file=/tmp/f{n}": _body(lambda: b"x") for n in range(900)},
    ),
    "900 files in each output": _called(
        "stream",
        _albums,
        more={f"file=/tmp/f{n}": _body(lambda: b"x") for n in range(900)},
    ),
    "900 recordings in each output": _called(
        "stream",
        lambda: (m.replace(b'"meta"', b'"is_stream":true,"meta"') for m in _albums()),
    ),
    "900 contents in each output": _called(
        "stream",
        lambda: (
            m.replace(b'"path":"', b'"url":"data:,x","path":"') for m in _albums()
        ),
    ),
    "30 MB of data: URL": _one(
        lambda: (
            b'{"url":"data:;base64,%b","path":"","orig_name":"f","meta":'
            b'{"_type":"gradio.FileData"}}' % (b"A" * (30 * MIB))
        ),
    ),
    "30 MB of data: URL, escaped": _one(
        lambda: (
            b'{"url":"data:,%b","path":"","orig_name":"f","meta":'
            b'{"_type":"gradio.FileData"}}' % (b"%41" * (10 * MIB))
        ),
    ),
    # What only Python itself reads, or fits no type.
    "30 MB of invalid UTF-8": _one(lambda: b'"' + b"\xff" * (30 * MIB) + b'"'),
    "1.4 million NaN": _one(lambda: _many(b"NaN", 1_400_000)),
    "numbers of 4,000 digits, odd": _one(
        lambda: b'["\\ud800",' + _many(b"1" * 4000, 7000) + b"]"
    ),
    "700,000 misfits among files": _one(lambda: _many(b"1", 700_000), "file"),
    "700,000 misfits in a message": _one(
        lambda: b'[{"role":"user","content":' + _many(b"1", 700_000) + b"}]", "chatbot"
    ),
    "300,000 misfits in a table's head": _one(
        lambda: b'{"data":[],"headers":' + _many(b"{}", 300_000) + b"}", "dataframe"
    ),
    "error of 5 million bidi": _called(
        "result",
        lambda: [
            b'{"msg":"process_completed","event_id":"e","success":false,'
            b'"output":{"error":"%b"}}' % ("\u202e" * 5_000_000).encode(),
            CLOSE,
        ],
    ),
    # What else there is.
    "nested 100,000 deep": _one(lambda: b"[" * 100_000 + b"]" * 100_000),
    "nested by edits": _called("stream", _burrows),
    "a number of 30 MB": _one(lambda: b"1" * (30 * MIB)),
    "a line without an end": _called(
        "result",
        list,
        more={
            "queue/data": _chunked(
                lambda: itertools.chain([b"data: "], itertools.repeat(b"x" * 60_000)),
                "text/event-stream",
            )
        },
    ),
    "comments without an end": _called(
        "result",
        list,
        more={
            "queue/data": _chunked(
                lambda: itertools.repeat(b": x\n" * 10_000), "text/event-stream"
            )
        },
    ),
    "empty lines of data": _called(
        "result",
        list,
        more={
            "queue/data": _chunked(
                lambda: itertools.repeat(b"data:\n" * 10_000), "text/event-stream"
            )
        },
    ),
    "config of zeros, gzip": _at_config(
        lambda: gzip.compress(bytes(1 << 29), 1), coding="gzip"
    ),
    "file of zeros, gzip": _called(
        "result",
        lambda: [_completed(_files(1)), CLOSE],
        more={
            "file=/tmp/f0": _body(
                lambda: gzip.compress(bytes(1 << 29), 1), coding="gzip"
            )
        },
    ),
    "log messages without an end": _called(
        "submit",
        _endless_of(
            b'{"msg":"log","event_id":"e","log":"%b","level":"info"}' % (b"x" * 200)
        ),
    ),
    "progress without an end": _called(
        "submit",
        _endless_of(
            b'{"msg":"progress","event_id":"e","progress_data":'
            + _many(b'{"index":1,"length":2}', 100)
            + b"}"
        ),
    ),
    "estimations without an end": _called(
        "submit",
        _endless_of(
            *(
                b'{"msg":"estimation","event_id":"e","rank":%d,"queue_size":9}' % n
                for n in range(9)
            )
        ),
    ),
    "tiny outputs without an end": _called("submit", _endless_of(_generating(b"[]"))),
    "tiny outputs, unread": _called("stream", _endless_of(_generating(b"[]"))),
    "heartbeats without an end": _called("result", _endless_of(b'{"msg":"heartbeat"}')),
    "messages of unknown jobs": _called(
        "result",
        _endless_of(
            *(
                b'{"msg":"log","event_id":"u%d","log":"%b"}' % (n, b"x" * 1000)
                for n in range(900)
            )
        ),
        more={"queue/join": _slow_join},
    ),
    "text without an end": _called("submit", _snowball),
    "insertions by the million": _called("stream", _inserts),
    "headers without an end": Kind("connect", {"/config": _headers}),
    "102 without an end": Kind("connect", {"/config": _informs}),
    "join of 30 MB of [],": _called(
        "result", list, more={"queue/join": _body(lambda: _many(b"[]", 10_000_000))}
    ),
    "error of 30 MB of [],": _called(
        "result",
        list,
        more={
            "queue/join": lambda h: h.raw(
                _many(b"[]", 10_000_000), "application/json", 422
            )
        },
    ),
    "socket: pings": _socket(_pings),
    "socket: fragments": _socket(_fragments),
    "socket: 30 MB of text": _socket(
        lambda h: h.send_frame(_completed(b'"' + b"x" * (30 * MIB) + b'"'))
    ),
    "socket: 100 MB of [],": _socket(
        lambda h: h.send_frame(_completed(_many(b"[]", 33_000_000)))
    ),
}
