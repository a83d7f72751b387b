"""docs/hub.md: its snippets run, and its table is what is raised, word for word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import Client, GradioError

from tests.conftest import StartServer
from tests.runtime.hub_support import hub_for
from tests.support.hub import Account, Hub, Space

PAGE = Path(__file__).parents[2] / "docs" / "hub.md"
NOWHERE = "http://127.0.0.1:9"
NAME = "owner/app"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with hub_for(monkeypatch, tmp_path) as running:
        running.accounts["hf_me"] = Account("me")
        running.accounts["hf_reader"] = Account("me", role="read")
        running.accounts["hf_poor"] = Account("me", pays=False)
        yield running


def connecting(**options: Any) -> Callable[[Hub], None]:
    def act(_: Hub) -> None:
        with Client(NAME, **options) as client:
            client.connect()

    return act


def duplicating(**options: Any) -> Callable[[Hub], None]:
    def act(hub: Hub) -> None:
        hub.spaces[NAME] = Space(NOWHERE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Client.duplicate(NAME, **options)

    return act


def broken(status: HTTPStatus) -> Callable[[Hub], None]:
    def act(hub: Hub) -> None:
        hub.broken = status
        connecting()(hub)

    return act


def limited(hub: Hub) -> None:
    hub.limits = [{"RateLimit": '"api";r=0;t=120'}]
    connecting()(hub)


def unreachable(_: Hub) -> None:
    os.environ["HF_ENDPOINT"] = NOWHERE  # hub_for puts it back
    connecting(token=False)(_)


def misspelt(hub: Hub) -> None:
    hub.spaces["owner/apps"] = Space(NOWHERE)
    connecting()(hub)


def space(**facts: Any) -> Callable[[Hub], None]:
    options = facts.pop("options", {})

    def act(hub: Hub) -> None:
        hub.spaces[NAME] = Space(facts.pop("host", hub.url), **facts)
        connecting(**options)(hub)

    return act


CRASH = "Exit code: 1. Reason: out of memory"
STATES: dict[str, Callable[[Hub], None]] = {
    "not there, or private and no token": connecting(),
    "the same, with a token": connecting(token="hf_me"),
    "misspelt": misspelt,
    "gated, no token": space(gated=True),
    "gated, no access": space(gated=True, options={"token": "hf_me"}),
    "a token that the Hub does not know": connecting(token="hf_old"),
    "disabled": space(disabled=True),
    "static, streamlit": space(sdk="static"),
    "docker, and no Gradio in it": space(sdk="docker"),
    "sleeping, with `wake_timeout=0`": space(
        stage="SLEEPING", host=NOWHERE, options={"wake_timeout": 0}
    ),
    "building for too long": space(stage="BUILDING", options={"wake_timeout": 0.1}),
    "paused": space(stage="PAUSED"),
    "stopped": space(stage="STOPPED"),
    "its build failed": space(stage="BUILD_ERROR"),
    "it crashed": space(stage="RUNTIME_ERROR", problem=CRASH),
    "its README is wrong": space(stage="CONFIG_ERROR"),
    "it has no app": space(stage="NO_APP_FILE"),
    "it is being deleted": space(stage="DELETING"),
    "the Hub limits (429)": limited,
    "the Hub fails (5xx)": broken(HTTPStatus.BAD_GATEWAY),
    "the Hub cannot be reached": unreachable,
    "duplicate: no login": duplicating(),
    "duplicate: the token may not write": duplicating(token="hf_reader"),
    "duplicate: nobody pays": duplicating(token="hf_poor", hardware="t4-small"),
    "duplicate: no such hardware": duplicating(token="hf_me", hardware="abacus"),
}


def row(hub: Hub, state: str) -> str:
    with pytest.raises(GradioError) as caught:
        STATES[state](hub)
    said = str(caught.value).replace(hub.url, "https://huggingface.co")
    said = re.sub(r"\[Errno \d+\] ", "", said)  # each system has its own
    stage = getattr(caught.value, "stage", None)
    kind = f"`{type(caught.value).__name__}`" + (f", `{stage}`" if stage else "")
    return f"| {state} | {kind} | {said.replace('|', chr(92) + '|')} |"


@pytest.mark.parametrize("state", STATES)
def test_what_is_raised_is_what_the_table_says(hub: Hub, state: str) -> None:
    assert row(hub, state) in PAGE.read_text("utf-8").splitlines()


def test_the_table_has_nothing_else() -> None:
    table = PAGE.read_text("utf-8").partition("<!-- states -->")[2]
    rows = re.findall(r"^\| (.*?) \| `", table, re.MULTILINE)
    assert rows == list(STATES)


@pytest.mark.slow
def test_the_snippets_run(hub: Hub, start_server: StartServer, tmp_path: Path) -> None:
    url = start_server("replicas/calculator").url
    hub.spaces |= {
        "gradio/calculator": Space(url),
        "gradio/paused": Space(url, stage="PAUSED"),
        "me/private-calculator": Space(url, private=True),
    }
    env = {
        **os.environ,
        "HF_ENDPOINT": hub.url,
        "HF_HUB_OFFLINE": "0",
        "HF_TOKEN": "hf_me",
        "MY_TOKEN": "hf_me",
        "PYTHONIOENCODING": "utf-8",
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("-m", "gradio_codegen", "gradio/calculator", "-o", "calculator_api.py")
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(blocks) == 4
    for number, code in enumerate(blocks):
        (tmp_path / f"block_{number}.py").write_text(code, encoding="utf-8")
        printed = run(f"block_{number}.py").splitlines()
        told = re.findall(r"# → (.*)", code)
        assert told == printed[: len(told)]
    run("-m", "mypy", "--strict", *(f"block_{n}.py" for n in range(len(blocks))))
