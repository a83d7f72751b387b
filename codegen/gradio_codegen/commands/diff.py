"""`gradio-codegen diff OLD NEW`: what has changed between two states of an app."""

from __future__ import annotations

import json

from ..descriptions.fetch import Connect
from ..drift import diff
from .connect import read_app
from .console import Talk, out
from .show import exit_code, show


def show_diff(
    old: str,
    new: str,
    *,
    connect: Connect,
    all_endpoints: bool,
    as_json_: bool,
    strict: bool,
    talk: Talk,
) -> int:
    """Print the changes between two states of an app on stdout.

    Returns:
        The exit code.

    Raises:
        CodegenError: One of the two cannot be read.
    """
    found = diff(
        old,
        new,
        all_endpoints=all_endpoints,
        read=lambda source: read_app(source, connect, talk),
    )
    if as_json_:
        out(json.dumps(found.to_json(), indent=1) + "\n")
    elif found or not talk.quiet:
        show(f"{old} → {new}", found)
    return exit_code(found, strict=strict)
