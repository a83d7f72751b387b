"""Changes, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

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
        """The changes that can make right calls wrong."""
        return tuple(item for item in self.changes if item.level == "breaking")

    @property
    def compatible(self) -> tuple[Change, ...]:
        """The others."""
        return tuple(item for item in self.changes if item.level == "compatible")

    def __str__(self) -> str:
        """As the command line shows it, without colours."""
        from .report import as_lines, summary

        return "\n".join([summary(self), *(line for _, line in as_lines(self))])

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it; docs/drift.md says what is in it."""
        from .report import as_json

        return as_json(self)
