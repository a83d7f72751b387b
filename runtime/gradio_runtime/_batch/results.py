"""What comes of a row, and of all rows together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar

from .._models.texts import BriefFields
from ..errors import GradioError

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Done(BriefFields, Generic[T, R]):
    """A row that has its result.

    Attributes:
        index: The number of the row; the first is 0.
        row: What was given for it.
        value: The result.
        attempts: How many calls may have run for it.
        src: The app that gave the result.
        resumed: Whether it is from an earlier run, out of the store.
        ok: True.
    """

    ok: ClassVar[Literal[True]] = True

    index: int
    row: T
    value: R
    attempts: int
    src: str
    resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Failed(BriefFields, Generic[T]):
    """A row without a result.

    Attributes:
        index: The number of the row; the first is 0.
        row: What was given for it.
        error: What went wrong.
        attempts: How many calls may have run for it.
        src: The app that was called; None if none was.
        resumed: Whether it is from an earlier run, out of the store.
        ok: False.
    """

    ok: ClassVar[Literal[False]] = False

    index: int
    row: T
    error: GradioError
    attempts: int
    src: str | None
    resumed: bool = False

    @property
    def may_have_run(self) -> bool:
        """Return whether the app's function may have been called for the row."""
        return self.error.may_have_run


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Summary(BriefFields):
    """What came of all rows.

    Attributes:
        done: How many have a result.
        failed: How many have none.
        resumed: How many of both were there from an earlier run.
        seconds: How long it took.
    """

    done: int
    failed: int
    resumed: int
    seconds: float

    @property
    def rows(self) -> int:
        """Return how many rows there were."""
        return self.done + self.failed

    def __str__(self) -> str:
        """Say it in a line."""
        known = f", {self.resumed:,} of them before" if self.resumed else ""
        return (
            f"{self.rows:,} rows: {self.done:,} done, {self.failed:,} failed{known}, "
            f"in {self.seconds:.1f} s"
        )
