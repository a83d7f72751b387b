"""What a new process waits for: the import, and its first result."""

from __future__ import annotations

from statistics import median

from benchmarks.cases.turns import NAMES, in_turns
from benchmarks.processes import Processes
from benchmarks.report import Result, Table, Target, milliseconds, times

#: The most that an import and a first call may take of the official client's.
IMPORT, COLD = 0.45, 0.5
OFFICIAL = (
    "from gradio_client import Client; "
    "print(Client({url!r}, verbose=False, analytics_enabled=False)"
    ".predict(api_name='/noop'))"
)
OURS = "from bench_api import noop; print(noop())"


def imports(processes: Processes, rounds: int) -> Result:
    """What an import costs."""
    modules = {"official": "gradio_client", "ours": "bench_api"}
    results = in_turns(
        rounds, tuple(modules), lambda name: processes.import_seconds(modules[name])
    )
    return _against_official(
        "Import",
        f"In a new interpreter with bytecode in place: median of {rounds}.",
        results,
        IMPORT,
    )


def cold(processes: Processes, rounds: int) -> Result:
    """From nothing to an answer."""
    programs = {"official": OFFICIAL.format(url=processes.url), "ours": OURS}
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
        COLD,
    )


def _against_official(
    title: str, about: str, results: dict[str, list[float]], limit: float
) -> Result:
    medians = {name: median(seconds) for name, seconds in results.items()}
    official = medians["official"]
    table = Table(
        title,
        about,
        ("", "median", "official / this"),
        tuple(
            (NAMES[name], milliseconds(s), times(official / s))
            for name, s in medians.items()
        ),
    )
    target = Target.at_most(
        f"{title} / official", medians["ours"] / official, limit, times
    )
    return Result(table, (target,))
