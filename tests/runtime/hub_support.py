"""A Hub for tests, asked by this very process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gradio_runtime.hub import waiting

from tests.support.hub import Hub

__all__ = ["hub_for"]


@contextmanager
def hub_for(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Hub]:
    """A Hub that this process asks, without a login; whoever waits looks often."""
    from huggingface_hub import constants

    with Hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(folder / "token"))
        monkeypatch.setattr(waiting, "FIRST_LOOK", 0.02)
        yield running
