"""`gradio-codegen inspect SOURCE [ENDPOINT]`: show an app's API."""

from __future__ import annotations

import json
import sys

from ..decide.build import build
from ..descriptions.fetch import Connect, classify
from ..inspect.described import as_detail, as_json, endpoint_as_json, find_endpoint
from ..inspect.table import as_table, as_text
from ..options import BuildOptions
from .connect import read_app
from .console import Talk, out


def inspect_app(
    source: str,
    endpoint: str | None,
    *,
    connect: Connect,
    options: BuildOptions,
    as_data: bool,
    talk: Talk,
) -> None:
    """Show an app's API on stdout.

    Args:
        source: The app.
        endpoint: The only endpoint to show, in detail.
        connect: How to reach the app.
        options: Which endpoints there are.
        as_data: Whether to write JSON.
        talk: For what is said besides.

    Raises:
        CodegenError: It cannot be read, or has no such endpoint.
    """
    classify(source)
    spec = read_app(source, connect, talk).within(all_endpoints=options.all_endpoints)
    module, diagnostics = build(spec, options)
    if endpoint is not None:
        chosen = find_endpoint(module, endpoint)
        diagnostics = [item for item in diagnostics if item.endpoint == chosen.api_name]
        if as_data:
            _write(endpoint_as_json(module, chosen))
        else:
            out(as_detail(module, chosen))
    elif as_data:
        _write(as_json(module))
    elif sys.stdout.isatty():
        from rich.console import Console

        Console().print(as_table(module))
    else:
        out(as_text(module))
    talk.diagnostics(diagnostics)


def _write(value: object) -> None:
    out(json.dumps(value, indent=2) + "\n")
