"""A large file, sent and fetched back."""

from __future__ import annotations

from statistics import median

from benchmarks.cases.turns import NAMES, in_turns
from benchmarks.contenders.measure import MIB, Transfer
from benchmarks.processes import Processes
from benchmarks.report import Result, Table, Target, mebibytes, milliseconds, times

SIZE = 64
MEMORY = 16 * MIB


def transfer(processes: Processes, rounds: int) -> Result:
    """Upload, call, download."""
    contenders = ("official", "ours", "ours_async", "floor_async")
    results = in_turns(
        rounds,
        contenders,
        lambda name: Transfer(*processes.work("transfer", name, SIZE)),
    )
    medians = {name: median(r.seconds for r in runs) for name, runs in results.items()}
    memory = {name: max(r.memory for r in runs) for name, runs in results.items()}
    bare = medians["floor_async"]
    table = Table(
        f"A file of {SIZE} MiB there and back",
        f"Uploaded from disk, handed to a function that returns it, downloaded to disk: "
        f"median of {rounds} processes, and by how much the client's memory grew at "
        "the peak, at worst.",
        ("", "median", "official / this", "this / bare", "memory"),
        tuple(
            (
                NAMES[name],
                milliseconds(seconds),
                times(medians["official"] / seconds),
                times(seconds / bare),
                mebibytes(memory[name]),
            )
            for name, seconds in medians.items()
        ),
    )
    targets: list[Target] = []
    for name, how in (("ours", ""), ("ours_async", ", async")):
        title = f"{SIZE} MiB there and back{how}"
        targets += (
            Target.at_most(f"{title} / bare", medians[name] / bare, 1.15, times),
            Target.at_most(f"{title}: memory", memory[name], MEMORY, mebibytes),
        )
    return Result(table, tuple(targets))
