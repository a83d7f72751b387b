"""`gradio-codegen inspect SOURCE [ENDPOINT]`: show an app's API."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import BuildOptions
from .arguments import Source

if TYPE_CHECKING:
    from ..descriptions.fetch import Connect
    from .console import Talk


def inspect(
    source: Source,
    endpoint: Annotated[
        str | None,
        typer.Argument(
            metavar="[ENDPOINT]",
            help="Show this one in detail, with calls to paste.",
            show_default=False,
        ),
    ] = None,
    *,
    as_data: Annotated[
        bool, typer.Option("--json", help="Write JSON, as docs/inspect.md has it.")
    ] = False,
    connect: Connect,
    selection: BuildOptions,
    talk: Talk,
) -> None:
    """Show an app's API: endpoints, parameters, types, defaults, outputs."""
    from ..decide.build import build
    from ..inspect.described import as_detail, as_json, endpoint_as_json, find_endpoint
    from ..inspect.table import as_table, as_text
    from .connect import read_app
    from .console import out

    spec = read_app(source, connect, talk)
    spec = spec.within(all_endpoints=selection.all_endpoints)
    module, diagnostics = build(spec, selection)
    chosen = None if endpoint is None else find_endpoint(module, endpoint)
    if chosen is not None:
        diagnostics = [item for item in diagnostics if item.endpoint == chosen.api_name]
    if as_data:
        data = endpoint_as_json(module, chosen) if chosen else as_json(module)
        out(json.dumps(data, indent=2) + "\n")
    elif chosen is not None:
        out(as_detail(module, chosen))
    elif sys.stdout.isatty():
        from rich.console import Console

        Console().print(as_table(module))
    else:
        out(as_text(module))
    talk.diagnostics(diagnostics)
