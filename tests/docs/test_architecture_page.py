"""docs/architecture.md shows the layers that hold, and names what is there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
DRAWING: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "drawing.py"))
PACKAGES: dict[str, tuple[Path, Path]] = DRAWING["DRAWINGS"]
#: A path in code type, such as `_api/app.py` or `gradio_codegen/options.py`.
PATH = re.compile(r"`((?:[a-z_]+/)+[a-z_]*(?:\.py)?|[a-z_]+\.py)`")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_drawing_is_in_step(package: str) -> None:
    target = PACKAGES[package][1]
    drawing: str = DRAWING["drawing"](package)
    assert target.read_text("utf-8") == drawing, "run scripts/drawing.py"
    assert f"]({target.name})" in PAGE


def test_each_path_is_there() -> None:
    places = (ROOT, *(base / name for name, (base, _) in PACKAGES.items()))
    places += tuple(base for base, _ in PACKAGES.values())
    places += (ROOT / "runtime/gradio_runtime/_queue",)
    paths = PATH.findall(PAGE)
    assert len(paths) > 30
    for path in paths:
        assert any((place / path).exists() for place in places), path


def test_the_wings_are_the_layers() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    layers: list[list[str]] = DRAWING["layers"]("gradio_runtime")
    assert rows == [name for layer in layers for name in layer]
