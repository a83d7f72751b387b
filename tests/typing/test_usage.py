"""Every mistake in `usage.py` is caught by both type checkers, and nothing else is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
USAGE = Path(__file__).with_name("usage.py")


def prepared(folder: Path) -> tuple[Path, set[int]]:
    """The file without what hides it from `make check`, and its wrong lines."""
    first, _, text = USAGE.read_text(encoding="utf-8").partition("\n")
    assert first == "# mypy: ignore-errors"
    path = folder / "usage_of_calculator.py"
    path.write_text(f"\n{text}", encoding="utf-8")
    lines = f"\n{text}".splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if "# wrong: " in line}
    assert len(wrong) > 25
    return path, wrong


@pytest.mark.slow
def test_mypy_catches_every_mistake(tmp_path: Path) -> None:
    path, wrong = prepared(tmp_path)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary"]
    done = subprocess.run(
        [*command, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(rf"^.*{path.name}:(\d+): error: .*$", done.stdout, re.MULTILINE)
    assert {int(line) for line in found} == wrong, done.stdout
    assert done.stdout.count(": error: ") == len(found), done.stdout


@pytest.mark.slow
def test_pyright_catches_every_mistake(tmp_path: Path) -> None:
    path, wrong = prepared(tmp_path)
    config = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "include": [str(path)],
        "extraPaths": [str(ROOT), str(ROOT / "runtime")],
        "venvPath": str(Path(sys.prefix).parent),
        "venv": Path(sys.prefix).name,
        # A line that does nothing is not what this is about.
        "reportUnusedExpression": False,
        "reportUnusedCoroutine": False,
    }
    settings = tmp_path / "pyrightconfig.json"
    settings.write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "-p", str(settings)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    found = {
        item["range"]["start"]["line"] + 1
        for item in report["generalDiagnostics"]
        if item["severity"] == "error"
    }
    assert found == wrong, done.stdout
