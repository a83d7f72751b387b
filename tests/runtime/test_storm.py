"""A storm of jobs of every kind, most of them cancelled, at any moment.

Every job has its right end: one that was not cancelled its whole result and all of its
outputs; one whose `cancel()` said True is cancelled; one where it said False goes on to
its whole result. Nothing is lost, cut short, or another's.

    make storm        # a minute on each version; ARGS=… goes to pytest
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from gradio_runtime import Client, JobCancelled, Status
from gradio_runtime._api.job import Job

from tests.conftest import StartServer
from tests.support.servers import GradioServer

SECONDS = float(os.environ.get("STORM_SECONDS", "10"))
SEED = int(os.environ.get("STORM_SEED", "1"))
#: Threads, each of which follows one job at a time.
CALLERS = 16
#: Seconds after which a job that has not ended is lost; all of them are short.
LOST = 60.0


def grown(key: str, n: int) -> list[Any]:
    return ["".join(f"{key}{i} " for i in range(m + 1)) for m in range(n)]


def tables(key: str, n: int) -> list[Any]:
    return [
        [{"key": key, "step": i, "done": i < m} for i in range(0, m + 1, 2)]
        for m in range(n)
    ]


def said(key: str, n: int) -> list[Any]:
    return [key]


#: What each endpoint puts out, and whether it does so step by step.
STREAMS: dict[str, Callable[[str, int], list[Any]]] = {
    "/grow": grown,
    "/queued_grow": grown,
    "/async_grow": grown,
    "/rows": tables,
    "/state_grow": grown,
    "/queued_state_grow": grown,
}
PLAIN: dict[str, Callable[[str, int], list[Any]]] = {
    "/work": said,
    "/queued_work": said,
    "/async_work": said,
    "/state_work": said,
}
ENDPOINTS = {**STREAMS, **PLAIN}


@dataclass
class Call:
    """One job, and what is right for it.

    Attributes:
        api_name: The endpoint.
        job: The job.
        outputs: All that it puts out, the last of which is its result.
        cancelled: What `cancel()` said; None if nobody called it.
        maybe_cancelled: Whether `cancel_soon()`, which says nothing, was called.
    """

    api_name: str
    job: Job[Any]
    outputs: list[Any]
    cancelled: bool | None = None
    maybe_cancelled: bool = False

    def end(self) -> str:
        """Wait for the end, and name it; what is wrong begins with `WRONG`."""
        try:
            result = self.job.result(LOST)
        except JobCancelled:
            if not (self.cancelled or self.maybe_cancelled):
                return f"WRONG: cancelled, though cancel() said {self.cancelled}"
            seen = self.job.outputs()
            if seen != self.outputs[: len(seen)]:
                return "WRONG: cancelled, with outputs that are not its own"
            return "cancelled"
        except Exception as error:
            return f"WRONG: {error!r}, cancel() said {self.cancelled}"
        if self.cancelled:
            return "WRONG: a result, though cancel() said True"
        if result != self.outputs[-1]:
            return f"WRONG: {str(result)[-50:]!r} is not the result"
        if self.job.outputs() != self.outputs:
            return "WRONG: outputs are missing, or not its own"
        return "result" if self.cancelled is None else "too late to cancel"


def begin(client: Client, chance: random.Random) -> Call:
    """A job of any kind, of up to some 0.15 s."""
    api_name = chance.choice(list(ENDPOINTS))
    key, n = f"{chance.getrandbits(48):x}-", chance.randint(1, 8)
    return submit(client, api_name, key, n, chance.choice((0.0, 0.005, 0.02)))


def submit(client: Client, api_name: str, key: str, n: int, delay: float) -> Call:
    if api_name in STREAMS:
        job: Job[Any] = client.submit(key, n, delay, api_name=api_name)
    else:
        job = client.submit(key, delay * 4, api_name=api_name)
    return Call(api_name, job, ENDPOINTS[api_name](key, n))


def wait(job: Job[Any], chance: random.Random) -> None:
    """Wait for a moment in which to cancel."""
    codes = (Status.STARTING, Status.IN_QUEUE, Status.PROCESSING, Status.ITERATING)
    code = chance.choice(codes)
    next(update for update in job.updates() if update.code >= code)
    if chance.random() < 0.5:
        time.sleep(chance.random() * chance.choice((0.01, 0.1)))


def storm(clients: list[Client], number: int, until: float) -> Counter[tuple[str, str]]:
    """What one caller's jobs came to, by endpoint."""
    chance, ends = random.Random(f"{SEED}-{number}"), Counter[tuple[str, str]]()
    while time.monotonic() < until:
        call = begin(chance.choice(clients), chance)
        if chance.random() < 0.7:
            wait(call.job, chance)
            if chance.random() < 0.2:
                call.job.cancel_soon()
                call.maybe_cancelled = True
            else:
                call.cancelled = call.job.cancel()
        ends[call.api_name, call.end()] += 1
    return ends


@pytest.mark.parametrize("gradio", [5, 6])
def test_every_job_of_a_storm_ends_right(
    start_server: StartServer, gradio: int
) -> None:
    server = start_server("storm", gradio)
    with Client(server.url) as one, Client(server.url) as another:
        until = time.monotonic() + SECONDS
        with ThreadPoolExecutor(CALLERS) as callers:
            running = [
                callers.submit(storm, [one, another], number, until)
                for number in range(CALLERS)
            ]
        ends = sum((each.result() for each in running), Counter[tuple[str, str]]())
    show(server, ends)
    assert not {end: n for end, n in ends.items() if "WRONG" in end[1]}
    # It was a storm: jobs of each kind met the ends that are usual for it.
    assert all(ends[api_name, "result"] for api_name in ENDPOINTS)
    assert all(ends[api_name, "cancelled"] for api_name in STREAMS)
    assert all(ends[api_name, "too late to cancel"] for api_name in PLAIN)
    # And nothing that was cancelled still holds a place.
    with Client(server.url) as client:
        for api_name in ENDPOINTS:
            call = submit(client, api_name, "after-", 2, 0.0)
            assert call.end() == "result", api_name


def show(server: GradioServer, ends: Counter[tuple[str, str]]) -> None:
    """Print how many jobs of each kind came to which end."""
    print(f"\nGradio {server.version}: {sum(ends.values())} jobs")
    for (api_name, end), count in sorted(ends.items()):
        print(f"{count:6} {api_name} {end}")
