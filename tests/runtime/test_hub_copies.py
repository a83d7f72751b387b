"""Copies of Spaces: made once, used again, billed only with a warning."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import gradio_runtime
import pytest
from gradio_runtime import (
    App,
    AuthenticationError,
    Client,
    InputError,
    RateLimited,
    SpaceError,
)
from gradio_runtime._http.settings import CopySettings
from gradio_runtime._hub.copies import copy_space

from tests.runtime.hub_support import hub_for
from tests.runtime.wire_api import WireClient
from tests.support.hub import Account, Hub, Space
from tests.support.servers import GradioServer

NOWHERE = "http://127.0.0.1:9"


class SpaceClient(WireClient):
    """As generated for a Space."""

    app: ClassVar[App] = App("abidlabs/wire", spec="sha256:0", gradio="6.31.0")


@pytest.fixture
def hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gradio6: GradioServer
) -> Iterator[Hub]:
    with hub_for(monkeypatch, tmp_path) as running:
        running.spaces["abidlabs/wire"] = Space(gradio6.url)
        running.accounts |= {
            "hf_me": Account("me"),
            "hf_reader": Account("me", role="read"),
            "hf_poor": Account("me", pays=False),
        }
        yield running


def made(hub: Hub) -> list[dict[str, Any]]:
    """The bodies of the requests that make a copy."""
    return [request.body for request in hub.asked("POST", "/duplicate")]


def test_a_copy_is_made_and_waited_for(hub: Hub) -> None:
    with Client.duplicate("abidlabs/wire", token="hf_me") as client:
        assert type(client) is Client
        assert client.src == "me/wire"
        assert client.predict(1, "add", 2, api_name="/calculator") == 3
    assert made(hub) == [
        {"repository": "me/wire", "visibility": "private", "hardware": "cpu-basic"}
    ]
    assert hub.spaces["me/wire"].stage == "RUNNING"


def test_it_is_used_again(hub: Hub) -> None:
    for _ in range(3):
        with gradio_runtime.duplicate("abidlabs/wire", token="hf_me") as client:
            assert client.predict("x", api_name="/echo") == "x"
    assert len(made(hub)) == 1
    assert len(hub.asked("POST")) == 1


def test_a_generated_client_knows_what_to_copy(hub: Hub) -> None:
    with SpaceClient.duplicate(token="hf_me") as client:
        typed: SpaceClient = client
        assert typed.echo("x") == "x"
        assert typed.src == "me/wire"
    with pytest.raises(InputError, match="is not a Space"):
        WireClient.duplicate(token="hf_me")  # generated from an address
    with pytest.raises(InputError, match="needs the id of a Space"):
        Client.duplicate(token="hf_me")


def test_several_copies_and_one_warning(hub: Hub) -> None:
    """They share rows; the bill is told of once, before anything is made."""
    with pytest.warns(UserWarning, match=r"3 copies of .* run on t4-small") as warned:
        clients = SpaceClient.duplicates(3, token="hf_me", hardware="t4-small")
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert [client.src for client in clients] == ["me/wire-1", "me/wire-2", "me/wire-3"]
    echo = clients[0].echo
    with clients[0], clients[1], clients[2]:
        results = list(echo.map("abcdef" * 5, echo.call, clients=clients))
    assert {getattr(result, "src", "") for result in results} == {
        c.src for c in clients
    }
    assert len(made(hub)) == 3
    with warnings.catch_warnings(action="error"), pytest.raises(UserWarning):
        SpaceClient.duplicates(2, to_id="x", token="hf_me", hardware="t4-small")
    assert len(made(hub)) == 3
    with pytest.raises(InputError, match="n is 0"):
        SpaceClient.duplicates(0, token="hf_me")


def test_all_that_can_be_wished_for(hub: Hub) -> None:
    with (
        pytest.warns(
            UserWarning, match=r"me/mine runs on t4-small.* after 15 min"
        ) as w,
        Client.duplicate(
            f"{hub.url}/spaces/abidlabs/wire",
            "mine",
            hf_token="hf_me",
            private=False,
            hardware="t4-small",
            secrets={"KEY": "s3cret"},
            variables={"MODEL": "small"},
            sleep_timeout=15,
            max_workers=3,
            wake_timeout=60,
        ) as client,
    ):
        assert client.predict("x", api_name="/echo") == "x"
    assert w[0].filename == __file__
    space = hub.spaces["me/mine"]
    assert not space.private
    assert (space.hardware, space.sleep_time) == ("t4-small", 900)
    assert (space.secrets, space.variables) == ({"KEY": "s3cret"}, {"MODEL": "small"})
    # All in one request: the copy never starts without them.
    assert len(hub.asked("POST")) == 1


def test_the_hardware_is_that_of_the_original(hub: Hub) -> None:
    hub.spaces["abidlabs/wire"].hardware = "a10g-small"
    with pytest.warns(UserWarning, match="a10g-small"):
        Client.duplicate("abidlabs/wire", token="hf_me").close()
    copy = hub.spaces["me/wire"]
    assert (copy.hardware, copy.sleep_time) == ("a10g-small", 300)


def test_shared_hardware_costs_nothing(hub: Hub) -> None:
    hub.spaces["abidlabs/wire"].hardware = "zero-a10g"
    Client.duplicate("abidlabs/wire", token="hf_me").close()
    assert hub.spaces["me/wire"].sleep_time is None


def test_who_makes_warnings_errors_pays_nothing(hub: Hub) -> None:
    with pytest.raises(UserWarning, match="t4-small"):  # pytest makes them so
        Client.duplicate("abidlabs/wire", token="hf_me", hardware="t4-small")
    assert hub.asked("POST") == []


def test_an_existing_copy_is_brought_in_line(hub: Hub, gradio6: GradioServer) -> None:
    copy = hub.spaces["me/wire"] = Space(gradio6.url, private=True)
    with pytest.warns(UserWarning, match="t4-small"):
        Client.duplicate("abidlabs/wire", token="hf_me", hardware="t4-small").close()
    assert (copy.hardware, copy.sleep_time) == ("t4-small", 300)
    # Nobody asked to change the hardware again; the sleep time is that of the call.
    Client.duplicate("abidlabs/wire", token="hf_me", sleep_timeout=10).close()
    assert (copy.hardware, copy.sleep_time) == ("t4-small", 600)
    before = len(hub.asked("POST"))
    Client.duplicate("abidlabs/wire", token="hf_me", sleep_timeout=10).close()
    assert len(hub.asked("POST")) == before
    Client.duplicate("abidlabs/wire", token="hf_me", hardware="cpu-basic").close()
    assert copy.hardware == "cpu-basic"


def test_secrets_of_an_existing_copy_stay(hub: Hub, gradio6: GradioServer) -> None:
    copy = hub.spaces["me/wire"] = Space(gradio6.url, secrets={"KEY": "old"})
    with pytest.warns(UserWarning, match="left as they are") as caught:
        Client.duplicate("abidlabs/wire", token="hf_me", secrets={"KEY": "new"}).close()
    assert caught[0].filename == __file__
    assert copy.secrets == {"KEY": "old"}


def test_ones_own_space_is_its_own_copy(hub: Hub, gradio6: GradioServer) -> None:
    hub.spaces["me/app"] = Space(gradio6.url, private=True)
    with Client.duplicate("me/app", token="hf_me") as client:
        assert client.src == "me/app"
    assert hub.asked("POST") == []


def test_a_renamed_original(hub: Hub) -> None:
    hub.moved["abidlabs/old"] = "abidlabs/wire"
    with Client.duplicate("abidlabs/old", token="hf_me") as client:
        assert client.src == "me/wire"


def test_threads_that_race_get_one_copy(hub: Hub) -> None:
    def run(_: int) -> str:
        with Client.duplicate("abidlabs/wire", token="hf_me") as client:
            return str(client.predict("x", api_name="/echo"))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(8))) == ["x"] * 8
    assert [name for name in hub.spaces if name.startswith("me/")] == ["me/wire"]


def test_who_loses_the_race_uses_the_winners(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, gradio6: GradioServer
) -> None:
    answer = hub.answer

    def late(request: Any) -> object:
        if request.path.endswith("/duplicate"):
            hub.spaces["me/wire"] = Space(gradio6.url, private=True)
        return answer(request)

    monkeypatch.setattr(hub, "answer", late)
    with Client.duplicate("abidlabs/wire", token="hf_me") as client:
        assert client.predict("x", api_name="/echo") == "x"
    assert len(made(hub)) == 1  # the Hub answered 409


def test_several_copies(hub: Hub) -> None:
    """What a pool of copies would be made with."""
    names = [f"wire-{n}" for n in range(3)]
    ids = [
        copy_space("abidlabs/wire", CopySettings(to_id=n, token="hf_me")) for n in names
    ]
    assert ids == ["me/wire-0", "me/wire-1", "me/wire-2"]
    assert set(ids) <= set(hub.spaces)


def test_from_async_code(hub: Hub) -> None:
    async def main() -> str:
        client = await asyncio.to_thread(SpaceClient.duplicate, token="hf_me")
        async with client:
            return await client.echo.aio("x")

    assert asyncio.run(main()) == "x"


# ---- what goes wrong


def test_without_a_login(hub: Hub) -> None:
    for token in (None, False, " "):
        with pytest.raises(AuthenticationError, match="must be logged in") as caught:
            Client.duplicate("abidlabs/wire", token=token)
        assert "hf auth login" in str(caught.value)
    assert hub.requests == []


def test_with_a_saved_login(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("hf_me")
    with Client.duplicate("abidlabs/wire") as client:
        assert client.predict("x", api_name="/echo") == "x"
    (tmp_path / "token").unlink()
    monkeypatch.setenv("HF_TOKEN", "hf_me")
    with Client.duplicate("abidlabs/wire") as client:
        assert client.predict("x", api_name="/echo") == "x"


def test_a_token_that_may_only_read(hub: Hub, gradio6: GradioServer) -> None:
    with pytest.raises(AuthenticationError) as caught:
        Client.duplicate("abidlabs/wire", token="hf_reader")
    assert "You don't have the rights to write to me/wire" in str(caught.value)
    assert f"{hub.url}/settings/tokens" in str(caught.value)
    assert "hf_" not in str(caught.value)
    # It is enough for a copy that exists.
    hub.spaces["me/wire"] = Space(gradio6.url, private=True)
    Client.duplicate("abidlabs/wire", token="hf_reader").close()


def test_a_token_that_nobody_knows(hub: Hub) -> None:
    with pytest.raises(AuthenticationError, match="does not know the token"):
        Client.duplicate("abidlabs/wire", token="hf_old")


def test_somebody_elses_account(hub: Hub) -> None:
    with pytest.raises(AuthenticationError, match="rights to write to you/wire"):
        Client.duplicate("abidlabs/wire", "you/wire", token="hf_me")


def test_who_cannot_pay(hub: Hub) -> None:
    with (
        pytest.warns(UserWarning, match="t4-small"),
        pytest.raises(SpaceError, match="requires payment") as caught,
    ):
        Client.duplicate("abidlabs/wire", token="hf_poor", hardware="t4-small")
    assert "/settings/billing" in str(caught.value)
    assert "me/wire" not in hub.spaces


def test_hardware_that_does_not_exist(hub: Hub) -> None:
    with (
        pytest.warns(UserWarning, match="abacus"),
        pytest.raises(InputError, match="abacus is no hardware flavor"),
    ):
        Client.duplicate("abidlabs/wire", token="hf_me", hardware="abacus")


def test_a_space_that_is_not_there(hub: Hub) -> None:
    with pytest.raises(SpaceError, match=r"Did you mean abidlabs/wire\?") as caught:
        Client.duplicate("abidlabs/wired", token="hf_me")
    assert caught.value.stage == "NOT_FOUND"


def test_a_space_that_is_no_gradio_app(hub: Hub) -> None:
    hub.spaces["me2/page"] = Space(NOWHERE, sdk="static")
    with pytest.raises(SpaceError, match="its SDK is static"):
        Client.duplicate("me2/page", token="hf_me")
    assert hub.asked("POST") == []


def test_a_paused_space_can_be_copied(hub: Hub) -> None:
    hub.spaces["abidlabs/wire"].stage = "PAUSED"
    Client.duplicate("abidlabs/wire", token="hf_me").close()
    assert "me/wire" in hub.spaces


def test_a_copy_that_is_paused(hub: Hub) -> None:
    hub.spaces["me/wire"] = Space(NOWHERE, stage="PAUSED")
    with pytest.raises(SpaceError) as caught:
        Client.duplicate("abidlabs/wire", token="hf_me")
    assert caught.value.stage == "PAUSED"
    assert caught.value.src == "me/wire"


def test_a_hub_that_limits(hub: Hub) -> None:
    hub.limits = [{"retry-after": "7"}]
    with pytest.raises(RateLimited) as caught:
        Client.duplicate("abidlabs/wire", token="hf_me")
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("http://127.0.0.1:7860",), {}, "is not a Space"),
        (("abidlabs/wire", "a/b/c"), {}, "is not a valid Space name"),
        (("abidlabs/wire", "no name"), {}, "is not a valid Space name"),
        (("abidlabs/wire",), {"sleep_timeout": 0}, "sleep_timeout"),
        (("abidlabs/wire",), {"max_workers": 0}, "max_workers"),
        (("abidlabs/wire",), {"hf_token": "x"}, "one thing"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_made(
    hub: Hub, arguments: tuple[str, ...], options: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        Client.duplicate(*arguments, token="hf_me", **options)
    unknown: dict[str, Any] = {"colour": "red"}
    with pytest.raises(TypeError, match="colour"):
        Client.duplicate("abidlabs/wire", token="hf_me", **unknown)
    assert hub.requests == []


def test_two_processes_that_race(hub: Hub) -> None:
    code = (
        "from gradio_runtime import duplicate\n"
        "with duplicate('abidlabs/wire', token='hf_me') as client:\n"
        "    print(client.predict('x', api_name='/echo'))"
    )
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "HF_HUB_OFFLINE": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [program.communicate(timeout=60) for program in programs] == [
        ("x\n", "")
    ] * 2
    assert [name for name in hub.spaces if name.startswith("me/")] == ["me/wire"]
