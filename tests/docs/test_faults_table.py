"""Every test that docs/faults.md and docs/security.md name exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS, THREATS = ROOT / "docs" / "faults.md", ROOT / "docs" / "security.md"
pages = pytest.mark.parametrize("page", [FAULTS, THREATS], ids=lambda page: page.stem)


def named(page: Path) -> list[str]:
    """The tests that the last cell of each row names."""
    rows = [line for line in page.read_text("utf-8").splitlines() if line[:1] == "|"]
    cells = [row.strip("| ").rpartition("|")[2] for row in rows]
    return [name for cell in cells for name in re.findall(r"`(test_\w+)`", cell)]


@cache
def existing() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return names


@pages
def test_each_named_test_exists(page: Path) -> None:
    assert len(named(page)) > 20
    assert set(named(page)) <= existing()


def test_each_row_names_one() -> None:
    text = FAULTS.read_text("utf-8")
    rows = re.findall(r"^\|(?!-)(?!\s*fault\b)(?! \| test).*\|$", text, re.MULTILINE)
    assert len(rows) > 20
    assert [row for row in rows if "`test_" not in row] == []
