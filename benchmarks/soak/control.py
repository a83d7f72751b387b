"""The measured process's end of `benchmarks.soak.backend`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]


class Control:
    """Starts the servers and proxies, and tells them what to do.

    Attributes:
        urls: The proxies' addresses, one for each app.
        versions: The Gradio version behind each.
        faults: How often each fault has happened, as of the last `quiet`.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.soak.backend", str(seed), str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started = self._answer()
        self.urls: list[str] = started["urls"]
        self.versions: list[str] = started["versions"]
        self.faults: dict[str, int] = {}

    def begin_faults(self) -> None:
        """Let the proxies misbehave from now on."""
        self._ask("faults")

    def restart(self, index: int) -> None:
        """Begin to kill one server and start it again."""
        self._ask(f"restart {index}")

    def quiet(self) -> None:
        """End all faults, and wait until every server is up."""
        self.faults = self._ask("quiet")

    def _ask(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process with the servers has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()
