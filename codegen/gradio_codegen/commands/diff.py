"""`gradio-codegen diff OLD NEW`: what has changed between two states of an app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from .arguments import AllEndpoints, Json, Strict

if TYPE_CHECKING:
    from ..descriptions.fetch import Connect
    from .console import Talk


def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="A generated module, a saved description, or an app.",
            show_default=False,
        ),
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="Likewise.", show_default=False)
    ],
    *,
    all_endpoints: AllEndpoints = False,
    as_json: Json = False,
    strict: Strict = False,
    connect: Connect,
    talk: Talk,
) -> int:
    """What has changed between two states of an app, for callers of its module."""
    from .. import drift
    from .connect import read_and_warn
    from .console import out
    from .show import exit_code, show

    found = drift.diff(
        old,
        new,
        all_endpoints=all_endpoints,
        read=lambda source: read_and_warn(source, connect, talk),
    )
    if as_json:
        out(json.dumps(found.to_json(), indent=1) + "\n")
    elif found or not talk.quiet:
        show(f"{old} → {new}", found)
    return exit_code(found, strict=strict)
