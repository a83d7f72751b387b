"""`gradio-codegen run` on a real server: rows of files through an endpoint."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.test_cli import fails, run
from tests.support.servers import several

pytestmark = pytest.mark.slow

ROWS = """\
num1,operation,b,note
6,multiply,7,x
1,divide,0,no
,add,1,empty
3,power,1,unknown
"""


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    apps = {"one": "replicas/calculator", "two": "replicas/calculator"}
    with several(apps) as found:
        yield found


@pytest.fixture
def folder(urls: dict[str, str], tmp_path: Path) -> Path:
    """A module, and rows."""
    done = run(urls["one"], "-o", "sums_api.py", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "rows.csv").write_text(ROWS, "utf-8")
    return tmp_path


def lines(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_row_has_a_line(folder: Path) -> None:
    words = ["run", "sums_api:predict", "rows.csv", "--column", "num2=b"]
    done = run(*words, "-o", "out.jsonl", cwd=folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "out.jsonl: 4 rows: 1 done, 3 failed, in " in done.stderr
    found = lines(folder / "out.jsonl")
    assert [row["note"] for row in found] == ["x", "no", "empty", "unknown"]
    assert found[0]["value"] == 42
    for row, part in zip(found[1:], ["zero", "num1", "operation"], strict=True):
        assert part in str(row["error"])


def test_a_run_is_taken_up_again_and_copies_share_it(
    folder: Path, urls: dict[str, str]
) -> None:
    rows = [f"{n},add,1" for n in range(40)]
    text = "\n".join(["num1,operation,num2", *rows[:20]])
    (folder / "many.csv").write_text(text, "utf-8")
    words = ["run", "sums_api:predict", "many.csv", "-o", "out.csv", "--store", "run"]
    words += ["--on", urls["one"], "--on", urls["two"], "--concurrency", "2"]
    done = run(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert {row["src"] for row in lines(folder / "out.csv")} == {*urls.values()}
    (folder / "many.csv").write_text("\n".join([text, *rows[20:]]), "utf-8")
    done = run(*words, "--quiet", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    found = lines(folder / "out.csv")
    assert [float(row["value"]) for row in found] == [n + 1 for n in range(40)]


def test_rows_have_types_where_the_file_has(folder: Path, urls: dict[str, str]) -> None:
    pytest.importorskip("pyarrow")
    row = {"num1": 1, "operation": "add", "num2": 2.5}
    (folder / "rows.jsonl").write_text(f"{json.dumps(row)}\n\n", "utf-8")
    for source, target in (("rows.jsonl", "a.parquet"), ("a.parquet", "b.jsonl")):
        words = ["run", urls["one"], source, "-o", target]
        done = run(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    assert lines(folder / "b.jsonl")[0]["value"] == 3.5


def test_no_app_is_there(folder: Path) -> None:
    words = ["run", "sums_api:predict", "rows.csv", "--column", "num2=b"]
    words += ["--on", "http://127.0.0.1:9", "--patience", "0.5", "-o", "out.csv"]
    fails(3, "no app took a row for 0.5 s", *words, cwd=folder)
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["sums_api:predict", "rows.csv"], 2, "Choose one: --column num2=COLUMN"),
        (["sums_api:predict", "rows.csv", "--column", "num2"], 2, "PARAMETER=COLUMN"),
        (["sums_api:predict", "rows.csv", "--column", "num3=b"], 2, "Did you mean num"),
        (["sums_api:predict", "rows.csv", "--column", "num2=c"], 2, "no column is 'c'"),
        (["sums_api:preduct", "rows.csv"], 2, "Did you mean /predict"),
        (["sums_api:predict", "none.csv"], 2, "none.csv cannot be read"),
        (["sums_api:predict", "rows.txt"], 2, "none of .csv, .jsonl, .parquet"),
        (["none_api:predict", "rows.csv"], 2, "no module none_api"),
        (["sums_api:predict", "good.csv", "-o", "good.csv"], 2, "has the rows"),
        (["sums_api:predict", "good.csv", "-o", "no/o.csv"], 2, "that is not there"),
        (["sums_api:predict", "good.csv", "-o", "folder.csv"], 2, "is a folder"),
        (["sums_api:predict", "good.csv", "-o", f"{'o' * 260}.csv"], 2, "too long"),
        (["sums_api:predict", "good.csv", "--on", "no url"], 3, "nor a Space id"),
        (["sums_api:predict", "twice.csv"], 2, "two columns are called 'num1'"),
        (["sums_api:predict", "deep.jsonl"], 2, "deep.jsonl cannot be read"),
    ],
)
def test_wrong_usage_is_one_line(
    folder: Path, words: list[str], code: int, says: str
) -> None:
    (folder / "folder.csv").mkdir()
    (folder / "good.csv").write_text("num1,operation,num2\n1,add,2\n")
    (folder / "twice.csv").write_text("num1,operation,num2,num1\n1,add,2,3\n")
    (folder / "deep.jsonl").write_text("[" * 100_000)
    fails(code, says, "run", "-o", "out.csv", *words, cwd=folder)
    assert not (folder / "out.csv").exists()


def test_files_as_others_write_them(folder: Path) -> None:
    """A row that has too many cells, or too few, is its own."""
    text = "num1,operation,num2,note\n1,add,1,{note}\n2,add,2,a,b,c\n3,add,1\n"
    whole = text.format(note="x" * 200_000)
    (folder / "ODD.CSV").write_text(whole, "utf-8-sig")
    (folder / "odd.jsonl").write_text(
        '{"num1":1,"operation":"add","num2":1}\n', "utf-8-sig"
    )
    for rows, oks in (("ODD.CSV", [True, False, True]), ("odd.jsonl", [True])):
        words = ["run", "sums_api:predict", rows, "-o", "out.csv", "--timeout", "30"]
        run(*words, cwd=folder)
        csv.field_size_limit(1 << 30)
        found = lines(folder / "out.csv")
        assert [row["error"] == "" for row in found] == oks, found


def test_help_says_what_failed_rows_are() -> None:
    assert "or rows that failed" in " ".join(run("run", "--help").stdout.split())


def test_a_row_that_takes_too_long_has_failed(folder: Path) -> None:
    words = ["run", "sums_api:predict", "rows.csv", "--column", "num2=b"]
    done = run(*words, "-o", "out.jsonl", "--timeout", "0.001", cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "JobTimeout" in str(lines(folder / "out.jsonl")[0]["error"])
