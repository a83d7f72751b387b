"""Whole modules: byte for byte what they were, and clean under both type checkers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from gradio_codegen.api import generate_from
from gradio_codegen.descriptions.spec import dumps, loads
from gradio_codegen.write.check import check_code
from gradio_codegen.write.format import format_code

from .regen import FOLDER, OPTIONS, cases, diagnostics, generate_case
from .support import load

ROOT = FOLDER.parents[1]
OLDER = {"components3", "components4", "components5"}
HINT = "run `python -m tests.codegen.regen` and look at the difference"


# The newest of the large ones stays among the fast tests.
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in OLDER else [])
        for name in cases()
    ],
)
def test_a_module_is_what_it_was(name: str) -> None:
    module = generate_case(name)
    expected = (FOLDER / name / "expected.py").read_text(encoding="utf-8")
    assert module.code == expected, HINT
    noted = (FOLDER / name / "diagnostics.txt").read_text(encoding="utf-8")
    assert diagnostics(module) == noted, HINT


@pytest.mark.parametrize("name", cases())
def test_a_description_is_what_saving_it_gives(name: str) -> None:
    text = (FOLDER / name / "description.json").read_text(encoding="utf-8")
    assert dumps(loads(text, name)) == text


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if "components" in name else [])
        for name in cases()
    ],
)
def test_a_module_can_be_imported_and_declares_only(name: str, tmp_path: Path) -> None:
    code = (FOLDER / name / "expected.py").read_text(encoding="utf-8")
    check_code(code)
    assert format_code(code) == code
    module = load(code, tmp_path, f"golden_{name}_api")
    for public in module.__all__:
        assert hasattr(module, public)
    for model in vars(module).values():
        if isinstance(model, type) and model.__module__ == module.__name__:
            schema = getattr(model, "model_json_schema", None)
            if schema is not None:
                model.model_rebuild()  # type: ignore[attr-defined]
                json.dumps(schema())


@pytest.mark.slow
def test_generating_is_the_same_in_another_process() -> None:
    script = (
        "from tests.codegen.regen import *\nimport sys\n"
        "sys.stdout.reconfigure(encoding='utf-8')\nprint(generate_case('wire6').code)"
    )
    expected = (FOLDER / "wire6" / "expected.py").read_text(encoding="utf-8")
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stdout == expected + "\n"


def test_options_are_in_the_header() -> None:
    code = generate_case("wire4").code
    assert "# options: --exclude=gen_* --nullable-outputs\n" in code
    assert "def gen_text(" not in code
    assert "def agen_text(" in code
    plain = loads((FOLDER / "wire4" / "description.json").read_text("utf-8"), "wire4")
    assert "# options:" not in generate_from(plain).code
    assert set(OPTIONS) <= set(cases())


@pytest.mark.slow
def test_the_modules_are_clean_under_mypy_strict(tmp_path: Path) -> None:
    files = [str(FOLDER / name / "expected.py") for name in cases()]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_modules_are_clean_under_pyright_strict(tmp_path: Path) -> None:
    config = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT / "runtime")],
        "include": [str(FOLDER)],
        "venvPath": str(Path(sys.prefix).parent),
        "venv": Path(sys.prefix).name,
    }
    path = tmp_path / "pyrightconfig.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--warnings", "-p", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_modules_are_clean_under_ruff() -> None:
    files = [str(FOLDER / name / "expected.py") for name in cases()]
    ruff = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--target-version=py311",
    ]
    rules = "E4,E7,E9,F,I,B,UP,ASYNC,RUF022"
    done = subprocess.run(
        [*ruff, f"--select={rules}", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
