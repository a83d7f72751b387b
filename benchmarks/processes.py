"""Fresh interpreters that run a piece of a benchmark, one at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


LONGEST = 300.0
"""Seconds after which a process counts as stuck."""


def told_by(module: str, *arguments: str, timeout: float | None = None) -> Any:
    """What a program of ours prints, which is JSON, in the environment as it is."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=timeout
    )
    return json.loads(done.stdout)


class Processes:
    """Starts interpreters that call one app, with its generated module at hand.

    Attributes:
        url: The app's address.
    """

    def __init__(self, url: str, folder: Path) -> None:
        """Keep the folder of `bench_api.py`; bytecode and downloads go there too."""
        self.url = url
        self._folder = folder
        # A user has bytecode; a machine that builds images may have switched it off.
        self._env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
        }
        self._env["PYTHONPATH"] = self._env["TMPDIR"] = str(folder)

    def work(self, case: str, contender: str, n: int) -> Any:
        """What `benchmarks.worker` measured."""
        arguments = ["-m", "benchmarks.worker", case, contender, self.url, str(n)]
        return json.loads(self._run(arguments, ROOT))

    def import_seconds(self, module: str) -> float:
        """How long `import module` takes in an interpreter that has just started."""
        code = (
            "import time; start = time.perf_counter(); "
            f"import {module}; print(time.perf_counter() - start)"
        )
        return float(self._run(["-c", code], self._folder))

    def wall_seconds(self, code: str, expected: str) -> float:
        """How long a whole process takes that runs this code and prints `expected`."""
        start = time.perf_counter()
        printed = self._run(["-c", code], self._folder)
        seconds = time.perf_counter() - start
        assert printed.strip() == expected, printed
        return seconds

    def _run(self, arguments: list[str], folder: Path) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} failed:\n{done.stderr}")
        return done.stdout
