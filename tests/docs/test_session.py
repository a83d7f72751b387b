"""The terminal session that the docs show is what the commands say."""

from __future__ import annotations

import pytest

from tests.docs import session

pytestmark = pytest.mark.slow


def test_the_session_is_what_happens() -> None:
    assert session.recorded() == session.shown()
