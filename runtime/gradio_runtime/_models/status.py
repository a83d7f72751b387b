"""Status, progress and log messages of a job, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import partial, total_ordering
from typing import Any, Generic, cast

from typing_extensions import TypeVar

from .base import UNCHANGED, Unchanged
from .bounds import MAX_LABEL
from .texts import BriefFields, shortened

#: Larger than any count, share or number of seconds.
_LARGEST = 2**63

T_co = TypeVar("T_co", covariant=True, default=object)


@total_ordering
class Status(Enum):
    """The stages of a job, in the order in which it passes them."""

    STARTING = "STARTING"
    JOINING_QUEUE = "JOINING_QUEUE"
    QUEUE_FULL = "QUEUE_FULL"
    IN_QUEUE = "IN_QUEUE"
    SENDING_DATA = "SENDING_DATA"
    PROCESSING = "PROCESSING"
    ITERATING = "ITERATING"
    PROGRESS = "PROGRESS"
    LOG = "LOG"
    FINISHED = "FINISHED"
    CANCELLED = "CANCELLED"

    def __lt__(self, other: object) -> bool:
        """Order by stage."""
        if not isinstance(other, Status):
            return NotImplemented
        return _ORDER[self] < _ORDER[other]


_ORDER = {status: index for index, status in enumerate(Status)}


@dataclass(frozen=True, slots=True, repr=False)
class ProgressUnit(BriefFields):
    """One bar of a `gr.Progress`.

    Attributes:
        index: Steps done, when the app counts them.
        length: Steps in all, when known.
        unit: What a step is, such as `"steps"`.
        progress: Share done, from 0 to 1, when the app gives it as a number.
        desc: The step that is being done.
    """

    index: int | float | None = None
    length: int | float | None = None
    unit: str | None = None
    progress: float | None = None
    desc: str | None = None

    @classmethod
    def from_msg(cls, data: Sequence[dict[str, Any]]) -> list[ProgressUnit]:
        """Read the units of a `progress` message; values of wrong types become None."""
        return [
            cls(
                index=number(unit.get("index")),
                length=number(unit.get("length")),
                unit=_text(unit.get("unit")),
                progress=number(unit.get("progress")),
                desc=_text(unit.get("desc")),
            )
            for unit in data
        ]

    @property
    def fraction(self) -> float | None:
        """Return the share that is done, from 0 to 1; None if it is unknown."""
        if self.progress is not None:
            share = self.progress
        elif self.index is not None and self.length:
            share = self.index / self.length
        else:
            return None
        return min(max(share, 0.0), 1.0)


def number(value: object) -> Any:
    """Return a number that is only shown; None for anything else.

    NaN, infinity and very large whole numbers give None too.
    """
    known = isinstance(value, int | float) and abs(value) < _LARGEST
    return value if known else None


def _text(value: object) -> str | None:
    return shortened(value, MAX_LABEL) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True, repr=False)
class LogMessage(BriefFields):
    """A `gr.Info`, `gr.Warning` or `gr.Success` of the app.

    Attributes:
        text: The message.
        level: `"info"`, `"warning"` or `"success"`.
        title: The title the app gave it, if any.
        duration: Seconds for which a user interface should show it.
    """

    text: str
    level: str = "info"
    title: str | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True, repr=False)
class StatusUpdate(BriefFields, Generic[T_co]):
    """The state of a job at one moment.

    Attributes:
        code: Its stage.
        rank: Jobs before it in the queue; 0 is next.
        queue_size: Jobs in the queue.
        eta: Seconds until its result, as the server estimates them.
        success: Whether it ended well; None before its end.
        time: When the runtime received this (aware, UTC).
        progress_data: The app's progress bars, with code PROGRESS.
        log: The app's message, with code LOG.
        output: The new output, with code ITERATING, or with FINISHED if it is the
            first; otherwise UNCHANGED, which may also be an output.
        has_output: Whether there is a new output.
    """

    code: Status
    rank: int | None = None
    queue_size: int | None = None
    eta: float | None = None
    success: bool | None = None
    time: datetime = field(default_factory=partial(datetime.now, UTC))
    progress_data: list[ProgressUnit] | None = None
    log: LogMessage | None = None
    output: T_co | Unchanged = UNCHANGED
    has_output: bool = False

    def outputs(self) -> tuple[T_co, ...]:
        """Return the new output alone, or nothing if there is none."""
        return (cast("T_co", self.output),) if self.has_output else ()
