"""Which client the functions of a module call: the environment's, or one in use."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import pytest
from gradio_runtime import Client, ConnectError, InputError

from tests.runtime import wire_api
from tests.runtime.wire_api import WireClient
from tests.support.servers import GradioServer

VARIABLE = "GRADIO_CODEGEN_WIRE_API_SRC"


@pytest.fixture(autouse=True)
def own_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module's own client is of this test."""
    monkeypatch.delitem(vars(wire_api._app), "_default", raising=False)
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def one(gradio6: GradioServer) -> Iterator[WireClient]:
    with WireClient(gradio6.url, headers={"x-who": "one"}) as client:
        yield client


@pytest.fixture
def two(gradio6: GradioServer) -> Iterator[WireClient]:
    with WireClient(gradio6.url, headers={"x-who": "two"}) as client:
        yield client


def heard(answer: dict[str, Any]) -> str:
    name: str = answer["headers"]["x-who"]
    return name


def who() -> str:
    """Whose call it is, as the app sees it; of nobody's, the app's own address."""
    try:
        return heard(wire_api.request_info(""))
    except ConnectError as error:
        return "nobody" if "127.0.0.1:9" in str(error) else str(error)


# ---- the environment


def test_the_environment_gives_another_address(
    gradio6: GradioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f" {gradio6.url} ")
    assert wire_api.echo("x") == "x"
    with WireClient() as client:
        assert client.src == gradio6.url
        assert client.echo("x") == "x"
    # What is said in so many words counts more.
    with WireClient("http://127.0.0.1:9") as client, pytest.raises(ConnectError):
        client.echo("x")


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert WireClient().src == "http://127.0.0.1:9"


def test_a_process_of_its_own(gradio6: GradioServer) -> None:
    code = "from tests.runtime.wire_api import echo; print(echo('told'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, VARIABLE: gradio6.url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "told\n"


# ---- use()


def test_in_use_until_the_block_ends(one: WireClient, two: WireClient) -> None:
    assert who() == "nobody"
    with one.use() as client:
        assert client is one
        assert who() == "one"
        with two.use():
            assert who() == "two"
            assert heard(one.request_info("")) == "one"
        assert who() == "one"
    assert who() == "nobody"
    assert heard(one.request_info("")) == "one"  # it stays open


def test_every_way_to_call(one: WireClient) -> None:
    async def aio() -> str:
        return heard(await wire_api.request_info.aio(""))

    with one.use():
        assert heard(wire_api.request_info.submit("").result()) == "one"
        assert heard(wire_api.request_info.with_options(timeout=30)("")) == "one"
        assert asyncio.run(aio()) == "one"
        assert wire_api.counter(2) == 2
    assert one.counter(1) == 3  # of one session


def test_it_begins_at_once_and_an_error_ends_it(one: WireClient) -> None:
    in_use = one.use()
    assert who() == "one"
    with pytest.raises(KeyError), in_use:
        raise KeyError
    assert who() == "nobody"
    with in_use:  # once more
        assert who() == "one"
    assert who() == "nobody"


def test_ends_in_any_order(one: WireClient, two: WireClient) -> None:
    first, second = ExitStack(), ExitStack()
    first.enter_context(one.use())
    second.enter_context(two.use())
    first.close()
    assert who() == "two"
    second.close()
    assert who() == "nobody"


def test_tasks_have_their_own(one: WireClient, two: WireClient) -> None:
    async def hear(client: WireClient) -> list[str]:
        with client.use():
            calls = [wire_api.request_info.aio("") for _ in range(5)]
            return [heard(answer) for answer in await asyncio.gather(*calls)]

    async def both() -> None:
        first, second = await asyncio.gather(hear(one), hear(two))
        assert (first, second) == (["one"] * 5, ["two"] * 5)

    asyncio.run(both())
    assert who() == "nobody"


def test_threads_begin_anew(one: WireClient, two: WireClient) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool, one.use():
        assert pool.submit(who).result(30) == "nobody"
        assert asyncio.run(asyncio.to_thread(who)) == "one"
        with two.use(everywhere=True):
            assert pool.submit(who).result(30) == "two"
            assert who() == "one"  # it has one of its own
        assert pool.submit(who).result(30) == "nobody"


def test_many_threads_come_and_go(one: WireClient) -> None:
    def go() -> None:
        for _ in range(200):
            with one.use(everywhere=True), one.use():
                assert wire_api._app.default_client is one

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert who() == "nobody"


def test_a_plain_client_has_no_module(gradio6: GradioServer) -> None:
    with (
        Client(gradio6.url) as client,
        pytest.raises(InputError, match=r"no module.*client class of the generated"),
    ):
        client.use()


# ---- made once, by whichever thread comes


PLAIN = Client("http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("where", "name", "ask"),
    [
        ("gradio_runtime._api.app", "Client", lambda: wire_api._app.default_client),
        ("gradio_runtime._engine.connection", "Connection", PLAIN._connection),
    ],
)
def test_threads_that_come_together_get_one(
    where: str, name: str, ask: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = threading.Barrier(4)
    make = getattr(import_module(where), name)

    def make_together(*args: Any) -> object:
        everybody.wait(10)  # nobody has made one yet
        return make(*args)

    monkeypatch.setattr(f"{where}.{name}", make_together)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask) for _ in range(4)]
        made = [future.result() for future in asked]
    assert all(one is made[0] for one in made)
    assert ask() is made[0]
