"""A client of the shared servers, new for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.wire_api import WireClient
from tests.support.servers import GradioServer


@pytest.fixture
def client(gradio: GradioServer, tmp_path: Path) -> Iterator[WireClient]:
    with WireClient(gradio.url, download_dir=tmp_path / "downloads") as client:
        yield client


@pytest.fixture
def key() -> str:
    """A name under which the app marks what ran for this test."""
    return uuid.uuid4().hex
