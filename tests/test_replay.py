"""The paced replay: every caller is measured in the same way, and a run writes where it is told."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

from benchmarks import run
from benchmarks.cases import paced
from benchmarks.processes import LONGEST, ROOT, told_by
from benchmarks.replay import callers
from benchmarks.replay.callers import CALLERS, Reading
from tests.support.fast_server import PREFIX, fast_server, grown

STREAMS, OUTPUTS, PACE = 3, 6, 0.02
FORMATS = (".md", ".svg")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with fast_server(PACE) as url:
        yield url


@pytest.mark.slow
@pytest.mark.parametrize("caller", CALLERS)
def test_each_stream_counts_from_its_own_start(url: str, caller: str) -> None:
    words = (caller, url, str(STREAMS), str(OUTPUTS))
    told = told_by("benchmarks.replay.worker", *words, timeout=LONGEST)
    reading = Reading(*told)
    assert reading.cpu > 0
    assert len({begin for begin, _ in reading.spans}) == STREAMS
    # The server cannot have begun before the caller, nor have sent the end before this.
    assert min(end - begin for begin, end in reading.spans) >= OUTPUTS * PACE
    assert reading.seconds >= max(end - begin for begin, end in reading.spans)


def test_jobs_of_one_session_wait_for_none_of_it(url: str) -> None:
    with httpx2.Client(base_url=f"{url}{PREFIX}/queue") as http:
        for _ in range(STREAMS):
            body = {"data": [OUTPUTS], "fn_index": 1, "session_hash": "one"}
            http.post("/join", json=body)
        feed = http.get("/data", params={"session_hash": "one"}).text
    told = re.findall(r'"msg": "(process_starts|process_completed|close_stream)"', feed)
    begun, completed = ["process_starts"] * STREAMS, ["process_completed"] * STREAMS
    assert told == [*begun, *completed, "close_stream"]


class SubmittedJob(Future[str]):
    """One that has ended, unless another one ends it once that has been read."""

    ends: SubmittedJob | None = None

    def result(self, timeout: float | None = None) -> str:
        assert self.done(), "one job is waited for while another has ended"
        text = super().result(timeout)
        if self.ends is not None:
            self.ends.set_result(text)
        return text


def test_a_submitted_job_is_not_charged_with_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, first, second = jobs = [SubmittedJob() for _ in range(3)]
    second.ends = first
    submitted: list[float] = []

    def submit(outputs: int) -> SubmittedJob:
        job = jobs[len(submitted)]
        submitted.append(time.perf_counter())
        if job is not first:
            job.set_result([text for text, _ in grown(outputs)][-1])
        return job

    client = SimpleNamespace(grow=SimpleNamespace(submit=submit))
    monkeypatch.setattr(callers, "GrowClient", lambda _: client)
    reading = CALLERS["submit().result()"]("", 2, OUTPUTS)
    (begin, end), (_, end_of_first) = reading.spans
    assert submitted[1] <= begin <= submitted[2]
    assert end <= end_of_first


def test_a_late_start_is_not_unfair() -> None:
    reading = Reading(0.5, 0, [(0.0, 2.0), (1.0, 3.0)])
    assert reading.spread == 1
    assert reading.seconds == 3
    figures = paced.Figures.of([reading], 6)
    assert figures.rate == 2
    assert figures.cpu == 0.5 / 6


def test_a_run_writes_only_where_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reports = [it for it in (ROOT / "benchmarks").iterdir() if it.suffix in FORMATS]
    committed = {path: path.read_bytes() for path in reports}
    monkeypatch.setattr(paced, "fast_server", nullcontext)
    reading = Reading(0.5, 1 << 20, [(0.0, 2.0)])
    monkeypatch.setattr(paced, "told_by", lambda *_, timeout: reading)
    words = ["run", "--only", "paced", "--rounds", "1", "--output", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", words)
    run.main()
    assert {path.name for path in tmp_path.iterdir()} == {
        "REPLAY.md",
        "cost-by-streams.svg",
    }
    report = (tmp_path / "REPLAY.md").read_text("utf-8")
    assert report.startswith(f"# {paced.TITLE}\n")
    assert report.count("\n# ") == 0
    for streams, _, pace in paced.CASES:
        assert f"at most {streams / pace:.0f} come in a second" in report
    assert report.count("1.0 MiB") == len(CALLERS) * len(paced.CASES)
    assert [path for path in reports if path.read_bytes() != committed[path]] == []
