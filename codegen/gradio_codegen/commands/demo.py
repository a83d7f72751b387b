"""`gradio-codegen demo`: everything there is, shown with a small app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .arguments import Force


def demo(
    output_dir: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Where demo_api.py goes.", file_okay=False),
    ] = Path(),
    force: Force = False,
) -> None:
    """Start a Gradio app, generate its module, check it, and use it in every way."""
    from ..demo import run

    run(output_dir, force=force)
