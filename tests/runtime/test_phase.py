"""The life of a job: its phases, who asks for them, and what callers are told."""

from __future__ import annotations

import ast
import asyncio
from inspect import isabstract
from itertools import pairwise, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio_runtime
import pytest
from gradio_runtime import ConnectionLost, JobCancelled, Status
from gradio_runtime._api.job import Job
from gradio_runtime._engine.connection import Connection
from gradio_runtime._engine.execution import Execution
from gradio_runtime._engine.invocation import Request
from gradio_runtime._engine.options import Options
from gradio_runtime._engine.outcome import Outcome
from gradio_runtime._engine.reader import Reader
from gradio_runtime._loop.loop import run_sync
from gradio_runtime._queue import entries, entry
from gradio_runtime._queue.messages import (
    Completed,
    Estimation,
    Generating,
    Log,
    Message,
    Progress,
    Started,
)
from gradio_runtime._queue.phase import Life, Phase
from gradio_runtime._queue.route import Route
from gradio_runtime._queue.session_pool import SessionPool
from gradio_runtime.description.dialect import Dialect
from hypothesis import given
from hypothesis import strategies as st

QUESTIONS = [name for name, of in vars(Life).items() if isinstance(of, property)]
ENTRIES = [
    kind
    for name, kind in vars(entries).items()
    if isinstance(kind, type) and issubclass(kind, entry.Entry) and not isabstract(kind)
]


def at(phase: Phase, handover: Phase = Phase.JOINING) -> Life:
    life = Life(handover)
    life.reach(phase)
    return life


@pytest.mark.parametrize(("before", "after"), list(product(Phase, repeat=2)))
def test_a_life_only_goes_on(before: Phase, after: Phase) -> None:
    life = at(before)
    assert life.reach(after) is (after > before)
    assert life.phase is max(before, after)


@given(st.lists(st.sampled_from(Phase)))
def test_each_phase_is_reached_once(phases: list[Phase]) -> None:
    life = Life(Phase.JOINING)
    reached = [phase for phase in phases if life.reach(phase)]
    assert reached == sorted(set(reached))
    assert life.phase is max([Phase.JOINING, *phases])


@pytest.mark.parametrize(("question", "handover"), list(product(QUESTIONS, Phase)))
def test_what_is_true_once_stays_true(question: str, handover: Phase) -> None:
    answers = [getattr(at(phase, handover), question) for phase in Phase]
    assert answers == sorted(answers)


@pytest.mark.parametrize("kind", ENTRIES)
def test_nothing_has_run_before_the_handover(kind: type[entry.Entry]) -> None:
    for phase in Phase:
        life = at(phase, kind.handover)
        assert life.may_have_run is (phase >= kind.handover)
        # In the phase of the handover itself, its error decides.
        assert life.may_have_run or not life.handed_over
        assert life.handed_over or phase <= kind.handover


def test_every_kind_of_entry_is_here() -> None:
    assert {kind.handover for kind in ENTRIES} == {
        Phase.JOINING,  # its data is in the join
        Phase.SENDING,  # the app asks for it
        Phase.RUNNING,  # the app runs it at once
    }


def test_a_phase_is_changed_in_one_place() -> None:
    root = Path(gradio_runtime.__file__).parent
    changes = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and node.attr == "phase"
    ]
    assert set(changes) == {"_queue/phase.py"}


# ---- what callers are told

MESSAGES: list[Message] = [
    Estimation(None, 0, 1, None),
    Started(None, None),
    Progress(None, []),
    Log(None, cast("Any", SimpleNamespace(text="x", title=None))),
    Generating(None, []),
]


def told(messages: list[Message], before: Phase) -> list[Status]:
    """What the caller of a job hears that is in a phase when it begins to be read."""
    codes: list[Status] = []
    live = SimpleNamespace(
        dialect=Dialect(edits=False),
        transport=SimpleNamespace(max_message_size=1000),
        transfer=SimpleNamespace(allowance=lambda: None),
        download_files=False,
    )
    route = Route(0, "/f", cast("Any", None), [], [], True, False, [], True)
    sessions = SessionPool(cast("Any", None), Dialect(), "own")
    job = entries.new_entry(sessions, route)
    job.life.reach(before)
    for message in [*messages, Completed(None, [])]:
        job.inbox.put(message)
    reader: Reader[object] = Reader(
        cast("Any", live),
        job,
        cast("Any", SimpleNamespace(read=lambda *_: None, typed=True)),
        cast("Any", SimpleNamespace(strict_outputs=True)),
        cast("Any", SimpleNamespace(started=lambda: None, output=lambda: None)),
        lambda update, _weight: codes.append(update.code),
    )
    run_sync(asyncio.wait_for(reader.read(), 10))
    return codes


@given(
    st.lists(st.sampled_from(MESSAGES), max_size=8),
    st.sampled_from([Phase.QUEUED, Phase.SENDING, Phase.RUNNING]),
)
def test_a_start_is_told_once_and_no_place_in_the_queue_after_it(
    messages: list[Message], before: Phase
) -> None:
    codes = told(messages, before)
    assert codes.count(Status.PROCESSING) <= 1
    assert codes[-1] is Status.FINISHED
    for one, other in pairwise(codes):
        assert other is not Status.IN_QUEUE or one is Status.IN_QUEUE
    if Started(None, None) in messages[:1] or before is Phase.RUNNING:
        assert codes[0] is Status.PROCESSING


# ---- ends that nobody waits for at the app


@pytest.mark.parametrize("end", ["abandon", "cancel"])
def test_a_job_that_ends_before_its_first_step_ends(end: str) -> None:
    """A task that is cancelled before it begins runs nothing, not even its `except`."""
    outcome: Outcome[object] = Outcome()
    job = Job(outcome)
    request: Request[object] = Request("/f", [], [], None, {}, cast("Any", None))
    connection = Connection("http://127.0.0.1:9")
    execution = Execution(connection, request, Options(), outcome)

    async def begin_and_end() -> None:
        execution.begin()
        if end == "abandon":
            execution.abandon()
        else:
            execution.decline()
            await execution.cancel()

    run_sync(begin_and_end())
    if end == "cancel":
        with pytest.raises(JobCancelled):
            job.result(10)
    else:
        with pytest.raises(ConnectionLost) as lost:
            job.result(10)
        assert not lost.value.may_have_run
