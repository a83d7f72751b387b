"""Curves of what an output costs, as SVG, from the figures of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

#: A colour for each curve; one that is ours is wider.
_COLOURS = (
    *("#9aa5b1", "#243b53", "#d9a521", "#63b3a4", "#b0413e"),
    *("#1f5fa8", "#2f8f5b", "#7a4fa3", "#d9822b"),
)
# Sizes in pixels: of the picture, of the margins, and of a line of the legend.
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM, _LINE = 760, 360, 64, 216, 36, 48, 20


class _Scale(NamedTuple):
    """A logarithmic axis, from one place of the picture to another."""

    begin: float
    end: float
    least: float
    most: float

    def of(self, value: float) -> float:
        """Return the place of a value."""
        share = math.log(value / self.least) / (math.log(self.most / self.least) or 1)
        return self.begin + (self.end - self.begin) * share


@dataclass(frozen=True)
class Plot:
    """Curves of costs in seconds, by name and by size; both axes are logarithmic.

    Attributes:
        name: That of its file.
        title: What is shown.
        axis: What the sizes count.
        ours: The names of the curves to draw wider.
    """

    name: str
    title: str
    axis: str
    costs: Mapping[str, Mapping[int, float]]
    ours: Sequence[str] = ()

    def with_costs(self, more: Mapping[str, Mapping[int, float]]) -> Plot:
        """Return the plot with the points of another one of its name too."""
        costs = {name: {**self.costs.get(name, {}), **more[name]} for name in more}
        return Plot(self.name, self.title, self.axis, costs, self.ours)

    def svg(self) -> str:
        """Return the picture."""
        points = [point for curve in self.costs.values() for point in curve.items()]
        sizes, costs = (sorted(set(found)) for found in zip(*points, strict=True))
        x = _Scale(_LEFT, _WIDTH - _RIGHT, sizes[0], sizes[-1])
        marks = _marks(costs[0], costs[-1])
        y = _Scale(_HEIGHT - _BOTTOM, _TOP, marks[0], marks[-1])
        size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-size="12" fill="#1f2933"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">',
                f"<title>{escape(self.title)}</title>",
                f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
                _text(_LEFT, 20, self.title, 'font-weight="bold"'),
                *_grid({n: x.of(n) for n in sizes}, {n: y.of(n) for n in marks}),
                _text((_LEFT + x.end) / 2, _HEIGHT - 10, self.axis, _MIDDLE),
                *self._curves(x, y),
                "</svg>\n",
            ]
        )

    def _curves(self, x: _Scale, y: _Scale) -> Iterator[str]:
        """Yield the curves and the legend, which has them in the order of their ends."""
        ends = {name: curve[max(curve)] for name, curve in self.costs.items()}
        order = sorted(ends, key=lambda name: -ends[name])
        for n, (name, curve) in enumerate(self.costs.items()):
            colour = _COLOURS[n % len(_COLOURS)]
            width = 3 if name in self.ours else 1.5
            points = [(x.of(size), y.of(cost)) for size, cost in sorted(curve.items())]
            path = " L".join(f"{left:.1f} {top:.1f}" for left, top in points)
            stroke = f'stroke="{colour}" stroke-width="{width}"'
            yield f'<path d="M{path}" fill="none" {stroke}/>'
            for left, top in points:
                at = f'cx="{left:.1f}" cy="{top:.1f}"'
                yield f'<circle {at} r="{width}" fill="{colour}"/>'
            left, line = _WIDTH - _RIGHT + 20, _TOP + 10 + _LINE * order.index(name)
            yield f'<path d="M{left} {line} h20" {stroke}/>'
            yield _text(left + 28, line + 4, name)


_MIDDLE = 'text-anchor="middle"'


def _grid(xs: Mapping[int, float], ys: Mapping[float, float]) -> Iterator[str]:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for cost, y in ys.items():
        yield f'<path d="M{_LEFT} {y:.1f} H{right}" stroke="#e4e7eb"/>'
        yield _text(_LEFT - 8, y + 4, f"{cost * 1000:.2g} ms", 'text-anchor="end"')
    for size, x in xs.items():
        yield f'<path d="M{x:.1f} {bottom} v5" stroke="#9aa5b1"/>'
        yield _text(x, bottom + 18, f"{size:,}", _MIDDLE)


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'


def _marks(least: float, most: float) -> list[float]:
    """Return 1, 2 and 5 of each power of ten, from below the least to above the most."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    marks = [n * 10.0**power for power in powers for n in (1, 2, 5)]
    first = max(n for n, mark in enumerate(marks) if mark <= least)
    last = min(n for n, mark in enumerate(marks) if mark >= most)
    return marks[first : last + 1]
