"""Measure everything, print it, and write it to RESULTS.md: `make bench`.

Real Gradio servers on loopback answer; each contender runs in processes of its own, in
turns. Nothing here asserts a time: machines differ, ratios speak. What was aimed at is
in the last table, met or missed.
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
from benchmarks.plots import Plot
from benchmarks.processes import Processes
from benchmarks.report import RESULTS, Result, Table, Target, machine, targets_table
from tests.support.environments import VERSIONS
from tests.support.servers import GradioServer

APP = Path(__file__).with_name("app.py")
PACED = "paced"
HOW = "Written by `make bench`; each figure is from one run on one machine."


def main() -> None:
    options = _options()
    parts: list[str] = []

    def tell(text: str) -> None:
        parts.append(text)
        print(f"{text}\n", flush=True)

    title = paced.TITLE if options.only == PACED else "How long calls take"
    tell(f"# {title}\n\n{HOW}")
    targets: list[Target] = []
    plots: dict[str, Plot] = {}
    for major, cases in CASES.items():
        chosen = [case for case in cases if options.only in (None, case.name)]
        if not chosen or options.gradio not in (None, major):
            continue
        tell(f"# Gradio {VERSIONS[major]}\n\n{machine(VERSIONS[major])}")
        for result in _measure(major, chosen, options.rounds):
            tell(result.table.markdown())
            targets += result.targets
            if result.plot is not None and major == max(CASES):
                plots[result.plot.name] = result.plot
    if options.only in (None, PACED) and options.gradio is None:
        section = "" if options.only else f"# {paced.TITLE}\n\n"
        tell(f"{section}{machine(None)}")
        for case in paced.CASES:
            result = paced.paced(options.rounds or 3, *case)
            tell(result.table.markdown())
            targets += result.targets
            if (plot := result.plot) is not None:
                known = plots.get(plot.name, plot)
                plots[plot.name] = known.with_costs(plot.costs)
    tell(targets_table(targets).markdown())
    output = options.output
    if output is None and (options.only, options.gradio) == (None, None):
        output = RESULTS
    if output is not None:
        output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        for name, plot in plots.items():
            output.with_name(f"{name}.svg").write_text(plot.svg(), encoding="utf-8")
        print(f"Wrote {', '.join([str(output), *plots])}")


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
        help="the report's file, beside which its plots go; RESULTS.md if all is measured",
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
