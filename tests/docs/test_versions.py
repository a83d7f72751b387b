"""The tables of versions say what the tests of the same names prove."""

from __future__ import annotations

import inspect

from tests.integration import capabilities, test_capabilities
from tests.integration.capabilities import CAPABILITIES, filled


def test_every_row_is_a_test_and_every_test_a_row() -> None:
    rows = [row.test for group in CAPABILITIES for row in group.rows]
    tests = {
        name.removeprefix("test_"): function
        for name, function in vars(test_capabilities).items()
        if name.startswith("test_")
        and function.__module__ == test_capabilities.__name__
    }
    assert sorted(rows) == sorted(tests)
    for name, function in tests.items():
        # Both fixtures stand for every version in turn.
        assert {"place", "client"} & set(inspect.signature(function).parameters), name


def test_notes_name_versions_of_the_table() -> None:
    for group in CAPABILITIES:
        for row in group.rows:
            assert set(row.notes) <= set(capabilities.VERSIONS), row.test


def test_the_page_is_in_step() -> None:
    page = capabilities.PAGE.read_text(encoding="utf-8")
    assert page == capabilities.page(), "python -m tests.integration.capabilities"


def test_the_readme_is_in_step() -> None:
    readme = capabilities.README.read_text(encoding="utf-8")
    assert readme == filled(readme, "versions", capabilities.summary())
