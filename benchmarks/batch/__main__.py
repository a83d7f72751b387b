"""Measure what `Endpoint.map` must show, and write BATCH.md: `make bench-batch`.

Real Gradio 6 servers on loopback, unless a table says otherwise. The exit status is 1
when a target is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.batch import copies, kills, pace, refusals
from benchmarks.batch.where import where
from benchmarks.report import Report, Result, Table, Target, machine
from tests.support.environments import VERSIONS

REPORT = Path(__file__).parents[1] / "BATCH.md"


class Check(NamedTuple):
    """One check that is measured: its number, and how many rows, or kills, it takes."""

    number: int
    measure: Callable[[int, int, Path], Result]
    rows: int


CHECKS = (
    Check(1, pace.cost, 600),
    Check(2, pace.memory, 100_000),
    Check(3, copies.shares, 200),
    Check(4, kills.resumed, 20),
    Check(5, copies.outages, 200),
    Check(6, refusals.refusals, 200),
    Check(10, kills.relayed, 1000),
)


def measured(check: Check, rounds: int, rows: int) -> Result:
    """What a check shows; one that fails is told, and the others go on."""
    with tempfile.TemporaryDirectory(prefix="gradio-codegen-batch-") as folder:
        try:
            return check.measure(rounds, rows, Path(folder))
        except Exception as error:
            traceback.print_exc()
            name = f"Check {check.number}"
            return Result(
                Table(name, "It failed.", ("",), ()),
                (Target(name, "a result", type(error).__name__, met=False),),
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    numbers = [check.number for check in CHECKS]
    parser.add_argument("--only", type=int, choices=numbers, nargs="*", default=numbers)
    parser.add_argument("--rounds", type=int, default=5, help="of what has a median")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="of all rows, for a quick look"
    )
    parser.add_argument(
        "--output", type=Path, help="the report's file; BATCH.md if all is measured"
    )
    options = parser.parse_args()
    report = Report("What map must show", "bench-batch")
    report.tell(machine(VERSIONS[6]))
    report.add(Result(where()))
    begun = time.monotonic()
    for check in CHECKS:
        if check.number in options.only:
            rows = max(1, round(check.rows * options.scale))
            report.add(measured(check, options.rounds, rows))
            print(f"{time.monotonic() - begun:.0f} s so far\n", flush=True)
    met = report.end()
    output = options.output
    if output is None and (options.only, options.scale) == (numbers, 1.0):
        output = REPORT
    if output is not None:
        report.write(output)
    return not met


if __name__ == "__main__":
    sys.exit(main())
