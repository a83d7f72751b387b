"""A diff for people and for programs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from gradio_runtime.texts import escaped, printable

from ..options import BuildOptions
from .changes import Diff

#: Of the JSON form; it grows when a program that reads it would have to change.
_FORMAT = 1
_LONGEST_NAME = 200


def summary(diff: Diff) -> str:
    """How many changes there are, in a few words."""
    if not diff:
        return "no change that callers can see"
    counts = [
        f"{len(items)} {level} change{'' if len(items) == 1 else 's'}"
        for items, level in (
            (diff.breaking, "breaking"),
            (diff.compatible, "compatible"),
        )
        if items
    ]
    return ", ".join(counts)


def as_lines(diff: Diff) -> Iterator[tuple[str, str]]:
    """The changes as lines of text.

    Yields:
        What the line is, for colours (`endpoint`, `breaking` or `compatible`), and the
        line.
    """
    for endpoint, changes in groupby(diff.changes, lambda item: item.endpoint):
        yield "endpoint", endpoint_title(endpoint)
        for change in changes:
            yield change.level, f"  {change.level:<10}  {change.message}"


def endpoint_title(api_name: str) -> str:
    """An endpoint as a heading; what has no endpoint is about the module."""
    return printable(api_name, _LONGEST_NAME) or "the module"


def as_json(diff: Diff) -> dict[str, Any]:
    """The diff as JSON; docs/drift.md documents it."""
    return {
        "format": _FORMAT,
        "breaking": bool(diff.breaking),
        "old": asdict(diff.old),
        "new": asdict(diff.new),
        "changes": [asdict(item) for item in diff.changes],
    }


def regenerate(source: str, file: str, options: BuildOptions) -> str:
    """The command that generates a module anew, ready for a shell."""
    words = ["gradio-codegen", source, "-o", file, *options.words()]
    return escaped(shlex.join(words))
