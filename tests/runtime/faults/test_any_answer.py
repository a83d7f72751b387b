"""Whatever a server answers: an error of ours that says something, soon, or a result."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from gradio_runtime import Client, ConnectionLost, GradioError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    ASKS,
    CLOSE,
    CONFIG,
    DIRECT,
    DONE,
    EARLY,
    ESTIMATION,
    Handler,
    Server,
    forget_all,
    serving,
)

pytestmark = pytest.mark.slow

SCALARS: Any = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["e", "data", "append", "replace", "1e999", "\ud800", "\n"]),
)
WORDS = st.sampled_from(
    [
        "msg",
        "event_id",
        "output",
        "data",
        "error",
        "success",
        "rank",
        "eta",
        "url",
        "path",
        "meta",
        "props",
        "id",
        "type",
        "inputs",
        "outputs",
        "dependencies",
        "components",
        "version",
        "protocol",
        "parameters",
        "returns",
        "detail",
        "loc",
        "is_valid",
        "message",
        "parameter_name",
        "value",
        "label",
        "_type",
    ]
)
JSON: Any = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)
MESSAGES = st.sampled_from(
    [
        "estimation",
        "process_starts",
        "progress",
        "log",
        "process_generating",
        "process_completed",
        "process_streaming",
        "close_stream",
        "unexpected_error",
        "heartbeat",
        "send_data",
        "send_hash",
        "queue_full",
        "confetti",
    ]
)
OUTPUT: Any = JSON | st.fixed_dictionaries(
    {}, optional={"data": JSON, "error": JSON, "is_generating": JSON, "duration": JSON}
)
EDITS: Any = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["append", "replace", "add", "delete"]),
            st.lists(st.integers(-2, 2) | st.text(max_size=2), max_size=2),
            JSON,
        ),
        max_size=2,
    ),
    max_size=2,
)
MESSAGE: Any = st.fixed_dictionaries(
    {"msg": MESSAGES | JSON},
    optional={
        "event_id": st.just("e") | JSON,
        "output": OUTPUT | EDITS.map(lambda data: {"data": data}),
        "success": st.booleans() | JSON,
        "rank": JSON,
        "progress_data": JSON,
        "log": JSON,
        "message": JSON,
        "title": JSON,
    },
)
STATUS = st.sampled_from([200, 200, 200, 204, 301, 400, 401, 418, 422, 429, 500, 503])
BYTES: Any = st.binary(max_size=60)

ANY = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running
    forget_all()


def written(value: object) -> bytes:
    """JSON with NaN, Infinity and half characters, as servers write it."""
    return json.dumps(value).encode()


def answer(content: bytes, status: int) -> Any:
    more = {"Retry-After": "0"}
    return lambda h: h.raw(content, "application/json", status, more)


def judge(call: Any) -> None:
    """A result, or an error that was meant."""
    with contextlib.suppress(GradioError), meant():
        call()


@contextlib.contextmanager
def meant() -> Iterator[None]:
    try:
        yield
    except GradioError as error:
        check(error)
        raise


def check(error: GradioError) -> None:
    text = str(error)
    assert type(error) is not GradioError, text
    assert "failed: " not in text, text  # what was not foreseen
    assert text.isprintable()
    assert len(text) < 2500
    assert error.src
    assert error.hint, text


def echo(server: Server, **options: Any) -> None:
    with WireClient(server.url, idle_timeout=5, **options) as client:
        job = client.echo.with_options(retries=0).submit("x")
        job.result(timeout=10)


@ANY
@given(content=JSON.map(written) | BYTES, status=STATUS)
def test_config(server: Server, content: bytes, status: int) -> None:
    Handler.answers = {"/config": answer(content, status)}
    judge(lambda: echo(server))


@ANY
@given(
    changes=st.dictionaries(
        st.sampled_from([*CONFIG, "enable_queue", "max_file_size"]), JSON, max_size=2
    ),
    dependency=st.dictionaries(WORDS, JSON, max_size=2),
    component=st.dictionaries(WORDS, JSON, max_size=2),
)
def test_parts_of_config(
    server: Server, changes: Any, dependency: Any, component: Any
) -> None:
    config = {
        **CONFIG,
        "dependencies": [{**CONFIG["dependencies"][0], **dependency}],
        "components": [{**CONFIG["components"][0], **component}],
        **changes,
    }
    Handler.answers = {"/config": answer(written(config), 200)}
    judge(lambda: echo(server))


@ANY
@given(
    info=JSON
    | st.fixed_dictionaries({"named_endpoints": st.just({"/echo": {}}) | JSON})
)
def test_info(server: Server, info: Any) -> None:
    Handler.answers = {"/gradio_api/info": answer(written(info), 200)}

    def call() -> None:
        with Client(server.url) as client:
            client.view_api(print_info=False, return_format="str")
            client.submit("x", api_name="/echo").result(timeout=10)

    judge(call)


@ANY
@given(content=JSON.map(written) | BYTES, status=STATUS)
def test_login(server: Server, content: bytes, status: int) -> None:
    Handler.answers = {"/login": answer(content, status)}
    judge(lambda: echo(server, auth=("user", "password")))


@ANY
@given(content=JSON.map(written) | BYTES, status=STATUS)
def test_join(server: Server, content: bytes, status: int) -> None:
    Handler.answers = {"/gradio_api/queue/join": answer(content, status)}
    judge(lambda: echo(server))


@ANY
@given(content=BYTES, status=STATUS)
def test_bytes_of_a_stream(server: Server, content: bytes, status: int) -> None:
    Handler.answers = {
        "/gradio_api/queue/data": lambda h: h.raw(content, "text/event-stream", status)
    }
    judge(lambda: echo(server))


@settings(ANY, max_examples=100)
@given(messages=st.lists(MESSAGE | JSON, max_size=6))
def test_messages(server: Server, messages: list[Any]) -> None:
    Handler.answers = {
        "/gradio_api/queue/data": lambda h: h.events(*messages, DONE, CLOSE)
    }
    judge(lambda: echo(server))


@settings(ANY, max_examples=60)
@given(messages=st.lists(MESSAGE, max_size=5), asks=st.booleans())
def test_messages_of_a_turn(server: Server, messages: list[Any], asks: bool) -> None:
    first = [ESTIMATION, *([ASKS] if asks else [])]
    Handler.answers = {
        "/config": lambda h: h.json(EARLY),
        "/queue/join": lambda h: h.events(*first, *messages, DONE),
        "/queue/data": lambda h: h.json(None),
    }
    judge(lambda: echo(server))


@ANY
@given(content=(OUTPUT | JSON).map(written) | BYTES, status=STATUS)
def test_a_plain_answer(server: Server, content: bytes, status: int) -> None:
    told = False

    def once(handler: Handler) -> None:
        nonlocal told
        if told:  # a generator is asked again
            handler.json({"data": [None], "is_generating": False})
        else:
            told = True
            answer(content, status)(handler)

    Handler.answers = {"/config": lambda h: h.json(DIRECT), "/api/predict": once}
    judge(lambda: echo(server))


def test_the_judge_judges(server: Server) -> None:
    def leak() -> None:
        raise GradioError("the call failed: KeyError('x')", src="x", hint="x")

    def bare() -> None:
        raise KeyError("x")

    with pytest.raises(AssertionError):
        judge(leak)
    with pytest.raises(KeyError):
        judge(bare)
    judge(lambda: None)
    with pytest.raises(AssertionError):
        judge(lambda: (_ for _ in ()).throw(ConnectionLost("no app named")))
