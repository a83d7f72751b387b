"""The soak runs, and notices what it is there to notice."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from gradio_runtime import ConnectionLost

from benchmarks.soak import traffic
from benchmarks.soak.actions import Scene, check
from benchmarks.soak.samples import Sample
from benchmarks.soak.traffic import Account, Traffic
from benchmarks.soak.verdict import grown
from tests.support.misbehaving import until

ROOT = Path(__file__).parents[1]
SAMPLE = Sample(0.0, 60.0, 180_000, 3, 0, 0, 12, 4, 2, 10, 0, 5, 50)


@pytest.mark.slow
def test_a_short_soak_has_no_failure(tmp_path: Path) -> None:
    output = tmp_path / "soak.md"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.soak"),
            *("--minutes", "0.1", "--output", str(output)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Too short to judge growth; no failure." in output.read_text("utf-8")


def test_noise_is_no_growth() -> None:
    samples = [
        replace(SAMPLE, rss=60 + i % 3, sockets=4 + i % 2, blocks=180_000 + i % 7)
        for i in range(20)
    ]
    assert grown(samples) == []


def test_what_grows_while_it_warms_up_is_forgiven() -> None:
    samples = [replace(SAMPLE, rss=20.0 + 10 * min(i, 4)) for i in range(20)]
    assert grown(samples) == []


@pytest.mark.parametrize(
    ("name", "step"), [("rss", 0.5), ("blocks", 400), ("threads", 1), ("sockets", 1)]
)
def test_growth_is_named(name: str, step: float) -> None:
    samples = [
        replace(SAMPLE, **{name: getattr(SAMPLE, name) + step * i}) for i in range(20)
    ]
    findings = grown(samples)
    assert findings is not None
    assert [finding.split()[0] for finding in findings] == [name]


def test_few_samples_say_nothing() -> None:
    assert grown([SAMPLE] * 5) is None


def test_more_idle_sessions_than_are_kept_on_purpose_are_named() -> None:
    assert grown([replace(SAMPLE, sessions=37)] * 20) == [
        "sessions are 37, more than 36"
    ]


def run(action: Callable[[Scene], object], *, quiet: bool) -> tuple[Account, bool]:
    account = Account()

    def scene(_: int) -> Scene:
        return Scene(traffic, None, random.Random(1), Path(), quiet)

    return account, Traffic(account, (action,)).run(0.1, scene)


def lose(_: Scene) -> None:
    raise ConnectionLost("cut")


def test_an_error_of_ours_is_a_failure_without_faults_only() -> None:
    account, fine = run(lose, quiet=False)
    assert fine
    assert not account.failed
    assert account.errors["ConnectionLost"] >= 1
    account, _ = run(lose, quiet=True)
    assert account.failed >= 1
    assert not account.errors


def test_a_wrong_answer_and_a_foreign_error_are_failures() -> None:
    def wrong(_: Scene) -> None:
        check("echo", "a", "b")

    def foreign(_: Scene) -> None:
        raise OSError("not ours")

    for action in (wrong, foreign):
        account, _ = run(action, quiet=False)
        assert account.failed >= 1
        assert not account.done


def test_a_hang_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "BOUND", 0.05)
    release = threading.Event()

    def hang(_: Scene) -> None:
        release.wait(60)

    account, fine = run(hang, quiet=False)
    release.set()
    assert not fine
    assert any("release.wait" in failure for failure in account.failures)
    until(lambda: any("hang took" in failure for failure in account.failures))
