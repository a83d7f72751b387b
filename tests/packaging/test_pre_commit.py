"""The hooks for pre-commit, run as pre-commit would run them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.codegen.regen import FOLDER
from tests.codegen.test_cli import ENV
from tests.conftest import StartServer

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
)
CALCULATOR = FOLDER / "calculator" / "description.json"


def hook(name: str) -> dict[str, Any]:
    (found,) = [item for item in HOOKS if item["id"] == name]
    return found


def commit(name: str, folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """Run a hook for a commit of these files."""
    item = hook(name)
    words = shlex.split(item["entry"])
    fitting = [file for file in files if re.search(item["files"], file)]
    assert fitting, "pre-commit would skip the hook"
    # What pip installs for a hook is beside its Python.
    words[0] = str(Path(sys.executable).with_name(words[0]))
    if item.get("pass_filenames", True):
        words += fitting
    return subprocess.run(
        words, cwd=folder, env=ENV, capture_output=True, text=True, check=False
    )


def test_the_hooks_are_what_pre_commit_expects() -> None:
    assert [item["id"] for item in HOOKS] == [
        "gradio-codegen-check",
        "gradio-codegen-sync",
    ]
    for item in HOOKS:
        assert item["language"] == "python"
        assert {"name", "description", "entry"} <= item.keys()
        re.compile(item["files"])
    docs = (ROOT / "docs" / "sync.md").read_text("utf-8")
    assert all(f"- id: {item['id']}" in docs for item in HOOKS)


@pytest.mark.parametrize(
    ("name", "file", "fits"),
    [
        ("gradio-codegen-check", "src/whisper_api.py", True),
        ("gradio-codegen-check", "src/other.py", False),
        ("gradio-codegen-sync", "pyproject.toml", True),
        ("gradio-codegen-sync", "sub/pyproject.toml", True),
        ("gradio-codegen-sync", "my-pyproject.toml", False),
    ],
)
def test_files_that_concern_a_hook(name: str, file: str, fits: bool) -> None:
    assert (re.search(hook(name)["files"], file) is not None) == fits


def test_sync_is_checked(tmp_path: Path) -> None:
    shutil.copy(CALCULATOR, tmp_path / "app.json")
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.gradio-codegen.apps]]\nsource = "app.json"\noutput = "app_api.py"\n'
    )
    done = commit("gradio-codegen-sync", tmp_path, "pyproject.toml", "app_api.py")
    assert done.returncode == 1
    expected = FOLDER / "calculator" / "expected.py"
    shutil.copy(expected, tmp_path / "app_api.py")
    done = commit("gradio-codegen-sync", tmp_path, "pyproject.toml", "app_api.py")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_modules_are_checked(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server("growing")
    words = [sys.executable, "-m", "gradio_codegen", server.url, "-o", "growing_api.py"]
    subprocess.run(words, cwd=tmp_path, env=ENV, check=True)
    done = commit("gradio-codegen-check", tmp_path, "growing_api.py", "other.py")
    assert done.returncode == 0, done.stderr
    server.stop()
    port = server.url.rpartition(":")[2]
    start_server("growing", env={"GROWN": "1", "PORT": port})
    done = commit("gradio-codegen-check", tmp_path, "growing_api.py")
    assert done.returncode == 1
    assert "/translate" in done.stdout
