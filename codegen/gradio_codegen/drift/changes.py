"""Changes, and the diff that they make up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Literal, TypeAlias

from gradio_runtime._models.texts import printable

#: Of the JSON form; it grows when a program that reads it would have to change.
_FORMAT = 1
_LONGEST = 400
_LONGEST_NAME = 200

#: Said of names that a newer generator chooses otherwise.
REGENERATED = " in a module that is generated anew; this one goes on working"

Level: TypeAlias = Literal["breaking", "compatible"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that callers can see.

    Attributes:
        kind: What it is, such as `parameter-added`; docs/drift.md has all kinds.
        endpoint: The api_name before the change, with the slash; empty when it is about
            the module.
        name: The parameter, output or class that it is about, if it is about one.
        level: `breaking` when a call that was right may now be wrong.
        message: What it means, on one printable line.
        before: What it was, as source text, if that can be said.
        after: What it is now, likewise.
    """

    kind: str
    endpoint: str
    name: str
    level: Level
    message: str
    before: str | None = None
    after: str | None = None


def breaking(kind: str, message: str, *texts: str | None, name: str = "") -> Change:
    """Return a change by which a call that was right may now be wrong.

    `compare` fills in the endpoint.
    """
    return _change("breaking", kind, message, *texts, name=name)


def compatible(kind: str, message: str, *texts: str | None, name: str = "") -> Change:
    """Return a change that leaves right calls right; likewise without the endpoint."""
    return _change("compatible", kind, message, *texts, name=name)


def _change(
    level: Level, kind: str, message: str, *texts: str | None, name: str
) -> Change:
    # What strangers' apps say is in all of them.
    shown = [text and printable(text, _LONGEST) for text in texts]
    return Change(kind, "", name, level, printable(message, _LONGEST), *shown)


@dataclass(frozen=True, slots=True)
class State:
    """One of the two things that were compared.

    Attributes:
        source: The app: a URL or a Space id.
        gradio: Gradio's version there.
        spec: The hash of its description.
    """

    source: str
    gradio: str
    spec: str


@dataclass(frozen=True, slots=True)
class Diff:
    """The differences between two states of an app; true when there are any.

    Attributes:
        old: What was.
        new: What is now.
        changes: The breaking ones first; then in the old module's order.
    """

    old: State
    new: State
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def breaking(self) -> tuple[Change, ...]:
        """Return the changes that can make right calls wrong."""
        return tuple(item for item in self.changes if item.level == "breaking")

    @property
    def compatible(self) -> tuple[Change, ...]:
        """Return the changes that leave right calls right."""
        return tuple(item for item in self.changes if item.level == "compatible")

    @property
    def summary(self) -> str:
        """Return how many changes there are, in a few words."""
        parts = (("breaking", self.breaking), ("compatible", self.compatible))
        counts = [
            f"{len(items)} {level} change{'' if len(items) == 1 else 's'}"
            for level, items in parts
            if items
        ]
        return ", ".join(counts) or "no change that callers can see"

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield the changes as lines of text, each with what it is, for colours.

        That is `endpoint`, `breaking` or `compatible`.
        """
        for endpoint, changes in groupby(self.changes, lambda item: item.endpoint):
            yield "endpoint", printable(endpoint, _LONGEST_NAME) or "the module"
            for change in changes:
                yield change.level, f"  {change.level:<10}  {change.message}"

    def __str__(self) -> str:
        """Return what the command line shows, without colours."""
        return "\n".join([self.summary, *(line for _, line in self.lines())])

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints, as docs/drift.md describes it."""
        return {
            "format": _FORMAT,
            "breaking": bool(self.breaking),
            "old": asdict(self.old),
            "new": asdict(self.new),
            "changes": [asdict(item) for item in self.changes],
        }
