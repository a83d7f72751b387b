"""Answers that are refusals, pages or nothing, at each step of a call."""

from __future__ import annotations

import gzip
import json
import threading

import pytest
from gradio_runtime import (
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    GradioError,
    ProtocolError,
    QueueFull,
    RateLimited,
    ServerValidationError,
    Status,
    connect,
)

from tests.runtime.faults.conftest import echo, joins
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    CONFIG,
    DONE,
    ESTIMATION,
    Answer,
    Handler,
    Server,
    count,
    of_one,
)

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
    "no-event-id": (lambda h: h.json({}), ProtocolError, "without an event id"),
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


# ---- every status at every step

STATUSES = (401, 403, 404, 413, 422, 429, 500, 502, 503, 504)
STEPS = {
    "config": "/config",
    "info": "/gradio_api/info",
    "login": "/login",
    "upload": "/gradio_api/upload",
    "join": "/gradio_api/queue/join",
    "stream": "/gradio_api/queue/data",
}


def take(server: Server, step: str) -> object:
    """Make a call, or the part of one, that passes a step."""
    auth = ("user", "password") if step == "login" else None
    with WireClient(server.url, auth=auth) as client:
        if step == "info":
            return client.view_api(return_format="dict")
        if step != "upload":
            return client.echo.with_options(retries=0)("x")
        Handler.answers["/config"] = lambda h: h.json(of_one("file", "file", "file"))
        return client.file.with_options(retries=0)(b"content")


def meant(step: str, status: int) -> type[GradioError] | None:
    """The error of a status at a step."""
    if step == "login" and status == 404:
        return None  # the app has no login
    match status:
        case 403 if step == "download":
            return ConnectError  # of a file that is not there
        case 401 | 403:
            return AuthenticationError
        case 413:
            return FileTooLarge
        case 422:
            return ServerValidationError
        case 429:
            return RateLimited
        case 500:
            return ProtocolError
        case 502 | 504 if step in {"login", "upload", "join"}:
            return ConnectionLost
    return ConnectionLost if step == "stream" else ConnectError


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("step", STEPS)
def test_a_status_at_a_step(server: Server, step: str, status: int) -> None:
    Handler.answers[STEPS[step]] = lambda h: h.json(
        {"detail": "a reason"}, status, {"Retry-After": "0"}
    )
    error = meant(step, status)
    if error is None:
        assert take(server, step) == "ok"
        return
    if (step, status) == ("info", 500):
        with pytest.warns(RuntimeWarning, match="fails to describe its API"):
            take(server, step)
        return
    with pytest.raises(error) as caught:
        take(server, step)
    assert type(caught.value) is error
    assert caught.value.src == server.url
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    if isinstance(caught.value, ConnectionLost):
        # What was not joined cannot have run.
        assert caught.value.may_have_run is (step in {"join", "stream"})
    # Only what is sure to do no harm is asked again.
    again = step in {"config", "info", "upload"} and status in {429, 502, 503, 504}
    opened = step == "stream" and status in {429, 503}
    assert count(STEPS[step]) == (3 if again or opened else 1)


@pytest.mark.parametrize("step", [*STEPS])
def test_a_sleeping_spaces_page_at_a_step(server: Server, step: str) -> None:
    Handler.answers[STEPS[step]] = lambda h: h.page()
    if step == "login":  # the page is no login; what the app wants shows later
        assert take(server, step) == "ok"
        return
    error = ProtocolError if step == "stream" else ConnectError
    with pytest.raises(
        error, match=r"HTML page, not JSON|html, not with an event stream"
    ) as got:
        take(server, step)
    assert "URL is that of a running Gradio app" in str(got.value)


@pytest.mark.parametrize("step", [*STEPS])
def test_a_connection_that_is_cut_at_a_step(server: Server, step: str) -> None:
    Handler.answers[STEPS[step]] = lambda h: h.cut()
    with pytest.raises(ConnectionLost) as lost:
        take(server, step)
    assert lost.value.may_have_run is (step in {"join", "stream"})


@pytest.mark.parametrize("step", [*STEPS])
def test_another_json_at_a_step(server: Server, step: str) -> None:
    Handler.answers[STEPS[step]] = lambda h: h.json([1, {"a": None}])
    if step == "login":
        assert take(server, step) == "ok"
        return
    with pytest.raises((ConnectError, ProtocolError)):
        take(server, step)


@pytest.mark.parametrize("fault", [*STATUSES, "page", "cut"])
def test_a_cancel_that_fails_leaves_the_job(server: Server, fault: int | str) -> None:
    """A job whose removal from the queue nobody confirms goes on."""
    on = threading.Event()

    def stream(handler: Handler) -> None:
        handler.begin_events()
        handler.event({**ESTIMATION, "event_id": "e"})
        assert on.wait(10)
        handler.event(DONE)
        handler.event(CLOSE)
        handler.end()

    def cancel(handler: Handler) -> None:
        if fault == "page":
            handler.page()
        elif fault == "cut":
            handler.cut()
        else:
            handler.json({"detail": "no"}, int(fault))

    Handler.answers["/gradio_api/queue/data"] = stream
    Handler.answers["/gradio_api/cancel"] = cancel
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        next(u for u in job.updates() if u.code is Status.IN_QUEUE)
        assert job.cancel() is False
        on.set()
        assert job.result(timeout=10) == "ok"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503, 504])
def test_a_status_at_the_download(server: Server, status: int) -> None:
    sent = {"path": "/tmp/a.txt", "url": None, "meta": {"_type": "gradio.FileData"}}
    done = {**DONE, "output": {"data": [{**sent, "orig_name": "a.txt"}]}}
    Handler.answers = {
        "/config": lambda h: h.json(of_one("file", "file", "file")),
        "/gradio_api/upload": lambda h: h.json(["/tmp/up"]),
        "/gradio_api/queue/data": lambda h: h.events(done, CLOSE),
        "/gradio_api/file=/tmp/a.txt": lambda h: h.json(
            {"detail": "a reason"}, status, {"Retry-After": "0"}
        ),
    }
    with (
        WireClient(server.url) as client,
        pytest.raises(meant("download", status) or GradioError) as caught,
    ):
        client.file(b"content")
    assert caught.value.endpoint == "/file"


def test_values_that_no_json_has_in_an_answer(server: Server) -> None:
    """A traceback of many lines becomes one."""
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
        {"detail": "first\nsecond\n\n  third"}, 500
    )
    with pytest.raises(ProtocolError) as caught:
        echo(server)
    assert "first second third" in str(caught.value)
    assert "first\nsecond" in caught.value.message


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_when_to_come_again(server: Server, told: str, seconds: float | None) -> None:
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
        {}, 429, {"Retry-After": told}
    )
    with pytest.raises(RateLimited) as caught:
        take(server, "join")
    assert caught.value.retry_after == seconds
