"""What commands show on stdout: diffs, and what became of apps."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from gradio_runtime._models.texts import printable

from ..drift import Diff
from ..inspect.table import aligned
from .console import Talk, err, error, out
from .projects import Result

_STYLES: Mapping[str, str] = {
    "title": "bold",
    "endpoint": "cyan",
    "breaking": "red",
    "compatible": "green",
}
_TITLES = ("App", "Output", "Endpoints", "State", "Changes")
_STATE_STYLES = {"failed": "red", "missing": "red", "out of date": "red"}


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
    """Return a diff's exit code: 1 for breaking changes, with `strict` for any."""
    return 1 if diff.breaking or (strict and diff) else 0


# --- Apps of `sync`


def show_result(result: Result, *, check: bool, talk: Talk) -> None:
    """Print what has changed for an app, or what went wrong."""
    app = result.app
    if result.error is not None:
        error(f"{app.name}: {result.error}")
        return
    talk.diagnostics(result.diagnostics)
    if result.diff and (check or not talk.quiet):
        advice = (
            f"Take the changes over: gradio-codegen sync {app.name}" if check else ""
        )
        show(f"{app.config.where} ({result.diff.new.source})", result.diff, advice)
    elif result.state == "missing":
        part = ", or a part of it" if app.config.package else ""
        where = f"{app.config.where} is missing{part}"
        err(f"{where}. Make it: gradio-codegen sync {app.name}")


def show_table(results: Sequence[Result]) -> None:
    """Print a row for each app."""
    if not sys.stdout.isatty():
        rows = [_TITLES, *map(_cells, results)]
        out("".join(f"{line}\n" for line in aligned(rows)))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    for title in _TITLES:
        table.add_column(title, overflow="fold")
    for result in results:
        style = _STATE_STYLES.get(result.state)
        table.add_row(*map(escape, _cells(result)), style=style)
    Console().print(table)


def _cells(result: Result) -> tuple[str, ...]:
    app, diff = result.app, result.diff
    changes = ""
    if diff:
        counts = (("breaking", diff.breaking), ("compatible", diff.compatible))
        changes = ", ".join(f"{len(items)} {level}" for level, items in counts if items)
    endpoints = "" if result.error is not None else str(result.endpoints)
    cells = (app.name, app.config.where, endpoints, result.state, changes)
    return tuple(map(printable, cells))
