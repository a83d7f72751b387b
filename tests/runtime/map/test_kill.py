"""A client that is killed, at any moment, also while it takes a run up again.

make storm        # 20 times; ARGS=… goes to pytest
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.runtime.map.kills import killed_twice
from tests.support.servers import GradioServer

KILLS = int(os.environ.get("KILLS", "1"))
SEED = int(os.environ.get("STORM_SEED", "1"))


@pytest.mark.parametrize("attempt", range(KILLS))
def test_kill(gradio6: GradioServer, tmp_path: Path, key: str, attempt: int) -> None:
    """Of several, every other with `may_repeat`."""
    chance = random.Random(SEED * 1000 + attempt)
    store, may_repeat = tmp_path / "run", attempt % 2 == 1
    counts = killed_twice(gradio6.url, store, key, chance, may_repeat=may_repeat)
    assert counts.unreported == counts.unanswered == counts.again == 0
    assert counts.unsure <= (0 if may_repeat else 8)  # those in flight, twice
