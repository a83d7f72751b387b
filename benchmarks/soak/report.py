"""The soak's report, as Markdown that also reads well as plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.report import machine
from benchmarks.soak.control import Control
from benchmarks.soak.samples import Sample
from benchmarks.soak.traffic import WORKERS, Account
from benchmarks.soak.verdict import growth_table

REPORT = Path(__file__).parents[1] / "SOAK.md"


def report(
    account: Account,
    samples: Sequence[Sample],
    findings: Sequence[str] | None,
    control: Control,
) -> str:
    """Everything that a run has found."""
    versions = " and ".join(control.versions)
    minutes = samples[-1].minute if samples else 0.0
    table = "\n".join(sample.line() for sample in samples)
    grown = "\n".join(
        f"{name:>12} {before:12.2f} {after:12.2f}"
        for name, before, after in (growth_table(samples) if samples else ())
    )
    return f"""# What minutes of traffic with faults leave behind

Written by `make soak`: {minutes:.1f} minutes, {WORKERS} threads.

{machine(versions)}

**{_verdict(account, findings)}**

- Actions that went right: {_counts(account.done)}
- Errors while there were faults: {_counts(account.errors)}
- Faults: {_counts(control.faults)}

## First and last third after the warm-up

```
{"mean of":>12} {"first third":>12} {"last third":>12}
{grown}
```

## Every look at the process

RSS is in MiB.

```
{Sample.heads()}
{table}
```
{_failures(account)}"""


def _verdict(account: Account, findings: Sequence[str] | None) -> str:
    if findings is None:
        growth = "Too short to judge growth"
    else:
        growth = "; ".join(findings) or "Nothing has grown"
    failures = f"{account.failed} failures" if account.failed else "no failure"
    return f"{growth}; {failures}."


def _counts(counts: Mapping[str, int]) -> str:
    parts = (f"{name} {n}" for name, n in sorted(counts.items()))
    return f"{sum(counts.values())} ({', '.join(parts)})" if counts else "none"


def _failures(account: Account) -> str:
    if not account.failures:
        return ""
    return "\n## Failures\n\n" + "\n".join(f"```\n{f}\n```" for f in account.failures)
