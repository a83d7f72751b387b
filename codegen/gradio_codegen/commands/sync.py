"""`gradio-codegen sync`: keep the modules of a project up to date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .arguments import Force

if TYPE_CHECKING:
    from .console import Talk


def sync(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Only these apps.", show_default=False
        ),
    ] = None,
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; 1 if a module is out of date. For CI."
        ),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The config; otherwise the nearest pyproject.toml."
        ),
    ] = None,
    schema: Annotated[
        bool,
        typer.Option("--print-schema", help="Print the config's JSON Schema."),
    ] = False,
    force: Force = False,
    talk: Talk,
) -> int:
    """Keep the modules of every app in pyproject.toml up to date."""
    from .config import find_config, json_schema, load_config
    from .console import out
    from .projects import chosen, resolve, synchronise
    from .show import show_result, show_table

    if schema:
        out(json.dumps(json_schema(), indent=2) + "\n")
        return 0
    path = find_config(Path.cwd()) if config is None else config
    apps = chosen(resolve(load_config(path), path.parent), names or ())
    with talk.count("Reading apps", len(apps)) as done:
        results = synchronise(apps, check=check, force=force, done=done)
    for result in results:
        show_result(result, check=check, talk=talk)
    if not talk.quiet:
        show_table(results)
    return max(result.exit_code for result in results)
