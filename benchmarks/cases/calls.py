"""Calls of a function that does nothing: one by one, and many at once."""

from __future__ import annotations

from itertools import chain
from statistics import median

from benchmarks.cases.turns import NAMES, in_turns
from benchmarks.contenders.measure import LONGEST, Burst
from benchmarks.processes import Processes
from benchmarks.report import (
    Result,
    Table,
    Target,
    count,
    mebibytes,
    milliseconds,
    times,
)

CALLS = 40
MANY = 1000
"""From here on a burst has targets."""


def sequential(processes: Processes, rounds: int) -> Result:
    """One call after the other."""
    contenders = ("official", "ours", "ours_async", "floor", "floor_async")
    samples = in_turns(
        rounds, contenders, lambda name: processes.work("sequential", name, CALLS)
    )
    medians = {
        name: median(chain.from_iterable(runs)) for name, runs in samples.items()
    }
    floors = {
        name: medians["floor_async" if name.endswith("async") else "floor"]
        for name in contenders
    }
    table = Table(
        "A call",
        f"A function that does nothing, called again and again on a warm client: median "
        f"of {rounds * CALLS} calls in {rounds} processes. The bare rows are the least "
        "that the protocol can cost: one POST, and one event stream. Async is compared "
        "with async.",
        ("", "median", "official / this", "this / bare"),
        tuple(
            (
                NAMES[name],
                milliseconds(seconds),
                times(medians["official"] / seconds),
                times(seconds / floors[name]),
            )
            for name, seconds in medians.items()
        ),
    )
    targets = tuple(
        Target.at_most(f"{what} / bare", medians[name] / floors[name], 1.1, times)
        for name, what in (("ours", "A call"), ("ours_async", "A call, async"))
    )
    return Result(table, targets)


def burst(processes: Processes, rounds: int, jobs: int) -> Result:
    """Many calls at once."""
    contenders = ("official", "ours", "ours_async", "floor_async")
    results = in_turns(
        rounds, contenders, lambda name: Burst(*processes.work("burst", name, jobs))
    )
    rates = {
        name: median((jobs - run.lost) / run.seconds for run in runs)
        for name, runs in results.items()
    }
    memory = {name: median(r.memory for r in runs) for name, runs in results.items()}
    threads = {name: max(run.threads for run in runs) for name, runs in results.items()}
    table = Table(
        f"{jobs} calls at once",
        f"The same function, {jobs} jobs started together and all awaited: median of "
        f"{rounds} processes, the most threads that the client's process had, by how "
        f"much its memory grew at the peak (median), and how many of the "
        f"{rounds * jobs} calls failed or had no answer after {LONGEST:.0f} s (the "
        "bare client and async wait for all).",
        (
            "",
            "calls per second",
            "this / official",
            "this / bare",
            "threads",
            "memory",
            "lost",
        ),
        tuple(
            (
                NAMES[name],
                count(rate),
                times(rate / rates["official"]),
                times(rate / rates["floor_async"]),
                str(threads[name]),
                mebibytes(memory[name]),
                str(sum(run.lost for run in results[name])),
            )
            for name, rate in rates.items()
        ),
    )
    if jobs < MANY:
        return Result(table)
    return Result(table, _burst_targets(jobs, rates, threads, memory))


def _burst_targets(
    jobs: int,
    rates: dict[str, float],
    threads: dict[str, int],
    memory: dict[str, float],
) -> tuple[Target, ...]:
    targets: list[Target] = []
    for name, what in (("ours", ""), ("ours_async", ", async")):
        case = f"{jobs} calls at once{what}"
        rate = rates[name]
        share = memory[name] / max(memory["official"], 1)
        targets += (
            Target.at_least(
                f"{case}: rate / bare", rate / rates["floor_async"], 0.9, times
            ),
            Target.at_least(
                f"{case}: rate / official", rate / rates["official"], 2, times
            ),
            Target.at_most(f"{case}: threads", threads[name], 4, count),
            Target.at_most(f"{case}: memory / official", share, 0.25, times),
        )
    return tuple(targets)
