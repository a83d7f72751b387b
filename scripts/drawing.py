#!/usr/bin/env python3
"""Draw the house: the layers of both packages, for docs/architecture.md.

`python scripts/drawing.py` writes `docs/house-runtime.svg` and `docs/house-generator.svg`.
The layers are those of the import contracts in `pyproject.toml`; a box has the name of a
module or folder, the first line of its docstring, and the files in it.
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DRAWINGS = {
    "gradio_runtime": (ROOT / "runtime", ROOT / "docs/house-runtime.svg"),
    "gradio_codegen": (ROOT / "codegen", ROOT / "docs/house-generator.svg"),
}
#: What callers may import by name.
PUBLIC = {"batch", "testing", "types", "description", "errors"}
_PUBLIC, _PRIVATE = "#fff4e0", "#eef2f7"
# Sizes in pixels; a character of the small type is about 6 wide.
_WIDTH, _LEFT, _GAP, _LINE, _CHARACTER = 960, 34, 8, 15, 6.2


def layers(package: str) -> list[list[str]]:
    """Return the layers of a package, the highest first, with the modules of each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return next(
        [layer.split(" : ") for layer in contract["layers"]]
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers" and package in contract["containers"]
    )


def drawing(package: str) -> str:
    """Return the SVG of a package."""
    top, parts = _GAP, list[str]()
    for layer in layers(package):
        width = (_WIDTH - _LEFT - _GAP * len(layer)) / len(layer)
        boxes = [(name, list(_lines(package, name, width))) for name in layer]
        height = 30 + _LINE * max(len(lines) for _, lines in boxes)
        for place, (name, lines) in enumerate(boxes):
            left = _LEFT + place * (width + _GAP)
            parts.extend(_box(left, top, width, height, name, lines))
        top += height + _GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" '
        'font-family="sans-serif" text-anchor="middle">'
    )
    return "\n".join(
        [
            head,
            f"<title>The layers of {package}: imports go down only</title>",
            f'<rect width="{_WIDTH}" height="{top}" fill="#ffffff"/>',
            f'<path d="M17 {_GAP} V{top - 18}" stroke="#6b7280" stroke-width="2"/>',
            f'<path d="M11 {top - 20} h12 l-6 12 z" fill="#6b7280"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _lines(package: str, name: str, width: float) -> Iterator[tuple[str, str]]:
    """Yield what a box says below its name: the colour and the text of each line."""
    place = DRAWINGS[package][0] / package / name
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    said = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition(
        "\n"
    )[0]
    characters = int(width / _CHARACTER)
    for line in textwrap.wrap(said.replace("`", "").rstrip("."), characters):
        yield "#1f2933", line
    files = sorted(f.stem for f in place.glob("*.py") if not f.stem.startswith("__"))
    for line in textwrap.wrap(" · ".join(files), characters):
        yield "#5b6875", line


def _box(
    left: float,
    top: int,
    width: float,
    height: int,
    name: str,
    lines: list[tuple[str, str]],
) -> Iterator[str]:
    yield (
        f'<rect x="{left:.0f}" y="{top}" width="{width:.0f}" height="{height}" rx="6" '
        f'fill="{_PUBLIC if name in PUBLIC else _PRIVATE}" stroke="#9aa5b1"/>'
    )
    middle = f"{left + width / 2:.0f}"
    yield (
        f'<text x="{middle}" y="{top + 18}" font-size="14" font-weight="bold">'
        f"{escape(name)}</text>"
    )
    for n, (colour, text) in enumerate(lines):
        yield (
            f'<text x="{middle}" y="{top + 34 + n * _LINE}" font-size="11" '
            f'fill="{colour}">{escape(text)}</text>'
        )


if __name__ == "__main__":
    for package, (_, target) in DRAWINGS.items():
        target.write_text(drawing(package), "utf-8")
