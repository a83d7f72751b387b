"""What is imported is declared, with a lower bound, by whoever imports it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen.decide.names import IMPORTS

ROOT = Path(__file__).parents[2]
#: Packages of a distribution that has another name, or comes with a declared one.
NAMES = {
    "httpcore2": "httpx2",
    "PIL": "gradio",
    "opentelemetry": "opentelemetry-api",
    "pydantic_core": "pydantic",
    "wsproto": "httpx2",
}
#: What a user may have and is taken from `sys.modules`, or is being generated.
GUESTS = {"demo_api", "numpy", "pandas", "polars"}


def imported(folder: Path) -> Iterator[str]:
    """The packages that the code of a folder imports, the conditional ones too."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Import(names=names):
                    yield from (name.name.partition(".")[0] for name in names)
                case ast.ImportFrom(module=str(module), level=0):
                    yield module.partition(".")[0]
                case _:
                    pass


def declared(pyproject: Path) -> dict[str, str]:
    """The requirements of a distribution, by name, those of its extras too."""
    project: Any = tomllib.loads(pyproject.read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    lines: list[str] = [line for group in groups for line in group]
    return {re.split(r"[^\w-]", line)[0]: line for line in lines}


@pytest.mark.parametrize("folder", ["codegen/gradio_codegen", "runtime/gradio_runtime"])
def test_every_import_is_declared(folder: str) -> None:
    place = ROOT / folder
    home = ROOT if "codegen" in folder else place.parent
    known = declared(home / "pyproject.toml")
    found = set(imported(place)) - sys.stdlib_module_names - GUESTS - {place.name}
    needed = {NAMES.get(name, name.replace("_", "-")) for name in found}
    assert needed
    assert needed <= known.keys()
    assert all(re.search("[>=]=", line) for line in known.values())


def test_a_generated_module_needs_the_runtime_only() -> None:
    """What else it imports comes with the runtime, of a version that will do."""
    known = declared(ROOT / "runtime" / "pyproject.toml")
    roots = {name.partition(".")[0] for name in IMPORTS.values()}
    others = roots - sys.stdlib_module_names - {"gradio_runtime"}
    assert others == {"pydantic"}
    assert others <= known.keys()


def test_the_extra_for_sockets_still_has_its_name() -> None:
    """`gradio-runtime[ws]` stands in requirements of 0.1; what it brought is plain now."""
    project = tomllib.loads((ROOT / "runtime/pyproject.toml").read_text("utf-8"))
    assert project["project"]["optional-dependencies"]["ws"] == []
    assert any(
        name.startswith("httpx2[ws]") for name in project["project"]["dependencies"]
    )
