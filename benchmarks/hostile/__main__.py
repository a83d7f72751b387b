"""Measure every kind of hostile traffic, and write HOSTILE.md: `make bench-hostile`.

The hostile app, the healthy one and who calls both are three processes. The exit
status is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.hostile.kinds import KINDS
from benchmarks.report import Table, count, machine, mebibytes
from tests.support.fast_server import fast_server

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "benchmarks" / "HOSTILE.md"
#: What version 0.1 did.
BEFORE = Path(__file__).with_name("before.json")
#: Targets: seconds of the healthy app's worst call, and bytes of growth.
WORST, GROWTH = 1.0, 256 << 20

#: Seconds that a process may take longer than it was told.
PATIENCE = 60.0

Measured = dict[str, Any]


@contextmanager
def hostile_app(kind: str) -> Iterator[str]:
    """The URL of a hostile app that runs."""
    command = [sys.executable, "-m", "benchmarks.hostile.server", kind]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def measure(kind: str, healthy: str, seconds: float) -> Measured:
    """One kind, in a process of its own."""
    with hostile_app(kind) as url:
        command = [sys.executable, "-m", "benchmarks.hostile.worker"]
        try:
            done = subprocess.run(
                [*command, kind, url, healthy, str(seconds)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds + PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return _nothing("the process hung", seconds + PATIENCE)
    if done.returncode:
        return _nothing(f"the process died: {done.stderr[-300:]}", 0.0)
    measured: Measured = json.loads(done.stdout)
    return measured


def _nothing(outcome: str, worst: float) -> Measured:
    """The figures of a process that gave none."""
    figures = dict.fromkeys(("usual", "calls", "seconds", "growth"), 0)
    return {**figures, "worst": worst, "outcome": outcome}


def _met(it: Measured) -> bool:
    return bool(it["calls"]) and bool(it["worst"] <= WORST and it["growth"] <= GROWTH)


def _row(kind: str, it: Measured, before: Measured | None) -> tuple[str, ...]:
    then = ("", "")
    if before is not None:
        then = (f"{before['worst']:.2f} s", mebibytes(before["growth"]))
    return (
        kind,
        *then,
        f"{it['worst']:.2f} s",
        mebibytes(it["growth"]),
        count(it["calls"]),
        f"{it['seconds']:.1f} s",
        it["outcome"].replace("|", "/"),
        "met" if _met(it) else "missed",
    )


def report(results: dict[str, Measured], before: dict[str, Measured]) -> str:
    """What was measured, as Markdown."""
    met = sum(map(_met, results.values()))
    table = Table(
        "Hostile traffic beside a healthy app",
        "One process calls a healthy app without a pause, and a hostile one once. Worst: "
        "the longest call of the healthy app meanwhile. Growth: the most memory that the "
        "process had, less what it had before. Targets: worst at most "
        f"{WORST:g} s, growth at most {mebibytes(GROWTH)}; {met} of {len(results)} met.",
        (
            "",
            "0.1: worst",
            "0.1: growth",
            "worst",
            "growth",
            "healthy calls",
            "lasted",
            "what became of the hostile call",
            "verdict",
        ),
        tuple(_row(kind, it, before.get(kind)) for kind, it in results.items()),
    )
    head = (
        "# What a hostile app does to others\n\nWritten by `make bench-hostile`; "
        "each figure is from one run on one machine."
    )
    return f"{head}\n\n{machine(None)}\n\n{table.markdown()}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="kinds whose names have this in them")
    parser.add_argument("--seconds", type=float, default=20.0, help="most for each")
    parser.add_argument("--json", type=Path, help="write the figures to a file too")
    options = parser.parse_args()
    before = json.loads(BEFORE.read_text()) if BEFORE.exists() else {}
    results: dict[str, Measured] = {}
    with fast_server() as healthy:
        for kind in KINDS:
            if options.only is None or options.only in kind:
                it = results[kind] = measure(kind, healthy, options.seconds)
                print(*_row(kind, it, before.get(kind)), sep=" | ", flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if options.only is None:
        REPORT.write_text(report(results, before), encoding="utf-8")
        print(f"Wrote {REPORT}")
    return not all(map(_met, results.values()))


if __name__ == "__main__":
    sys.exit(main())
