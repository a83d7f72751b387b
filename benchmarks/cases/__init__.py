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


# Gradio tells every waiting job about every start, so a burst of 1,000 makes about half
# a million messages: one round of it takes longer than all else together.
CASES: dict[int, tuple[Case, ...]] = {
    6: (
        Case("call", calls.sequential, 5),
        Case("burst-200", partial(calls.burst, jobs=200), 3),
        Case("burst-1000", partial(calls.burst, jobs=calls.MANY), 1),
        Case("stream", streams.text, 2),
        Case("chat", streams.chat, 2),
        Case("transfer", transfers.transfer, 3),
        Case("import", starts.imports, 10),
        Case("cold", starts.cold, 10),
    ),
    4: (
        Case("call", calls.sequential, 1),
        Case("burst-200", partial(calls.burst, jobs=200), 1),
        Case("burst-1000", partial(calls.burst, jobs=calls.MANY), 1),
        Case("stream", streams.text, 1),
    ),
}
"""The cases by major version of the server: the older protocol gets fewer rounds."""
