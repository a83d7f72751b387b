"""Checks 4 and 10: clients that are killed, and taken up again."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.batch import relay
from benchmarks.report import Result, Table, Target, count
from tests.runtime.map.kills import ROWS, Counts, killed_twice, run
from tests.support.servers import GradioServer

SEED = 1
APP = Path(__file__).with_name("app.py")


def resumed(rounds: int, kills: int, folder: Path) -> Result:
    """Check 4: `kill -9` at random points, also during the resume."""
    del rounds  # these are counts
    lines: list[tuple[str, ...]] = []
    targets: list[Target] = []
    with GradioServer("wire", 6) as server, ThreadPoolExecutor(2) as pool:

        def one(may_repeat: bool, n: int) -> Counts:
            key = f"{may_repeat} {n} "
            chance = random.Random(SEED * 1000 + n)
            return killed_twice(
                server.url, folder / key.strip(), key, chance, may_repeat=may_repeat
            )

        for may_repeat in (False, True):
            tasks = [pool.submit(one, may_repeat, n) for n in range(kills)]
            all_ = [task.result() for task in tasks]
            name = "may_repeat" if may_repeat else "without may_repeat"
            total = Counts(*map(sum, zip(*all_, strict=True)))
            lines.append((name, *map(count, total)))
            targets += (
                Target.at_most(
                    f"4. {name}: ran twice, unsaid", total.unreported, 0, count
                ),
                Target.at_most(
                    f"4. {name}: without an answer", total.unanswered, 0, count
                ),
                Target.at_most(
                    f"4. {name}: sent by a third run", total.again, 0, count
                ),
                Target.at_most(
                    f"4. {name}: unsure, those under way at a kill",
                    total.unsure,
                    0 if may_repeat else 8 * kills,
                    count,
                ),
            )
    table = Table(
        "4. Clients that are killed",
        f"{kills} runs of {ROWS} rows each, 4 at once: `kill -9` at a random result of the "
        "first process, and of the second, which takes the run up; a third one ends it, and "
        "a fourth has nothing to do. Sums of all runs.",
        ("", "ran twice, unsaid", "unsure", "without an answer", "sent by a third run"),
        tuple(lines),
    )
    return Result(table, tuple(targets))


def relayed(rounds: int, rows: int, folder: Path) -> Result:
    """Check 10: files through two apps, with a kill between."""
    del rounds  # these are counts
    given, temporary = folder / "given", folder / "temporary"
    for place in (given, temporary):
        place.mkdir()
    for n in range(rows):
        (given / f"{n:05}.txt").write_text(f"{n}")
    with GradioServer(APP, 6) as first, GradioServer(APP, 6) as second:
        urls = [first.url, second.url]
        command = [relay.__name__, *urls, str(folder / "run"), str(given)]
        env = {"TMPDIR": str(temporary)}
        run(command, kill_after=rows // 3, env=env)
        said = run(command, env=env)
        shutil.rmtree(temporary)
        ran = [Counter(relay.stamps(url)) for url in urls]
    unsure = [index for index, path in said if path is None]
    wrong = sum(_content(path) != f"{n}, stamped, stamped" for n, path in said if path)
    twice = sum(times > 1 for stage in ran for times in stage.values())
    missing = rows - len(said)
    figures: dict[str, tuple[float, float]] = {
        "files that a stage took twice": (twice, 0),
        "results that cannot be read, or are others": (wrong, 0),
        "files without an answer": (missing, 0),
        "unsure, those under way at the kill": (len(unsure), 2 * relay.AT_ONCE),
    }
    table = Table(
        "10. Files through two apps",
        f"{rows} files, each through one app and then another, {relay.AT_ONCE} at once in "
        "each; `kill -9` after a third of the results, taken up once, without may_repeat. "
        "Results are read when the processes and their temporary folders are gone.",
        ("", "number"),
        tuple((what, count(number)) for what, (number, _) in figures.items()),
    )
    show: Callable[[float], str] = count
    return Result(
        table,
        tuple(
            Target.at_most(f"10. {what}", number, most, show)
            for what, (number, most) in figures.items()
        ),
    )


def _content(path: Any) -> str:
    return Path(path).read_text("utf-8")
