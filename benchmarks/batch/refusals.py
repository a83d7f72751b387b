"""Check 6: an app that refuses rows for a moment."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import Result, Table, Target, count, seconds, times
from tests.runtime.wire_api import WireClient
from tests.support.prefix_proxy import prefix_proxy
from tests.support.servers import GradioServer

#: Jobs that the proxy lets through in a second, and calls at once.
RATE, AT_ONCE = 12, 16
#: Rows through a queue of so many places.
FULL, PLACES = 100, 2


class Limit:
    """Lets so many jobs through in any second, as the proxies before Spaces do.

    Attributes:
        refused: How many it has not let through.
    """

    def __init__(self) -> None:
        self.refused = 0
        self._taken: deque[float] = deque(maxlen=RATE)

    def __call__(self, path: str) -> bool:
        """Return whether a request is refused."""
        if not path.endswith("/queue/join"):
            return False
        now = time.monotonic()
        if len(self._taken) == RATE and now < self._taken[0] + 1:
            self.refused += 1
            return True
        self._taken.append(now)
        return False


def _limited(server: str, rows: int) -> tuple[float, float, int]:
    """Seconds, refusals a row, and rows that were lost."""
    limit = Limit()
    with prefix_proxy(server, "", limit) as url, WireClient(url) as client:
        client.echo("warm")
        begun = time.perf_counter()
        lost = _lost(client, rows, AT_ONCE)
        return time.perf_counter() - begun, limit.refused / rows, lost


def _lost(client: WireClient, rows: int, at_once: int) -> int:
    texts = [str(n) for n in range(rows)]
    results: list[Any] = list(
        client.echo.map(texts, client.echo.call, concurrency=at_once, progress=False)
    )
    return sum(
        not (result.ok and result.value == text)
        for result, text in zip(results, texts, strict=True)
    )


def refusals(rounds: int, rows: int, folder: Path) -> Result:
    """Check 6: too many requests, and a full queue."""
    del folder
    with (
        GradioServer("wire", 6) as server,
        GradioServer("wire", 6, {"MAX_QUEUE": str(PLACES)}) as full,
        WireClient(full.url) as client,
    ):
        measured = [_limited(server.url, rows) for _ in range(rounds)]
        lost_full = _lost(client, FULL, AT_ONCE)
    took, refused = (median(it[n] for it in measured) for n in (0, 1))
    ideal, lost = rows / RATE, sum(it[2] for it in measured)
    table = Table(
        "6. An app that refuses",
        f"{rows} rows, {AT_ONCE} at once, through a proxy that answers 429 beyond {RATE} "
        f"jobs in any second, without saying when to come again: medians of {rounds} rounds. "
        "Ideal are as many rows as are let through. And "
        f"{FULL} rows, {AT_ONCE} at once, through a queue with `max_size={PLACES}`.",
        ("", "seconds", "of the ideal time", "refusals a row", "lost"),
        (
            (
                "429",
                seconds(took),
                times(took / ideal),
                f"{refused:.2f}",
                count(lost),
            ),
            ("a full queue", "", "", "", count(lost_full)),
        ),
    )
    return Result(
        table,
        (
            Target.at_most("6. 429: time, of the ideal", took / ideal, 1.3, times),
            Target.at_most("6. 429: refusals a row", refused, 0.5, "{:.2f}".format),
            Target.at_most("6. 429: lost", lost, 0, count),
            Target.at_most("6. a full queue: lost", lost_full, 0, count),
        ),
    )
