"""Where each of the checks is: in a test, or in a table of BATCH.md."""

from __future__ import annotations

from benchmarks.report import Table

#: Each check, and the tests of it; those without one are measured only.
TESTS: dict[str, tuple[str, ...]] = {}


def where() -> Table:
    """The checks and their tests."""
    return Table("Where each check is", "", ("",), ())
