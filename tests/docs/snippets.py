"""The code on a page of the documentation, and how to run it as its reader would.

Blocks of a page run from the first to the last in one folder, which has `audio.wav`,
`cat.png` and a module of each Space in it. What there may be, by the language of the block:

- `bash`: each line is a command, and has to succeed.
- `console`: `$ command` lines, each with what it prints; `…` stands for any text.
- `python`: a script of its own. A `# → text` at the end of a line is what that line
  prints. `# name.py` as the first line is the name it is kept under, for others.
- `toml`, `yaml`, `json`, `jinja`: has to be such, and is kept where a `# name` in the
  first line says (`{# name #}` in a template).
- `text`, or no language: nothing to run.

A comment before a block changes that: `<!-- notebook -->` makes cells of Python blocks,
run by IPython in one session; `<!-- fails -->` says that a block's commands fail; and
`<!-- not run: why -->` leaves a block out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

__all__ = [
    "DOCS",
    "PAGES",
    "README",
    "Block",
    "Reader",
    "blocks",
    "environment",
    "name_of",
]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^>]*?) -->\n+)?"
    r"^(?P<fence>```+)(?P<language>\S*)[^\n]*\n(?P<code>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_NAME = re.compile(r"\A(?:#|\{#) ([\w./-]+\.\w+)(?: #\})?\n")
_PARSERS: dict[str, Any] = {
    "jinja": jinja2.Environment(autoescape=True).parse,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
_TIMEOUT = 120


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: The file it is in.
        line: Where its code begins.
        language: What stands after the fence.
        code: What is in it.
        mark: The comment before it, if any.
    """

    page: Path
    line: int
    language: str
    code: str
    mark: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def name(self) -> str | None:
        """The file name that its first line gives it."""
        found = _NAME.match(self.code)
        return found[1] if found else None

    @property
    def printed(self) -> list[str]:
        return re.findall(r"# → (.*)", self.code)


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text("utf-8")
    return [
        Block(
            page,
            text[: found.start("code")].count("\n") + 1,
            found["language"],
            found["code"],
            found["mark"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


def name_of(page: Path) -> str:
    """A page's name for people, and for the names of files."""
    return page.relative_to(ROOT).with_suffix("").as_posix().removeprefix("docs/")


def environment(folder: Path) -> dict[str, str]:
    """That of somebody with our commands on the path, and no login at the Hub.

    Args:
        folder: Theirs.
    """
    scripts = Path(sys.executable).parent
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("HF_")},
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "100",
    }


class Reader:
    """Somebody who types a page's code into a folder of their own.

    Attributes:
        folder: Where it is run.
        scripts: The Python files that a type checker is to see.
    """

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.scripts: list[Path] = []
        self._cells: list[Block] = []
        self._env = environment(folder) | env

    def read(self, page: Path) -> None:
        """Run every block of a page."""
        for block in blocks(page):
            if not block.mark.startswith("not run: "):
                self._do(block)
        if self._cells:
            self._run_cells()

    def _do(self, block: Block) -> None:
        match block.language:
            case "bash":
                for command in _commands(block.code):
                    self.shell(command, block)
            case "console":
                self._session(block)
            case "python" if block.mark == "notebook":
                self._cells.append(block)
            case "python":
                self._script(block)
            case "toml" | "yaml" | "json" | "jinja":
                _PARSERS[block.language](block.code)
                if block.name is not None:
                    self._keep(block, block.name)
            case _:
                pass

    def _keep(self, block: Block, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code, "utf-8")
        return path

    def shell(self, command: str, block: Block | None = None) -> None:
        """Run a command, which has to succeed unless its block says otherwise."""
        done = self._run(["sh", "-euc", command], both=True)
        fails = block is not None and block.mark == "fails"
        where = f"{block.where}: " if block else ""
        assert (done.returncode != 0) == fails, f"{where}{command}\n{done.stdout}"

    def _session(self, block: Block) -> None:
        for command, expected in _exchanges(block.code):
            done = self._run(["sh", "-euc", command], both=True)
            parts = map(re.escape, re.split(r"\s*…\s*", expected))
            seen = "\n".join(line.rstrip() for line in done.stdout.splitlines())
            assert re.fullmatch(r"\s*(?s:.*?)\s*".join(parts), seen.strip()), (
                f"{block.where}: {command} prints\n{seen}\nand not\n{expected}"
            )

    def _script(self, block: Block) -> None:
        unique = f"{name_of(block.page).replace('/', '_')}_{block.line}.py"
        path = self._keep(block, block.name or unique)
        self.scripts.append(path)
        done = self._run([sys.executable, path.name])
        assert done.returncode == 0, f"{block.where}\n{done.stdout}{done.stderr}"
        _check_printed(block, done.stdout)

    def _run_cells(self) -> None:
        cells = [block.code for block in self._cells]
        script = self.folder / "cells.py"
        script.write_text(
            "import json, sys\n"
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "shell = InteractiveShell.instance()\n"
            "for cell in json.loads(sys.stdin.read()):\n"
            "    shell.run_cell(cell).raise_error()\n",
            "utf-8",
        )
        done = self._run([sys.executable, script.name], text=json.dumps(cells))
        first = self._cells[0]
        assert done.returncode == 0, f"{first.where}\n{done.stdout}{done.stderr}"
        for block in self._cells:
            _check_printed(block, done.stdout)

    def _run(
        self, command: list[str], *, text: str = "", both: bool = False
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._env,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if both else subprocess.PIPE,
            encoding="utf-8",
            timeout=_TIMEOUT,
            check=False,
        )


def _commands(code: str) -> list[str]:
    """The commands of a block; a backslash at the end of a line goes on."""
    lines = code.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _exchanges(code: str) -> Iterator[tuple[str, str]]:
    """Each command of a session, and what it prints."""
    first, *rest = re.split(r"^\$ ", code, flags=re.MULTILINE)
    assert not first.strip(), "a session begins with a command"
    for part in rest:
        command, _, output = part.partition("\n")
        yield command, "\n".join(line.rstrip() for line in output.strip().splitlines())


def _check_printed(block: Block, output: str) -> None:
    """The lines that a block says it prints come in this order."""
    unseen = block.printed
    for line in output.splitlines():
        if unseen and line.strip() == unseen[0].strip():
            del unseen[0]
    assert not unseen, f"{block.where} prints\n{output}\nand not {unseen}"
