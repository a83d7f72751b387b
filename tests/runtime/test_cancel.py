"""What `cancel()` answers, and does, for every state of every kind of function.

On each protocol: a WebSocket per job (3.50), an event stream per job (4.8), a stream
per session with and without a `/cancel` that empties the queue (6.31; 4.44 and 5.50).
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from gradio_runtime import JobCancelled, Status
from gradio_runtime._api.job import Job

from tests.runtime.test_processes import command
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import until
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow  # its servers come by way of a fixture of its own

PLAIN = ("/sleep", "/async_sleep")
GENERATORS = ("/slow_stream", "/async_slow_stream")
#: Steps that a generator would take if it were not stopped: half a minute of them.
STEPS = 600
#: How often to try what depends on the moment.
ROUNDS = 8


@pytest.fixture(params=["gradio3", "gradio48", "gradio4", "gradio5", "gradio6"])
def client(request: pytest.FixtureRequest) -> Iterator[WireClient]:
    server = cast("GradioServer", request.getfixturevalue(request.param))
    with WireClient(server.url) as client:
        yield client


@dataclass
class Siblings:
    """Other jobs of the client, which no cancelling may touch.

    Attributes:
        client: The client.
        key: Under which they leave their marks, each with a suffix.
    """

    client: WireClient
    key: str
    _jobs: list[tuple[str, int, Job[Any]]] = field(default_factory=list)

    def add(self, api_name: str, steps: int = 3) -> Job[Any]:
        """One more job of an endpoint: a short one, of steps of 50 ms."""
        key = f"{self.key}{len(self._jobs)}"
        job = submit(self.client, key, api_name, steps)
        self._jobs.append((key, steps, job))
        return job

    def check(self) -> None:
        """All of them have come to their ends, and each has run once."""
        for key, steps, job in self._jobs:
            if job.result(30).startswith("slept"):
                expected = ["start", "end"]
            else:
                expected = [f"step {n}" for n in range(steps)]
                assert job.outputs() == expected
            assert self.client.marks(key) == expected


@pytest.fixture
def siblings(client: WireClient, key: str) -> Siblings:
    return Siblings(client, f"{key}sibling")


def submit(client: WireClient, key: str, api_name: str, steps: int = STEPS) -> Job[Any]:
    """A job of 50 ms for each step."""
    if api_name in PLAIN:
        job: Job[Any] = client.submit(key, steps * 0.05, api_name=api_name)
    else:
        job = client.submit(key, steps, 0.05, api_name=api_name)
    return job


def reach(job: Job[Any], code: Status) -> None:
    until(lambda: job.status().code >= code, 30)


@pytest.mark.parametrize("api_name", ["/sleep", "/async_slow_stream"])
def test_a_queued_job_never_runs(
    client: WireClient, key: str, siblings: Siblings, api_name: str
) -> None:
    reach(siblings.add(api_name, 20), Status.PROCESSING)
    job = submit(client, key, api_name)
    reach(job, Status.IN_QUEUE)
    siblings.add(api_name)
    assert job.cancel() is True
    with pytest.raises(JobCancelled):
        job.result()
    siblings.check()
    assert client.marks(key) == []


@pytest.mark.parametrize("api_name", PLAIN)
def test_a_running_function_goes_on(
    client: WireClient, key: str, siblings: Siblings, api_name: str
) -> None:
    job = submit(client, key, api_name, 10)
    reach(job, Status.PROCESSING)
    siblings.add(api_name)
    siblings.add("/slow_stream")
    assert job.cancel() is False
    assert job.result(30) == "slept 0.5"
    assert client.marks(key) == ["start", "end"]
    siblings.check()


@pytest.mark.parametrize("api_name", GENERATORS)
def test_a_running_generator_is_stopped(
    client: WireClient, key: str, siblings: Siblings, api_name: str
) -> None:
    job = submit(client, key, api_name)
    assert job.first(30) == "step 0"
    siblings.add(api_name)
    siblings.add("/sleep")
    assert job.cancel() is True
    with pytest.raises(JobCancelled):
        job.result()
    assert job.status().code is Status.CANCELLED
    # The first of them has waited for this one's place.
    siblings.check()
    assert f"step {STEPS - 1}" not in client.marks(key)


@pytest.mark.parametrize("api_name", PLAIN + GENERATORS)
def test_an_ended_job_has_its_result(
    client: WireClient, key: str, api_name: str
) -> None:
    job = submit(client, key, api_name, 2)
    result = job.result(30)
    assert job.cancel() is False
    assert not job.cancelled()
    assert job.result() == result
    assert job.status().code is Status.FINISHED


@pytest.mark.parametrize("api_name", GENERATORS)
def test_a_generator_that_is_just_starting_is_stopped(
    client: WireClient, key: str, api_name: str
) -> None:
    """Cancelled in about the moment in which the app takes it out of its queue."""
    for n in range(ROUNDS):
        job = submit(client, f"{key}{n}", api_name)
        reach(job, Status.IN_QUEUE)
        time.sleep(n % 4 * 0.01)
        if not job.cancel():
            # Gradio 3 does not tell of an async one before its first output.
            assert job.first(30) == "step 0"
            assert job.cancel() is True
    # The app runs one at a time, so what goes on would keep this one waiting.
    assert submit(client, key, api_name, 1).result(10) == "step 0"


def test_a_process_that_ends_takes_its_jobs_back(client: WireClient, key: str) -> None:
    """Whatever they were just doing: wait, join, or be heard of for the first time."""
    body = f"""
    stream = client.slow_stream.stream(key, {STEPS}, 0.05)
    next(stream)
    jobs = [client.slow_stream.submit(key, {STEPS}, 0.05) for _ in range(3)]
    time.sleep(float(sys.argv[2]))
    """
    for n in range(4):
        program = command(body, client, key, str(n * 0.005))
        subprocess.run(program, check=True, timeout=20)
    assert submit(client, key, "/slow_stream", 1).result(10) == "step 0"
