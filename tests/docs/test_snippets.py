"""Every command and snippet of the README and of the site, run page by page.

The Spaces that they name are replicas on real Gradio servers, behind a Hub of ours on
loopback. See `snippets` for what is run how.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.docs import killed, pictures
from tests.docs.snippets import (
    DOCS,
    PAGES,
    README,
    Block,
    Reader,
    blocks,
    environment,
    name_of,
)
from tests.support.audio import write_audio
from tests.support.hub import Hub, Space
from tests.support.servers import several

pytestmark = pytest.mark.slow

SPACES = {
    "abidlabs/en2fr": "replicas/en2fr",
    "abidlabs/test-yield": "replicas/test_yield",
    "abidlabs/whisper": "replicas/whisper",
    "acme/studio": "studio",
    "gradio/calculator": "replicas/calculator",
    "gradio/count_generator": "replicas/count_generator",
}
LANGUAGES = {"", "bash", "console", "jinja", "json", "python", "text", "toml", "yaml"}
MARKS = ("fails", "not run: ", "notebook", "untyped: ")
#: Text of the site itself, not of a reader: what Sphinx or nobody runs.
DIRECTIVES = {"{include}", "{eval-rst}", "{toctree}", "{literalinclude}"}
EVERY_BLOCK = [block for page in PAGES for block in blocks(page)]
#: It needs a Hub with accounts, which its own test has: `test_hub_page.py`.
ELSEWHERE = {"hub.md"}
WITH_CODE = [
    page
    for page in PAGES
    if page.name not in ELSEWHERE
    and any(b.language in LANGUAGES - {"", "text"} for b in blocks(page))
]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with several(SPACES, env={"DELAY": "0.05"}) as hosts:
        spaces = {space: Space(host) for space, host in hosts.items()}
        # The reader's own copy, where a page calls one.
        spaces["acme/calculator"] = spaces["gradio/calculator"]
        with Hub(spaces) as running:
            yield running


@pytest.fixture(scope="module")
def env(hub: Hub) -> dict[str, str]:
    """What the commands of all pages find in their environment."""
    return {
        "HF_ENDPOINT": hub.url,
        "HF_HUB_OFFLINE": "0",
    }


@pytest.fixture(scope="module")
def modules(
    env: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """A module of each Space, which a page may import without saying so."""
    folder = tmp_path_factory.mktemp("modules")
    reader = Reader(folder, env)

    def generate(space: str) -> Path:
        name = space.partition("/")[2].replace("-", "_") + "_api.py"
        reader.shell(f"gradio-codegen {space} -o {name} --quiet")
        return folder / name

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(generate, SPACES))


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where scripts of all pages come together, to be type-checked in one go."""
    return tmp_path_factory.mktemp("typed")


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_every_block_runs_and_prints_what_it_says(
    page: Path, env: dict[str, str], modules: list[Path], tmp_path: Path, typed: Path
) -> None:
    for module in modules:
        shutil.copy(module, tmp_path)
    write_audio(tmp_path / "audio.wav")
    Image.new("RGB", (32, 24), "orange").save(tmp_path / "cat.png")
    reader = Reader(tmp_path, env)
    reader.read(page)
    _bring_together(reader, page, typed)


def _bring_together(reader: Reader, page: Path, typed: Path) -> None:
    """Copy a page's modules and scripts; a name stands for one text everywhere."""
    untyped = {b.line for b in blocks(page) if b.mark.startswith("untyped: ")}
    for path in reader.folder.glob("*.py"):
        target = typed / path.name
        if path.name == "cells.py" or any(f"_{n}.py" in path.name for n in untyped):
            continue
        if target.exists():
            assert target.read_text("utf-8") == path.read_text("utf-8"), path.name
        shutil.copyfile(path, target)


def test_scripts_and_modules_are_typed(typed: Path, env: dict[str, str]) -> None:
    """Runs after the pages: what they left, under `mypy --strict`, all at once."""
    files = sorted(path.name for path in typed.glob("*.py"))
    if not files:
        pytest.skip("no page has been run before")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *files],
        cwd=typed,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_run_that_is_killed_goes_on_as_the_page_shows(
    env: dict[str, str], tmp_path: Path
) -> None:
    session = killed.recorded(tmp_path, env)
    assert killed.same(session) == killed.same(killed.shown()), "tests.docs.killed"


def test_the_picture_of_inspect_is_what_it_prints(
    env: dict[str, str], tmp_path: Path
) -> None:
    drawn = pictures.inspect_picture(tmp_path, env)
    assert drawn == pictures.shown(pictures.INSPECT), pictures.HINT


def test_the_picture_of_an_editor_is_what_pyright_answers() -> None:
    assert pictures.editor_picture() == pictures.shown(pictures.EDITOR), pictures.HINT


def side_by_side(page: Path) -> list[tuple[str, str]]:
    """The two columns of the table that compares the clients."""
    _, _, table = page.read_text("utf-8").partition("| with a generated module |\n|")
    rows = [line.split("|") for line in table.partition("\n\n")[0].splitlines()[1:]]
    return [(row[2].strip(), row[3].strip()) for row in rows]


def test_both_sides_of_the_table_give_the_same(
    env: dict[str, str], modules: list[Path], tmp_path: Path
) -> None:
    """Where both cells are calls, they are made, each with the app of the module."""
    rows = side_by_side(README)
    assert rows == side_by_side(DOCS / "index.md")
    calls = [
        (official.strip("`"), module.strip("`"), name[1])
        for official, module in rows
        if (name := re.match(r"`\W*(?:await )?(\w+)_api\.", module))
    ]
    spaces = {space.partition("/")[2].replace("-", "_"): space for space in SPACES}
    theirs = ["from gradio_client import Client, handle_file"]
    ours = [f"import {path.stem}" for path in modules]
    for official, module, app in calls:
        if "client." in official:
            theirs.append(f"client = Client({spaces[app]!r}, verbose=False)")
            theirs.append(f"print({official})")
            ours.append(f"print({module})")
        else:
            ours.append(f"print({module}, file=sys.stderr)")
    for path in modules:
        shutil.copy(path, tmp_path)
    write_audio(tmp_path / "audio.wav")
    ours = ["import asyncio, sys", "async def main():", *(f"  {x}" for x in ours)]
    printed = [
        subprocess.run(
            [sys.executable, "-c", "\n".join(script)],
            cwd=tmp_path,
            env=environment(tmp_path) | env,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for script in (theirs, [*ours, "asyncio.run(main())"])
    ]
    assert printed[0] == printed[1]
    assert len(printed[0].splitlines()) >= 4


@pytest.mark.parametrize("block", EVERY_BLOCK, ids=lambda block: block.where)
def test_no_block_is_left_out_without_a_reason(block: Block) -> None:
    assert block.language in LANGUAGES | DIRECTIVES
    assert not block.mark or block.mark.startswith(MARKS)
    for mark in MARKS:
        if mark.endswith(": ") and block.mark.startswith(mark):
            assert len(block.mark.removeprefix(mark).split()) > 2, block.where
    if block.code.startswith("$ "):
        assert block.language == "console" or block.mark.startswith("not run: ")


def test_pages_have_code() -> None:
    assert len(WITH_CODE) >= 3
    assert any(block.language == "python" for block in EVERY_BLOCK)
