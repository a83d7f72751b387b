"""Tables of results, on the terminal and in RESULTS.md."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Table:
    """One case: what it is, and a row for each contender."""

    title: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """The table as Markdown that also reads well as plain text."""
        lines = (self.heads, *self.rows)
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.heads))]
        rule = "|".join("-" * (width + 1) + ":" for width in widths[1:])
        return "\n".join(
            [
                f"## {self.title}\n\n{self.about}\n",
                _line(self.heads, widths),
                f"|{'-' * (widths[0] + 2)}|{rule}|",
                *(_line(row, widths) for row in self.rows),
            ]
        )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = cells
    right = (cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True))
    return f"| {' | '.join([first.ljust(widths[0]), *right])} |"


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds, with three digits that matter."""
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 100 else f"{value:.3g} ms"


def times(ratio: float) -> str:
    """A ratio, such as `12x`."""
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


def machine(gradio: str | None) -> str:
    """Where and with what this was measured; against which server, if any."""
    names = ("gradio-codegen", "gradio_client", "httpx2", "pydantic")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    server = f"; server: Gradio {gradio} on the same machine, over loopback"
    return (
        f"{_cpu()}, {cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {sys.version.split()[0]}{server if gradio else ''}; {packages}."
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
