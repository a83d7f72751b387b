"""Streams of growing outputs, shorter and longer ones."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.cases.turns import NAMES, OURS, in_turns
from benchmarks.contenders.measure import StreamRun
from benchmarks.plots import Plot
from benchmarks.processes import Processes
from benchmarks.report import Result, Table, Target, milliseconds, times

FLAT = 1.2
"""How much more an output may cost in the longer stream, which has longer texts."""
CLOSE = 1.3
"""How much more CPU than the bare client's an output may cost."""
OFFICIAL = 1.2
"""How much more CPU than the official client's an output of a long text may cost."""


def text(processes: Processes, rounds: int) -> Result:
    """A text that grows by a token each time."""
    sizes = (500, 1500, 5000)
    return _streams(processes, rounds, "stream", sizes, "growing text")


def chat(processes: Processes, rounds: int) -> Result:
    """A chat's history, whose last message grows."""
    return _streams(processes, rounds, "chat", (500, 2000), "chat history")


def _streams(
    processes: Processes, rounds: int, case: str, sizes: Sequence[int], what: str
) -> Result:
    contenders = ("official", "ours", "ours_async", "untyped", "floor", "floor_async")
    short, long = sizes[0], sizes[-1]
    results = in_turns(
        rounds,
        contenders,
        lambda name: [StreamRun(*processes.work(case, name, size)) for size in sizes],
    )
    # The client's CPU for an output, by the length of the stream.
    costs = {
        name: {n: median(run[i].cpu for run in runs) / n for i, n in enumerate(sizes)}
        for name, runs in results.items()
    }
    each = {name: (cost[short], cost[long]) for name, cost in costs.items()}
    bare = each["floor_async"][1]
    rows = []
    for name, runs in results.items():
        cpu = each[name]
        rows.append(
            (
                NAMES[name],
                milliseconds(median(run[-1].first for run in runs)),
                milliseconds(median(run[-1].seconds for run in runs)),
                *map(milliseconds, cpu),
                times(cpu[1] / cpu[0]),
                times(cpu[1] / bare),
            )
        )
    table = Table(
        f"A stream of {long} outputs: {what}",
        f"Each output is the last one and a token more; every one is checked. Median of "
        f"{rounds} processes for each length. The server makes the pace of the whole; "
        "the client's share is its CPU time for an output. The runtime reads through "
        "httpx2's async client, so that is what it is compared with.",
        (
            "",
            "first output",
            "all outputs",
            f"CPU each of {short}",
            f"CPU each of {long}",
            f"{long} / {short}",
            "CPU / bare async",
        ),
        tuple(rows),
    )
    targets: list[Target] = []
    for name, how in (("ours", ""), ("ours_async", ", async")):
        cpu = each[name]
        title = f"Stream, {what}{how}"
        targets += (
            Target.at_most(
                f"{title}: CPU each of {long} / of {short}",
                cpu[1] / cpu[0],
                FLAT,
                times,
            ),
            Target.at_most(f"{title}: CPU / bare async", cpu[1] / bare, CLOSE, times),
        )
        if case == "stream":
            official = cpu[1] / each["official"][1]
            targets.append(
                Target.at_most(f"{title}: CPU / official", official, OFFICIAL, times)
            )
    plot = Plot(
        f"cost-by-length-{case}",
        f"CPU of the client for an output: {what}",
        "outputs in the stream",
        {NAMES[name]: cost for name, cost in costs.items()},
        [NAMES[name] for name in OURS],
    )
    return Result(table, tuple(targets), plot)
