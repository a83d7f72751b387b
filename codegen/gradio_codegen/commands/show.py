"""How a diff looks on stdout."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from gradio_runtime._models.texts import printable

from ..drift import Diff
from .console import out

_STYLES: Mapping[str, str] = {
    "title": "bold",
    "endpoint": "cyan",
    "breaking": "red",
    "compatible": "green",
}


def show(title: str, diff: Diff, advice: str = "") -> None:
    """Print a diff, in colours on a terminal.

    Args:
        title: What was compared.
        diff: The changes.
        advice: What to do about them, as a last line.
    """
    same = diff.old.spec == diff.new.spec and not diff
    what = "up to date" if same else diff.summary
    lines = [("title", printable(f"{title}: {what}")), *diff.lines()]
    if advice and diff:
        lines.append(("advice", advice))
    if not sys.stdout.isatty():
        out("".join(f"{line}\n" for _, line in lines))
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for kind, line in lines:
        console.print(line, style=_STYLES.get(kind), markup=False, emoji=False)


def exit_code(diff: Diff, *, strict: bool) -> int:
    """What a diff has a command exit with: 1 for breaking changes, or for any."""
    return 1 if diff.breaking or (strict and diff) else 0
