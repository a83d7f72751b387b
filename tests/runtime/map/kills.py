"""Clients that are killed with `kill -9`, also while they take a run up again."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.runtime.wire_api import WireClient

ROOT = Path(__file__).parents[3]
ROWS = 60
_PATH = os.pathsep.join([str(ROOT), str(ROOT / "runtime"), str(ROOT / "codegen")])


class Counts(NamedTuple):
    """What came of rows whose client was killed twice.

    Attributes:
        unreported: Rows that ran more often than their result says.
        unsure: Rows of which no result is known, though they may have run.
        unanswered: Rows without a result that were not told as unsure either.
        again: Calls of another run after all of that, or results that it gives otherwise.
    """

    unreported: int
    unsure: int
    unanswered: int
    again: int


def run(
    command: Sequence[str],
    kill_after: int | None = None,
    env: Mapping[str, str] | None = None,
) -> list[list[Any]]:
    """Run a client, or kill it after so many results; return what it said of each."""
    said: list[list[Any]] = []
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": _PATH, **(env or {})},
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


def killed_twice(
    url: str, store: Path, key: str, chance: random.Random, *, may_repeat: bool
) -> Counts:
    """Kill a client, and the one that takes its run up; count what comes of the rows."""
    arguments = [url, str(store), key, str(ROWS), str(may_repeat)]
    command = ["tests.runtime.map.client", *arguments]
    run(command, kill_after=chance.randint(1, ROWS // 2))
    run(command, kill_after=chance.randint(ROWS // 2, ROWS - 1))
    answered = run(command)
    assert [index for index, *_ in answered] == list(range(ROWS))
    with WireClient(url) as client:
        keys = [f"{key}{n}" for n in range(ROWS)]

        def started() -> list[int]:
            marks = client.marks.map(keys, client.marks.call).values()
            return [seen.count("start") for seen in marks]

        times = started()
        third = run(command)
        same = [
            [n, ok, True, unsure, attempts] for n, ok, _, unsure, attempts in answered
        ]
        again = sum(a != b for a, b in zip(third, same, strict=True))
        again += sum(started()) - sum(times)
    results = list(zip(answered, times, strict=True))
    return Counts(
        sum(ran > attempts for (*_, attempts), ran in results),
        sum(unsure for *_, unsure, _ in answered),
        sum(not (ok and ran) and not unsure for (_, ok, _, unsure, _), ran in results),
        again,
    )
