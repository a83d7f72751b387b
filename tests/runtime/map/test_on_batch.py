"""`OnBatch` without an engine: what batches there are, what comes back, what is sent."""

from __future__ import annotations

import importlib.util
import inspect
import json
import math
import pickle
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import numpy
import pandas  # type: ignore[import-untyped]
import polars
import pyarrow  # type: ignore[import-untyped]
import pytest
from gradio_runtime import (
    App,
    AppError,
    Call,
    Client,
    Done,
    Endpoint,
    GradioError,
    Input,
    InputError,
    SchemaDrift,
)
from gradio_runtime._api.sent import _received
from gradio_runtime._batch.columns import (
    BOOL,
    FLOAT,
    INT,
    TEXT,
    fitted,
    kinds_of_outputs,
)
from gradio_runtime._batch.fates import FATES, Fate
from gradio_runtime._http.settings import ACCESS, Settings
from gradio_runtime.batch import OnBatch

from tests.golden.calculator import expected as calculator
from tests.golden.calculator.expected import CalculatorClient, predict
from tests.golden.components6 import expected as components
from tests.runtime import wire_api

ROOT = Path(__file__).parents[3]
DATA: dict[str, list[Any]] = {
    "num1": [6, 1, 1.5],
    "operation": ["multiply", "modulo", "add"],
    "b": [7, 0, 2],
    "id": ["x", "y", "z"],
}
NEW = ["value", "error", "may_have_run"]


def compute(num1: float, operation: str, num2: float = 100) -> float:
    return num1 * num2 if operation == "multiply" else num1 + num2


def arrays(data: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: numpy.array(values) for name, values in data.items()}


#: Each kind of batch: how it is made of columns, and how these are read again.
BATCHES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], dict[str, Any]]]] = {
    "lists": (dict, lambda batch: {name: list(batch[name]) for name in batch}),
    "arrays": (arrays, lambda batch: {name: list(batch[name]) for name in batch}),
    "pandas": (
        pandas.DataFrame,
        lambda frame: pyarrow.Table.from_pandas(frame).to_pydict(),
    ),
    "read-only": (
        lambda data: MappingProxyType(dict(data)),
        lambda batch: {name: list(batch[name]) for name in batch},
    ),
    "arrow": (pyarrow.table, lambda table: table.to_pydict()),
    "record batch": (
        pyarrow.RecordBatch.from_pydict,
        lambda batch: batch.to_pydict(),
    ),
}
every_batch = pytest.mark.parametrize(("make", "read"), BATCHES.values(), ids=BATCHES)


@every_batch
def test_a_batch_has_what_map_gives(make: Any, read: Any) -> None:
    on_batch = OnBatch(predict, columns={"num2": "b"})
    rows = [
        {"num1": a, "operation": o, "num2": b}
        for a, o, b in zip(DATA["num1"], DATA["operation"], DATA["b"], strict=True)
    ]
    with predict.fake(compute):
        results = list(predict.map(rows))
        found = read(on_batch(make(DATA)))
        (again,) = map(read, on_batch(iter([make(DATA)])))
    assert found == again
    assert {name: found[name] for name in DATA} == DATA
    assert list(found) == [*DATA, *NEW]
    for place, result in enumerate(results):
        cells = [found[name][place] for name in NEW]
        if isinstance(result, Done):
            assert cells == [result.value, None, None]
        else:
            assert cells == [None, f"InputError: {result.error}", False]


@pytest.mark.parametrize("count", [0, 3])
def test_columns_have_types_also_without_a_value(count: int) -> None:
    on_batch = OnBatch(predict)
    data = {"num1": [1] * count, "operation": ["add"] * count}
    with predict.fake(raises=AppError("no"), optional=True):
        frame: Any = on_batch(pandas.DataFrame(data))
        table: Any = on_batch(pyarrow.table(data))
    assert [str(frame.dtypes[name]) for name in NEW] == ["float64", "string", "boolean"]
    types = [str(table.schema.field(name).type) for name in NEW]
    assert types == ["double", "string", "bool"]
    assert len(frame) == table.num_rows == count


@pytest.mark.parametrize("kind", [BOOL, INT, FLOAT, TEXT], ids=lambda kind: kind.arrow)
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        0.5,
        "a",
        "\ud800",
        2**70,
        -(2**70),
        [1],
        {"a": None},
        {"a": [float("nan")]},
        float("inf"),
    ],
    ids=repr,
)
def test_a_cell_fits_its_column_or_is_refused(kind: Any, value: Any) -> None:
    try:
        cells = [fitted(value, kind), None]
    except TypeError:
        assert kind is not TEXT
        assert type(value) is not kind.cls or abs(value) > 2**63
        assert kind is not FLOAT or type(value) is not int
    else:
        if kind is TEXT and not isinstance(value, str | None):
            json.loads(str(cells[0]), parse_constant=pytest.fail)
        pyarrow.array(cells, pyarrow.type_for_alias(kind.arrow))
        pandas.array(cells, kind.pandas)


ENDPOINTS = {
    name: endpoint
    for module in (calculator, components)
    for name, endpoint in vars(module).items()
    if isinstance(endpoint, Endpoint) and endpoint.inputs.model_fields
}


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
def test_every_endpoint_has_columns(endpoint: Any) -> None:
    batch: dict[str, list[Any]] = {name: [] for name in endpoint.inputs.model_fields}
    outputs = kinds_of_outputs(endpoint.__wrapped__)
    on_batch = OnBatch(endpoint, output=[f"of_{name}" for name in outputs], error="e")
    new = [*(f"of_{name}" for name in outputs), "e", "may_have_run"]
    assert list(on_batch(batch)) == [*batch, *new]
    table = on_batch(pyarrow.table(batch))
    types = [table.schema.field(f"of_{name}").type for name in outputs]
    assert types == [pyarrow.type_for_alias(k.arrow) for k in outputs.values()]


def test_outputs_have_a_column_each() -> None:
    nothing: dict[str, list[Any]] = {"img": []}
    found = OnBatch(calculator.classify)(nothing)
    assert list(found) == ["img", "label", "confidences", "error", "may_have_run"]
    named = OnBatch(calculator.classify, output=["kind", "rows"], error="e")
    assert list(named(nothing)) == ["img", "kind", "rows", "e", "may_have_run"]


@pytest.mark.parametrize("cls", FATES)
@pytest.mark.parametrize("may_have_run", [False, True])
def test_a_batch_fails_only_where_a_run_stops(
    cls: type[GradioError], may_have_run: bool
) -> None:
    error = cls("m")
    error.told(may_have_run=may_have_run)
    on_batch = OnBatch(predict, patience=0.05)
    batch: dict[str, list[Any]] = {"num1": [1], "operation": ["add"]}
    stays = FATES[cls] is Fate.FAILED or (may_have_run and FATES[cls] is not Fate.STOP)
    with predict.fake(raises=error):
        if not stays:
            with pytest.raises(cls):
                on_batch(batch)
            return
        found = on_batch(batch)
    assert found["value"] == [None]
    said = "the job was cancelled" if cls.__name__ == "JobCancelled" else "m"
    assert found["error"][0].startswith(f"{cls.__name__}: {said} [/predict of ")
    assert found["may_have_run"] == [may_have_run]


@pytest.mark.parametrize(
    "column",
    [
        [["a.txt"]],
        numpy.array([["a.txt"]]),
        [numpy.array(["a.txt"])],
        pandas.Series([numpy.array(["a.txt"], dtype=object)]),
        pyarrow.array([["a.txt"]]),
    ],
    ids=lambda column: type(column).__name__,
)
def test_paths_in_lists_of_every_library_are_the_callers(column: Any) -> None:
    with wire_api.file_sizes.fake(returns={}) as fake:
        found = OnBatch(wire_api.file_sizes)({"one": ["b.txt"], "several": column})
    assert found["error"] == [None]
    called: Any = fake.calls[0]
    assert [str(file.path) for file in called.several] == ["a.txt"]


@pytest.mark.parametrize("done", [0, 1])
def test_a_batch_that_fails_says_whether_a_row_may_have_run(done: int) -> None:
    rows = done + 1
    batch: dict[str, list[Any]] = {"num1": [1] * rows, "operation": ["add"] * rows}
    fake = predict.fake(returns_each=[3.0] * done + [SchemaDrift("changed")])
    with fake, pytest.raises(SchemaDrift) as stopped:
        OnBatch(predict, concurrency=1)(batch)
    assert stopped.value.may_have_run is bool(done)


def test_what_is_missing_is_left_to_the_default() -> None:
    on_batch = OnBatch(predict)
    assert on_batch({"num1": [None], "operation": ["add"]})["value"] == [None]


class CellsInput(Input):
    number: float = 100
    nullable: float | None = 5
    moment: datetime | date = datetime(2020, 1, 1)
    text: str = "text"


@App("http://127.0.0.1:9", spec="sha256:0", gradio="6").endpoint(
    "/cells", CellsInput, shape="number, number, datetime, textbox -> json"
)
def cells(
    number: float = 100,
    nullable: float | None = 5,
    moment: datetime | date = datetime(2020, 1, 1),
    text: str = "text",
) -> Call[Any]:
    return Call.of(CellsInput, locals())


def inputs_of(do: Callable[[], object]) -> list[Any]:
    with cells.fake(returns=1) as fake:
        do()
        return [call.model_dump() for call in fake.calls]


#: Columns of what is missing, as each library has it.
MISSING: dict[str, Any] = {
    "list": [None],
    "nan": [math.nan],
    "decimal": [Decimal("nan")],
    "pandas.NA": [pandas.NA],
    "pandas.NaT": [pandas.NaT],
    "numpy": numpy.array([math.nan], dtype="f4"),
    "numpy objects": numpy.array([None], dtype=object),
    "numpy moments": numpy.array(["NaT"], dtype="M8[ns]"),
    "masked": numpy.ma.array([1.0], mask=[True]),
    "polars": polars.Series([None]),
    **{
        f"pandas {dtype}": pandas.Series([None], dtype=dtype)
        for dtype in ("object", "float64", "Int64", "boolean", "string", "category")
    },
    "pandas moments": pandas.Series([None], dtype="datetime64[ns]"),
    "arrow": pyarrow.nulls(1),
    "arrow nan": pyarrow.array([math.nan]),
    "arrow dictionary": pyarrow.array([None], pyarrow.string()).dictionary_encode(),
    "arrow chunks": pyarrow.chunked_array([pyarrow.nulls(1)]),
}


@pytest.mark.parametrize(
    "names", [*([name] for name in CellsInput.model_fields), [*CellsInput.model_fields]]
)
@pytest.mark.parametrize("column", MISSING.values(), ids=MISSING)
def test_what_is_missing_is_called_as_by_map(column: Any, names: list[str]) -> None:
    """It is the default of its parameter alone, or None where that is taken."""
    given: dict[str, Any] = {"number": 1, "nullable": 2, "text": "a"}
    given |= dict.fromkeys(names)
    (called,) = inputs_of(lambda: cells.map([given]).run())
    defaults = CellsInput().model_dump()
    left = {name: defaults[name] for name in {*names, "moment"} - {"nullable"}}
    assert called == given | left
    batch = {key: [value] for key, value in given.items()}
    batch |= dict.fromkeys(names, column)
    assert inputs_of(lambda: OnBatch(cells)(batch)) == [called]


@pytest.mark.parametrize(
    "column",
    [
        *(
            numpy.array(["2021-02-03T04:05"], dtype=f"M8[{u}]")
            for u in ("m", "s", "ns")
        ),
        pandas.Series([pandas.Timestamp("2021-02-03T04:05")]),
        pyarrow.array([datetime(2021, 2, 3, 4, 5)]),
    ],
    ids=lambda column: f"{type(column).__name__} {getattr(column, 'dtype', '')}",
)
def test_a_moment_is_one_in_every_column(column: Any) -> None:
    (called,) = inputs_of(lambda: OnBatch(cells)({"moment": column}))
    assert called["moment"] == datetime(2021, 2, 3, 4, 5)


def test_one_app_after_another() -> None:
    names: dict[str, Any] = {
        name: f"second_{name}" for name in ("output", "error", "may_have_run")
    }
    then = OnBatch(predict, columns={"num1": "value"}, **names)
    with predict.fake(compute):
        found = then(OnBatch(predict)(GOOD))
    assert list(found) == [*GOOD, *NEW, *names.values()]
    assert found["second_output"] == [201]


GOOD: dict[str, list[Any]] = {"num1": [1], "operation": ["add"]}
TWICE = pandas.DataFrame([[1, 1, "add"]], columns=["num1", "num1", "operation"])


@pytest.mark.parametrize(
    ("options", "batch", "words"),
    [
        ({}, {"num1": [1]}, "no column 'operation' for operation, but 'num1'"),
        ({"columns": {"num2": "b"}}, GOOD, "no column 'b' for num2"),
        ({}, {**GOOD, "error": [1]}, "has a column 'error' already"),
        ({"output": "num1"}, GOOD, "has a column 'num1' already"),
        ({"columns": {"b": "num2"}}, None, "no parameter is 'b'"),
        ({"output": ["a", "b"]}, None, "output must be 1 names"),
        ({"output": []}, None, "output must be 1 names"),
        ({"output": "error"}, None, "output must be 1 names"),
        ({}, {**GOOD, "num1": [1, 2]}, "differ in length: {'num1': 2, 'operation': 1}"),
        ({}, TWICE, "more than one column 'num1'"),
        (
            {},
            pyarrow.table([[1], [1]], ["num1", "num1"]),
            "more than one column 'num1'",
        ),
    ],
)
def test_what_no_row_could_do_is_said_at_once(
    options: dict[str, Any], batch: Any, words: str
) -> None:
    with predict.fake(compute, optional=True) as fake:
        with pytest.raises(InputError, match=words):
            OnBatch(predict, **options)({} if batch is None else batch)
        assert not fake.calls


#: What each option cannot be.
WRONG: dict[str, list[Any]] = {
    "endpoint": [CalculatorClient(), predict.submit, compute, None, wire_api.noop],
    "columns": [{"b": "num2"}, {None: "a", "b": "c"}, 3],
    "output": [[], ["a", "b"], "error", [3], "\ud800", 3],
    "error": [None, 3, "value", "may_have_run", "\ud800"],
    "may_have_run": [None, 3, "value", "error", "\ud800"],
    "files": [True, 3],
    "concurrency": [0, 1.5, math.nan, math.inf, "8", None],
    "may_repeat": [],
    "patience": [-1, math.nan, "8", None],
}


def test_what_an_option_cannot_be_is_said_when_it_is_made() -> None:
    assert list(WRONG) == list(inspect.signature(OnBatch).parameters)
    for name, values in WRONG.items():
        for value in values:
            with pytest.raises((InputError, TypeError)):
                OnBatch(**{"endpoint": predict, name: value})


@pytest.mark.parametrize(
    "batch",
    [
        [1],
        3,
        polars.DataFrame(GOOD),
        *({**GOOD, "num1": column} for column in (1, "1", b"1", {0: 1}, {1}, None)),
        *({**GOOD, "num1": column} for column in (object(), date(2020, 1, 1))),
    ],
)
def test_what_is_no_batch_is_refused(batch: Any) -> None:
    with pytest.raises(TypeError, match=r"a batch is a mapping|a column is a list"):
        OnBatch(predict)(batch)
    with pytest.raises(TypeError, match="a schema is the features"):
        OnBatch(predict).schema(GOOD)


# ---- what is sent to workers

SECRET = "hf_not-to-be-seen"
#: Settings that are sent. A new one is here or among those that give access.
PLAIN = {known.name for known in fields(Settings)} - {*ACCESS, "token", "hf_token"}


def received(on_batch: OnBatch) -> Any:
    """The endpoint that a copy calls."""
    return pickle.loads(pickle.dumps(on_batch))._target.received()


def test_a_token_stays_here() -> None:
    for client in (CalculatorClient(token=SECRET), CalculatorClient(hf_token=SECRET)):
        assert SECRET.encode() not in pickle.dumps(OnBatch(client.predict))
        # A worker's client looks for a token where it is, as one without any does.
        there = received(OnBatch(client.predict)).__gradio_client__
        assert there._settings.token is None
    with CalculatorClient(token=SECRET).use():
        assert SECRET.encode() not in pickle.dumps(OnBatch(predict))
    assert not {name for name in PLAIN if "token" in name or "auth" in name}
    sent = received(OnBatch(CalculatorClient(token=False).predict))
    assert sent.__gradio_client__.__gradio_account__ is False


@pytest.fixture
def written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], ModuleType]:
    """Make a module by hand, whose text has a token in it."""

    def write(name: str) -> ModuleType:
        path = tmp_path / "by_hand.py"
        path.write_text(Path(calculator.__file__).read_text("utf-8") + f"# {SECRET}")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return write


def test_nor_is_a_token_in_its_module(written: Callable[[str], ModuleType]) -> None:
    client = written("by_hand").CalculatorClient(token=SECRET)
    with pytest.raises(InputError, match="whose module has its token cannot be sent"):
        pickle.dumps(OnBatch(client.predict))


def test_a_program_stays_here(
    written: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = pickle.dumps(OnBatch(written("__main__").predict))
    assert SECRET.encode() not in sent
    received(pickle.loads(sent))
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    _received.clear()
    with pytest.raises(SchemaDrift, match="__main__ has no endpoint predict"):
        pickle.loads(sent)(GOOD)


@pytest.mark.parametrize(
    "endpoint",
    [
        CalculatorClient(ssl_verify=ssl.create_default_context()).predict,
        predict.with_options(result_callbacks=[lambda _: None]),
        predict.with_options(upload_progress=lambda _: None),
    ],
)
def test_what_has_no_pickle_is_said(endpoint: Any) -> None:
    with pytest.raises(InputError, match="that has no pickle"):
        pickle.dumps(OnBatch(endpoint))


GIVEN: dict[str, Any] = {
    "auth": ("user", SECRET),
    "headers": {"x-key": SECRET},
    "oauth_token": SECRET,
    "httpx_kwargs": {"proxy": f"http://u:{SECRET}@127.0.0.1:9"},
}


@pytest.mark.parametrize("name", ACCESS)
def test_what_else_gives_access_is_not_sent(name: str) -> None:
    client: Any = CalculatorClient(**{name: GIVEN[name]})
    with pytest.raises(InputError, match=f"with {name} cannot be sent") as refused:
        pickle.dumps(OnBatch(client.predict))
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "endpoint",
    [
        predict.with_options(headers={"x-key": SECRET}),
        predict.with_options(oauth_token=SECRET),
        CalculatorClient(f"http://user:{SECRET}@127.0.0.1:9").predict,
        CalculatorClient(f"http://127.0.0.1:9/?key={SECRET}").predict,
    ],
)
def test_nor_is_what_comes_with_options_or_the_address(endpoint: Any) -> None:
    with pytest.raises(InputError, match="cannot be sent") as refused:
        pickle.dumps(OnBatch(endpoint))
    assert SECRET not in str(refused.value)


def test_a_copy_does_the_same_and_shares_a_connection() -> None:
    client = CalculatorClient("http://127.0.0.1:9", max_files=3)
    on_batch = OnBatch(
        client.predict.with_options(timeout=3), files="out", output="sum"
    )
    copy = pickle.loads(pickle.dumps(on_batch))
    assert pickle.dumps(copy) == pickle.dumps(on_batch)
    endpoint = received(on_batch)
    assert endpoint is received(copy)
    assert endpoint._options.timeout == 3
    settings = endpoint.__gradio_client__._settings
    assert (settings.max_files, str(settings.download_folder)) == (
        3,
        str(Path("out").absolute()),
    )
    assert endpoint.__gradio_client__.src == "http://127.0.0.1:9"
    with predict.fake(compute):
        assert copy(GOOD) == on_batch(GOOD)


def elsewhere(on_batch: OnBatch, before: str = "") -> str:
    """What a worker prints that has the runtime, but no module of ours."""
    code = f"""
import pickle, sys
from gradio_runtime import GradioError
on_batch = pickle.loads(sys.stdin.buffer.read())
{before}
try:
    on_batch({{"num1": [], "operation": []}})
    module = sys.modules["calculator_elsewhere"]
    with module.predict.fake(returns=3):
        print(pickle.loads(pickle.dumps(on_batch))({GOOD!r})["value"])
except GradioError as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(on_batch),
        capture_output=True,
        cwd=ROOT / "runtime",
        check=False,
    )
    assert not done.stderr, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    source = Path(calculator.__file__).read_text("utf-8")
    (tmp_path / "calculator_elsewhere.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("calculator_elsewhere")
    del sys.modules["calculator_elsewhere"]


@pytest.mark.slow
@pytest.mark.parametrize("folder", [False, True])
def test_a_worker_needs_no_file_of_the_module(
    module: ModuleType, tmp_path: Path, folder: bool
) -> None:
    """Nor does a folder of the same name count as one."""
    before = ""
    if folder:
        (tmp_path / "other" / module.__name__).mkdir(parents=True)
        before = f"sys.path.insert(0, {str(tmp_path / 'other')!r})"
    assert elsewhere(OnBatch(module.predict), before) == "[3.0]"


def test_a_process_takes_the_module_of_today(
    written: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was sent an older one before, as workers are that stay."""
    module = written("by_hand")
    today = Path(str(module.__file__))
    sent = [pickle.dumps(OnBatch(module.predict))]
    text = today.read_text("utf-8").replace(module.predict.app.spec, "sha256:1")
    today.write_text(text, "utf-8")
    assert module.__spec__ is not None
    assert module.__spec__.loader is not None
    module.__spec__.loader.exec_module(module)
    sent.append(pickle.dumps(OnBatch(module.predict)))
    monkeypatch.delitem(sys.modules, "by_hand")
    first, second = (pickle.loads(one)._target for one in sent)
    assert first.received() is not second.received()
    assert second.received().app.spec == "sha256:1"
    assert first.received().app.spec != "sha256:1"


@pytest.mark.slow
def test_a_worker_with_another_module_is_told(
    module: ModuleType, tmp_path: Path
) -> None:
    on_batch = OnBatch(module.predict)
    pickled = pickle.dumps(on_batch)
    other = tmp_path / "other"
    other.mkdir()
    source = Path(calculator.__file__).read_text("utf-8")
    spec = module.predict.app.spec
    (other / "calculator_elsewhere.py").write_text(source.replace(spec, "sha256:0"))
    said = elsewhere(pickle.loads(pickled), f"sys.path.insert(0, {str(other)!r})")
    assert said.startswith(f"{SchemaDrift.__name__} the module calculator_elsewhere is")


def test_a_client_is_like_another_in_all_that_is_sent() -> None:
    client = Client("a/b", max_files=3, on_drift="warn", token=SECRET)
    like = client.__gradio_like__(token=None)
    assert like._settings.of_client == client._settings.of_client | {"token": None}
