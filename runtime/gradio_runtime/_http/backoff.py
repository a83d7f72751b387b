"""When to repeat a request."""

from __future__ import annotations

import random

from ..errors import ConnectError, ConnectionLost, GradioError, RateLimited

#: Seconds before the first repetition, about; each further pause is twice as long.
FIRST_PAUSE = 0.2
#: How often an idempotent request is repeated.
RETRIES = 2
#: Longest pause before that, in seconds, whatever the server asks for.
LONGEST_PAUSE = 30.0


def pause(attempt: int) -> float:
    """Return the seconds to wait after an attempt; the first is 0."""
    return float(FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311


def pause_after(error: GradioError | None, attempt: int) -> float:
    """Return the seconds to wait after an error, which may have the server's value."""
    asked = wanted_pause(error)
    return min(pause(attempt) if asked is None else asked, LONGEST_PAUSE)


def wanted_pause(error: GradioError | None) -> float | None:
    """Return the seconds that the server asks to wait, if it does."""
    return error.retry_after if isinstance(error, RateLimited) else None


def may_pass(error: GradioError) -> bool:
    """Return whether a repetition may succeed."""
    if isinstance(error, ConnectError):
        return not error.lasting
    return isinstance(error, ConnectionLost | RateLimited)
