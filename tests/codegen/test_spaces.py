"""The command with Spaces: found, waited for, or told why not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_codegen.descriptions.fetch import classify

from tests.support.hub import Front, Hub, Space
from tests.support.servers import GradioServer
from tests.support.terminal import on_terminal

SPACE = "abidlabs/whisper"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub({SPACE: Space("")}) as running:
        yield running


@pytest.fixture
def front(hub: Hub, gradio6: GradioServer) -> Iterator[Front]:
    with Front(gradio6.url, hub.spaces[SPACE]) as running:
        yield running


def environment(hub: Hub, folder: Path) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key != "HF_TOKEN"}
    settings = {"HF_ENDPOINT": hub.url, "HF_HOME": str(folder), "HF_HUB_OFFLINE": "0"}
    return env | settings | {"COLUMNS": "100", "TERM": "xterm"}


def run(hub: Hub, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradio_codegen", *words],
        env=environment(hub, folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (SPACE, SPACE),
        (f"https://huggingface.co/spaces/{SPACE}", SPACE),
        (f"https://huggingface.co/spaces/{SPACE}/tree/main", SPACE),
        ("https://abidlabs-whisper.hf.space", "https://abidlabs-whisper.hf.space"),
    ],
)
def test_what_a_space_is_called(source: str, name: str) -> None:
    assert classify(source) == ("app", name)


def test_a_sleeping_space_is_waited_for(hub: Hub, front: Front, tmp_path: Path) -> None:
    front.rest("SLEEPING", "APP_STARTING", "RUNNING")
    done = run(hub, tmp_path, SPACE, "-o", "whisper_api.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert "waiting" not in done.stderr  # nobody looks
    assert f"# source: {SPACE}\n" in (tmp_path / "whisper_api.py").read_text()


def test_a_terminal_shows_that(hub: Hub, front: Front, tmp_path: Path) -> None:
    front.rest("SLEEPING", "APP_STARTING", "RUNNING")
    command = [
        sys.executable,
        "-m",
        "gradio_codegen",
        "save",
        SPACE,
        "-o",
        "whisper.json",
    ]
    shown = on_terminal(command, environment(hub, tmp_path), tmp_path)
    assert f"{SPACE} is asleep: waiting for it" in shown


@pytest.mark.slow
def test_what_the_hub_refuses(hub: Hub, tmp_path: Path) -> None:
    hub.spaces[SPACE].stage = "PAUSED"
    hub.spaces["me/mine"] = Space("", token="hf_x")
    page = f"{hub.url}/spaces"
    for words, expected in (
        ([SPACE], "the Space is paused (PAUSED) [abidlabs/whisper]. If it is yours"),
        (["abidlabs/whisperr"], "Did you mean abidlabs/whisper? Check its name at"),
        (["me/mine"], f"Check its name at {page}/me/mine, and pass --token if it is"),
        (["me/mine", "--token", "hf_y"], "the token cannot see it"),
    ):
        done = run(hub, tmp_path, *words, "-o", "-")
        assert (done.returncode, done.stdout) == (3, "")
        assert expected in done.stderr
        assert "hf_y" not in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_private_space_with_a_token(
    hub: Hub, gradio6: GradioServer, tmp_path: Path
) -> None:
    hub.spaces["me/mine"] = Space(gradio6.url, token="hf_x")
    done = run(hub, tmp_path, "me/mine", "-o", "-", "--token", "hf_x")
    assert done.returncode == 0
    assert "hf_x" not in done.stdout
