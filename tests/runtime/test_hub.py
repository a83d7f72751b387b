"""Spaces by their id, against a small Hub of our own that leads to real servers."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from gradio_runtime import (
    AuthenticationError,
    Client,
    ConnectError,
    GradioError,
    RateLimited,
    SpaceError,
)
from gradio_runtime._engine.connection import Connection
from gradio_runtime.description.space_names import space_of

from tests.runtime.hub_support import hub_for
from tests.support.hub import Account, Hub, Space
from tests.support.servers import GradioServer

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with hub_for(monkeypatch, tmp_path) as running:
        yield running


def added(src: str, **options: object) -> object:
    with Client(src, **options) as client:  # type: ignore[arg-type]
        return client.predict(1, "add", 2, api_name="/calculator")


def refused(src: str, **options: object) -> GradioError:
    """The error of a connection; it never shows a token."""
    with (
        Client(src, **options) as client,  # type: ignore[arg-type]
        pytest.raises(GradioError) as caught,
    ):
        client.connect()
    assert "hf_" not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_space_by_its_id_or_its_page(hub: Hub, gradio6: GradioServer) -> None:
    hub.spaces["gradio/wire"] = Space(gradio6.url)
    assert added("gradio/wire") == 3
    assert added(f"{hub.url}/spaces/gradio/wire") == 3
    assert added("https://huggingface.co/spaces/gradio/wire/tree/main") == 3
    # One question for each connection.
    assert [request.path for request in hub.requests] == ["/api/spaces/gradio/wire"] * 3


@pytest.mark.parametrize(
    ("src", "space"),
    [
        ("owner/name", "owner/name"),
        ("owner/na.me_1-2", "owner/na.me_1-2"),
        ("https://huggingface.co/spaces/owner/name", "owner/name"),
        ("https://huggingface.co/spaces/owner/name/blob/main/app.py?x#y", "owner/name"),
        ("https://hf.co/spaces/owner/name", "owner/name"),
        ("https://huggingface.co/owner/model", None),
        ("https://huggingface.co.example.com/spaces/owner/name", None),
        ("https://owner-name.hf.space", None),
        ("http://127.0.0.1:7860", None),
        ("./name", None),
        ("owner/name/more", None),
        ("ownér/name", None),
        ("", None),
    ],
)
def test_what_names_a_space(src: str, space: str | None) -> None:
    assert space_of(src) == space
    assert Connection(src).is_space == (space is not None or "hf.space" in src)


def test_a_private_space(
    hub: Hub, gradio6: GradioServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub.spaces["me/mine"] = Space(gradio6.url, token="hf_x")
    error = refused("me/mine")
    assert isinstance(error, SpaceError)
    assert "token=" in str(error)
    assert added("me/mine", token="hf_x\n") == 3
    assert added("me/mine", hf_token="hf_x") == 3
    (tmp_path / "token").write_text("hf_x")
    assert added("me/mine") == 3
    assert refused("me/mine", token=False)
    (tmp_path / "token").unlink()
    monkeypatch.setenv("HF_TOKEN", "hf_x\n")
    assert added("me/mine") == 3


def test_the_token_reaches_the_apps_host(hub: Hub, gradio6: GradioServer) -> None:
    hub.spaces["me/mine"] = Space(gradio6.url, token="hf_x")
    with Client("me/mine", token="hf_x") as client:
        seen = client.predict("", api_name="/request_info")["headers"]
    assert seen["x-hf-authorization"] == "Bearer hf_x"


def test_a_token_that_no_header_can_have(hub: Hub) -> None:
    hub.spaces["me/mine"] = Space(NOWHERE)
    assert "printable ASCII" in str(refused("me/mine", token="hf_x\x00y"))
    assert hub.requests == []


def test_a_gated_space(hub: Hub) -> None:
    hub.accounts["hf_x"] = Account("somebody")
    hub.spaces["me/gated"] = Space(NOWHERE, gated=True)
    for options, words in (({}, "no token"), ({"token": "hf_x"}, "has no access")):
        error = refused("me/gated", **options)
        assert isinstance(error, AuthenticationError)
        assert words in str(error)
        assert f"{hub.url}/spaces/me/gated" in str(error)


def test_a_renamed_space(
    hub: Hub, gradio6: GradioServer, caplog: pytest.LogCaptureFixture
) -> None:
    hub.spaces["me/new"] = Space(gradio6.url, token="hf_x")
    hub.moved["me/old"] = "me/new"
    with caplog.at_level(logging.INFO, "gradio_runtime"):
        assert added("me/old", token="hf_x") == 3
    assert "me/old is called me/new now" in caplog.text


def test_a_space_that_does_not_exist(hub: Hub) -> None:
    hub.spaces["abidlabs/whisper"] = Space(NOWHERE)
    hub.spaces["abidlabs/secret"] = Space(NOWHERE, token="hf_x")
    for src in ("abidlabs/whisperr", "abidlabs/Whisper"):
        error = refused(src)
        assert isinstance(error, SpaceError)
        assert error.stage == "NOT_FOUND"
        assert error.url == f"{hub.url}/spaces/{src}"
        assert "Did you mean abidlabs/whisper?" in str(error)
    assert "Did you mean" not in str(refused("nobody/whisper"))
    assert "Did you mean" not in str(refused("abidlabs/secrett"))
    assert "abidlabs/secret?" in str(refused("abidlabs/secrett", token="hf_x"))


def test_a_list_of_spaces_that_fails_does_no_harm(hub: Hub) -> None:
    hub.spaces["abidlabs/whisper"] = Space(NOWHERE)
    hub.lists = False
    error = refused("abidlabs/whisperr")
    assert isinstance(error, SpaceError)
    assert "Did you mean" not in str(error)
    assert len(hub.requests) == 2  # it is asked for once


@pytest.mark.parametrize("sdk", ["static", "streamlit"])
def test_a_space_that_is_no_gradio_app(hub: Hub, sdk: str) -> None:
    hub.spaces["me/page"] = Space(NOWHERE, sdk=sdk)
    error = refused("me/page")
    assert isinstance(error, SpaceError)
    assert f"its SDK is {sdk}" in str(error)


def test_a_docker_space(hub: Hub, gradio6: GradioServer) -> None:
    hub.spaces["me/gradio"] = Space(gradio6.url, sdk="docker")
    assert added("me/gradio") == 3
    # The Hub itself is a web server that is no Gradio app.
    hub.spaces["me/other"] = Space(hub.url, sdk="docker")
    error = refused("me/other")
    assert isinstance(error, SpaceError)
    assert "not a Gradio app: its SDK is docker" in str(error)


def test_a_gradio_space_whose_app_does_not_answer(hub: Hub) -> None:
    hub.spaces["me/dead"] = Space(NOWHERE)
    assert isinstance(refused("me/dead"), ConnectError)


def test_a_disabled_space(hub: Hub) -> None:
    hub.spaces["me/bad"] = Space(NOWHERE, disabled=True)
    hub.spaces["me/gone"] = Space(NOWHERE, disabled=True, sdk="gone")
    for src in ("me/bad", "me/gone"):
        error = refused(src)
        assert isinstance(error, SpaceError)
        assert error.stage == "DISABLED"


@pytest.mark.parametrize(
    ("stage", "message", "hint"),
    [
        ("PAUSED", "is paused", "restart it on its page"),
        ("STOPPED", "is stopped", "gradio_runtime.duplicate('a/b')"),
        ("BUILD_ERROR", "could not be built", "Its owner must fix the build"),
        ("RUNTIME_ERROR", "has failed", "Its owner must fix the app"),
        ("CONFIG_ERROR", "is configured wrongly", "metadata in its README"),
        ("NO_APP_FILE", "has no app yet", "add the app's file"),
        ("DELETING", "is being deleted", "Use another Space"),
    ],
)
def test_a_space_that_cannot_serve(
    hub: Hub, stage: str, message: str, hint: str
) -> None:
    hub.spaces["a/b"] = Space(NOWHERE, stage=stage, problem="Exit code: 1\nTraceback")
    error = refused("a/b")
    assert isinstance(error, SpaceError)
    assert error.stage == stage
    assert error.url == f"{hub.url}/spaces/a/b"
    assert f"the Space {message} ({stage}): Exit code: 1 [a/b]" in str(error)
    assert hint in str(error)
    assert error.url in str(error)


@pytest.mark.parametrize("stage", ["RUNNING_BUILDING", "RUNNING_APP_STARTING", None])
def test_other_stages_serve(hub: Hub, gradio6: GradioServer, stage: str | None) -> None:
    hub.spaces["a/b"] = Space(gradio6.url, stage=stage)
    assert added("a/b") == 3


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (HTTPStatus.FORBIDDEN, AuthenticationError),
        (HTTPStatus.INTERNAL_SERVER_ERROR, ConnectError),
        (HTTPStatus.IM_A_TEAPOT, ConnectError),
    ],
)
def test_a_hub_that_does_not_answer(
    hub: Hub, status: HTTPStatus, error: type[GradioError]
) -> None:
    hub.broken = status
    assert isinstance(refused("a/b", token="hf_x"), error)
    # What may pass is tried again.
    tries = 3 if status is HTTPStatus.INTERNAL_SERVER_ERROR else 1
    assert len(hub.requests) == tries


def test_a_hub_that_is_not_there(monkeypatch: pytest.MonkeyPatch, hub: Hub) -> None:
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE)
    error = refused("a/b", token=False)
    assert isinstance(error, ConnectError)
    assert f"cannot reach the Hub at {NOWHERE}" in str(error)


def test_a_hub_that_must_not_be_asked(
    monkeypatch: pytest.MonkeyPatch, hub: Hub
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE" in str(refused("a/b", token=False))
    assert hub.requests == []


def test_a_token_that_the_hub_does_not_know(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.accounts["hf_good"] = Account("me")
    hub.spaces["a/b"] = Space(NOWHERE)
    error = refused("a/b", token="hf_bad")
    assert isinstance(error, AuthenticationError)
    assert "does not know the token [a/b]" in str(error)
    monkeypatch.setenv("HF_TOKEN", "hf_bad")
    assert "the token of HF_TOKEN" in str(refused("a/b"))


def test_a_name_that_no_space_can_have(hub: Hub) -> None:
    error = refused("a/b--c")
    assert isinstance(error, ConnectError)
    assert "is not a valid Space name" in str(error)


@pytest.mark.parametrize(
    "headers",
    [{"retry-after": "0"}, {"RateLimit": '"api";r=0;t=0'}, {"RateLimit": "?"}],
)
def test_a_limit_that_passes_is_waited_for(
    hub: Hub, gradio6: GradioServer, headers: dict[str, str]
) -> None:
    hub.spaces["a/b"] = Space(gradio6.url)
    hub.limits = [headers, headers]
    assert added("a/b") == 3


@pytest.mark.parametrize(
    "headers", [{"retry-after": "250"}, {"RateLimit": '"api";r=0;t=250'}]
)
def test_a_long_limit_is_told(hub: Hub, headers: dict[str, str]) -> None:
    hub.limits = [headers]
    error = refused("a/b")
    assert isinstance(error, RateLimited)
    assert error.retry_after == 250
    assert "Wait 250 s" in str(error)
    assert len(hub.requests) == 1


def test_a_process_of_its_own(hub: Hub, gradio6: GradioServer, tmp_path: Path) -> None:
    """As users have it: `HF_ENDPOINT`, `HF_HOME` and a saved login."""
    hub.spaces["me/mine"] = Space(gradio6.url, token="hf_x")
    (tmp_path / "token").write_text("hf_x")
    code = (
        "from gradio_runtime import Client\n"
        "with Client('me/mine') as client:\n"
        "    print(client.predict(1, 'add', 2, api_name='/calculator'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(tmp_path),
            "HF_HUB_OFFLINE": "0",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("3", "")
