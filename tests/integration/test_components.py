"""Every component of Gradio there and back: generated, checked, called.

`tests/apps/components` on each major version; the calls are in `component_trips.py`.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests.integration.component_trips import TRIPS
from tests.integration.trips import MP4, OBJ, PNG, TEXT, Trip, exactly, tone
from tests.support.environments import VERSIONS
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Generated:
    """The module of the app on one version, and the server that it calls."""

    module: ModuleType
    server: GradioServer

    @property
    def endpoints(self) -> set[str]:
        """The module's functions."""
        members = vars(self.module)
        return {
            name
            for name in self.module.__all__
            if hasattr(members[name], "submit") and hasattr(members[name], "call")
        }


@pytest.fixture(
    scope="module", params=sorted(VERSIONS), ids=lambda major: f"gradio{major}"
)
def generated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generated]:
    """The module that the command makes of the app, once per version."""
    folder = tmp_path_factory.mktemp("generated")
    name = f"components{request.param}_api"
    with GradioServer("components/app", request.param) as server:
        made = subprocess.run(
            [
                *(sys.executable, "-m", "gradio_codegen", server.url),
                *("-o", f"{name}.py", "--typecheck"),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        sys.path.insert(0, str(folder))
        try:
            yield Generated(importlib.import_module(name), server)
        finally:
            sys.path.remove(str(folder))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that the trips name, in the folder that they start from."""
    contents = {"txt": TEXT, "png": PNG, "mp4": MP4, "obj": OBJ, "wav": tone()}
    for suffix, content in contents.items():
        (tmp_path / f"a.{suffix}").write_bytes(content)
    monkeypatch.chdir(tmp_path)


def test_pyright_finds_nothing(generated: Generated, tmp_path: Path) -> None:
    """mypy --strict has been satisfied by the command, with --typecheck."""
    source = Path(str(generated.module.__file__))
    (tmp_path / source.name).write_text(source.read_text())
    config = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    pyright = subprocess.run(
        [
            *(sys.executable, "-m", "pyright", "--outputjson"),
            *("--pythonpath", sys.executable),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(pyright.stdout)["generalDiagnostics"] == []


def test_no_endpoint_is_left_out(generated: Generated) -> None:
    """Neither by the module, nor by the trips."""
    major = generated.server.major
    covered = {t.endpoint for t in TRIPS if t.since <= major <= t.until}
    assert generated.endpoints == covered


@pytest.mark.parametrize("journey", TRIPS, ids=str)
def test_round_trip(generated: Generated, journey: Trip) -> None:
    if not journey.since <= generated.server.major <= journey.until:
        pytest.skip("behaves otherwise on this version")
    function = getattr(generated.module, journey.endpoint)
    if isinstance(journey.gives, type) and issubclass(journey.gives, Exception):
        with pytest.raises(journey.gives):
            function(*journey.args)
        return
    result = function(*journey.args)
    if callable(journey.gives):
        assert journey.gives(result), result
    else:
        assert exactly(result, journey.gives), result
