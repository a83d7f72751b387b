"""Streams at a fixed pace, from a server of ours without Gradio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from benchmarks.cases.turns import in_turns
from benchmarks.plots import Plot
from benchmarks.processes import LONGEST, told_by
from benchmarks.replay.callers import CALLERS, Reading
from benchmarks.report import (
    Result,
    Table,
    Target,
    count,
    mebibytes,
    milliseconds,
    times,
)
from tests.support.fast_server import fast_server

TITLE = "Streams at a fixed pace"
#: The streams at once, the outputs of each, and the seconds between two.
MANY, ONE, FAST, CROWD = (
    (40, 100, 0.05),
    (1, 300, 0.01),
    (1, 2000, 0.0007),
    (200, 100, 0.05),
)
#: One stream at the pace of many, for the curves of what a stream more costs. It has as
#: many outputs, for the CPU of an output has a share of what its stream's start costs.
FEW = (1, 100, 0.05)
CASES = (FEW, MANY, CROWD, ONE, FAST)
OURS = ("stream", "submit")
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


class Figures(NamedTuple):
    """Medians of one caller: CPU of an output, outputs a second, spread, and memory."""

    cpu: float
    rate: float
    spread: float
    memory: float

    @classmethod
    def of(cls, readings: Sequence[Reading], outputs: int) -> Figures:
        """Return those of processes that have read so many outputs each."""
        return cls(
            median(it.cpu for it in readings) / outputs,
            outputs / median(it.seconds for it in readings),
            median(it.spread for it in readings),
            median(it.memory for it in readings),
        )


def paced(rounds: int, streams: int, outputs: int, pace: float) -> Result:
    """So many streams at once, with an output each so many seconds."""
    with fast_server(pace) as url:

        def run(caller: str) -> Reading:
            words = (caller, url, str(streams), str(outputs))
            return Reading(
                *told_by("benchmarks.replay.worker", *words, timeout=LONGEST)
            )

        runs = in_turns(rounds, list(CALLERS), run)
    figures = {
        name: Figures.of(found, streams * outputs) for name, found in runs.items()
    }
    what = f"{streams} streams" if streams > 1 else "One stream"
    title = f"{what}, an output each {milliseconds(pace)}"
    about = (
        f"A server of ours replays {outputs} outputs of each stream at a fixed pace: at "
        f"most {count(streams / pace)} come in a second. CPU is the client's, for an "
        "output; a stream takes from its own start to its own end; memory is what the "
        f"client's peak adds to what it held before. Medians of {rounds} processes."
    )
    plot = Plot(
        "cost-by-streams",
        f"CPU of the client for an output, one each {milliseconds(MANY[2])}",
        "streams at once",
        {name: {streams: it.cpu} for name, it in figures.items()},
        [name for name in figures if name.startswith(OURS)],
    )
    return Result(
        _table(title, about, figures),
        _targets(title, (streams, outputs, pace), figures),
        plot if pace == MANY[2] else None,
    )


def _table(title: str, about: str, figures: Mapping[str, Figures]) -> Table:
    heads = (
        "CPU each",
        f"/ {BARE}",
        f"/ {AIOHTTP}",
        "outputs a second",
        "slowest / fastest",
        "memory",
    )
    rows = (
        (
            name,
            milliseconds(it.cpu),
            times(it.cpu / figures[BARE].cpu),
            times(it.cpu / figures[AIOHTTP].cpu),
            count(it.rate),
            times(it.spread),
            mebibytes(it.memory),
        )
        for name, it in figures.items()
    )
    return Table(title, about, ("", *heads), tuple(rows))


def _targets(
    title: str, case: tuple[int, int, float], figures: Mapping[str, Figures]
) -> tuple[Target, ...]:
    costs = (
        (f"{name} / {other}", figures[name].cpu / figures[other].cpu, limit)
        for name, other, limit in LIMITS.get(case, ())
    )
    fair = (
        (f"{name}, slowest / fastest", it.spread, FAIR)
        for name, it in figures.items()
        if case == CROWD and name.startswith(OURS)
    )
    return tuple(
        Target.at_most(f"{title}: {what}", value, limit, times)
        for what, value, limit in (*costs, *fair)
    )
