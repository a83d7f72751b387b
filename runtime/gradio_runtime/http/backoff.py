"""When a request that may be repeated is tried again."""

from __future__ import annotations

import random

from ..errors import ConnectError, ConnectionLost, GradioError, RateLimited

#: Seconds before the first other try, about; each further one waits twice as long.
FIRST_PAUSE = 0.2
#: How often an idempotent request is tried again.
RETRIES = 2
#: Longest wait before that, in seconds, whatever the server asks for.
LONGEST_PAUSE = 30.0


def pause(attempt: int) -> float:
    """Seconds before trying again, the first time after attempt 0."""
    return float(FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311


def pause_after(error: GradioError | None, attempt: int) -> float:
    """The same after an error, which may come with the server's own wish."""
    asked = wanted_pause(error)
    return min(pause(attempt) if asked is None else asked, LONGEST_PAUSE)


def wanted_pause(error: GradioError | None) -> float | None:
    """Seconds that the server itself wants us to wait, if it says so."""
    return error.retry_after if isinstance(error, RateLimited) else None


def may_pass(error: GradioError) -> bool:
    """Whether another try may end otherwise."""
    if isinstance(error, ConnectError):
        return not error.lasting
    return isinstance(error, ConnectionLost | RateLimited)
