"""`gradio-codegen inspect SOURCE`: show an app's API."""

from __future__ import annotations

import sys

from ..build import BuildOptions, build
from ..fetch import classify
from ..table import as_table, as_text
from .connect import Connect
from .talk import Talk, out

__all__ = ["inspect_app"]


def inspect_app(
    source: str, *, connect: Connect, options: BuildOptions, talk: Talk
) -> None:
    """Show an app's API on stdout.

    Raises:
        CodegenError: It cannot be read.
    """
    classify(source)
    spec = connect.read(source, talk)
    if not options.all_endpoints:
        spec = spec.documented()
    module, diagnostics = build(spec, options)
    if sys.stdout.isatty():
        from rich.console import Console

        Console().print(as_table(module))
    else:
        out(as_text(module))
    talk.diagnostics(diagnostics)
