"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "runtime"
FIXTURE = """
    from tests.golden.calculator.expected import predict

    def test_call(gradio_offline):
        predict(1, "add")

    def test_faked(gradio_offline):
        with predict.fake(returns=3):
            assert predict(1, "add") == 3
"""
INI = """
    import pytest
    from tests.golden.calculator.expected import predict

    def test_call():
        predict(1, "add")

    @pytest.fixture(scope="session")
    def shared():
        return predict(1, "add")

    def test_with_a_fixture(shared):
        pass
"""
UNUSED = """
    import sys

    def test_the_plugin_is_there(pytestconfig):
        assert pytestconfig.getini("gradio_offline") is False
        assert pytestconfig.pluginmanager.has_plugin("gradio_runtime_pytest")

    def test_nothing_else_is():
        assert not [n for n in sys.modules if n.split(".")[0] == "gradio_runtime"]
        assert "pydantic" not in sys.modules
"""
SAID = "FakeError: offline: gradio/calculator"


def run(folder: Path, code: str, *options: str) -> str:
    (folder / "test_it.py").write_text(textwrap.dedent(code), "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    path = os.pathsep.join(map(str, (ROOT, RUNTIME, os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "gradio_runtime_pytest"),
            *("-q", "-p", "no:cacheprovider", *options, "test_it.py"),
        ],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "options", "said"),
    [
        (FIXTURE, [], ["1 failed, 1 passed", SAID]),
        (INI, ["-o", "gradio_offline=true"], ["1 failed, 1 error", SAID]),
        (UNUSED, [], ["2 passed"]),
    ],
    ids=["fixture", "ini", "unused"],
)
def test_the_plugin(
    tmp_path: Path, code: str, options: list[str], said: list[str]
) -> None:
    output = run(tmp_path, code, *options)
    for text in said:
        assert text in output


def test_pytest_finds_it() -> None:
    project = tomllib.loads((RUNTIME / "pyproject.toml").read_text("utf-8"))
    (module,) = project["project"]["entry-points"]["pytest11"].values()
    assert (RUNTIME / f"{module}.py").exists()
