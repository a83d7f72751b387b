"""Checks 3 and 5: rows that copies share, and servers that are killed under them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from gradio_runtime import Done, Failed, GradioError

from benchmarks.report import Result, Table, Target, count, percent, seconds, times
from tests.runtime.wire_api import WireClient
from tests.support.servers import GradioServer

#: Calls at once on each copy, and seconds of work in each.
LIMIT, WORK = 4, 0.1
#: How long a server is away, and how long a run without any waits, in seconds.
AWAY, PATIENCE = 30.0, 5.0
#: The result at which a server is killed.
KILLED_AT = 40


def _rows(client: WireClient, rows: int, **options: Any) -> Any:
    """Rows with some work each."""
    return client.parallel_sleep.map(
        range(rows),
        lambda n: client.parallel_sleep.call(f"row{n}", WORK),
        concurrency=LIMIT,
        progress=False,
        **options,
    )


@contextmanager
def _copies(number: int) -> Iterator[tuple[list[GradioServer], list[WireClient]]]:
    """Copies of one app, each a process of its own, and a client of each."""
    with ExitStack() as stack:
        servers = [GradioServer("wire", 6) for _ in range(number)]
        with ThreadPoolExecutor() as pool:
            list(pool.map(stack.enter_context, servers))
        clients = [stack.enter_context(WireClient(s.url)) for s in servers]
        for client in clients:
            client.noop()
        yield servers, clients


def shares(rounds: int, rows: int, folder: Path) -> Result:
    """Check 3: two copies against one."""
    del folder

    def timed(clients: Sequence[WireClient]) -> tuple[float, Counter[str]]:
        begun = time.perf_counter()
        results = list(_rows(clients[0], rows, clients=clients))
        assert all(isinstance(result, Done) for result in results)
        return time.perf_counter() - begun, Counter(r.src for r in results)

    with _copies(2) as (_, clients):
        measured = [(timed(clients[:1])[0], *timed(clients)) for _ in range(rounds)]
    faster = median(one / two for one, two, _ in measured)
    least = min(share for *_, got in measured for share in got.values()) / rows
    table = Table(
        "3. Two copies of an app",
        f"{rows} rows with {WORK:g} s of work, {LIMIT} at once on each copy: medians of "
        f"{rounds} rounds. The least share is that of all rounds.",
        ("", "seconds", "one / this", "least share"),
        (
            ("one", seconds(median(one for one, *_ in measured)), "1.00x", "100 %"),
            (
                "two",
                seconds(median(two for _, two, _ in measured)),
                times(faster),
                percent(least),
            ),
        ),
    )
    return Result(
        table,
        (
            Target.at_least("3. two copies, of one's rate", faster, 1.8, times),
            Target.at_least("3. least share of a copy", least, 0.4, percent),
        ),
    )


class Outage(NamedTuple):
    """What came of rows during which a server was killed."""

    done: int
    failed: int
    seconds: float
    #: Failed rows that are none of those that were under way, and rows that are missing.
    wrong: int
    most: int


def _counted(
    results: Any, rows: int, most: int, hit: Callable[[], object] | None
) -> Outage:
    begun, done, lost, wrong = time.monotonic(), 0, 0, 0
    for result in results:
        done += result.ok
        lost += not result.ok
        wrong += isinstance(result, Failed) and not result.may_have_run
        if done + lost == KILLED_AT and hit is not None:
            hit()
    wrong += rows - done - lost
    return Outage(done, lost, time.monotonic() - begun, wrong, most)


def _comes_back(rows: int, folder: Path, *, may_repeat: bool) -> Outage:
    """Kill the only server; it is there again after a while."""
    del folder

    def away() -> None:
        servers[0].kill()
        time.sleep(AWAY)
        servers[0].restart()

    with _copies(1) as (servers, (client,)):
        results = _rows(client, rows, may_repeat=may_repeat)
        return _counted(results, rows, 0 if may_repeat else LIMIT, away)


def _one_is_gone(rows: int, folder: Path, *, may_repeat: bool) -> Outage:
    """Kill one of two servers for good."""
    del folder
    with _copies(2) as (servers, clients):
        results = _rows(clients[0], rows, clients=clients, may_repeat=may_repeat)
        return _counted(results, rows, 0 if may_repeat else LIMIT, servers[1].kill)


def _all_are_gone(rows: int, folder: Path) -> Outage:
    """Kill the only server; the run stops, and is taken up once there is another."""
    store = folder / "all gone"
    with _copies(1) as (servers, (client,)):
        begun, said = time.monotonic(), "it has ended"
        try:
            results = _rows(client, rows, store=store, patience=PATIENCE)
            _counted(results, rows, LIMIT, servers[0].kill)
        except GradioError as error:
            said = str(error)
        assert "The run has stopped" in said, said
        stopped = time.monotonic() - begun
        servers[0].restart()
        again = _counted(_rows(client, rows, store=store), rows, LIMIT, None)
        return again._replace(seconds=stopped)


SCENES: dict[str, Callable[[int, Path], Outage]] = {
    f"back after {AWAY:g} s": partial(_comes_back, may_repeat=False),
    f"back after {AWAY:g} s, may_repeat": partial(_comes_back, may_repeat=True),
    "one of two gone for good": partial(_one_is_gone, may_repeat=False),
    "one of two gone for good, may_repeat": partial(_one_is_gone, may_repeat=True),
    f"all gone, patience {PATIENCE:g} s, then taken up again": _all_are_gone,
}


def outages(rounds: int, rows: int, folder: Path) -> Result:
    """Check 5: servers that are killed."""
    del rounds  # these are counts
    with ThreadPoolExecutor(2) as pool:
        waits = {
            name: pool.submit(scene, rows, folder) for name, scene in SCENES.items()
        }
        seen = {name: waiting.result() for name, waiting in waits.items()}
    table = Table(
        "5. Servers that are killed",
        f"{rows} rows with {WORK:g} s of work, {LIMIT} at once; `kill -9` of the server at "
        f"result {KILLED_AT}. Failed may be those that were under way, {LIMIT} at most, and "
        "none that may be repeated. Seconds are those until the end; of the last, until the "
        "run stopped.",
        ("", "done", "failed", "failed without a reason, or missing", "seconds"),
        tuple(
            (
                name,
                count(it.done),
                count(it.failed),
                count(it.wrong),
                seconds(it.seconds),
            )
            for name, it in seen.items()
        ),
    )
    targets: list[Target] = []
    for name, it in seen.items():
        targets += (
            Target.at_most(f"5. {name}: failed", it.failed, it.most, count),
            Target.at_most(f"5. {name}: wrong or missing", it.wrong, 0, count),
        )
    return Result(table, tuple(targets))
