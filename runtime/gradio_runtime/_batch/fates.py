"""What is done about a row whose call has failed: one table for all errors."""

from __future__ import annotations

import re
from enum import Enum, auto

from .._engine.invocation import StateShared
from ..errors import (
    AppError,
    AuthenticationError,
    ClientClosed,
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    GradioError,
    InputError,
    JobCancelled,
    JobTimeout,
    OutputMismatch,
    ProtocolError,
    QueueFull,
    RateLimited,
    SchemaDrift,
    ServerValidationError,
    SpaceError,
)


class Fate(Enum):
    """What becomes of the row, and of the app that was to do it."""

    #: The row has failed.
    FAILED = auto()
    #: The app takes no more just now: the row waits, and the app is left alone a moment.
    BUSY = auto()
    #: The app is not there: the row goes to another, and this one is probed later.
    AWAY = auto()
    #: The call may have run: the row has failed, unless it may be repeated.
    UNSURE = auto()
    #: The time on a GPU is used up: every client of that account waits.
    QUOTA = auto()
    #: No row would get further: the run stops, and this one is as if not begun.
    STOP = auto()


#: The fate that goes with each class; that of an error of none of them is its base's.
FATES: dict[type[GradioError], Fate] = {
    InputError: Fate.FAILED,
    FileTooLarge: Fate.FAILED,
    ServerValidationError: Fate.FAILED,
    AppError: Fate.FAILED,
    OutputMismatch: Fate.FAILED,
    GradioError: Fate.FAILED,
    QueueFull: Fate.BUSY,
    RateLimited: Fate.BUSY,
    ConnectError: Fate.AWAY,
    SpaceError: Fate.AWAY,
    ConnectionLost: Fate.UNSURE,
    JobTimeout: Fate.UNSURE,
    JobCancelled: Fate.UNSURE,
    ProtocolError: Fate.UNSURE,
    AuthenticationError: Fate.STOP,
    ClientClosed: Fate.STOP,
    SchemaDrift: Fate.STOP,
    StateShared: Fate.STOP,
}

#: ZeroGPU's words, in the title or in the text: "You have exceeded your free ZeroGPU
#: quota (120s requested vs. 44s left). Try again in 23:14:07".
_QUOTA = re.compile(r"exceeded your[\w\s]* GPU quota|\bZeroGPU quota\b", re.IGNORECASE)
_AGAIN_IN = re.compile(
    r"again in (?:(\d{1,5}) days?, )?(\d{1,3}):(\d\d):(\d\d)", re.ASCII
)
#: Seconds to wait where no time is said.
_UNSAID = 60.0


def fate_of(error: GradioError) -> Fate:
    """Return what is done about a row whose call failed with an error."""
    fate = next(FATES[base] for base in type(error).__mro__ if base in FATES)
    if isinstance(error, AppError) and quota_pause(error) is not None:
        return Fate.QUOTA
    if fate in {Fate.BUSY, Fate.AWAY} and error.may_have_run:
        return Fate.UNSURE
    if fate is Fate.UNSURE and not error.may_have_run and not counts(error):
        return Fate.AWAY
    return fate


def counts(error: GradioError) -> bool:
    """Return whether an attempt that ended so is counted, though it may not have run.

    A row that takes too long, or that somebody cancels, would else be tried for ever.
    """
    return isinstance(error, JobTimeout | JobCancelled) or error.may_have_run


def quota_pause(error: GradioError) -> float | None:
    """Return the seconds until an account may use a GPU again; None if it may now."""
    if not isinstance(error, AppError):
        return None
    text = f"{error.title}: {error.message}"
    if not _QUOTA.search(text):
        return None
    if (said := _AGAIN_IN.search(text)) is None:
        return _UNSAID
    days, hours, minutes, seconds = (int(number or 0) for number in said.groups())
    return max(1.0, ((days * 24 + hours) * 60 + minutes) * 60 + seconds)
