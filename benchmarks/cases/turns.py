"""What the cases share: contenders take turns in every round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

NAMES = {
    "official": "gradio_client",
    "ours": "generated module",
    "ours_async": "generated module, async",
    "untyped": "gradio_runtime.Client",
    "floor": "bare httpx2",
    "floor_async": "bare httpx2, async",
}

OURS = ("ours", "ours_async", "untyped")

T = TypeVar("T")


def in_turns(
    rounds: int, contenders: Sequence[str], run: Callable[[str], T]
) -> dict[str, list[T]]:
    """Run each contender once a round: what slows the machine down slows all down."""
    results: defaultdict[str, list[T]] = defaultdict(list)
    for i in range(rounds):
        first = i % len(contenders)
        for name in (*contenders[first:], *contenders[:first]):
            results[name].append(run(name))
    return {name: results[name] for name in contenders}
