"""Several apps that share the rows: who gets them, and who is left alone."""

from __future__ import annotations

import io
import os
from collections import Counter
from contextlib import ExitStack
from functools import partial
from itertools import count as counted
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from gradio_runtime import (
    AppError,
    ConnectError,
    ConnectionLost,
    Done,
    Failed,
    GradioError,
    OutputMismatch,
    RateLimited,
    ServerValidationError,
)
from gradio_runtime._batch import replicas as module
from gradio_runtime._batch.fates import Fate
from gradio_runtime._batch.replicas import Replica, Replicas

from tests.runtime.wire_api import WireClient
from tests.support.fast_server import fast_server
from tests.support.misbehaving import (
    CLOSE,
    DONE,
    Answer,
    Handler,
    Server,
    count,
    of_one,
)

NOWHERE = "http://127.0.0.1:9"


async def never(_: object = None) -> None:
    raise AssertionError


def replica(account: str | None = None) -> Replica:
    return Replica("s", account, never, never, lambda: False)


def test_the_least_busy_is_next() -> None:
    several_ = [replica(), replica()]
    all_ = Replicas(several_, concurrency=2, patience=1)
    for _ in range(4):
        free = all_.free()
        assert free is not None
        free.begin()
    assert [each.busy for each in several_] == [2, 2]
    assert all_.free() is None


def test_a_quota_is_that_of_all_clients_of_an_account() -> None:
    mine, also_mine, other = replica("t"), replica("t"), replica("u")
    all_ = Replicas([mine, also_mine, other], concurrency=2, patience=1)
    error = AppError("You have exceeded your GPU quota. Try again in 0:10:00")
    all_.failed(mine, Fate.QUOTA, error, 0.0)
    assert mine.paused_until == pytest.approx(also_mine.paused_until)
    assert other.paused_until == 0
    assert all_.until_free() is not None  # there is another
    all_.failed(other, Fate.QUOTA, error, 0.0)
    assert all_.until_free() is None  # ten minutes are more than the patience


def test_one_that_is_away_is_probed_with_one_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    only = replica()
    all_ = Replicas([only], concurrency=4, patience=1000)
    pauses: list[float] = []
    begun = [only.begin() for _ in range(4)]
    for _ in range(9):
        for time in begun:  # those under way together are one failure
            only.failed(Fate.AWAY, ConnectError("m", not_sent=True), time)
            only.busy -= 1
        assert all_.free() is None
        pauses.append(only.paused_until - now)
        now = only.paused_until
        assert all_.free() is only
        begun = [only.begin()]
        assert all_.free() is None  # until the probe has ended
    assert pauses == pytest.approx([0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
    only.served()
    assert all_.free() is only


def test_without_any_the_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    one, two = replica(), replica()
    all_ = Replicas([one, two], concurrency=4, patience=5)
    one.failed(Fate.BUSY, RateLimited("m", retry_after=3), 0.0)
    assert all_.until_free() == 3
    two.failed(Fate.BUSY, RateLimited("m", retry_after=4), 0.0)
    now = 103.0
    one.failed(Fate.BUSY, RateLimited("m", retry_after=4), 0.0)
    two.begin()
    now = 106.0
    assert all_.until_free() == 1  # a call is under way
    two.busy -= 1
    assert all_.until_free() is None


@pytest.mark.parametrize("asked", [None, 2.0])
def test_rows_are_eased_in_after_a_refusal(
    monkeypatch: pytest.MonkeyPatch, asked: float | None
) -> None:
    """Unless the app has said when it takes more: then that many begin at once."""
    now = 100.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    only = replica()
    all_ = Replicas([only], concurrency=100, patience=1000)
    only.failed(Fate.BUSY, RateLimited("m", retry_after=asked), 0.0)
    now = only.paused_until
    begun: list[float] = []
    while len(begun) < 30:
        if all_.free():
            begun.append(only.begin())
        else:
            now = only.paused_until
    gaps = [b - a for a, b in pairwise(begun)]
    eased = [module.APART] * module.EASED if asked is None else []
    assert gaps == pytest.approx([*eased, *[0.0] * (29 - len(eased))])


@pytest.mark.parametrize(
    "refusal",
    [
        ({"detail": "later"}, 429, {"Retry-After": "0"}),
        ({"detail": "Queue is full."}, 503, {}),
    ],
    ids=["too many requests", "full queue"],
)
def test_refusals_lose_no_row(
    refusal: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.001)
    numbers = counted()

    def join(handler: Handler) -> None:
        if next(numbers) % 3 == 1:
            handler.json(*refusal)
        else:
            handler.json({"event_id": "e"})

    Handler.answers = {"/gradio_api/queue/join": join}
    with WireClient(server.url) as client:
        results = list(
            client.echo.map(
                map(str, range(20)),
                client.echo.call,
                concurrency=1,
                clients=[client, client],  # each once
            )
        )
    assert [getattr(result, "value", None) for result in results] == ["ok"] * 20
    assert {result.attempts for result in results} == {1}
    assert count("/join") == 30


FAILED = {
    "msg": "process_completed",
    "event_id": "e",
    "output": {"error": "no"},
    "success": False,
}
MISFIT = {**DONE, "output": {"data": [{"not": "a text"}]}}
#: What the app answers for a row that is poison, to its join and to its stream.
POISON: dict[type[GradioError], tuple[Answer | None, Answer | None]] = {
    ConnectError: (lambda h: h.json({"detail": "no"}, 503), None),
    ServerValidationError: (lambda h: h.json({"detail": "no"}, 422), None),
    AppError: (None, lambda h: h.events(FAILED, CLOSE)),
    OutputMismatch: (None, lambda h: h.events(MISFIT, CLOSE)),
    ConnectionLost: (None, lambda h: h.events(cut=True)),
}


@pytest.mark.parametrize("kind", POISON)
def test_poison_is_its_own_row(
    kind: type[GradioError], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app is there for all others, before and after it."""
    monkeypatch.setattr(module, "FIRST_AWAY", 0.001)
    monkeypatch.setattr(module, "PAUSE", 0.001)

    def answer(usual: Answer, poisonous: Answer | None, handler: Handler) -> None:
        joins = [body for path, body in Handler.bodies if path.endswith("/join")]
        (poisonous if poisonous and b"poison" in joins[-1] else usual)(handler)

    join, stream = POISON[kind]
    Handler.answers = {
        "/gradio_api/queue/join": partial(
            answer, lambda h: h.json({"event_id": "e"}), join
        ),
        "/gradio_api/queue/data": partial(
            answer, lambda h: h.events(DONE, CLOSE), stream
        ),
    }
    texts = ["poison", "a", "poison", "b", "poison"]
    with WireClient(server.url) as client:
        rows = client.echo.map(texts, client.echo.call, concurrency=1, retries=2)
        results = list(rows)
    assert [result.ok for result in results] == [text != "poison" for text in texts]
    assert [r.value for r in results if isinstance(r, Done)] == ["ok", "ok"]
    ran = kind in {AppError, OutputMismatch, ConnectionLost}
    for failed in results[::2]:
        assert isinstance(failed, Failed)
        assert type(failed.error) is kind
        assert failed.may_have_run is ran


def test_a_stream_that_has_been_read_is_not_sent_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that can seek is, from its beginning; of a pipe only a rest would be."""
    monkeypatch.setattr(module, "PAUSE", 0.001)
    refused, sizes = counted(), list[int]()

    def take(handler: Handler) -> None:
        sizes.append(len(handler.body))
        handler.json(["/tmp/a"])

    def join(handler: Handler) -> None:
        answer = ({"event_id": "e"}, 200) if next(refused) % 2 else ({}, 429)
        handler.json(*answer)

    Handler.answers = {
        "/config": lambda h: h.json(of_one("file", "file", "textbox")),
        "/gradio_api/upload": take,
        "/gradio_api/queue/join": join,
    }
    read_end, write_end = os.pipe()
    os.write(write_end, b"content")
    os.close(write_end)
    with (
        WireClient(server.url, on_drift="ignore", strict_outputs=False) as client,
        os.fdopen(read_end, "rb") as pipe,
    ):
        (again,) = client.file.map([io.BytesIO(b"content")], client.file.call)
        (once,) = client.file.map([pipe], client.file.call)
    assert len(set(sizes)) == 1
    assert (len(sizes), again.ok) == (3, True)
    assert isinstance(once, Failed)
    assert "cannot be read again" in str(once.error)


def test_a_client_that_is_closed_stops_the_run(server: Server) -> None:
    with WireClient(server.url) as client:
        results = iter(client.echo.map("abcdefghij", client.echo.call, concurrency=1))
        assert next(results).ok
        client.close()
        with pytest.raises(GradioError, match="the client has been closed"):
            assert len(list(results)) < 5


def test_an_address_that_is_none_is_no_wait() -> None:
    with (
        WireClient("neither a URL nor a Space") as client,
        pytest.raises(ConnectError, match="nor a Space id"),
    ):
        list(client.echo.map("abc", client.echo.call))


def test_drift_and_logins_stop_the_run(server: Server) -> None:
    with WireClient(server.url) as client:
        for status in (401, 403):
            Handler.answers = {
                "/gradio_api/queue/join": lambda h, s=status: h.json({}, s)  # type: ignore[misc]
            }
            with pytest.raises(Exception, match="refuses access"):
                list(client.echo.map("abc", client.echo.call, concurrency=1))


#: Seconds that a stand-in takes for a row.
PACE = 0.01


@pytest.mark.slow
def test_apps_share_the_rows() -> None:
    with (
        fast_server(PACE) as first,
        fast_server(PACE) as second,
        WireClient(first) as a,
        WireClient(second) as b,
        WireClient(NOWHERE) as gone,
    ):
        results: list[Any] = list(
            a.echo.map(
                map(str, range(80)), a.echo.call, concurrency=4, clients=[a, gone, b]
            )
        )
        assert all(isinstance(result, Done) for result in results)
        shares = Counter(result.src for result in results)
        assert set(shares) == {a.src, b.src}
        assert min(shares.values()) >= 32
        with pytest.raises(ConnectError, match="The run has stopped"):
            list(gone.echo.map("abc", gone.echo.call, patience=0.5))


@pytest.mark.slow
@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize("may_repeat", [False, True])
def test_an_app_that_is_killed(copies: int, may_repeat: bool) -> None:
    """One of two for good, or the only one, which comes back: what was under way failed."""
    with ExitStack() as stack:
        killed = stack.enter_context(ExitStack())
        urls = [killed.enter_context(fast_server(PACE))]
        urls += [stack.enter_context(fast_server(PACE)) for _ in range(copies - 1)]
        clients = [stack.enter_context(WireClient(url)) for url in urls]
        echo, got = clients[0].echo, list[Any]()
        for result in echo.map(
            map(str, range(80)),
            echo.call,
            concurrency=4,
            clients=clients,
            may_repeat=may_repeat,
        ):
            got.append(result)
            if len(got) == 20:
                killed.close()
                if copies == 1:
                    port = urlsplit(urls[0]).port
                    stack.enter_context(fast_server(PACE, port or 0))
    assert [result.index for result in got] == list(range(80))
    failed = [result for result in got if isinstance(result, Failed)]
    assert len(failed) <= (0 if may_repeat else 4)
    assert all(isinstance(each.error, ConnectionLost) for each in failed)
    assert all(each.may_have_run for each in failed)
