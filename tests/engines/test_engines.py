"""Each engine gives what `map` gives, on a small cluster of its own and a real server."""

from __future__ import annotations

import importlib.util
import io
import pickle
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

import pyarrow  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
import pytest
from gradio_runtime import AppError, Done, Failed, File
from gradio_runtime.batch import OnBatch

from generated_examples import calculator_api
from tests.docs.snippets import blocks
from tests.engines.engines import BATCH, ENGINES, Engine, package
from tests.runtime import wire_api
from tests.support.servers import GradioServer, several

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
Rows = list[dict[str, Any]]

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(
    scope="module", params=ENGINES, ids=lambda engine: type(engine).__name__
)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Each engine, in a folder of its own, as that of a JVM cannot change."""
    engine: Engine = request.param
    with chdir(tmp_path_factory.mktemp("engine")), engine.running():
        yield engine


@pytest.fixture(scope="module")
def client(engine: Engine, request: pytest.FixtureRequest) -> Any:
    """A client of a module that no worker can import; its server is for engines alone."""
    server: GradioServer = request.getfixturevalue("gradio6")
    name = "wire_of_the_caller"
    spec = importlib.util.spec_from_file_location(name, wire_api.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WireClient(server.url, token="hf_not-to-be-sent")


@pytest.fixture
def calculator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the app that the page calls."""
    monkeypatch.setitem(sys.modules, "calculator_api", calculator_api)
    with several({"calculator": "replicas/calculator"}) as urls:
        yield calculator_api.CalculatorClient(urls["calculator"])


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Callable[[OnBatch, Rows], Rows]:
    def run(on_batch: OnBatch, rows: Rows) -> Rows:
        source, target = tmp_path / "rows", tmp_path / "out"
        source.mkdir()
        for start in range(0, len(rows), BATCH):
            table = pyarrow.Table.from_pylist(rows[start : start + BATCH])
            pyarrow.parquet.write_table(table, source / f"{start:03}.parquet")
        engine.do(on_batch, source, target)
        return read(target)

    return run


def read(target: Path) -> Rows:
    """The rows of a folder of Parquet files, which are of the same types."""
    tables = [pyarrow.parquet.read_table(path) for path in target.glob("*.parquet")]
    assert len({str(types(table)) for table in tables}) == 1
    return sorted(pyarrow.concat_tables(tables).to_pylist(), key=lambda row: row["id"])


def types(table: Any) -> dict[str, str]:
    return {
        field.name: str(field.type).removeprefix("large_") for field in table.schema
    }


FAILING = {
    "first": range(BATCH),
    "last": range(2 * BATCH, 3 * BATCH),
    "some": range(1, 3 * BATCH, 4),
    "all": range(3 * BATCH),
    "none": range(0),
}


@pytest.mark.parametrize("failing", FAILING.values(), ids=FAILING)
def test_it_gives_what_map_gives(
    run: Callable[[OnBatch, Rows], Rows], client: Any, failing: range
) -> None:
    rows: Rows = [
        {"id": n, "a": n, "operation": "divide", "divisor": 0 if n in failing else 4}
        for n in range(3 * BATCH)
    ]
    found = run(OnBatch(client.calculator, columns={"b": "divisor"}), rows)
    results = client.calculator.map(
        rows, lambda row: client.calculator.call(row["a"], "divide", row["divisor"])
    )
    for row, result, seen in zip(rows, results, found, strict=True):
        assert seen == row | {
            "value": result.value if isinstance(result, Done) else None,
            "error": f"AppError: {result.error}"
            if isinstance(result, Failed)
            else None,
            "may_have_run": True if isinstance(result, Failed) else None,
        }


def test_several_outputs_have_columns(
    run: Callable[[OnBatch, Rows], Rows], client: Any, tmp_path: Path
) -> None:
    names = ["said", "length", "any"]
    rows = [{"id": n, "text": "é" * n} for n in range(2 * BATCH)]
    found = run(OnBatch(client.many_outputs, output=names), rows)
    results = client.many_outputs.map(
        [row["text"] for row in rows], client.many_outputs.call
    )
    assert [tuple(row[name] for name in names) for row in found] == [
        value.astuple() for value in results.values()
    ]
    (known, *_) = (tmp_path / "out").glob("*.parquet")
    kinds = types(pyarrow.parquet.read_table(known))
    assert [kinds[name] for name in names] == ["string", "double", "bool"]


@pytest.mark.parametrize("where", ["url", "folder"])
def test_files_are_where_the_cell_says(
    run: Callable[[OnBatch, Rows], Rows], client: Any, tmp_path: Path, where: str
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    rows: Rows = [
        {"id": n, "value": str(tmp_path / f"{n}.txt")} for n in range(2 * BATCH)
    ]
    for row in rows[1:]:
        Path(row["value"]).write_text(str(row["id"]))
    files = folder if where == "folder" else None
    first, *found = run(OnBatch(client.file, output="file", files=files), rows)
    assert first["file"] is None
    assert "0.txt: No such file" in first["error"]
    assert first["may_have_run"] is False
    for row in found:
        assert row["error"] is None
        if where == "folder":
            assert Path(row["file"]).is_relative_to(folder)
            assert Path(row["file"]).read_text() == str(row["id"])
        else:
            with urllib.request.urlopen(row["file"]) as answer:
                assert answer.read() == str(row["id"]).encode()


def test_a_run_that_stops_fails(
    run: Callable[[OnBatch, Rows], Rows], client: Any
) -> None:
    away = type(client)("http://127.0.0.1:9")
    on_batch = OnBatch(away.echo, patience=0.1)
    with pytest.raises(Exception, match="The run has stopped: no app took a row"):
        run(on_batch, [{"id": 0, "text": "a"}])


def test_datasets_keeps_what_was_done(tmp_path: Path) -> None:
    """Also failed rows, and for another process: what it knows a batch by is the same."""
    datasets = package("datasets")
    pyarrow.parquet.write_table(pyarrow.table({"text": ["a", "b"]}), tmp_path / "rows")
    for again in (False, True):
        ds = datasets.Dataset.from_parquet(
            str(tmp_path / "rows"), cache_dir=str(tmp_path / "cache")
        )
        on_batch = pickle.loads(pickle.dumps(OnBatch(wire_api.echo)))
        with wire_api.echo.fake(raises=AppError("no"), optional=again) as fake:
            features = on_batch.schema(ds.features)
            done = ds.map(on_batch, batched=True, features=features)
        assert done["may_have_run"] == [True, True]
        assert len(fake.calls) == (0 if again else 2)


def test_recordings_in_a_dataset_are_bytes() -> None:
    """As the page says, of a column that would be decoded else."""
    datasets = package("datasets")
    sound = {"bytes": b"RIFF", "path": "a.wav"}
    ds = datasets.Dataset(pyarrow.table({"audio": [sound]}))
    ds = ds.cast_column("audio", datasets.Audio())
    ds = ds.cast_column("audio", datasets.Audio(decode=False)).flatten()
    on_batch = OnBatch(wire_api.file, columns={"value": "audio.bytes"}, output="file")
    with wire_api.file.fake(returns=File(url="http://127.0.0.1/a")) as fake:
        ds.map(on_batch, batched=True, features=on_batch.schema(ds.features))
    sent: Any = fake.calls[0].value
    assert sent.read_bytes() == b"RIFF"


# ---- docs/scale.md

#: What each engine's part of the page says, besides how it is called.
SAID = ("Twice", "Token", "Limits", "Checkpoint")
SECTIONS = dict(re.findall(r"^## (.+)\n(?s:(.*?))(?=^## |\Z)", PAGE.read_text(), re.M))


def test_the_page_has_each_engine() -> None:
    titles = list(dict.fromkeys(engine.title for engine in ENGINES))
    assert list(SECTIONS)[-len(titles) :] == titles
    for title in titles:
        assert re.findall(r"^- \*\*(\w+)\*\*", SECTIONS[title], re.M) == list(SAID)


def test_the_page_runs(engine: Engine, calculator: Any) -> None:
    if "title" not in vars(type(engine)):
        pytest.skip("a variant of an engine has no part of its own")
    (block,) = [b for b in blocks(PAGE) if b.code in SECTIONS[engine.title]]
    rows: Rows = [{"num1": n, "operation": "add", "num2": n} for n in range(12)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), "rows.parquet")
    printed = io.StringIO()
    with calculator.use(everywhere=True), redirect_stdout(printed):
        exec(compile(block.code, block.where, "exec"), {})
    assert printed.getvalue().splitlines() == block.printed
