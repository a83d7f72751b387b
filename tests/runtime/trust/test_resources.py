"""What hostile traffic does to a healthy app of the same process.

A few kinds of `make bench-hostile`, which measures all of them; each is the worst of
its sort on version 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.hostile.__main__ import GROWTH, measure
from tests.support.fast_server import fast_server

pytestmark = pytest.mark.slow

#: What becomes of the hostile call: an error of ours, or it goes on for as long as its
#: caller lets it.
OUTCOMES = {
    "config of 32 MB of [],": "ProtocolError",
    "message of 100 MB of [],": "ProtocolError",
    "message of 60 MB of floats": "ProtocolError",
    "200,000 files": "ProtocolError",
    "3,000 edits of 2 MB, read": "goes on",
    "3,000 edits of 2 MB, result": "ended",
    "chunks of one byte": "goes on",
    "30 MB of text, wide": "ended",
    "30 MB of invalid UTF-8": "ProtocolError",
    "700,000 misfits in a message": "OutputMismatch",
    "900 contents in each output": "goes on",
    "text without an end": "ProtocolError",
    "insertions by the million": "ProtocolError",
    "socket: fragments": "goes on",
}
#: Seconds for each.
SECONDS = 4.0
#: How many times as long as usual a call of the healthy app may take: generous, for a
#: machine with much else to do. On 0.1 it was thousands of times.
RATIO = 1000


@pytest.fixture(scope="module")
def healthy() -> Iterator[str]:
    with fast_server() as url:
        yield url


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_healthy_app_goes_on_beside_a_hostile_one(healthy: str, kind: str) -> None:
    seconds = 60.0 if OUTCOMES[kind] != "goes on" else SECONDS
    measured = measure(kind, healthy, seconds)
    assert measured["outcome"].startswith(OUTCOMES[kind]), measured
    assert measured["calls"] > 0, measured
    assert measured["growth"] <= GROWTH, measured
    assert measured["worst"] <= RATIO * measured["usual"], measured
