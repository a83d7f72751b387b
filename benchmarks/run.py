"""Measure everything, print it, and write it to RESULTS.md: `make bench`.

A real Gradio server on loopback answers; each contender runs in processes of its own,
in turns. Nothing here asserts a time: machines differ, ratios speak.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import gradio_codegen

from benchmarks.cases import run_all
from benchmarks.processes import Processes
from benchmarks.report import RESULTS, machine
from tests.support.servers import GradioServer

APP = Path(__file__).with_name("app.py")
TITLE = "# How long calls take"
HOW = "Written by `make bench`; each figure is from one run on one machine."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each case")
    parser.add_argument(
        "--output", type=Path, default=RESULTS, help="the report's file"
    )
    options = parser.parse_args()
    with (
        GradioServer(APP) as server,
        tempfile.TemporaryDirectory(prefix="gradio-codegen-bench-") as folder,
    ):
        gradio_codegen.generate(server.url).write(Path(folder) / "bench_api.py")
        processes = Processes(Path(folder))
        processes.work("sequential", "floor", server.url, 20)  # the server warms up
        parts = [f"{TITLE}\n\n{HOW}", machine(server.version)]
        print(parts[-1], flush=True)
        for table in run_all(processes, server.url, options.rounds):
            parts.append(table.markdown())
            print(f"\n{parts[-1]}", flush=True)
    options.output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"\nWrote {options.output}")


if __name__ == "__main__":
    main()
