"""The pictures in the docs: what commands print, and what an editor shows.

`python -m tests.docs.pictures` runs both, draws them with rich, and writes
`docs/pictures/`. Tests run them again and compare: only ports, seconds and bytes may differ.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from tests.docs.editor import editor
from tests.docs.snippets import environment
from tests.support.hub import Hub, Space
from tests.support.servers import GradioServer
from tests.support.terminal import on_terminal

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
DEMO, INSPECT, EDITOR = "demo", "inspect", "editor"
_WIDTH = 96
#: What a command finds out about the terminal.
SCREEN = {"COLUMNS": str(_WIDTH), "TERM": "xterm-256color"}
HINT = "python -m tests.docs.pictures draws them anew"
#: What the demo shows from here to there fits into a picture.
_FIRST, _LAST = "Its types: mypy", "The queue: "
#: A spinner, which is gone when its work is done.
_SPINNER = re.compile(r"\x1b\[\?25l.*?\x1b\[\?25h(\r\x1b\[1A\x1b\[2K)?", re.S)
_FONT = re.compile(r"\s*@font-face \{.*?\}", re.S)
_MEASURED = re.compile(
    r"(?<=127\.0\.0\.1:)\d+|\d+(?=&#160;bytes)|\d+\.\d+(?=&#160;s\b)"
)


def recorded() -> dict[str, str]:
    """Run the commands; return each picture's SVG."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as name:
        folder = Path(name)
        demo = on_terminal(
            [sys.executable, "-m", "gradio_codegen", "demo", "--output-dir", folder],
            {**environment(folder), **SCREEN},
            cwd=folder,
        )
        with (
            GradioServer("studio", 6) as server,
            Hub({"acme/studio": Space(server.url)}) as hub,
        ):
            inspected = inspect_picture(
                folder, {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0"}
            )
        return {
            DEMO: demo_picture(demo, folder),
            INSPECT: inspected,
            EDITOR: editor_picture(),
        }


def demo_picture(shown: str, folder: Path) -> str:
    """Draw the calls of the demo, which writes into a folder."""
    lines = _plain(shown).replace(f"{folder}/", "").splitlines()
    first, last = (
        next(i for i, line in enumerate(lines) if part in line)
        for part in (_FIRST, _LAST)
    )
    return _drawn(DEMO, Text.from_ansi("\n".join(lines[first:last])))


def inspect_picture(folder: Path, hub: Mapping[str, str]) -> str:
    """Draw the table of an app, and one of its endpoints."""
    parts: list[str] = []
    for command in ("inspect acme/studio", "inspect acme/studio enlarge"):
        shown = on_terminal(
            [sys.executable, "-m", "gradio_codegen", *command.split()],
            {**environment(folder), **SCREEN, **hub},
        )
        parts.append(f"\x1b[1m$ gradio-codegen {command}\x1b[0m")
        parts.append(f"{_plain(shown).rstrip()}\n")
    return _drawn(INSPECT, Text.from_ansi("\n".join(parts)))


def editor_picture() -> str:
    """Draw what an editor shows of a script."""
    return _drawn(EDITOR, editor())


def _plain(shown: str) -> str:
    return _SPINNER.sub("", shown).replace("\r\n", "\n")


def comparable(picture: str) -> str:
    """Return a picture without what differs from run to run."""
    return _MEASURED.sub("0", picture)


def shown(name: str) -> str:
    """Return a picture of the docs."""
    return (FOLDER / f"{name}.svg").read_text("utf-8")


def _drawn(name: str, content: RenderableType) -> str:
    """Draw something on a terminal; a page fetches nothing for it."""
    console = Console(
        file=io.StringIO(), record=True, width=_WIDTH, force_terminal=True
    )
    console.print(content, end="")
    svg = _FONT.sub("", console.export_svg(title="", unique_id=name))
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def main() -> None:
    """Write the pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, picture in recorded().items():
        (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
