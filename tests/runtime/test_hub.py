"""Spaces by their id, against a small Hub of our own.

`huggingface_hub` reads `HF_ENDPOINT` when it is imported, so each case is a process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from http import HTTPStatus

import pytest

from tests.support.hub import Hub, Space
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow


def call(hub: Hub, code: str, **env: str) -> str:
    settings = {
        "HF_ENDPOINT": hub.url,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HOME": "/nonexistent",
        "HF_HUB_OFFLINE": "0",
    }
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **settings, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return (
        result.stdout + result.stderr.splitlines()[-1]
        if result.stderr
        else result.stdout
    )


PREDICT = """
from gradio_runtime import Client
print(Client({src!r}{more}).predict(1, "add", 2, api_name="/calculator"))
"""


def test_a_space_by_its_id(gradio6: GradioServer) -> None:
    with Hub({"gradio/wire": Space(gradio6.url)}) as hub:
        assert call(hub, PREDICT.format(src="gradio/wire", more="")).strip() == "3"


def test_a_private_space(gradio6: GradioServer) -> None:
    with Hub({"me/mine": Space(gradio6.url, token="hf_x")}) as hub:
        refused = call(hub, PREDICT.format(src="me/mine", more=""))
        assert "SpaceError" in refused
        assert "token=" in refused
        given = PREDICT.format(src="me/mine", more=", token='hf_x'")
        assert call(hub, given).strip() == "3"
        saved = call(hub, PREDICT.format(src="me/mine", more=""), HF_TOKEN="hf_x")
        assert saved.strip() == "3"
        assert hub.tokens == [None, "hf_x", "hf_x"]


@pytest.mark.parametrize(
    ("stage", "hint"),
    [("PAUSED", "owner must restart"), ("BUILD_ERROR", "mend the build")],
)
def test_a_space_that_cannot_serve(stage: str, hint: str) -> None:
    with Hub({"a/b": Space("http://127.0.0.1:9", stage=stage)}) as hub:
        text = call(hub, PREDICT.format(src="a/b", more=""))
    assert "SpaceError" in text
    assert stage in text
    assert hint in text


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (HTTPStatus.TOO_MANY_REQUESTS, "RateLimited"),
        (HTTPStatus.FORBIDDEN, "AuthenticationError"),
        (HTTPStatus.INTERNAL_SERVER_ERROR, "ConnectError"),
    ],
)
def test_a_hub_that_does_not_answer(status: HTTPStatus, error: str) -> None:
    with Hub() as hub:
        hub.broken = status
        assert error in call(hub, PREDICT.format(src="a/b", more=""))
