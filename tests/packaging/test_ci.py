"""The workflow of GitHub Actions names what there is, and may do no more than it must."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
WORKFLOW: dict[str, Any] = yaml.safe_load(TEXT)
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
STEPS = [step for job in JOBS.values() for step in job["steps"]]
RUN = "\n".join(step["run"] for step in STEPS if "run" in step)

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")


def made(*targets: str) -> str:
    """What make would run."""
    return subprocess.run(
        ["make", "-n", *targets], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("project", ["pyproject.toml", "runtime/pyproject.toml"])
def test_pythons_are_those_of_the_classifiers(project: str) -> None:
    described = tomllib.loads((ROOT / project).read_text("utf-8"))["project"]
    prefix = "Programming Language :: Python :: "
    classified = {
        found[1]
        for line in described["classifiers"]
        if (found := re.fullmatch(rf"{prefix}(3\.\d+)", line))
    }
    assert set(JOBS["linux"]["strategy"]["matrix"]["python"]) == classified
    for job in JOBS.values():
        assert set(job["strategy"]["matrix"]["python"]) <= classified
    assert described["requires-python"] == f">={min(classified, key=_minor)}"


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


@needs_make
def test_make_has_each_target() -> None:
    targets = re.findall(r"\bmake (?:[A-Z]+=\S+(?: \S+ \}\})? )*([a-z-]+)$", RUN, re.M)
    assert targets == ["test", "integrations", "engines", "fast"]
    for target in targets:
        assert made(target)


@needs_make
def test_windows_runs_what_make_fast_runs() -> None:
    (options,) = re.findall(r" -m pytest (.+?)\s*$", made("fast"), re.MULTILINE)
    assert f" -m pytest {options}" in RUN
    wanted = {"--locked", "--all-extras", "--all-packages"}
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in (makefile, RUN):
        syncs = re.findall(r"uv sync (.*)", line)
        assert syncs
        assert all(wanted <= set(sync.split()) for sync in syncs)


def test_actions_are_pinned_and_allowed_little() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [
        name for name in used if not re.fullmatch(r"actions/\w[\w-]*@v\d+", name)
    ] == []
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in JOBS.values())
    assert "secrets" not in TEXT
    for step in STEPS:
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
