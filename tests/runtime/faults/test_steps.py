"""Answers that are refusals, pages or nothing, at each step of a call."""

from __future__ import annotations

import gzip
import json
import threading

import pytest
from gradio_runtime import (
    AuthenticationError,
    Client,
    ConnectError,
    ConnectionLost,
    GradioError,
    ProtocolError,
    QueueFull,
    RateLimited,
    ServerValidationError,
    connect,
)

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CONFIG,
    Answer,
    Handler,
    Server,
    count,
)


def echo(server: Server) -> str:
    with WireClient(server.url) as client:
        return client.echo("x")


def joins() -> int:
    return count("/join")


CONFIG_FAULTS: dict[str, tuple[Answer, type[GradioError], str]] = {
    "html": (
        lambda h: h.raw(b"<html>sleeping</html>", "text/html"),
        ConnectError,
        "an HTML page, not JSON",
    ),
    "json-of-something-else": (
        lambda h: h.json({"hello": 1}),
        ConnectError,
        "not that of a Gradio app",
    ),
    "404": (lambda h: h.json({"detail": "Not Found"}, 404), ConnectError, "404"),
    "401": (
        lambda h: h.json({"detail": "Not authenticated"}, 401),
        AuthenticationError,
        "Not authenticated",
    ),
    "500": (
        lambda h: h.raw(b"Internal Server Error", "text/plain", 500),
        ProtocolError,
        "500",
    ),
    "unknown-protocol": (
        lambda h: h.json({**CONFIG, "protocol": "sse_v9", "version": "9.0.0"}),
        ProtocolError,
        "Gradio 9.0.0",
    ),
}


@pytest.mark.parametrize("fault", CONFIG_FAULTS)
def test_config_faults(server: Server, fault: str) -> None:
    answer, error, text = CONFIG_FAULTS[fault]
    Handler.answers["/config"] = answer
    with pytest.raises(error, match=text) as caught:
        connect(server.url)
    assert caught.value.src == server.url
    assert "\n" not in str(caught.value)


def test_a_passing_failure_of_config_is_tried_again(server: Server) -> None:
    answers = iter([503, 200])

    def flaky(handler: Handler) -> None:
        status = next(answers)
        handler.json(CONFIG if status == 200 else {}, status)

    Handler.answers["/config"] = flaky
    assert echo(server) == "ok"


JOIN_FAULTS: dict[str, tuple[Answer, type[GradioError], str]] = {
    "queue-full": (
        lambda h: h.json({"detail": "Queue is full. Max size is 1."}, 503),
        QueueFull,
        "Queue is full",
    ),
    "429": (
        lambda h: h.json({"detail": "slow down"}, 429, {"Retry-After": "0"}),
        RateLimited,
        "too many requests",
    ),
    "422": (
        lambda h: h.json(
            {
                "detail": [
                    {"is_valid": True, "message": "", "parameter_name": "name"},
                    {
                        "is_valid": False,
                        "message": "too young",
                        "parameter_name": "age",
                    },
                ]
            },
            422,
        ),
        ServerValidationError,
        "age: too young",
    ),
    "500": (
        lambda h: h.raw(b"Traceback\nKeyError: 7", "text/plain", 500),
        ProtocolError,
        "KeyError: 7",
    ),
    "504": (
        lambda h: h.raw(b"", "text/plain", 504),
        ConnectionLost,
        "may have run",
    ),
    "404": (lambda h: h.json({"detail": "Not Found"}, 404), ConnectError, "404"),
    "no-event-id": (lambda h: h.json({}), ProtocolError, "without naming it"),
}


@pytest.mark.parametrize("fault", JOIN_FAULTS)
def test_join_faults(server: Server, fault: str) -> None:
    answer, error, text = JOIN_FAULTS[fault]
    Handler.answers["/gradio_api/queue/join"] = answer
    with pytest.raises(error, match=text) as caught:
        echo(server)
    assert caught.value.endpoint == "/echo"
    # Only what certainly was not taken is sent again.
    assert joins() == (3 if error in {QueueFull, RateLimited} else 1)


def test_tokens_stay_on_their_origin(server: Server) -> None:
    with Server(("127.0.0.1", 0), Handler) as other:
        threading.Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
        elsewhere = f"{other.url}/elsewhere"
        Handler.answers["/config"] = lambda h: h.raw(
            b"", "text/plain", 302, {"Location": elsewhere}
        )
        Handler.answers["/elsewhere"] = lambda h: h.json(CONFIG)
        client = Client(server.url, token="hf_secret", headers={"cookie": "a=b"})
        client.connect()
        other.shutdown()
    sent = dict(Handler.seen)
    assert sent["/config"]["x-hf-authorization"] == "Bearer hf_secret"
    assert "x-hf-authorization" not in sent["/elsewhere"]
    assert "cookie" not in sent["/elsewhere"]


def test_a_circle_of_redirects(server: Server) -> None:
    Handler.answers["/config"] = lambda h: h.raw(
        b"", "text/plain", 302, {"Location": "/config"}
    )
    with pytest.raises(ConnectError, match="circle"):
        connect(server.url)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_no_more_is_read_than_a_description_has(server: Server, coding: str) -> None:
    """Nor does a small answer that unpacks to a large one get further."""
    body = b'"' + b"x" * (33 << 20) + b'"'
    sent = gzip.compress(body) if coding == "gzip" else body
    Handler.answers["/config"] = lambda h: h.raw(
        sent, "application/json", 200, {"Content-Encoding": coding}
    )
    with pytest.raises(ProtocolError, match="more than 32 MiB"):
        connect(server.url)


def test_a_packed_description_is_read(server: Server) -> None:
    packed = gzip.compress(json.dumps(CONFIG).encode())
    Handler.answers["/config"] = lambda h: h.raw(
        packed, "application/json", 200, {"Content-Encoding": "gzip"}
    )
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"
