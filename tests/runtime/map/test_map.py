"""`Endpoint.map` without an app: rows in, results out, in each of their faces."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast, get_type_hints

import gradio_runtime
import polars
import pytest
from gradio_runtime import (
    AppError,
    Call,
    Client,
    Done,
    Failed,
    FileInput,
    GradioError,
    InputError,
    Summary,
)
from gradio_runtime._api.map_options import MapOptions, StageOptions
from gradio_runtime._api.results import results_of
from gradio_runtime._batch.stage import Settings
from gradio_runtime.testing import FakeError, offline

from tests.golden.calculator.expected import (
    CalculatorClient,
    ClassifyOutput,
    PredictInput,
    classify,
    clear,
    count,
    mix,
    predict,
)


@pytest.fixture(autouse=True)
def no_app() -> Iterator[None]:
    with offline():
        yield


def add(n: float) -> Call[float]:
    return predict.call(n, "add", 1)


def plus(num1: float, operation: object, num2: float = 100) -> float:
    return num1 + num2


MODELS = [PredictInput(num1=n, operation="add", num2=1) for n in range(5)]
COLUMNS: list[dict[str, object]] = [
    {"num1": n, "operation": "add", "num2": 1} for n in range(5)
]

ROWS: dict[str, Callable[[], Any]] = {
    "models": lambda: predict.map(MODELS),
    "mappings": lambda: predict.map(COLUMNS),
    "an iterator": lambda: predict.map(iter(COLUMNS)),
    "a function": lambda: predict.map(range(5), add),
    "a client's": lambda: CalculatorClient().predict.map(range(5), add),
    "with options": lambda: predict.with_options(timeout=3).map(range(5), add),
}


@pytest.mark.parametrize("name", ROWS)
def test_every_kind_of_row(name: str) -> None:
    with predict.fake(plus) as fake:
        results = list(ROWS[name]())
    assert [result.value for result in results] == [1, 2, 3, 4, 5]
    assert [result.index for result in results] == [0, 1, 2, 3, 4]
    assert sorted(call.num1 for call in fake.calls) == [0, 1, 2, 3, 4]


TABLES: dict[str, Callable[[Any, Any], Any]] = {
    "polars": lambda arrow, _: polars.DataFrame(arrow),
    "pandas": lambda _, pandas: pandas,
    "some rows of pandas": lambda _, pandas: pandas[pandas.num1 >= 0],
    "pyarrow": lambda arrow, _: arrow,
    "a batch": lambda arrow, _: arrow.to_batches()[0],
    "a reader": lambda arrow, _: arrow.to_reader(),
}


@pytest.mark.parametrize("kind", TABLES)
def test_tables_are_rows(kind: str) -> None:
    """A cell that is empty leaves its parameter to the default."""
    arrow: Any = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pylist([*COLUMNS, {"num1": 5, "operation": "add"}])
    with predict.fake(plus):
        rows = TABLES[kind](table, table.to_pandas())
        assert list(predict.map(rows).values()) == [1, 2, 3, 4, 5, 105]


def test_columns_are_rows() -> None:
    arrow: Any = pytest.importorskip("pyarrow")
    values = arrow.chunked_array([[0, 1], [2]])
    columns = [values, values.to_pandas(), polars.Series(values), values.to_numpy()]
    with predict.fake(plus):
        for column in columns:
            assert list(predict.map(column, add).values()) == [1, 2, 3]


def _async(results: Any) -> list[Any]:
    async def read() -> list[Any]:
        return [result async for result in results]

    return asyncio.run(read())


FACES: dict[str, Callable[[Any], Any]] = {
    "for": lambda results: [result.value for result in results],
    "async for": lambda results: [result.value for result in _async(results)],
    "values": lambda results: list(results.values()),
    "async values": lambda results: _async(results.values()),
}


@pytest.mark.parametrize("face", FACES)
def test_every_face(face: str) -> None:
    with predict.fake(plus):
        assert FACES[face](predict.map(range(50), add)) == list(range(1, 51))
        assert FACES[face](predict.map([], add)) == []


def test_the_summary() -> None:
    with predict.fake(returns_each=[1, AppError("no"), 2]):
        summary = predict.map(range(3), add, concurrency=1).run()
    assert (summary.rows, summary.done, summary.failed, summary.resumed) == (3, 2, 1, 0)
    assert isinstance(summary, Summary)
    assert str(summary).startswith("3 rows: 2 done, 1 failed, in ")


def test_values_raise_at_the_first_row_that_failed() -> None:
    got: list[float] = []
    answers: list[float | GradioError] = [1, AppError("no"), 2]
    with predict.fake(returns_each=answers, optional=True), pytest.raises(AppError):
        got.extend(predict.map(range(3), add, concurrency=1).values())
    assert got == [1]


def test_a_row_that_does_not_fit_is_its_own() -> None:
    bent = {"num1": 1, "operation": "bend"}
    rows: list[dict[str, object]] = [*COLUMNS[:1], bent, {"what": 1}, *COLUMNS[:1]]
    with predict.fake(plus):
        results = list(predict.map(rows))
    assert [result.ok for result in results] == [True, False, False, True]
    for failed in results[1:3]:
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, InputError)
        assert (failed.attempts, failed.src, failed.may_have_run) == (0, None, False)
    with predict.fake(plus):
        ways: Any = ["add", "bend"]
        made = predict.map(ways, lambda way: Call(PredictInput(num1=1, operation=way)))
        assert [result.ok for result in made] == [True, False]


def raising() -> Iterator[int]:
    yield from range(5)
    raise KeyError("the rows' own")


def broken(n: int) -> Call[float]:
    if n == 5:
        raise KeyError(n)
    return add(n)


@pytest.mark.parametrize(
    "results",
    [lambda: predict.map(raising(), add), lambda: predict.map(range(9), broken)],
)
def test_what_was_begun_is_given_out_before_the_rows_own_error(
    results: Callable[[], Any],
) -> None:
    got: list[Any] = []
    with predict.fake(plus), pytest.raises(KeyError):
        got.extend(result.value for result in results())
    assert got == [1, 2, 3, 4, 5]


def test_rows_in_order_with_one_that_is_slow() -> None:
    """No more than the window is read ahead of it."""
    read: list[int] = []
    go_on = threading.Event()

    def rows() -> Iterator[int]:
        for n in range(1000):
            read.append(n)
            yield n

    def slow(num1: float, operation: object, num2: float = 100) -> float:
        if num1 == 0:
            go_on.wait(10)
        return num1

    with predict.fake(slow):
        results = iter(predict.map(rows(), add, concurrency=8))
        threading.Timer(0.3, go_on.set).start()
        first = next(results)
        assert (first.index, len(read) <= 33) == (0, True)
        assert [result.index for result in results] == list(range(1, 1000))
        go_on.clear()
        results = iter(predict.map(range(20), add, concurrency=8, ordered=False))
        assert next(results).index > 0
        go_on.set()
        assert {result.index for result in results} | {1} >= {0}


def test_leaving_early_reads_no_more_rows() -> None:
    read: list[int] = []

    def rows() -> Iterator[int]:
        for n in range(1000):
            read.append(n)
            yield n

    async def leave() -> None:
        async with aclosing(cast("Any", aiter(predict.map(rows(), add)))) as results:
            async for _ in results:
                break

    async def cancelled() -> None:
        task = asyncio.create_task(leave_never())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def leave_never() -> None:
        async for _ in predict.map(rows(), add):
            await asyncio.sleep(10)

    with predict.fake(plus):
        for _ in predict.map(rows(), add):
            break
        asyncio.run(leave())
        asyncio.run(cancelled())
        before = len(read)
        time.sleep(0.1)
    assert before == len(read) < 300
    names = [t.name for t in threading.enumerate() if "rows" in t.name]
    assert names == []


def test_stages() -> None:
    with (
        predict.fake(plus) as first,
        mix.fake(lambda second, **_: f"<{second}>") as last,
    ):
        results = predict.map(range(3), add).then(lambda n: mix.call(second=str(n)))
        assert [(r.row, r.index) for r in results] == [(0, 0), (1, 1), (2, 2)]
        assert list(results.values()) == ["<1>", "<2>", "<3>"]
    assert (len(first.calls), len(last.calls)) == (6, 6)
    with (
        predict.fake(returns_each=[1, AppError("no"), 2]),
        count.fake(returns=7) as last_,
    ):
        chained = predict.map("abc", lambda _: add(1), concurrency=1).then(count.call)
        assert [result.ok for result in chained] == [True, False, True]
    assert [call.n for call in last_.calls] == [1, 2]


def test_what_is_no_call_of_the_endpoint() -> None:
    with predict.fake(plus, optional=True):
        for rows, call in (
            (["a"], None),
            (["a"], lambda _: clear.call()),
            (["a"], lambda _: 3),
            ([count.inputs(n=1)], None),
        ):
            with pytest.raises(TypeError):
                list(predict.map(cast("Any", rows), cast("Any", call)))
        hand_made: Any = Call(PredictInput(num1=1, operation="add"))
        assert predict.map([1], lambda _: hand_made).run().done == 1
        with pytest.raises(TypeError, match="call of no endpoint"):
            list(predict.map([1], add).then(lambda _: hand_made))


@pytest.mark.parametrize(
    "options",
    [
        {"concurrency": 0},
        {"retries": -1},
        {"patience": -1},
        {"concurrency": 1.5},
        {"patience": float("nan")},
        {"patience": "8"},
        {"clients": []},
        {"clients": ["http://127.0.0.1:9"]},
    ],
)
def test_options_that_cannot_be(options: Any) -> None:
    with pytest.raises(InputError):
        predict.map(MODELS, **options)


def test_options_are_the_same_everywhere() -> None:
    """What type checkers read, what `map` takes, and what it says of itself."""
    import inspect

    known = {**get_type_hints(MapOptions, localns=vars(gradio_runtime))}
    taken = inspect.signature(results_of).parameters.keys() - {
        "endpoint",
        "rows",
        "call",
    }
    assert known.keys() == (taken - {"settings"}) | get_type_hints(Settings).keys()
    stage = get_type_hints(StageOptions, localns=vars(gradio_runtime))
    assert stage.keys() == get_type_hints(Settings).keys() | {"clients"}
    for name in known:
        assert f" {name}: " in (predict.map.__doc__ or "")
    with pytest.raises(TypeError, match="concurency"):
        predict.map(MODELS, concurency=1)  # type: ignore[call-overload]


def test_a_call_knows_its_endpoint_but_its_pickle_does_not() -> None:
    import pickle

    client = CalculatorClient(token="hf_secret")
    bound = client.predict
    call = bound.call(1, "add")
    assert call.endpoint is bound
    assert b"hf_secret" not in pickle.dumps(call)
    again = pickle.loads(pickle.dumps(call))
    assert (again.inputs, again.endpoint) == (call.inputs, None)


def test_without_a_fake_nothing_is_called_offline() -> None:
    with pytest.raises(FakeError):
        list(predict.map(MODELS))


def test_a_closed_client_stops_the_run() -> None:
    client = CalculatorClient("http://127.0.0.1:9")
    client.close()
    with predict.fake(plus, optional=True):
        assert client.predict.map(MODELS).run().done == 5


# ---- files


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_results_as_a_file(suffix: str, tmp_path: Path) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"out.{suffix}"
    path.write_text("before")
    rows = [{"num1": 1, "operation": "add"}, {"num1": 2.5, "operation": "\ud800"}]
    rows += [
        {"num1": 3, "operation": "add", "index": 4},
        {"num1": 2**70, "operation": "add"},
    ]
    names = [
        "index",
        "num1",
        "operation",
        "value",
        "attempts",
        "src",
        "error",
        "may_have_run",
        "row_index",
    ]
    with predict.fake(returns_each=[1, 0.5, 7], optional=True):
        summary = predict.map(rows, concurrency=1).write(path)
    assert (summary.done, summary.failed) == (2, 2)
    records = read(path)
    assert [list(record) for record in records] == [names] * 4
    assert [float(r["value"]) for r in records if r["value"]] == [1, 0.5]
    assert str(records[3]["num1"]) == str(2**70)
    assert "InputError" in records[1]["error"]
    assert [*tmp_path.iterdir()] == [path]


def read(path: Path) -> list[dict[str, Any]]:
    match path.suffix:
        case ".csv":
            return list(csv.DictReader(path.read_text("utf-8").splitlines()))
        case ".jsonl":
            return [
                json.loads(line, parse_constant=lambda name: pytest.fail(name))
                for line in path.read_text("utf-8").splitlines()
            ]
        case _:
            from importlib import import_module

            table: Any = import_module("pyarrow.parquet").read_table(path)
            return cast("list[dict[str, Any]]", table.to_pylist())


class Odd:
    def __str__(self) -> str:
        raise ValueError("no text")


def odd_rows() -> list[Any]:
    """What a row may be that is no JSON, or no name or cell of a table."""
    round_: list[Any] = []
    round_.append(round_)
    values = [
        b"\xff",
        {"bytes": b"\xff", "path": None},
        [round_],
        Odd(),
        float("nan"),
        [float("inf")],
        2**62 + 1,
        0.5,
        io.BytesIO(b"content"),
        (n for n in "abc"),
        {1: 2},
        ["\ud800"],
        print,
    ]
    names = ["a\ud800", "a\0", "", None, 1, "row_index", "output_value", "error"]
    clash = {"index": 1, "row_index": 2, "value": 3, "output_value": 4}
    sizes = [{"size": 2**62 + 1}, {"size": 0.5}]
    return [*values, *({"column": value} for value in values), clash, *sizes] + [
        {name: 1} for name in names
    ]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_no_row_keeps_the_others_from_the_file(suffix: str, tmp_path: Path) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    rows = odd_rows()
    with predict.fake(returns=7):
        predict.map(rows, lambda _: add(1)).write(tmp_path / f"o.{suffix}")
    records = read(tmp_path / f"o.{suffix}")
    assert [int(record["index"]) for record in records] == [*range(len(rows))]
    (clash,) = [r for r in records if str(r["row_row_index"]) in {"2", "2.0"}]
    known = [clash[name] for name in ("row_index", "value", "output_value")]
    assert [float(value) for value in known] == [1, 3, 4]
    assert float(clash["output_output_value"]) == 7
    assert "content" not in (tmp_path / f"o.{suffix}").read_text("utf-8", "replace")


@pytest.mark.parametrize("name", ["folder.csv", "none/o.csv"])
def test_where_no_file_can_be_nothing_is_called(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with (
        predict.fake(plus, optional=True) as fake,
        pytest.raises(InputError, match="cannot write"),
    ):
        predict.map(MODELS).write(tmp_path / name)
    assert not fake.calls


def test_outputs_have_columns_and_files_are_where_they_are(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"png")
    label: Any = {"label": "cat", "confidences": []}
    table = {"headers": ["a"], "data": [[1]], "metadata": None}
    output = ClassifyOutput.model_validate({"label": label, "confidences": table})
    with classify.fake(returns=output):
        pictures: list[FileInput] = [picture, str(picture), b"png"]
        classify.map(pictures, classify.call).write(tmp_path / "o.csv")
    records = read(tmp_path / "o.csv")
    assert [r["row"] for r in records] == [str(picture), str(picture), "3 bytes"]
    assert all(json.loads(r["label"])["label"] == "cat" for r in records)


def test_a_run_that_stops_leaves_the_file_of_before(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with predict.fake(plus), pytest.raises(KeyError):
        predict.map(raising(), add).write(path)
    assert path.read_text() == "before"
    assert [*tmp_path.iterdir()] == [path]
    with pytest.raises(InputError, match="txt"):
        predict.map(MODELS).write(tmp_path / "out.txt")


# ---- progress


def test_a_bar_on_a_terminal_and_none_in_a_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with predict.fake(returns_each=[1, AppError("no")] * 2):
        predict.map(MODELS[:2], concurrency=1).run()
        assert capsys.readouterr() == ("", "")
        predict.map(MODELS[:2], concurrency=1, progress=True).run()
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "failed=1" in shown


def test_the_client_in_use_where_map_was_called() -> None:
    with CalculatorClient("http://127.0.0.1:9/mine").use():
        results = predict.map(MODELS)
    with predict.fake(plus):
        (src,) = {cast("Done[Any, Any]", result).src for result in results}
    assert src == "http://127.0.0.1:9/mine"
    assert isinstance(CalculatorClient(), Client)
