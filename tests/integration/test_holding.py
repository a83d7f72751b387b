"""A component that is not Gradio's own and holds files, on a real server."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from gradio_codegen import generate
from gradio_runtime import Client, InputError, handle_file

from tests.codegen.support import load
from tests.conftest import StartServer


@pytest.mark.parametrize("version", [5, 6])
def test_files_within_objects_are_given_as_any_other(
    start_server: StartServer, version: int, tmp_path: Path
) -> None:
    url = start_server("holding", version).url
    api = load(generate(url).code, tmp_path, f"holding_{version}_api")
    path = tmp_path / "a.txt"
    path.write_text("a")

    given = api.MarksInput(image=str(path), more=[path, b"b"], size=np.int64(2))
    result = api.mark(given, "today", Decimal(2))
    assert (result.marks.size, type(result.marks)) == (4, api.Marks)
    assert result.textbox.startswith("['a', 'a', 'b'] ['a.txt', 'a.txt', ")
    assert result.marks.image.read_bytes() == b"a"
    again = api.mark(result.marks, "today", 1)
    assert again.marks.size == 4
    for wrong in (
        (given, date(2026, 1, 2), 1),
        (given, b"today", 1),
        ({"image": str(path), "more": [], "size": 1}, "today", 1),
    ):
        with pytest.raises(InputError):
            api.mark(*wrong)

    with Client(url) as client:
        marks, text = client.predict(
            {"image": path, "more": [handle_file(path), b"b"], "size": np.float32(0.5)},
            *(date(2026, 1, 2), Decimal(4)),
            api_name="/mark",
        )
        assert marks["size"] == 2
        assert text.startswith("['a', 'a', 'b'] ['a.txt', 'a.txt', ")
        assert "2026-01-02" in text
        with pytest.raises(InputError, match="actor: a number takes no date"):
            client.predict({"image": path}, "", date(2026, 1, 2), api_name="/mark")
