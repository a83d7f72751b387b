"""Whether the app's function may have been called: what every error says of its call."""

from __future__ import annotations

import pytest
from gradio_runtime import GradioError

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    DONE,
    ESTIMATION,
    Answer,
    Handler,
    Server,
)

JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
FAILED = {
    "msg": "process_completed",
    "event_id": "e",
    "output": {"error": "no"},
    "success": False,
}
EMPTY = {**DONE, "output": {"data": [None]}}


def refusing(status: int, text: str = "no") -> Answer:
    return lambda h: h.json({"detail": text}, status)


#: What an app answers to a join, and whether it may have called its function.
JOINS: dict[str, tuple[Answer, bool]] = {
    "401": (refusing(401), False),
    "403": (refusing(403), False),
    "404": (refusing(404), False),
    "413": (refusing(413), False),
    "422": (refusing(422), False),
    "429": (refusing(429), False),
    "500": (refusing(500), True),
    "502": (refusing(502), True),
    "503": (refusing(503), False),
    "queue full": (refusing(503, "Queue is full."), False),
    "a page": (lambda h: h.page(), False),
    "hung up": (lambda h: h.cut(), True),
    "no event id": (lambda h: h.json({}), True),
}
#: What it answers once it has the job: it may have called it in any case.
STREAMS: dict[str, Answer] = {
    "401": refusing(401),
    "404": refusing(404),
    "429": refusing(429),
    "500": refusing(500),
    "hung up": lambda h: h.events(ESTIMATION, cut=True),
    "the app's error": lambda h: h.events(FAILED, CLOSE),
    "an output that does not fit": lambda h: h.events(EMPTY, CLOSE),
}


def error_of(server: Server) -> GradioError:
    with WireClient(server.url) as client, pytest.raises(GradioError) as caught:
        client.echo.with_options(retries=0)("x")
    return caught.value


@pytest.mark.parametrize("name", JOINS)
def test_at_the_join(server: Server, name: str) -> None:
    answer, may_have_run = JOINS[name]
    Handler.answers = {JOIN: answer}
    assert error_of(server).may_have_run is may_have_run


@pytest.mark.parametrize("name", STREAMS)
def test_after_the_join(server: Server, name: str) -> None:
    Handler.answers = {DATA: STREAMS[name]}
    assert error_of(server).may_have_run


@pytest.mark.parametrize("path", ["/config"])
@pytest.mark.parametrize("name", JOINS)
def test_before_the_join(server: Server, path: str, name: str) -> None:
    Handler.answers = {path: JOINS[name][0]}
    assert not error_of(server).may_have_run


def test_a_value_that_does_not_fit(server: Server) -> None:
    with WireClient(server.url) as client, pytest.raises(GradioError) as caught:
        client.calculator(-2000, "add")
    assert not caught.value.may_have_run
