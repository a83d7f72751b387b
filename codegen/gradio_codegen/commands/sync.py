"""`gradio-codegen sync`: keep the modules of a project up to date."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gradio_runtime._models.texts import printable

from ..inspect.table import aligned
from .config import find_config, json_schema, load_config
from .console import Talk, err, error, out
from .projects import App, Result, chosen, resolve, synchronise
from .show import show

_TITLES = ("App", "Output", "Endpoints", "State", "Changes")
_STYLES = {"failed": "red", "missing": "red", "out of date": "red"}


def print_schema() -> None:
    """Print the config's JSON Schema."""
    out(json.dumps(json_schema(), indent=2) + "\n")


def sync_apps(
    names: Sequence[str],
    *,
    config: Path | None,
    check: bool,
    force: bool,
    talk: Talk,
) -> int:
    """Bring the modules that a config names up to date, or see whether they are.

    Args:
        names: Apps to confine it to; all of them for none.
        config: The config; None for the nearest pyproject.toml.
        check: Whether to write nothing, and show what is different.
        force: Whether to overwrite files that were not generated.
        talk: Where progress goes.

    Returns:
        The exit code: the worst of the apps.

    Raises:
        UsageError: The config is wrong.
    """
    path = find_config(Path.cwd()) if config is None else config
    apps = chosen(resolve(load_config(path), path.parent), names)
    with _progress(len(apps), talk) as done:
        results = synchronise(apps, check=check, force=force, done=done)
    for result in results:
        _tell(result, check=check, talk=talk)
    if not talk.quiet:
        _table(results)
    return max(result.exit_code for result in results)


def _tell(result: Result, *, check: bool, talk: Talk) -> None:
    app = result.app
    if result.error is not None:
        error(f"{app.name}: {result.error}")
        return
    talk.diagnostics(result.diagnostics)
    if result.diff and not (talk.quiet and not check):
        advice = (
            f"Take the changes over: gradio-codegen sync {app.name}" if check else ""
        )
        show(f"{app.shown} ({result.diff.new.source})", result.diff, advice)
    elif result.state == "missing":
        err(f"{app.shown} is missing. Make it: gradio-codegen sync {app.name}")


def _cells(result: Result) -> tuple[str, ...]:
    app, diff = result.app, result.diff
    changes = ""
    if diff:
        counts = (("breaking", diff.breaking), ("compatible", diff.compatible))
        changes = ", ".join(f"{len(items)} {level}" for level, items in counts if items)
    endpoints = "" if result.error is not None else str(result.endpoints)
    cells = (app.name, app.shown, endpoints, result.state, changes)
    return tuple(map(printable, cells))


def _table(results: Sequence[Result]) -> None:
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
        table.add_row(*map(escape, _cells(result)), style=_STYLES.get(result.state))
    Console().print(table)


@contextmanager
def _progress(count: int, talk: Talk) -> Generator[Callable[[App], None]]:
    """Show how many apps are done, on a terminal."""
    if talk.quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Reading apps"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=count)
        yield lambda _: bar.advance(task)
