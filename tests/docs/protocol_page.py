"""What docs/protocol.md has from the code: the dialects, and which module uses what.

`python -m tests.docs.protocol_page` writes both tables anew.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gradio_runtime.description import Config
from gradio_runtime.description.dialect import Dialect

from tests.integration.capabilities import filled

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "protocol.md"
CITED = re.compile(r"docs/protocol\.md#([a-z0-9-]+)")
#: What the table shows; a version for each protocol, and for each recording.
SERVERS = {
    "3.50": "ws",
    "4.8": "sse",
    "4.16": "sse_v1",
    "4.19": "sse_v2",
    "4.21": "sse_v2.1",
    "4.44": "sse_v3",
    "5.50": "sse_v3",
    "6.31": "sse_v3",
}


def sections(page: str) -> dict[str, str]:
    """The title of each section, by the anchor that GitHub gives it."""
    titles = re.findall(r"^## (.+)$", page, re.MULTILINE)
    return {title.lower().replace(" ", "-"): title for title in titles}


def citations() -> Iterator[tuple[str, str]]:
    """Each module that refers to a section, and the section's anchor."""
    for package in ("runtime/gradio_runtime", "codegen/gradio_codegen"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to((ROOT / package).parent).as_posix()
            for anchor in CITED.findall(path.read_text("utf-8")):
                yield name, anchor


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def dialects() -> str:
    """A row for each field of `Dialect` that is yes or no."""
    dialects = [Dialect.of(Config(version=v, protocol=p)) for v, p in SERVERS.items()]
    attributes = inspect.cleandoc(Dialect.__doc__ or "").partition("Attributes:\n")[2]
    meaning = {
        name: " ".join(text.split())
        for name, text in re.findall(
            r"^    (\w+): (.+?)(?=\n    \w|\Z)", attributes, re.DOTALL | re.MULTILINE
        )
    }
    lines = [
        _row("field", *SERVERS, "means"),
        _row("---", *[":-:"] * len(SERVERS), "---"),
    ]
    for name in Dialect._fields:
        values = [getattr(dialect, name) for dialect in dialects]
        if all(isinstance(value, bool) for value in values):
            cells = ["yes" if value else "no" for value in values]
            lines.append(_row(f"`{name}`", *cells, meaning[name]))
    return "\n".join(lines)


def used() -> str:
    """A row for each section that the code refers to."""
    users: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, anchor in citations():
        users[anchor][name] = None
    lines = [_row("section", "modules"), _row("---", "---")]
    for anchor, title in sections(PAGE.read_text("utf-8")).items():
        if anchor in users:
            names = ", ".join(f"`{name}`" for name in users[anchor])
            lines.append(_row(f"[{title}](#{anchor})", names))
    return "\n".join(lines)


def page() -> str:
    """The page with both tables as they are due."""
    text = filled(PAGE.read_text("utf-8"), "dialect", dialects())
    return filled(text, "used", used())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
