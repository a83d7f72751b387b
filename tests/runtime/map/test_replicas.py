"""Several apps that share the rows: who gets them, and who is left alone."""

from __future__ import annotations

import io
import os
from collections import Counter
from itertools import count as counted
from typing import Any

import pytest
from gradio_runtime import (
    AppError,
    ConnectError,
    Done,
    Failed,
    GradioError,
    RateLimited,
)
from gradio_runtime._batch import replicas as module
from gradio_runtime._batch.fates import Fate
from gradio_runtime._batch.replicas import Replica, Replicas

from tests.conftest import StartServer
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import Handler, Server, count, of_one
from tests.support.servers import several

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


def test_refusals_lose_no_row(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.001)
    numbers = counted()

    def join(handler: Handler) -> None:
        if next(numbers) % 3 == 1:
            handler.json({"detail": "later"}, 429, {"Retry-After": "0"})
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


def test_a_row_that_cannot_be_sent_is_its_own(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app is there for all others."""
    monkeypatch.setattr(module, "FIRST_AWAY", 0.001)

    def join(handler: Handler) -> None:
        if b"poison" in handler.body:
            handler.json({"detail": "no"}, 503)
        else:
            handler.json({"event_id": "e"})

    Handler.answers = {"/gradio_api/queue/join": join}
    texts = ["poison", "a", "poison", "b", "poison"]
    with WireClient(server.url) as client:
        rows = client.echo.map(texts, client.echo.call, concurrency=1, retries=2)
        results = list(rows)
    assert [result.ok for result in results] == [text != "poison" for text in texts]
    for failed in results[::2]:
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, ConnectError)
        assert (failed.attempts, failed.may_have_run) == (0, False)


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


@pytest.mark.slow
def test_apps_share_the_rows() -> None:
    with several({"a": "wire", "b": "wire"}) as urls:
        a, b = (WireClient(urls[name]) for name in "ab")
        gone = WireClient(NOWHERE)
        with a, b, gone:
            results: list[Any] = list(
                a.parallel_sleep.map(
                    [0.05] * 80,
                    lambda seconds: a.parallel_sleep.call("k", seconds),
                    concurrency=4,
                    clients=[a, gone, b],
                )
            )
            assert all(isinstance(result, Done) for result in results)
            shares = Counter(result.src for result in results)
            assert set(shares) == {a.src, b.src}
            assert min(shares.values()) >= 32
            with pytest.raises(ConnectError, match="The run has stopped"):
                list(gone.echo.map("abc", gone.echo.call, patience=0.5))


@pytest.mark.slow
def test_one_of_two_that_is_killed(start_server: StartServer) -> None:
    with several({"b": "wire"}) as urls:
        server = start_server("wire", 6)
        with WireClient(server.url) as a, WireClient(urls["b"]) as b:
            results: list[Any] = []
            for result in a.parallel_sleep.map(
                [0.05] * 80,
                lambda seconds: a.parallel_sleep.call("k", seconds),
                concurrency=4,
                clients=[a, b],
                may_repeat=True,
            ):
                results.append(result)
                if len(results) == 20:
                    server.kill()
    assert [result.index for result in results] == list(range(80))
    assert all(isinstance(result, Done) for result in results)
