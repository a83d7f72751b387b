"""What is measured, and how often, for each version of Gradio."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from benchmarks.cases import calls, starts, streams, transfers
from benchmarks.processes import Processes
from benchmarks.report import Result


class Case(NamedTuple):
    """One thing to measure, with the rounds that give a steady median."""

    name: str
    run: Callable[[Processes, int], Result]
    rounds: int


CASES: dict[int, tuple[Case, ...]] = {
    6: (
        Case("call", calls.sequential, 5),
        Case("burst-200", partial(calls.burst, jobs=200), 3),
        Case("burst-1000", partial(calls.burst, jobs=calls.MANY), 3),
        Case("stream", streams.text, 3),
        Case("chat", streams.chat, 3),
        Case("transfer", transfers.transfer, 5),
        Case("import", starts.imports, 20),
        Case("cold", starts.cold, 20),
    ),
    4: (
        Case("call", calls.sequential, 2),
        Case("burst-200", partial(calls.burst, jobs=200), 1),
        Case("burst-1000", partial(calls.burst, jobs=calls.MANY), 1),
        Case("stream", streams.text, 2),
    ),
}
"""The cases by major version of the server: the older protocol gets fewer rounds."""
