"""The apps that do the rows: which is free, which is left alone, and for how long."""

from __future__ import annotations

import math
import random
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any

from .._http.backoff import wanted_pause
from ..errors import GradioError, JobCancelled, JobTimeout
from .fates import Fate, quota_pause

#: Seconds for which an app is left alone after a refusal or a lost call, about.
PAUSE = 0.2
#: After a refusal that names no time, so many rows begin so many seconds apart: most of
#: those that begin at once would be refused again.
EASED, APART = 16, 0.03
#: Seconds after the first failure to reach it; each further one doubles them, up to:
FIRST_AWAY = 0.4
LONGEST_AWAY = 30.0


class Replica:
    """One app that does rows.

    Attributes:
        src: Its address, as it may be shown.
        account: What a ZeroGPU quota belongs to: equal for clients of one token.
        start: Begins a call.
        reach: Sees whether the app is there, without a row; raises if not.
        faked: Whether something answers in its place, with code that may block.
        busy: How many calls are under way.
        refused_since: When it refused for the first time since it last served.
    """

    def __init__(
        self,
        src: str,
        account: object,
        start: Callable[[Any], Awaitable[Any]],
        reach: Callable[[], Awaitable[object]],
        faked: Callable[[], bool],
    ) -> None:
        self.src = src
        self.account = account
        self.start = start
        self.reach = reach
        self.faked = faked
        self.busy = 0
        self.refused_since: float | None = None
        self.paused_until = 0.0
        self._away = 0.0
        self._away_at = 0.0
        self._last_begun = 0.0
        self._eased = 0

    @property
    def probed(self) -> bool:
        """Return whether it was not there, so that it is to show first that it is."""
        return self._away > 0

    def begin(self) -> float:
        """Count a call that begins, and return the time."""
        self.busy += 1
        self._last_begun = monotonic()
        if self._eased:
            self._eased -= 1
            self.paused_until += APART
        return self._last_begun

    def served(self) -> None:
        """Note that it is there, and takes rows."""
        self._away, self.refused_since = 0.0, None

    def failed(self, fate: Fate, error: GradioError, begun: float) -> None:
        """Note a failure of a call that began then."""
        now = monotonic()
        match fate:
            case Fate.BUSY:
                usual = PAUSE * random.uniform(1, 2)  # noqa: S311
                # It may say "now", with each refusal anew.
                asked = wanted_pause(error) or 0.0
                self._pause(now, max(asked, usual))
                self._eased = 0 if asked > 0 else EASED
            case Fate.AWAY if begun > self._away_at:
                # Calls that were under way together are one failure.
                self._away = min(2 * self._away or FIRST_AWAY, LONGEST_AWAY)
                self._away_at = now
                self._pause(now, self._away)
            case Fate.UNSURE:
                if isinstance(error, JobTimeout | JobCancelled) and error.may_have_run:
                    self.served()  # the row was in its hands
                else:
                    self._pause(now, PAUSE)
            case Fate.QUOTA:
                self._pause(now, quota_pause(error) or 0.0)
            case Fate.FAILED:
                self.served()
            case _:
                pass

    def _pause(self, now: float, seconds: float) -> None:
        self.paused_until = max(self.paused_until, now + seconds)
        self.refused_since = self.refused_since or now

    def order(self) -> tuple[int, float]:
        """Return what the least busy one has least of."""
        return self.busy, self._last_begun


class Replicas:
    """All of them.

    Attributes:
        concurrency: How many calls each may have under way.
        patience: Seconds after which a run without any of them stops.
    """

    def __init__(
        self, replicas: Sequence[Replica], *, concurrency: int, patience: float
    ) -> None:
        self._all = list(replicas)
        self.concurrency = concurrency
        self.patience = patience

    def free(self) -> Replica | None:
        """Return the least busy one that may have a row now."""
        now = monotonic()
        free = [
            replica
            for replica in self._all
            if now >= replica.paused_until
            and replica.busy < (1 if replica.probed else self.concurrency)
        ]
        return min(free, key=Replica.order, default=None)

    def failed(
        self, replica: Replica, fate: Fate, error: GradioError, begun: float
    ) -> None:
        """Note a failed call; a quota is that of every client of the account."""
        for other in self._all:
            shared = fate is Fate.QUOTA and other.account == replica.account
            if other is replica or shared:
                other.failed(fate, error, begun)

    def until_free(self) -> float | None:
        """Return the seconds until the next pause ends; None if the patience is over.

        It is not while a call is under way anywhere, which may take as long as it likes.
        """
        now = monotonic()
        ends = [r.paused_until for r in self._all if r.paused_until > now]
        left = min(ends, default=math.inf) - now
        since = [r.refused_since for r in self._all if r.refused_since is not None]
        if len(since) == len(self._all) and not any(r.busy for r in self._all):
            patient = max(since) + self.patience - now
            if patient <= 0 or (len(ends) == len(self._all) and left > self.patience):
                return None
            left = min(left, patient)
        return left
