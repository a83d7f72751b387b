"""What is measured, and how often; contenders take turns in every round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from statistics import median
from typing import TypeVar

from benchmarks.contenders.measure import Burst
from benchmarks.processes import Processes
from benchmarks.report import Table, milliseconds, times

JOBS = 200
OUTPUTS = 1000
SIZES = (250, 500, 1000, 2000)
NAMES = {
    "official": "gradio_client",
    "ours": "generated module",
    "ours_async": "generated module, await",
    "floor": "bare httpx2",
    "floor_async": "bare httpx2, async",
}
COLD_OFFICIAL = (
    "from gradio_client import Client; "
    "print(Client({url!r}, verbose=False, analytics_enabled=False)"
    ".predict(api_name='/noop'))"
)
COLD_OURS = "from bench_api import noop; print(noop())"

T = TypeVar("T")


def run_all(processes: Processes, url: str, rounds: int) -> Iterator[Table]:
    """Every case in turn, each with so many rounds."""
    yield sequential(processes, url, rounds)
    yield burst(processes, url, rounds)
    yield stream(processes, url, rounds)
    yield stream_sizes(processes, url, rounds)
    yield imports(processes, 2 * rounds)
    yield cold(processes, url, 2 * rounds)


def in_turns(
    rounds: int, contenders: Sequence[str], run: Callable[[str], T]
) -> dict[str, list[T]]:
    """Run each contender once a round: what slows the machine down slows all down."""
    results: defaultdict[str, list[T]] = defaultdict(list)
    for i in range(rounds):
        first = i % len(contenders)
        for name in (*contenders[first:], *contenders[:first]):
            results[name].append(run(name))
    return {name: results[name] for name in contenders}


def sequential(processes: Processes, url: str, rounds: int) -> Table:
    """One call after the other."""
    calls = 40
    samples = in_turns(
        rounds,
        tuple(NAMES),
        lambda name: processes.work("sequential", name, url, calls),
    )
    medians = {
        name: median(chain.from_iterable(runs)) for name, runs in samples.items()
    }
    return Table(
        "A call",
        f"A function that does nothing, called again and again on a warm client: median "
        f"of {rounds * calls} calls in {rounds} processes. The bare rows are the least "
        "that the protocol can cost: one POST, and one event stream.",
        ("", "median", "official / this", "this / bare"),
        tuple(
            (
                NAMES[name],
                milliseconds(seconds),
                times(medians["official"] / seconds),
                times(seconds / medians["floor"]),
            )
            for name, seconds in medians.items()
        ),
    )


def burst(processes: Processes, url: str, rounds: int) -> Table:
    """Many calls at once."""
    contenders = ("official", "ours", "ours_async", "floor_async")
    results = in_turns(
        rounds,
        contenders,
        lambda name: Burst(*processes.work("burst", name, url, JOBS)),
    )
    rates = {
        name: median((JOBS - run.lost) / run.seconds for run in runs)
        for name, runs in results.items()
    }
    return Table(
        f"{JOBS} calls at once",
        f"The same function, {JOBS} jobs started together and all awaited: median of "
        f"{rounds} processes, the most threads that the client's process had, and how "
        f"many of the {rounds * JOBS} calls failed.",
        ("", "calls per second", "this / official", "threads", "lost"),
        tuple(
            (
                NAMES[name],
                f"{rate:.0f}",
                times(rate / rates["official"]),
                str(max(run.threads for run in results[name])),
                str(sum(run.lost for run in results[name])),
            )
            for name, rate in rates.items()
        ),
    )


def stream(processes: Processes, url: str, rounds: int) -> Table:
    """A long stream."""
    contenders = ("official", "ours", "floor")
    results = in_turns(
        rounds, contenders, lambda name: processes.work("stream", name, url, OUTPUTS)
    )
    rows = []
    for name, runs in results.items():
        seconds, first, cpu = (median(values) for values in zip(*runs, strict=True))
        cells = (milliseconds(value) for value in (first, seconds, cpu))
        rows.append((NAMES[name], *cells))
    return Table(
        f"A stream of {OUTPUTS} outputs",
        f"A text that grows by a token each time, every output checked: median of "
        f"{rounds} processes. The server makes the pace of the whole.",
        ("", "first output", "all outputs", "client's CPU"),
        tuple(rows),
    )


def stream_sizes(processes: Processes, url: str, rounds: int) -> Table:
    """Whether twice the outputs cost twice the time."""
    contenders = tuple(map(str, SIZES))
    results = in_turns(
        rounds,
        contenders,
        lambda size: processes.work("stream", "ours", url, int(size)),
    )
    rows = []
    for size, runs in results.items():
        seconds, _, cpu = (median(values) for values in zip(*runs, strict=True))
        each = (milliseconds(value / int(size)) for value in (seconds, cpu))
        rows.append((size, milliseconds(seconds), *each))
    return Table(
        "The same stream, shorter and longer",
        f"Generated module: median of {rounds} processes for each length.",
        ("outputs", "all outputs", "each", "client's CPU, each"),
        tuple(rows),
    )


def imports(processes: Processes, rounds: int) -> Table:
    """What an import costs."""
    modules = {"official": "gradio_client", "ours": "bench_api"}
    results = in_turns(
        rounds, tuple(modules), lambda name: processes.import_seconds(modules[name])
    )
    return _against_official(
        "Import",
        f"In a new interpreter with bytecode in place: median of {rounds}.",
        results,
    )


def cold(processes: Processes, url: str, rounds: int) -> Table:
    """From nothing to an answer."""
    programs = {"official": COLD_OFFICIAL.format(url=url), "ours": COLD_OURS}
    results = in_turns(
        rounds,
        tuple(programs),
        lambda name: processes.wall_seconds(programs[name], "ok"),
    )
    return _against_official(
        "The first call of a new process",
        "A whole process that imports, connects, calls once, prints and ends: median "
        f"of {rounds}.",
        results,
    )


def _against_official(title: str, about: str, results: dict[str, list[float]]) -> Table:
    medians = {name: median(seconds) for name, seconds in results.items()}
    return Table(
        title,
        about,
        ("", "median", "official / this"),
        tuple(
            (NAMES[name], milliseconds(s), times(medians["official"] / s))
            for name, s in medians.items()
        ),
    )
