"""What is published: built, installed somewhere else, and used from there."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from tests.conftest import StartServer
from tests.support.audio import write_audio
from tests.support.hub import Account, Hub, Space

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
USE = """
import calculator_api, gradio_codegen, gradio_runtime
for package in (gradio_runtime, gradio_codegen):
    assert "site-packages" in package.__file__, package.__file__
print(calculator_api.predict(6, "multiply", 7))
"""


CALL = """
import sys, whisper_api, gradio_runtime
assert "site-packages" in gradio_runtime.__file__, gradio_runtime.__file__
print(whisper_api.predict(sys.argv[1]))
with whisper_api.WhisperClient.duplicate(token="hf_me") as client:
    print(client, client.predict.submit(sys.argv[1]).result() == whisper_api.predict(sys.argv[1]))
"""


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=None if env is None else os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def uv(*arguments: str | Path, cwd: Path = ROOT) -> str:
    return run(find_uv_bin(), *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels and sdists of both distributions."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--all-packages", "--out-dir", folder)
    return folder


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a venv that has the two wheels, and nothing of the clone."""
    folder = tmp_path_factory.mktemp("installed")
    uv("venv", "--no-project", "--python", sys.executable, folder / "venv", cwd=folder)
    pins = folder / "pins.txt"
    uv(
        *("export", "--quiet", "--locked", "--no-dev", "--no-hashes"),
        *("--no-emit-workspace", "--output-file", pins),
    )
    python = folder / "venv" / "bin" / "python"
    install: list[str | Path] = ["pip", "install", "--python", python, "-c", pins]
    uv(*install, *dist.glob("*.whl"), cwd=folder)
    return python.parent


def test_the_wheels_hold_all_that_is_needed(dist: Path) -> None:
    wheels = {}
    for path in dist.glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            wheels[path.name.split("-")[0]] = set(wheel.namelist())
    assert set(wheels) == {"gradio_codegen", "gradio_runtime"}
    templates = {f"gradio_codegen/templates/{p.name}" for p in template_files()}
    assert templates | {"gradio_codegen/py.typed"} <= wheels["gradio_codegen"]
    # Beside the package: pytest loads it in every run.
    plugin = {"gradio_runtime_pytest.py"}
    assert plugin | {"gradio_runtime/py.typed"} <= wheels["gradio_runtime"]
    wheels["gradio_runtime"] -= plugin
    for name, files in wheels.items():
        assert any(file.endswith("/licenses/LICENSE") for file in files), name
        allowed = (f"{name}/", f"{name}-")
        assert [f for f in files if not f.startswith(allowed)] == []


def test_the_sdists_hold_all_that_is_needed(dist: Path) -> None:
    sdists = {}
    for path in dist.glob("*.tar.gz"):
        with tarfile.open(path) as sdist:
            names = (name.partition("/")[2] for name in sdist.getnames())
            sdists[path.name.split("-")[0]] = set(names)
    assert set(sdists) == {"gradio_codegen", "gradio_runtime"}
    templates = {f"templates/{path.name}" for path in template_files()}
    assert templates | {"LICENSE", "README.md"} <= sdists["gradio_codegen"]
    assert "gradio_runtime_pytest.py" in sdists["gradio_runtime"]
    assert "gradio_runtime/py.typed" in sdists["gradio_runtime"]
    assert "LICENSE" in sdists["gradio_runtime"]


def test_the_installed_command_makes_a_module_that_works_there(
    installed: Path, start_server: StartServer, tmp_path: Path
) -> None:
    command = installed / "gradio-codegen"
    server = start_server("replicas/calculator")
    run(command, "save", server.url, "-o", "calculator.json", cwd=tmp_path)
    run(command, "calculator.json", "-o", "calculator_api.py", cwd=tmp_path)
    assert run(installed / "python", "-c", USE, cwd=tmp_path).strip() == "42"


def test_a_space_is_called_from_there(
    installed: Path, start_server: StartServer, tmp_path: Path
) -> None:
    """As the README begins, in a venv that has the two wheels and no Gradio."""
    write_audio(tmp_path / "audio.wav")
    server = start_server("replicas/whisper")
    with Hub({"abidlabs/whisper": Space(server.url)}, {"hf_me": Account("me")}) as hub:
        env = {
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_OFFLINE": "0",
        }
        command = (installed / "gradio-codegen", "abidlabs/whisper")
        run(*command, "-o", "whisper_api.py", cwd=tmp_path, env=env)
        call = (installed / "python", "-c", CALL, "audio.wav")
        told = run(*call, cwd=tmp_path, env=env).splitlines()
    assert told[0].startswith("This is a test of the whisper speech recognition model")
    assert told[1:] == ["WhisperClient('me/whisper') True"]
    assert hub.spaces["me/whisper"].private


SDK = """
import acme_calculator, gradio_runtime
from importlib.metadata import metadata, requires
assert "site-packages" in acme_calculator.__file__, acme_calculator.__file__
assert metadata("acme-calculator")["Name"] == "acme-calculator"
assert requires("acme-calculator") == [f"gradio-runtime>={gradio_runtime.__version__}"]
print(acme_calculator.predict(6, "multiply", 7))
"""
TYPED = """
from typing_extensions import assert_type
from acme_calculator import AcmeCalculatorClient, predict

assert_type(predict(6, "multiply", 7), float)
assert_type(AcmeCalculatorClient().predict(1, "add", 1), float)
predict(6, "power", 7)
"""


def test_a_package_of_an_app_is_built_installed_and_used(
    installed: Path, start_server: StartServer, tmp_path: Path
) -> None:
    """As a team publishes it: `py.typed` tells its users' mypy the types."""
    command, python = installed / "gradio-codegen", installed / "python"
    server = start_server("replicas/calculator")
    run(command, server.url, "--package", "acme-calculator", cwd=tmp_path)
    uv("build", "acme-calculator", "--out-dir", tmp_path / "dist", cwd=tmp_path)
    inner = {"py.typed", "description.json", "__init__.py"}
    (sdist,) = (tmp_path / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"src/acme_calculator/{name}" for name in inner} <= packed
    assert {"pyproject.toml", "README.md"} <= packed
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as contents:
        names = {n for n in contents.namelist() if ".dist-info/" not in n}
        about = contents.read("acme_calculator-0.1.0.dist-info/METADATA").decode()
    assert names == {f"acme_calculator/{name}" for name in inner}
    assert (tmp_path / "acme-calculator/README.md").read_text() in about
    uv("pip", "install", "--no-deps", "--python", python, wheel, cwd=tmp_path)
    run(command, "check", "acme-calculator", cwd=tmp_path)

    users = tmp_path / "users"
    users.mkdir()
    assert run(python, "-c", SDK, cwd=users).strip() == "42"
    (users / "use.py").write_text(TYPED)
    mypy = [str(python), "-m", "mypy", "--strict", "--no-error-summary", "use.py"]
    said = subprocess.run(mypy, cwd=users, capture_output=True, text=True, check=False)
    (error,) = said.stdout.splitlines()
    assert error.startswith('use.py:7: error: Argument 2 to "__call__"'), said


def template_files() -> list[Path]:
    return [path for path in (ROOT / "templates").iterdir() if path.is_file()]
