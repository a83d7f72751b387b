"""Descriptions that mean harm: refused with the place, or a module that only declares.

`judge` says what must hold. The slow test goes through two thousand descriptions; what
it, or Hypothesis, ever found is kept in `corpus/`, as are the simplest examples of
each kind of attack, and replayed by the fast tests.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from gradio_codegen.errors import Diagnostic, SpecError
from gradio_codegen.options import BuildOptions
from hypothesis import HealthCheck, given, settings

from .judge import check_import, check_tree, judge
from .strategies import CANARY, DESCRIPTIONS, description, large

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = sorted((HERE / "corpus").glob("*.json"))
#: Those that take seconds.
LONG = {"ref-doubling-tuples", "schema-wide-union"}
#: In each chunk; there are ten.
MANY = 200


def options(seed: int) -> BuildOptions:
    return BuildOptions(all_endpoints=seed % 2 == 0, nullable_outputs=seed % 3 == 0)


# --- The judge itself


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import system",
        "from pydantic import Field as F",
        "print('x')",
        "x = [i for i in ()]",
        "x: TypeAlias = (lambda: 1)()",
        "class A(Model):\n    x: int = open('x')",
        "class A(Model):\n    x: int = ''.join(())",
        "def f() -> Call[int]:\n    return Call(A().__class__)",
        "Field = 1",
        "@_app.app\ndef f(): pass",
    ],
)
def test_the_judge_sees_what_is_no_declaration(line: str) -> None:
    good = (HERE.parent / "golden/calculator/expected.py").read_text(encoding="utf-8")
    check_tree(good)
    with pytest.raises(AssertionError):
        check_tree(f"{good}\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "open('/dev/null')",
        "__import__('antigravity')",
        "__import__('os').system('true')",
        "__import__('os').environ['X'] = '1'",
        "__import__('socket').socket()",
        "__import__('warnings').warn('x')",
    ],
)
def test_the_judge_sees_what_an_import_does(line: str) -> None:
    with pytest.raises((AssertionError, UserWarning)):
        check_import(f"__all__ = []\n{line}\n")
    check_import("__all__ = []\n")


def test_the_judge_sees_the_canary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CANARY, "1")
    with pytest.raises(AssertionError):
        check_import("__all__ = []\n")


# --- Generated


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(DESCRIPTIONS)
def test_any_description(raw: tuple[Any, Any]) -> None:
    judge(*raw, formatted=False)


@pytest.mark.parametrize("seed", range(0, 80, 10))
def test_any_description_to_the_end(seed: int) -> None:
    for number in range(seed, seed + 10):
        judge(*description(Random(number)), options(number), formatted=number % 5 == 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_any_description_of_many_endpoints(seed: int) -> None:
    judge(*large(Random(seed)), options(seed))


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(10))
def test_thousands_of_descriptions(chunk: int) -> None:
    accepted = 0
    for seed in range(chunk * MANY, (chunk + 1) * MANY):
        raw = description(Random(seed))
        try:
            code = judge(*raw, options(seed), formatted=seed % 8 == 0)
        except BaseException as error:
            error.add_note(f"of description(Random({seed}))")
            raise
        accepted += code is not None
    # Else most of the generator was never reached.
    assert accepted > MANY // 2


@pytest.mark.slow
def test_fifty_descriptions_of_many_endpoints() -> None:
    for seed in range(50):
        judge(*large(Random(seed)), options(seed), formatted=seed % 5 == 0)


# --- Kept


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.slow] if path.stem in LONG else [])
        for path in CORPUS
    ],
    ids=lambda path: path.stem,
)
def test_a_kept_description(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    code = judge(document["config"], document["info"], BuildOptions(all_endpoints=True))
    assert ("refused" if code is None else "accepted") == document["expected"]


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 25
    assert {json.loads(p.read_text("utf-8"))["expected"] for p in CORPUS} == {
        "accepted",
        "refused",
    }


# --- What is said


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31mb", "a\u2028b", "x" * 10**6])
def test_messages_are_short_printable_lines(text: str) -> None:
    error = SpecError(f"config.{text}", f"bad {text}")
    for message in (str(error), error.place, str(Diagnostic("error", text, text))):
        assert message.isprintable()
        assert len(message) <= 1500


# --- Under the type checkers


@pytest.fixture(scope="module")
def accepted_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adversarial")
    seed, count = 0, 0
    while count < 150:
        seed += 1
        code = judge(
            *description(Random(seed)), options(seed), formatted=count % 3 == 0
        )
        if code is not None:
            count += 1
            (folder / f"adversarial_{seed}.py").write_text(code, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_accepted_modules_are_clean_under_mypy_strict(accepted_modules: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull]
    done = subprocess.run(
        [*command, str(accepted_modules)],
        env={**os.environ, "MYPYPATH": str(ROOT / "runtime")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_accepted_modules_are_clean_under_pyright_strict(
    accepted_modules: Path,
) -> None:
    config = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT / "runtime")],
        "include": ["*.py"],
        "venvPath": str(Path(sys.prefix).parent),
        "venv": Path(sys.prefix).name,
    }
    path = accepted_modules / "pyrightconfig.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--warnings", "-p", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_is_plain_text() -> None:
    """Nothing that hides itself: what one reads is what Python reads."""
    for seed in range(40):
        code = judge(*description(Random(seed)), formatted=False)
        for node in ast.walk(ast.parse(code or '""')):
            if isinstance(node, ast.Name):
                assert node.id.isidentifier()
