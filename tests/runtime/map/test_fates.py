"""What becomes of a row: one table, in which every error has its place."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from gradio_runtime import (
    AppError,
    Done,
    Failed,
    GradioError,
    InputError,
    JobCancelled,
    JobTimeout,
    RateLimited,
)
from gradio_runtime._batch import replicas
from gradio_runtime._batch.fates import FATES, Fate, fate_of, quota_pause
from gradio_runtime._http.statuses import seconds_of

from tests.golden.calculator.expected import PredictInput, predict

ROWS = [PredictInput(num1=n, operation="add") for n in range(3)]


def classes(base: type[GradioError] = GradioError) -> Iterator[type[GradioError]]:
    yield base
    for cls in base.__subclasses__():
        if cls.__module__.startswith("gradio_runtime"):
            yield from classes(cls)


def test_every_error_has_a_place_in_the_table() -> None:
    import gradio_runtime

    assert isinstance(gradio_runtime.JobCancelled, type)  # made at its first use
    known = {c for c in classes() if not c.__module__.startswith("gradio_runtime._api")}
    assert FATES.keys() == known


def example(cls: type[GradioError], *, may_have_run: bool) -> GradioError:
    error = cls("m")
    error.told(may_have_run=may_have_run)
    return error


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicas, "PAUSE", 0.001)
    monkeypatch.setattr(replicas, "FIRST_AWAY", 0.001)


CASES = [(cls, ran) for cls in FATES for ran in (False, True)]


@pytest.mark.parametrize(("cls", "may_have_run"), CASES)
@pytest.mark.parametrize("may_repeat", [False, True])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_that_fails_once(
    cls: type[GradioError], may_have_run: bool, may_repeat: bool, place: int
) -> None:
    error = example(cls, may_have_run=may_have_run)
    answers: list[float | GradioError] = [1.0, 2.0, 3.0]
    answers.insert(place, error)
    got: list[Done[PredictInput, float] | Failed[PredictInput]] = []
    results = predict.map(ROWS, concurrency=1, may_repeat=may_repeat)
    fate = FATES[cls]
    with predict.fake(returns_each=answers, optional=True) as fake:
        if fate is Fate.STOP:
            with pytest.raises(cls):
                got.extend(results)
            assert len(fake.calls) == place + 1
            assert all(isinstance(result, Done) for result in got)
            assert len(got) == place
            return
        got.extend(results)
    assert [result.index for result in got] == [0, 1, 2]
    again = fate is not Fate.FAILED and (may_repeat or not may_have_run)
    assert [result.ok for result in got] == [again or n != place for n in range(3)]
    assert len(fake.calls) == (4 if again else 3)
    if not again:
        failed = got[place]
        assert isinstance(failed, Failed)
        assert type(failed.error) is cls
        assert failed.may_have_run is may_have_run
        assert failed.row == ROWS[place]


@pytest.mark.parametrize("last", [c for c, f in FATES.items() if f is Fate.FAILED])
@pytest.mark.parametrize("first", [c for c, f in FATES.items() if f is Fate.UNSURE])
def test_a_row_may_have_run_that_an_attempt_before_may_have_run(
    first: type[GradioError], last: type[GradioError]
) -> None:
    errors = [example(first, may_have_run=True), example(last, may_have_run=False)]
    with predict.fake(returns_each=errors):
        (failed,) = predict.map(ROWS[:1], may_repeat=True)
    assert isinstance(failed, Failed)
    assert type(failed.error) is last
    assert failed.may_have_run


@pytest.mark.parametrize("cls", [JobTimeout, JobCancelled])
def test_an_app_that_had_the_row_is_there(cls: type[GradioError]) -> None:
    """However many rows take too long, no patience ends."""
    with predict.fake(raises=example(cls, may_have_run=True)) as fake:
        assert predict.map(ROWS, patience=0, concurrency=1).run().failed == 3
    assert len(fake.calls) == 3


@pytest.mark.parametrize("cls", [c for c, f in FATES.items() if f is Fate.UNSURE])
def test_a_row_is_not_repeated_for_ever(cls: type[GradioError]) -> None:
    error = example(cls, may_have_run=True)
    results = predict.map(ROWS[:1], may_repeat=True, retries=2)
    with predict.fake(raises=error) as fake:
        (failed,) = results
    assert len(fake.calls) == failed.attempts == 3


@pytest.mark.parametrize(
    "cls", [c for c, f in FATES.items() if f in {Fate.AWAY, Fate.BUSY}]
)
def test_without_any_app_the_run_stops(cls: type[GradioError]) -> None:
    """Rows are untouched: there are never 100,000 failures in a second."""
    error = example(cls, may_have_run=False)
    with predict.fake(raises=error) as fake:
        with pytest.raises(cls, match="The run has stopped") as stopped:
            list(predict.map(ROWS * 1000, patience=0.05, concurrency=8))
        assert "patience" in str(stopped.value)
    assert len(fake.calls) < 300


FREE = (
    "You have exceeded your free ZeroGPU quota (120s requested vs. 44s left). "
    "Try again in 23:14:07."
)
OLD = "You have exceeded your GPU quota (60s requested vs. 0s left). Try again in "
QUOTAS = {
    ("ZeroGPU quota exceeded", FREE): 23 * 3600 + 14 * 60 + 7,
    ("Error", f"{OLD}0:00:30"): 30,
    ("Error", f"{OLD}1 day, 0:00:01"): 86401,
    ("ZeroGPU quota exceeded", "Create an account to get more"): 60,
    ("Error", f"{OLD}0:00:00"): 1,
    ("Error", f"{OLD}{'9' * 5000} days, 0:00:01"): 60,
    ("Error", f"{OLD}\u0663:00:00"): 60,
    ("ZeroGPU queue timeout", "No GPU was available after 60 s"): None,
    ("Error", "our quota of pages is 3"): None,
}


@pytest.mark.parametrize(("said", "seconds"), QUOTAS.items())
def test_a_quota_is_known_by_its_words(
    said: tuple[str, str], seconds: int | None
) -> None:
    error = AppError(said[1], title=said[0])
    assert quota_pause(error) == seconds
    assert fate_of(error) is (Fate.FAILED if seconds is None else Fate.QUOTA)
    assert quota_pause(InputError(said[1])) is None


def test_a_quota_that_is_back_too_late_stops_the_run() -> None:
    with (
        predict.fake(raises=AppError(FREE, title="Error")) as fake,
        pytest.raises(AppError, match="exceeded your free ZeroGPU quota"),
    ):
        list(predict.map(ROWS, concurrency=1))
    assert len(fake.calls) == 1


async def never(_: object = None) -> None:
    raise AssertionError


def new_replica() -> replicas.Replica:
    return replicas.Replica("s", None, never, never, lambda: False)


ASKED = [
    "",
    "0",
    "-5",
    "0.0001",
    "nan",
    "-inf",
    "1e999",
    "soon",
    "Mon, 01 Jan 2001 00:00:00 GMT",
]


@pytest.mark.parametrize("asked", ASKED)
def test_an_app_is_left_alone_whatever_it_says(asked: str) -> None:
    """One that refuses each call and asks for the next at once is asked for ever."""
    replica, before = new_replica(), time.monotonic()
    error = RateLimited("m", retry_after=seconds_of(asked))
    replica.failed(Fate.BUSY, error, 0.0)
    assert replica.paused_until - before >= replicas.PAUSE


def test_a_later_pause_that_is_longer_counts() -> None:
    replica = new_replica()
    ends: list[float] = []
    for seconds in (1.0, 5.0, 2.0):
        replica.failed(Fate.BUSY, RateLimited("m", retry_after=seconds), 0.0)
        ends.append(replica.paused_until)
    assert ends[0] < ends[1] == ends[2]
