"""The site is built without a warning, whole, and needs nothing from elsewhere.

Broken links, headings that are not there and pages without a place in the navigation
are warnings, and those are errors.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from gradio_codegen import cli
from sphinx.util.inventory import InventoryFile

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make docs` builds, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q"),
            *("-b", "html", "docs", str(folder)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_make_docs_builds_the_same() -> None:
    done = subprocess.run(
        ["make", "-n", "docs"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "-m sphinx -E -W --keep-going -q -b html docs build/docs" in done.stdout


def test_code_can_be_copied_and_pictures_are_there(site: Path) -> None:
    front = (site / "index.html").read_text("utf-8")
    scripts: list[str] = re.findall(r'<script src="(_static/[^"?]+)', front)
    assert any("copybutton" in name for name in scripts)
    for name in (*scripts, "_images/editor.svg"):
        assert (site / name).is_file(), name
    assert 'src="_images/editor.svg"' in front


@pytest.mark.parametrize(
    "package",
    [
        "gradio_runtime",
        "gradio_runtime.batch",
        "gradio_runtime.testing",
        "gradio_runtime.types",
        "gradio_codegen",
    ],
)
def test_the_reference_has_every_public_name(site: Path, package: str) -> None:
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    listed = {
        name.rpartition(".")[2]
        for kind, names in inventory.items()
        if kind.startswith("py:")
        for name in names
    }
    public = set(importlib.import_module(package).__all__) - {"__version__"}
    assert public - listed == set()


def test_the_command_lines_page_has_every_command_and_option(site: Path) -> None:
    page = (site / "reference" / "cli.html").read_text("utf-8")
    group = typer.main.get_command(cli.app)
    commands = vars(group)["commands"]
    assert {"generate", "inspect", "save", "demo"} <= set(commands)
    for name, command in commands.items():
        assert command.hidden or f"gradio-codegen {name}" in page
        for param in command.params:
            assert param.metavar in page if param.name == "source" else True
            assert all(option in page for option in param.opts if option[0] == "-")
    for code in re.findall(r"(\d+) ", str(group.epilog)):
        assert f"<td><p>{code}</p></td>" in page


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 8
    loaded = re.compile(
        r"""<(?:script|img|iframe|link(?![^>]*rel="(?:canonical|author)"))[^>]*"""
        r"""(?:src|href)=["'](?:https?:)?//[^"']*"""
    )
    for page in pages:
        assert loaded.findall(page.read_text("utf-8")) == [], page.name
    for style in site.rglob("*.css"):
        assert not re.findall(r"url\(.?https?:", style.read_text("utf-8")), style.name
