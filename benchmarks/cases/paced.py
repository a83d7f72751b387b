"""Streams at a fixed pace, from a server of ours without Gradio."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

from benchmarks.cases.turns import in_turns
from benchmarks.plots import Plot
from benchmarks.processes import LONGEST, ROOT
from benchmarks.replay.callers import CALLERS
from benchmarks.report import Result, Table, Target, milliseconds, times
from tests.support.fast_server import fast_server

#: The streams at once, the outputs of each, and the seconds between two.
MANY, ONE, FAST, CROWD = (
    (40, 100, 0.05),
    (1, 300, 0.01),
    (1, 4000, 0.0007),
    (200, 40, 0.05),
)
#: Fewer streams at the pace of many, for the curves of what a stream more costs.
FEW = ((1, 100, 0.05), (10, 100, 0.05))
CASES = (*FEW, MANY, CROWD, ONE, FAST)
OURS = ("stream", "submit")
#: It has threads that poll for each stream: more streams take minutes.
OFFICIAL, MOST = "gradio_client", 40
BARE, AIOHTTP = "bare httpx2, async", "bare aiohttp"
#: The most that an output may cost, by the caller and what it is compared with.
LIMITS = {
    MANY: (
        ("stream, async", BARE, 1.0),
        ("stream, threads", BARE, 1.1),
        ("submit().result()", BARE, 1.0),
        ("stream, async", AIOHTTP, 2.0),
    ),
    ONE: (("stream, threads", BARE, 1.0),),
}
#: The slowest of a crowd of streams takes at most so many times as long as the fastest.
FAIR = 1.3


def paced(rounds: int, streams: int, outputs: int, pace: float) -> Result:
    """So many streams at once, with an output each so many seconds."""
    with fast_server(pace) as url:

        def run(caller: str) -> tuple[float, float]:
            command = [sys.executable, "-m", "benchmarks.replay.worker", caller, url]
            done = subprocess.run(
                [*command, str(streams), str(outputs)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                check=True,
                timeout=LONGEST,
            )
            each, spread = json.loads(done.stdout)
            return each, spread

        callers = [name for name in CALLERS if name != OFFICIAL or streams <= MOST]
        runs = in_turns(rounds, callers, run)
    cpu = {name: median(each for each, _ in found) for name, found in runs.items()}
    spread = {name: median(s for _, s in found) for name, found in runs.items()}
    what = f"{streams} streams" if streams > 1 else "One stream"
    title = f"{what}, an output each {milliseconds(pace)}"
    table = Table(
        title,
        f"A server of ours replays {outputs} outputs of each stream at a fixed pace. The "
        "client's CPU time for an output, and how long the slowest stream took against "
        f"the fastest: medians of {rounds} processes.",
        ("", "CPU each", "/ bare httpx2, async", "/ bare aiohttp", "slowest / fastest"),
        tuple(
            (
                name,
                milliseconds(each),
                times(each / cpu[BARE]),
                times(each / cpu[AIOHTTP]),
                times(spread[name]),
            )
            for name, each in cpu.items()
        ),
    )
    case = (streams, outputs, pace)
    targets = [
        Target.at_most(
            f"{title}: {name} / {other}", cpu[name] / cpu[other], limit, times
        )
        for name, other, limit in LIMITS.get(case, ())
    ]
    if case == CROWD:
        targets += [
            Target.at_most(f"{title}: {name}, slowest / fastest", it, FAIR, times)
            for name, it in spread.items()
            if name.startswith(OURS)
        ]
    plot = Plot(
        "cost-by-streams",
        f"CPU of the client for an output, one each {milliseconds(MANY[2])}",
        "streams at once",
        {name: {streams: each} for name, each in cpu.items()},
        [name for name in cpu if name.startswith(OURS)],
    )
    return Result(table, tuple(targets), plot if pace == MANY[2] else None)
