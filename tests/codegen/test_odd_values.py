"""Odd numbers, texts and depths in a description: a module, or one line that says why."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from gradio_codegen.cli import main

from tests.runtime.trust.test_odd_values import ODD, places, with_odd

from .regen import FOLDER

SAVED = json.loads((FOLDER / "calculator" / "description.json").read_text("utf-8"))
PLACES = list(places(SAVED))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(ODD), 5))
def test_no_description_is_a_fault_of_ours(
    first: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At every place one value after the other; never the exit code of a bug."""
    saved, target = tmp_path / "app.json", tmp_path / "app_api.py"
    values = itertools.islice(itertools.cycle(ODD.values()), first, None)
    for place, odd in zip(PLACES, values, strict=False):
        saved.write_bytes(with_odd(SAVED, place, odd))
        target.unlink(missing_ok=True)
        with pytest.raises(SystemExit) as left:
            main([str(saved), "-o", str(target), "-q"])
        code = left.value.code
        said = capsys.readouterr().err
        assert code in {0, 3}, (place, odd[:40], said)
        assert (code == 0) is target.exists()
        assert all(line.isprintable() and len(line) < 2000 for line in said.split("\n"))
