"""The store: what became of rows is known in the next run, whatever ended this one."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any, cast

import numpy
import pytest
from gradio_runtime import (
    AppError,
    Call,
    ConnectError,
    ConnectionLost,
    Done,
    Failed,
    File,
    GradioError,
    InputError,
)
from gradio_runtime._batch import store as store_module
from gradio_runtime._batch.keeping import Codec
from gradio_runtime._batch.store import Store
from gradio_runtime._engine.results import reader_for
from gradio_runtime._models import bounds
from gradio_runtime._models.secrets import Secrets
from gradio_runtime.testing import offline
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden.calculator.expected import PredictInput, count, predict
from tests.golden.components6.expected import json_echo
from tests.runtime.test_processes import every_error
from tests.runtime.wire_api import echo, file

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_app() -> Any:
    with offline():
        yield


def add(n: float) -> Call[float]:
    return predict.call(n, "add", 1)


Seen = list[tuple[int, bool, Any]]


def run(
    folder: Path, rows: Any, answer: Any = None, **options: Any
) -> tuple[int, Seen]:
    """How many calls there were; and the index, `resumed`, and result or error of each."""

    def plus(num1: float, operation: object, num2: float = 100) -> float:
        return num1 + num2

    with predict.fake(plus, optional=True) as fake:
        seen = [
            (r.index, r.resumed, r.value if isinstance(r, Done) else type(r.error))
            for r in predict.map(rows, add, store=folder, concurrency=2, **options)
        ]
    return len(fake.calls), seen


def test_what_is_done_is_given_again(tmp_path: Path) -> None:
    assert run(tmp_path, range(3)) == (3, [(n, False, n + 1) for n in range(3)])
    assert run(tmp_path, range(3)) == (0, [(n, True, n + 1) for n in range(3)])
    calls, seen = run(tmp_path, range(5), durable=True)
    assert (calls, seen) == (2, [(n, n < 3, n + 1) for n in range(5)])


def test_what_failed_stays_so_unless_asked(tmp_path: Path) -> None:
    with predict.fake(returns_each=[1, AppError("no"), 3]):
        results = predict.map(range(3), add, store=tmp_path, concurrency=1)
        assert [r.ok for r in results] == [True, False, True]
    assert run(tmp_path, range(3))[0] == 0
    (failed,) = [
        r for r in predict.map(range(3), add, store=tmp_path) if isinstance(r, Failed)
    ]
    assert failed.resumed
    assert isinstance(failed.error, AppError)
    assert failed.error.message == "no"
    assert run(tmp_path, range(3), retry_failed=True) == (
        1,
        [(0, True, 1), (1, False, 2), (2, True, 3)],
    )


def test_what_may_have_run_is_not_repeated_unless_asked(tmp_path: Path) -> None:
    with predict.fake(raises=ConnectionLost("lost", may_have_run=True)):
        assert not any(r.ok for r in predict.map([1], add, store=tmp_path))
    for options in ({}, {"retry_failed": True}, {"may_repeat": True}):
        assert run(tmp_path, [1], **options) == (0, [(0, True, ConnectionLost)])
    calls, _ = run(tmp_path, [1], may_repeat=True, retry_failed=True)
    assert calls == 1


def test_a_run_that_stops_is_taken_up_again(tmp_path: Path) -> None:
    """No app has taken a row for as long as the run has patience."""
    gone: GradioError = ConnectError("gone", not_sent=True)
    with (
        predict.fake(returns_each=[1, gone], optional=True),
        pytest.raises(ConnectError, match="The run has stopped"),
    ):
        list(predict.map(range(3), add, store=tmp_path, concurrency=1, patience=0.05))
    assert run(tmp_path, range(3)) == (2, [(n, n < 1, n + 1) for n in range(3)])


def other_rows(folder: Path) -> None:
    run(folder, [0, 7])


def fewer_rows_in_another_order(folder: Path) -> None:
    run(folder, [1, 0])


def another_endpoint(folder: Path) -> None:
    with count.fake(returns=1, optional=True):
        list(count.map([1], count.call, store=folder))


def another_spec(folder: Path) -> None:
    spec, predict.app.spec = predict.app.spec, "sha256:other"
    try:
        run(folder, [0, 1])
    finally:
        predict.app.spec = spec


def with_keys(folder: Path) -> None:
    run(folder, [0, 1], key=str)


def in_use(folder: Path) -> None:
    store = Store(folder, durable=False)
    try:
        run(folder, [0, 1])
    finally:
        store.close()


WRONG: dict[Callable[[Path], None], str] = {
    other_rows: "row 1 is not what it was",
    fewer_rows_in_another_order: "row 0 is not what it was",
    another_endpoint: "rows went to /predict, and these go to /count",
    another_spec: "generated again",
    with_keys: "have no `key`",
    in_use: "another run has the store",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_another_run_is_refused_and_the_store_is_intact(
    wrong: Callable[[Path], None], tmp_path: Path
) -> None:
    run(tmp_path, [0, 1])
    with pytest.raises(InputError, match=WRONG[wrong]):
        wrong(tmp_path)
    assert run(tmp_path, [0, 1, 2]) == (1, [(0, True, 1), (1, True, 2), (2, False, 3)])


@pytest.mark.slow
def test_another_process_is_refused(tmp_path: Path) -> None:
    program = "import sys; from gradio_runtime._batch.store import Store; Store(sys.argv[1], durable=False)"
    command = [sys.executable, "-c", program, str(tmp_path)]
    path = os.pathsep.join([str(ROOT / "runtime")])
    store = Store(tmp_path, durable=False)
    env = {**os.environ, "PYTHONPATH": path}
    other = subprocess.run(
        command, capture_output=True, text=True, env=env, check=False
    )
    assert "another run has the store" in other.stderr
    store.close()
    assert subprocess.run(command, env=env, check=False).returncode == 0


def test_what_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "rows.sqlite").write_bytes(b"x" * 5000)
    with pytest.raises(InputError, match="is not a store"):
        run(tmp_path, [1])
    (tmp_path / "a file").write_text("")
    with pytest.raises(InputError, match="cannot be a store"):
        run(tmp_path / "a file", [1])


def test_rows_with_keys_may_change_places(tmp_path: Path) -> None:
    assert run(tmp_path, [1, 2], key=str)[0] == 2
    assert run(tmp_path, [3, 2, 1], key=str) == (
        1,
        [(0, False, 4), (1, True, 3), (2, True, 2)],
    )
    with pytest.raises(InputError, match='two rows have the key "1"'):
        run(tmp_path, [1, 2, 1], key=str)
    run(tmp_path / "other", [1], key=lambda _: "k")
    with pytest.raises(InputError, match='with the key "k" is not what it was'):
        run(tmp_path / "other", [2], key=lambda _: "k")
    with pytest.raises(TypeError, match="a key is"):
        run(tmp_path / "third", [1], key=lambda _: 1.5)


OUT = File(url="http://127.0.0.1:9/out")
KEYS = ["", "a\0", "a\0b", "\ud800", "../../x", "1", 1, 0, -(2**70), "x" * 100_000]


def test_every_key_is_known_again(tmp_path: Path) -> None:
    keys = [*KEYS, numpy.int64(7)]
    rows = range(len(keys))
    assert run(tmp_path, rows, key=keys.__getitem__)[0] == len(keys)
    assert run(tmp_path, rows, key=keys.__getitem__)[0] == 0


def test_a_row_that_no_store_can_know_again_is_its_own(tmp_path: Path) -> None:
    """Its inputs have no JSON, or are gone once they are read."""
    gone = io.BytesIO()
    gone.close()
    read_end, write_end = os.pipe()
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe, file.fake(returns=OUT, optional=True):
        rows: list[Any] = [b"good", pipe, gone, io.BytesIO(b"good")]
        results = list(file.map(rows, file.call, store=tmp_path / "files"))
    assert [result.ok for result in results] == [True, False, False, True]
    with json_echo.fake(returns="x", optional=True):
        values = json_echo.map([1, object()], json_echo.call, store=tmp_path / "values")
        results = list(values)
    assert [result.ok for result in results] == [True, False]


def test_large_results_are_kept(tmp_path: Path) -> None:
    """SQLite would take no text of all of them."""
    results = ["é" * size for size in (1, bounds.LARGE, bounds.LARGE * 2)]
    rows = range(len(results))
    for _ in range(2):
        with echo.fake(returns_each=results, optional=True):
            given = echo.map(
                rows, lambda n: echo.call(str(n)), store=tmp_path, concurrency=1
            )
            assert list(given.values()) == results


def test_a_disk_that_is_full_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on where there is room again, and no row is called twice."""
    limited = f"{store_module._SCHEMA} PRAGMA max_page_count = 8;"
    calls = 0
    with monkeypatch.context() as patched:
        patched.setattr(store_module, "_SCHEMA", limited)
        with (
            predict.fake(returns=1.0) as fake,
            pytest.raises(GradioError, match=r"cannot be used any more: .* is full"),
        ):
            predict.map(range(500), add, store=tmp_path).run()
        calls += len(fake.calls)
    with predict.fake(returns=1.0) as fake:
        summary = predict.map(range(200), add, store=tmp_path).run()
    assert summary.rows == 200
    assert calls + len(fake.calls) <= 200 + summary.failed


def test_a_store_that_is_damaged(tmp_path: Path) -> None:
    run(tmp_path, range(100))
    path = tmp_path / "rows.sqlite"
    for size in (50, 4096):
        path.write_bytes(path.read_bytes()[:size].ljust(100_000, b"x"))
        with pytest.raises(GradioError, match="store"):
            run(tmp_path, range(3))


def test_files_are_kept(tmp_path: Path) -> None:
    given, temporary = tmp_path / "in.txt", tmp_path / "temporary"
    given.write_text("in")

    def shout(value: Any) -> File:
        temporary.mkdir(exist_ok=True)
        (temporary / "out.txt").write_text("OUT")
        return File(path=temporary / "out.txt", url="http://127.0.0.1:9/f?token=secret")

    store = tmp_path / "run"
    with file.fake(shout) as fake:
        (done,) = file.map([given], file.call, store=store).then(file.call)
        assert isinstance(done, Done)
        for path in temporary.iterdir():
            path.unlink()
        (again,) = file.map([given], file.call, store=store).then(file.call)
    assert len(fake.calls) == 2  # one for each stage
    assert isinstance(again, Done)
    assert again.resumed
    assert again.value.path == done.value.path
    assert again.value.path is not None
    assert again.value.path.is_relative_to(store / "files")
    assert again.value.read_bytes() == b"OUT"
    assert b"secret" not in (store / "rows.sqlite").read_bytes()
    # Stages know each other's files also elsewhere, and when these are gone.
    elsewhere = store.rename(tmp_path / "elsewhere")
    with file.fake(raises=AppError("no"), optional=True):
        results = file.map([given], file.call, store=elsewhere).then(file.call)
        assert next(iter(results.values())).read_bytes() == b"OUT"
        shutil.rmtree(elsewhere / "files")
        assert results.run().resumed == 1
    store = elsewhere
    assert store.stat().st_mode & 0o77 == 0
    given.write_text("other")
    match = "not what it was"
    with file.fake(shout, optional=True), pytest.raises(InputError, match=match):
        list(file.map([given], file.call, store=store))


def test_nothing_secret_is_kept(tmp_path: Path) -> None:
    secrets = Secrets()
    secrets.add("hf_abcdefghijklmnop")
    codec = Codec(tmp_path, "files", reader_for(str))
    assert "hf_abc" not in codec.of_value("it is hf_abcdefghijklmnop", 1)
    assert "hf_abc" not in codec.of_error(AppError("it was hf_abcdefghijklmnop"))


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("may_have_run", [False, True])
def test_every_error_is_read_as_it_was(
    error: GradioError, may_have_run: bool, tmp_path: Path
) -> None:
    error = copy(error)  # that of all tests
    vars(error).pop("__notes__", None)
    error.told(may_have_run=may_have_run)
    codec = Codec(tmp_path, "files", reader_for(str))
    again = codec.error(codec.of_error(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


# ---- any sequence of runs

OUTCOMES = st.sampled_from(["done", "app", "lost"])
RUNS = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.lists(OUTCOMES, min_size=9, max_size=9),
        st.booleans(),
        st.booleans(),
        st.integers(1, 10),
    ),
    min_size=1,
    max_size=5,
)


class Model:
    """What is known of each row, and what that leads to."""

    def __init__(self) -> None:
        self.known: dict[int, str] = {}
        self.called: list[int] = []
        self.outcomes: list[str] = []

    def answer(self, inputs: PredictInput) -> list[float | GradioError]:
        n = int(inputs.num1)
        self.called.append(n)
        match self.outcomes[n]:
            case "done":
                return [n]
            case "app":
                return [AppError("no")]
            case _:
                return [ConnectionLost("lost")]

    def is_due(self, n: int, *, may_repeat: bool, retry_failed: bool) -> bool:
        match self.known.get(n):
            case None:
                return True
            case "done":
                return False
            case "app":
                return retry_failed
            case _:
                return retry_failed and may_repeat


@pytest.mark.slow
@settings(max_examples=10)
@given(runs=RUNS)
def test_any_sequence_of_runs(
    runs: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, model = tmp_path_factory.mktemp("run"), Model()
    for length, outcomes, may_repeat, retry_failed, left_after in runs:
        model.outcomes, model.called = outcomes, []
        options = {"may_repeat": may_repeat, "retry_failed": retry_failed}
        due = [n for n in range(length) if model.is_due(n, **options)]
        got: list[Any] = []
        with predict.fake(returns=1, optional=True) as fake:
            cast("Any", fake)._make = model.answer
            results = predict.map(
                range(length), add, store=folder, concurrency=1, retries=0, **options
            )
            for result in results:
                got.append(result)
                if len(got) == left_after:
                    break
        assert [result.index for result in got] == list(range(min(length, left_after)))
        assert model.called == due[: len(model.called)]
        model.known |= {n: outcomes[n] for n in model.called}
        for result in got:
            assert result.ok == (model.known[result.index] == "done")
            assert result.resumed == (result.index not in model.called)
