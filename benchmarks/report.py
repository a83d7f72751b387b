"""Tables of results, on the terminal and in files."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from typing import Self

from benchmarks.plots import Plot


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


@dataclass(frozen=True)
class Target:
    """What was aimed at, and what came of it."""

    what: str
    limit: str
    measured: str
    met: bool

    @classmethod
    def at_most(
        cls, what: str, value: float, limit: float, show: Callable[[float], str]
    ) -> Self:
        """A value that should not be above the limit."""
        return cls(what, f"≤ {show(limit)}", show(value), value <= limit)

    @classmethod
    def at_least(
        cls, what: str, value: float, limit: float, show: Callable[[float], str]
    ) -> Self:
        """A value that should not be below the limit."""
        return cls(what, f"≥ {show(limit)}", show(value), value >= limit)

    def of_gradio(self, major: int) -> Self:
        """The same, told apart from that of another server."""
        return replace(self, what=f"Gradio {major}: {self.what}")


@dataclass(frozen=True)
class Result:
    """What one case showed."""

    table: Table
    targets: tuple[Target, ...] = ()
    plot: Plot | None = None


class Report:
    """A file of results, each of which is also printed as it comes."""

    def __init__(self, title: str, target: str) -> None:
        self._parts: list[str] = []
        self._targets: list[Target] = []
        self._plots: dict[str, Plot] = {}
        how = f"Written by `make {target}`; each figure is from one run on one machine."
        self.tell(f"# {title}\n\n{how}")

    def tell(self, text: str) -> None:
        """Add a text."""
        self._parts.append(text)
        print(f"{text}\n", flush=True)

    def add(self, result: Result) -> None:
        """Add what one case showed."""
        self.tell(result.table.markdown())
        self._targets += result.targets
        if (plot := result.plot) is not None:
            known = self._plots.get(plot.name, plot)
            self._plots[plot.name] = known.with_costs(plot.costs)

    def end(self) -> bool:
        """Add the verdicts; return whether all targets are met."""
        self.tell(targets_table(self._targets).markdown())
        return all(target.met for target in self._targets)

    def write(self, path: Path) -> None:
        """Write it into a file, and its plots beside that."""
        path.write_text("\n\n".join(self._parts) + "\n", encoding="utf-8")
        for name, plot in self._plots.items():
            path.with_name(f"{name}.svg").write_text(plot.svg(), encoding="utf-8")
        print(f"Wrote {', '.join([str(path), *self._plots])}")


def targets_table(targets: Sequence[Target]) -> Table:
    """The verdicts of all cases."""
    met = sum(target.met for target in targets)
    return Table(
        "Targets",
        f"{met} of {len(targets)} met; ratios of medians of this run.",
        ("", "target", "measured", "verdict"),
        tuple(
            (t.what, t.limit, t.measured, "met" if t.met else "missed") for t in targets
        ),
    )


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds, with three digits that matter."""
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 100 else f"{value:.3g} ms"


def times(ratio: float) -> str:
    """A ratio, such as `12x` or `1.04x`."""
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.2f}x"


def mebibytes(size: float) -> str:
    """Bytes as MiB."""
    return f"{size / (1 << 20):.1f} MiB"


def percent(share: float) -> str:
    """A share, such as `42 %`."""
    return f"{share:.0%}".replace("%", " %")


def seconds(value: float) -> str:
    """Seconds with a digit after the point."""
    return f"{value:.1f} s"


def count(number: float) -> str:
    """A whole number."""
    return f"{number:.0f}"


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
