"""Checks 1 and 2: what rows cost, and what a process with many of them grows by."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count as counted
from pathlib import Path
from statistics import median

from benchmarks.batch.worker import AT_ONCE, EARLY, Pace
from benchmarks.cases.turns import in_turns
from benchmarks.processes import told_by
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
from tests.support.servers import GradioServer

WORKER = "benchmarks.batch.worker"
NAMES = {
    "bare": "asyncio and a semaphore",
    "map": "map",
    "map, store": "map with a store",
}


def cost(rounds: int, rows: int, folder: Path) -> Result:
    """Check 1: rows of a function that does nothing."""
    numbers = counted()

    def run(name: str) -> Pace:
        store = f"{folder / str(next(numbers))}" if "store" in name else ""
        case = "bare" if name == "bare" else "mapped"
        return Pace(*told_by(WORKER, case, server.url, str(rows), store))

    with GradioServer("wire", 6) as server:
        run("bare")  # the server warms up
        runs = in_turns(rounds, tuple(NAMES), run)
    rate, more = {}, {}
    for name, paces in runs.items():
        both = list(zip(paces, runs["bare"], strict=True))
        rate[name] = median(bare.seconds / pace.seconds for pace, bare in both)
        more[name] = median((pace.cpu - bare.cpu) / rows for pace, bare in both)
    table = Table(
        "1. What a row costs",
        f"{rows} rows of a function that does nothing, {AT_ONCE} at once, on real Gradio: "
        f"median of {rounds} processes, and of the ratios and differences within a round. "
        "By hand: `aio` with `asyncio.Semaphore` and `gather`. CPU is the client's.",
        ("", "rows per second", "this / by hand", "CPU a row", "more than by hand"),
        tuple(
            (
                NAMES[name],
                count(rows / median(pace.seconds for pace in paces)),
                times(rate[name]),
                milliseconds(median(pace.cpu for pace in paces) / rows),
                milliseconds(more[name]),
            )
            for name, paces in runs.items()
        ),
    )
    what = "1. rate / by hand"
    return Result(
        table,
        (
            Target.at_least(f"{what}: map", rate["map"], 0.9, times),
            Target.at_least(f"{what}: with a store", rate["map, store"], 0.85, times),
            Target.at_most(
                "1. CPU of a row, more than by hand", more["map"], 0.0003, milliseconds
            ),
        ),
    )


def memory(rounds: int, rows: int, folder: Path) -> Result:
    """Check 2: a process with so many rows on a stand-in, and a tenth on real Gradio."""
    del rounds  # one process of each is enough
    lines: list[tuple[str, ...]] = []
    targets: list[Target] = []
    with (
        fast_server() as stand_in,
        GradioServer("wire", 6) as server,
        ThreadPoolExecutor() as pool,
    ):
        places = (
            ("stand-in", "memory-echo", stand_in, rows),
            ("Gradio", "memory-noop", server.url, rows // 10),
        )
        measured = {
            (f"{rows_}, {place}", kept): pool.submit(
                told_by, WORKER, case, url, str(rows_), kept and str(folder / place)
            )
            for place, case, url, rows_ in places
            for kept in ("", "store")
        }
        for (place, kept), told in measured.items():
            early, last = told.result()
            name = f"{place}{kept and ', with a store'}"
            lines.append(
                (name, mebibytes(early), mebibytes(last), mebibytes(last - early))
            )
            targets.append(
                Target.at_most(
                    f"2. growth, {name}", max(last - early, 0), 5 << 20, mebibytes
                )
            )
    table = Table(
        "2. What a process grows by",
        f"Resident memory after row {EARLY} and after the last, {AT_ONCE} at once. The "
        "stand-in is tests/support/fast_server.py, a process that speaks Gradio's protocol; "
        "results are read and dropped.",
        ("", f"after row {EARLY}", "at the end", "growth"),
        tuple(lines),
    )
    return Result(table, tuple(targets))
