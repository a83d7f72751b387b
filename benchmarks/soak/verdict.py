"""Whether the process has grown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from benchmarks.soak.samples import Sample

#: The first part of all samples, in which caches and pools fill.
WARM_UP = 0.2
#: Fewer samples after it say nothing.
_FEWEST = 6
#: How much the mean of the last third may be above that of the first.
_MEANS = {"rss": 3.0, "blocks": 2000.0}
#: What may never be more in the last third than it was before.
_EXACT = (
    "threads",
    "tasks",
    "background",
    "files",
    "sockets",
    "pooled",
    "jobs",
)
#: What is kept on purpose: by a client 17 idle sessions beside its own, and the names of
#: 1000 jobs in each that were left before their end; by the process the names of 10,000
#: sessions. It takes long until all are there.
_CAPS = {"sessions": 2 * 18.0, "heard": 2 * 18 * 1000.0, "names": 10_000.0}


def grown(samples: Sequence[Sample]) -> list[str] | None:
    """What has grown, in words; None when there are too few samples to say."""
    warm = samples[round(len(samples) * WARM_UP) :]
    if len(warm) < _FEWEST:
        return None
    third = len(warm) // 3
    first, last = warm[:third], warm[-third:]
    findings = []
    for name, bound in _MEANS.items():
        growth = fmean(_column(last, name)) - fmean(_column(first, name))
        if growth > bound:
            findings.append(f"{name} has grown by {growth:.1f} (bound {bound:g})")
    for name in _EXACT:
        before, after = max(_column(warm[:-third], name)), max(_column(last, name))
        if after > before:
            findings.append(f"{name} has grown from {before:g} to {after:g}")
    for name, cap in _CAPS.items():
        if (most := max(_column(warm, name))) > cap:
            findings.append(f"{name} are {most:g}, more than {cap:g}")
    return findings


def growth_table(samples: Sequence[Sample]) -> list[tuple[str, float, float]]:
    """Each quantity with its mean in the first and in the last third after warm-up."""
    warm = samples[round(len(samples) * WARM_UP) :]
    third = max(1, len(warm) // 3)
    return [
        (name, fmean(_column(warm[:third], name)), fmean(_column(warm[-third:], name)))
        for name in (*_MEANS, *_EXACT, *_CAPS)
    ]


def _column(samples: Sequence[Sample], name: str) -> list[float]:
    return [float(getattr(sample, name)) for sample in samples]
