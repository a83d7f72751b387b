"""Apps whose `/info` answers 500: generated, checked and called from `/config` alone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import gradio_codegen
import pytest
from gradio_codegen.api import generate_from
from gradio_codegen.cli import app as cli
from gradio_runtime import Client
from typer.testing import CliRunner

from tests.conftest import StartServer

FAULT = "server fails to describe its API"


@pytest.mark.parametrize("major", [3, 5])
def test_an_app_that_fails_to_describe_its_api(
    start_server: StartServer, tmp_path: Path, major: int
) -> None:
    url = start_server("undescribed", major).url
    path = tmp_path / "undescribed_api.py"
    run = CliRunner()
    made = run.invoke(cli, [url, "-o", str(path)])
    assert made.exit_code == 0
    assert made.stderr.count(FAULT) == 1
    saved = tmp_path / "saved.json"
    for command in (
        ["check", str(path)],
        ["diff", str(path), url],
        ["inspect", url],
        ["save", url, "-o", str(saved)],
    ):
        done = run.invoke(cli, command)
        assert (done.exit_code, done.stderr.count(FAULT)) == (0, 1), command
    again = generate_from(gradio_codegen.read(saved), output=path.name)
    assert again.code == path.read_text("utf-8")
    assert FAULT in again.diagnostics[0].message

    module = imported(path)
    assert "how_often" in path.read_text("utf-8")
    assert module.repeat(text="ab", style="loud") == "loud:abab"
    assert module.size(b"12345") == 5
    assert list(module.spell.stream("abc")) == ["a", "ab", "abc"]

    with Client(url) as client:
        assert client.predict("ab", 3, "soft", api_name="/repeat") == "soft:ababab"
        (tmp_path / "five").write_text("12345")
        assert client.predict(str(tmp_path / "five"), api_name="/size") == 5
        with pytest.warns(RuntimeWarning, match=FAULT):
            assert client.predict(Text="x", api_name="/repeat") == "soft:xx"
        assert "repeat" in str(client.view_api(return_format="str"))


def imported(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
