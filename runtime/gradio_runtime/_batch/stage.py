"""What a run works with: rows, settings, and the two sides that it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Protocol, TypeAlias, cast

from .._models.base import Input
from ..errors import InputError
from .replicas import Replica
from .results import Done, Failed

Result: TypeAlias = Done[Any, Any] | Failed[Any]
#: A row with its number, and what goes into its call; or that it has failed before.
Entry: TypeAlias = tuple[int, Any, Any] | Failed[Any]


class Prepared(Protocol):
    """A call that is described: what `start` of a replica takes."""

    @property
    def inputs(self) -> Input: ...


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How rows are done; documented at `Endpoint.map`."""

    concurrency: int = 8
    may_repeat: bool = False
    retry_failed: bool = False
    retries: int = 5
    patience: float = 600.0
    ordered: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            InputError: A number is too small, or is not one.
        """
        for name, kind, least in (
            ("concurrency", Integral, 1),
            ("retries", Integral, 0),
            ("patience", Real, 0),
        ):
            value: object = getattr(self, name)
            if not (isinstance(value, kind) and cast("float", value) >= least):
                what = "a whole number, " if kind is Integral else ""
                raise InputError(
                    f"{name} is {value!r}, and must be {what}{least} or more"
                )


@dataclass
class Item:
    """A row on its way.

    Attributes:
        index: Its number among all rows.
        place: Its number among those of this run, which it is given out by.
        row: What the caller gave.
        call: What is called for it.
        attempts: How many calls may have run.
        ran: Whether one of them certainly may have, of this run or of one before.
        misses: How often an app was not there for it that was there without it.
        kept: What the store knows it by.
    """

    index: int
    place: int
    row: Any
    call: Prepared
    attempts: int = 0
    ran: bool = False
    misses: int = 0
    kept: Any = None


class Keeper(Protocol):
    """What keeps the rows of one stage; see `store`."""

    def recall(self, item: Item, settings: Settings) -> Result | None:
        """Return what is known of a row; blocks."""
        ...

    async def sent(self, item: Item, replica: Replica) -> None:
        """Keep that a row is about to be sent."""
        ...

    async def unsent(self, item: Item) -> None:
        """Keep that a row has not run after all."""
        ...

    async def ended(self, item: Item, result: Result) -> None:
        """Keep what came of a row."""
        ...


class Stage(Protocol):
    """What is done with each row."""

    settings: Settings

    def make(self, value: Any) -> Prepared:
        """Return the call for a row; raise a `GradioError` if there can be none."""
        ...

    def keeper(self) -> Keeper | None:
        """Return what keeps the rows, if anything does; blocks."""
        ...

    def replicas(self) -> Sequence[Replica]:
        """Return the apps that do the rows; blocks."""
        ...
