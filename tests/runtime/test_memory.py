"""What a job keeps, and what it lets go."""

from __future__ import annotations

import gc
import weakref

import pytest
from gradio_runtime import GradioError
from gradio_runtime._api.job import Job
from gradio_runtime._api.stream import Stream
from gradio_runtime._engine.outcome import Outcome
from gradio_runtime._models.status import Status, StatusUpdate


class Output:
    """Something whose end can be seen."""


def emit(outcome: Outcome[Output], count: int) -> list[weakref.ref[Output]]:
    outputs = [Output() for _ in range(count)]
    for output in outputs:
        outcome.emit(StatusUpdate(Status.ITERATING, output=output, has_output=True))
    return [weakref.ref(output) for output in outputs]


def alive(references: list[weakref.ref[Output]]) -> int:
    gc.collect()
    return sum(reference() is not None for reference in references)


def test_a_blocking_call_keeps_the_last_output_only() -> None:
    outcome: Outcome[Output] = Outcome(keep="latest")
    job = Job(outcome)
    assert alive(emit(outcome, 1000)) == 1
    with pytest.raises(GradioError, match="result only"):
        job.outputs()


def test_a_stream_that_is_read_keeps_none() -> None:
    outcome: Outcome[Output] = Outcome(keep="unread")
    job = Job(outcome)
    stream = Stream(job)
    references = []
    for _ in range(1000):
        references += emit(outcome, 1)
        next(stream)
    # The one that was read last is also the job's status.
    assert alive(references) <= 2
    outcome.succeed(Output())


def test_a_submitted_job_keeps_what_it_promises() -> None:
    outcome: Outcome[Output] = Outcome()
    job = Job(outcome)
    references = emit(outcome, 10)
    assert alive(references) == 10
    assert len(job.outputs()) == 10
    outcome.succeed(Output())
    del job, outcome
    assert alive(references) == 0
