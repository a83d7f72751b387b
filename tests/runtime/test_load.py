"""A great many outputs and jobs: memory does not grow, nor do streams."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Iterator

import pytest

from tests.runtime.wire_api import WireClient
from tests.support.fast_server import fast_server

pytestmark = pytest.mark.slow

#: What 90,000 more outputs may add to the most memory that a process has held, in KiB.
#: Those outputs are some 90,000 KiB. A reader that the machine holds up has up to
#: `MAX_UNREAD_SIZE` of messages before it, which take thirty times as much.
ALLOWED = 32 << 10
#: How many objects 90,000 outputs may leave behind.
LEFT = 9_000

MEMORY = """
import gc, sys
from tests.runtime.wire_api import WireClient

def held():
    '''The most KiB that this process has held (proc(5), VmHWM), and its objects now.'''
    gc.collect()
    with open("/proc/self/status") as status:
        peak = next(line.split()[1] for line in status if "VmHWM" in line)
    return f"{peak} {sys.getallocatedblocks()}"

client = WireClient(sys.argv[1])
"""
STREAM = """
for count, text in enumerate(client.grow.stream(100_000), 1):
    assert len(text) >= 500
    if count in {10_000, 100_000}:
        print(held())
assert count == 100_000
"""
PREDICT = """
for count in (10_000, 100_000):
    assert client.grow(count).endswith(f"piece {count - 1:06} ")
    print(held())
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with fast_server() as url:
        yield url


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("way", [STREAM, PREDICT], ids=["stream", "predict"])
def test_a_hundred_thousand_outputs_take_no_memory(url: str, way: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MEMORY + way), url],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    peak, objects, peak_after, objects_after = map(int, result.stdout.split())
    assert peak_after - peak < ALLOWED
    assert objects_after - objects < LEFT


def test_thousands_of_jobs_share_one_stream(url: str) -> None:
    with WireClient(url) as client:
        before = seen(url)
        jobs = [client.echo.submit(str(n)) for n in range(2000)]
        assert [job.result(60) for job in jobs] == [str(n) for n in range(2000)]
        after = seen(url)
    assert after["sessions"] == before["sessions"] + 1
    assert after["most_open"] == 1


def seen(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/seen") as answer:
        numbers: dict[str, int] = json.load(answer)
    return numbers


def test_streams_that_have_begun_wait_for_no_other() -> None:
    """Each goes on for longer than a test may take: none of them ends."""
    with fast_server(pace=0.05) as url, WireClient(url, max_workers=2) as client:
        grow = client.grow.with_options(timeout=60)
        streams = [grow.stream(100_000) for _ in range(6)]
        assert len({next(stream) for stream in streams}) == 1
        for stream in streams:
            stream.close()
