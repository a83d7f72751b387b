"""A Hub for tests, asked by this very process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gradio_runtime._hub import waiting

from tests.support.hub import Hub

__all__ = ["ask", "hub_for"]


@contextmanager
def hub_for(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Hub]:
    """A Hub that this process asks, without a login; whoever waits looks often."""
    with Hub() as running:
        ask(running, monkeypatch, folder)
        monkeypatch.setattr(waiting, "FIRST_LOOK", 0.02)
        yield running


def ask(hub: Hub, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have this process ask a Hub, without a login; a saved one would be in the folder."""
    from huggingface_hub import constants

    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(folder / "token"))
