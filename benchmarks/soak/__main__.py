"""Run the soak, print it, judge it, and write SOAK.md: `make soak`.

Traffic with faults, traffic without, a look at the process when all is still; over and
over. Now and then a server is killed in the middle and comes back. The exit status is
1 when anything has grown, or any answer was wrong, missing, or no error of ours.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.soak.actions import Scene
from benchmarks.soak.control import Control
from benchmarks.soak.report import REPORT, report
from benchmarks.soak.samples import Sample, busy, take
from benchmarks.soak.traffic import Account, Traffic, seeded
from benchmarks.soak.verdict import grown

#: Seconds of a round: traffic with faults, then without.
_FAULTS, _QUIET = 8.0, 4.0
#: Longer than an idle connection or stream is kept.
_STILL = 4.5
#: At most; a stream whose jobs are gone before it has begun ends at its first
#: heartbeat, after 15 s.
_STILL_MOST = 20.0
#: A server is restarted in every so many rounds.
_RESTART = 4


class Soak:
    """One run of so many minutes."""

    def __init__(self, minutes: float, seed: int, folder: Path) -> None:
        self.account = Account()
        self.samples: list[Sample] = []
        self._seed = seed
        self._folder = folder
        self._began = time.monotonic()
        self._ends = self._began + minutes * 60
        #: Of a short run, the parts of a round are shorter too.
        self._scale = min(1.0, minutes * 60 / (_FAULTS + _QUIET))
        self._traffic = Traffic(self.account)
        self._modules: list[ModuleType] = []
        self._clients: list[Any] = []

    def run(self, control: Control) -> None:
        """Run every round; ends early when something hangs."""
        with ExitStack() as stack:
            for version in control.versions:
                name = f"soak{version.partition('.')[0]}_api"
                module = importlib.import_module(name)
                self._modules.append(module)
                client = module.AppClient(download_dir=self._folder)
                self._clients.append(stack.enter_context(client))
            print(Sample.heads(), flush=True)
            number = 0
            while time.monotonic() < self._ends and self._round(number, control):
                number += 1

    def _round(self, number: int, control: Control) -> bool:
        control.begin_faults()
        if number % _RESTART == _RESTART - 1:
            control.restart(number // _RESTART % len(control.urls))
        fine = self._phase(number, _FAULTS * self._scale, quiet=False)
        control.quiet()
        fine = fine and self._phase(number, _QUIET * self._scale, quiet=True)
        if fine:
            self._look()
        return fine

    def _phase(self, number: int, seconds: float, *, quiet: bool) -> bool:
        def scene(worker: int) -> Scene:
            at = worker % len(self._modules)
            return Scene(
                self._modules[at],
                self._clients[at],
                seeded(self._seed, number, worker, quiet),
                self._folder,
                quiet,
            )

        return self._traffic.run(seconds, scene)

    def _look(self) -> None:
        self._settle(_STILL * self._scale)
        for path in self._folder.glob("**/*"):
            if path.is_file():
                path.unlink()
        for module, client in zip(self._modules, self._clients, strict=True):
            # A request closes the connections that have been idle for too long.
            client.echo("still")
            module.echo("still")
        self._settle(0.1)
        minute = (time.monotonic() - self._began) / 60
        self.samples.append(take(minute, self._clients))
        print(self.samples[-1].line(), flush=True)

    def _settle(self, seconds: float) -> None:
        """Wait at least so long, and then until nothing runs on the runtime's loop."""
        latest = time.monotonic() + _STILL_MOST * self._scale
        time.sleep(seconds)
        while busy() and time.monotonic() < latest:
            time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=REPORT, help="the report")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gradio-codegen-soak-") as folder:
        modules, downloads = Path(folder) / "modules", Path(folder) / "downloads"
        modules.mkdir()
        sys.path.insert(0, str(modules))
        with Control(options.seed, modules) as control:
            soak = Soak(options.minutes, options.seed, downloads)
            soak.run(control)
        findings = grown(soak.samples)
        fine = not findings and not soak.account.failed
        text = report(soak.account, soak.samples, findings, control)
    options.output.write_text(text, encoding="utf-8")
    print(f"\n{text}\nWrote {options.output}", flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    # A thread that hangs must not keep the process alive.
    status = main()
    sys.stdout.flush()
    os._exit(status)
