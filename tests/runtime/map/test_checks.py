"""The twelve checks of `map`: each is a test here, a table of BATCH.md, or both."""

from __future__ import annotations

from pathlib import Path

from benchmarks.batch.__main__ import CHECKS
from benchmarks.batch.where import PLACES


def test_every_check_is_somewhere() -> None:
    assert {check.number for check in CHECKS} == {
        n for n, p in PLACES.items() if p.measured
    }
    for place in PLACES.values():
        assert place.tests or place.measured or "make " in place.what
        for test in place.tests:
            file, _, name = test.partition("::")
            text = Path(__file__).with_name(f"{file}.py").read_text("utf-8")
            assert f"\ndef {name}(" in text
