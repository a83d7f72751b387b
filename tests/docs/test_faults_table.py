"""Every test that docs/faults.md names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "faults.md"


def named() -> list[str]:
    """The last cell of each row that names a test."""
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line[:1] == "|"]
    cells = [row.strip("| ").rpartition("|")[2].strip() for row in rows]
    return [cell.strip("`") for cell in cells if cell.startswith("`test_")]


def existing() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "tests" / "runtime").rglob("test_*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return names


def test_each_named_test_exists() -> None:
    assert len(named()) > 60
    assert set(named()) <= existing()


def test_each_row_names_one() -> None:
    text = TABLE.read_text("utf-8")
    rows = re.findall(r"^\|(?!-)(?!\s*fault\b)(?! \| test).*\|$", text, re.MULTILINE)
    assert [row for row in rows if "`test_" not in row] == []
