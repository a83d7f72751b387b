"""A client that is killed, at any moment, also while it takes a run up again.

make storm        # 20 times; ARGS=… goes to pytest
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.wire_api import WireClient
from tests.support.servers import GradioServer

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KILLS", "1"))
SEED = int(os.environ.get("STORM_SEED", "1"))
ROWS = 60
PATH = os.pathsep.join([str(ROOT), str(ROOT / "runtime"), str(ROOT / "codegen")])


def run(arguments: list[str], kill_after: int | None = None) -> list[list[Any]]:
    """Run the client, or kill it after so many results; return what it said of each."""
    command = [sys.executable, "-m", "tests.runtime.map.client", *arguments]
    said: list[list[Any]] = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PATH},
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(json.loads(line))
            if len(said) == kill_after:
                process.kill()
                break
    assert kill_after is not None or process.returncode == 0
    return said


@pytest.mark.parametrize("may_repeat", [False, True])
@pytest.mark.parametrize("attempt", range(KILLS))
def test_kill(
    gradio6: GradioServer, tmp_path: Path, key: str, attempt: int, may_repeat: bool
) -> None:
    chance = random.Random(SEED * 1000 + attempt)
    arguments = [gradio6.url, str(tmp_path / "run"), key, str(ROWS), str(may_repeat)]
    run(arguments, kill_after=chance.randint(1, ROWS // 2))
    run(arguments, kill_after=chance.randint(ROWS // 2, ROWS - 1))
    answered = run(arguments)
    assert [index for index, *_ in answered] == list(range(ROWS))
    with WireClient(gradio6.url) as client:
        keys = [f"{key}{n}" for n in range(ROWS)]
        seen = list(client.marks.map(keys, client.marks.call).values())
        times = [marks.count("start") for marks in seen]
        unsure = {index for index, _, _, may_have_run in answered if may_have_run}
        if may_repeat:
            assert all(ok for _, ok, *_ in answered)
            assert sum(times) <= ROWS + 8  # those in flight, twice
        else:
            assert max(times) == 1
            assert all(times[n] for n in range(ROWS) if n not in unsure)
            assert all(ok or index in unsure for index, ok, *_ in answered)
            assert len(unsure) <= 8
        # The third time, nothing is sent.
        assert run(arguments) == [[n, ok, True, u] for n, ok, _, u in answered]
        again = list(client.marks.map(keys, client.marks.call).values())
        assert again == seen
