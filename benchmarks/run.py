"""Measure everything, print it, and write it down: `make bench`.

Real Gradio servers on loopback answer (RESULTS.md), and one of ours at a fixed pace
(REPLAY.md); each contender runs in processes of its own, in turns. Nothing here asserts
a time: machines differ, ratios speak. What was aimed at is in the last table, met or
missed.
"""

from __future__ import annotations

import argparse
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import gradio_codegen

from benchmarks.cases import CASES, Case, paced
from benchmarks.processes import Processes
from benchmarks.report import Report, Result, Table, Target, machine
from tests.support.environments import VERSIONS
from tests.support.servers import GradioServer

HERE = Path(__file__).parent
APP = HERE / "app.py"
PACED = "paced"


def main() -> None:
    options = _options()
    reports: dict[str, Report] = {}
    if options.only != PACED:
        reports["RESULTS.md"] = _on_gradio(options)
    if options.only in (None, PACED) and options.gradio is None:
        reports["REPLAY.md"] = _without_gradio(options.rounds or 3)
    folder = options.output
    if folder is None and (options.only, options.gradio) == (None, None):
        folder = HERE
    if folder is not None:
        for name, report in reports.items():
            report.write(folder / name)


def _on_gradio(options: argparse.Namespace) -> Report:
    report = Report("How long calls take", "bench")
    for major, cases in CASES.items():
        chosen = [case for case in cases if options.only in (None, case.name)]
        if not chosen or options.gradio not in (None, major):
            continue
        report.tell(f"# Gradio {VERSIONS[major]}\n\n{machine(VERSIONS[major])}")
        for result in _measure(major, chosen, options.rounds):
            drawn = result if major == max(CASES) else replace(result, plot=None)
            report.add(drawn)
    report.end()
    return report


def _without_gradio(rounds: int) -> Report:
    report = Report(paced.TITLE, "bench")
    report.tell(machine(None))
    for case in paced.CASES:
        report.add(paced.paced(rounds, *case))
    report.end()
    return report


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = dict.fromkeys(case.name for cases in CASES.values() for case in cases)
    parser.add_argument(
        "--rounds", type=int, help="rounds, in place of each case's own"
    )
    parser.add_argument("--only", choices=[*names, PACED], help="one case")
    parser.add_argument("--gradio", type=int, choices=list(CASES), help="one server")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        help="where the reports and plots go; benchmarks/ if all is measured",
    )
    return parser.parse_args()


def _measure(major: int, cases: Sequence[Case], rounds: int | None) -> Iterator[Result]:
    """The cases against one server; one that fails is told, and the others go on."""
    with (
        GradioServer(APP, major) as server,
        tempfile.TemporaryDirectory(prefix="gradio-codegen-bench-") as folder,
    ):
        gradio_codegen.generate(server.url).write(Path(folder) / "bench_api.py")
        processes = Processes(server.url, Path(folder))
        processes.work("sequential", "floor", 20)  # the server warms up
        for case in cases:
            try:
                result = case.run(processes, rounds or case.rounds)
            except Exception as error:
                traceback.print_exc()
                what = f"Gradio {major}: {case.name}"
                reason = f"failed: {type(error).__name__}"
                missed = Target(what, "a result", reason, met=False)
                yield Result(Table(what, "It failed.", ("",), ()), (missed,))
                continue
            targets = tuple(target.of_gradio(major) for target in result.targets)
            yield replace(result, targets=targets)


if __name__ == "__main__":
    main()
