"""A client of the shared servers, new for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_runtime._http import backoff

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import Server, forget_all, serving
from tests.support.servers import GradioServer


@pytest.fixture
def client(gradio: GradioServer, tmp_path: Path) -> Iterator[WireClient]:
    with WireClient(gradio.url, download_dir=tmp_path / "downloads") as client:
        yield client


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of ours that misbehaves as a test says."""
    forget_all()
    with serving() as running:
        yield running
    forget_all()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries again does not wait long; nothing here is about for how long."""
    monkeypatch.setattr(backoff, "FIRST_PAUSE", 0.01)


@pytest.fixture
def key() -> str:
    """A name under which the app marks what ran for this test."""
    return uuid.uuid4().hex
