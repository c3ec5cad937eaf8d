"""The funnel: every area against its size, between the limits of what chance alone makes of the common average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.reporting.figures.chart import Chart
from pipeline.reporting.figures.lettering import wrap
from pipeline.reporting.figures.marks import (
    Label,
    Reference,
    label_ends,
    limits_of,
    mark_range,
    reference_label,
)
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, PAPER
from pipeline.reporting.figures.sheet import SMALL, Sheet, body_of


@dataclass(frozen=True)
class Dot:
    """One area: its size and value; whether it is the page's own, and whether it is near (of the same area above)."""

    name: str
    size: float
    value: float
    lower: float
    upper: float
    is_own: bool = False
    is_near: bool = False
    is_named: bool = False


@dataclass(frozen=True)
class Limits:
    """Limits of the funnel, lists of one length by size, and the average they stand around."""

    sizes: Sequence[float]
    centre: float
    lower_95: Sequence[float]
    upper_95: Sequence[float]
    lower_998: Sequence[float]
    upper_998: Sequence[float]

    def at(self, size: float, side: str) -> float:
        """One of the limits at a size, between the sizes given."""
        return float(np.interp(np.log(size), np.log(self.sizes), getattr(self, side)))


def funnel_figure(
    sheet: Sheet,
    dots: Sequence[Dot],
    limits: Limits,
    normal: Reference | None,
    centre_label: str,
    size_label: str,
    own_label: str = "",
) -> None:
    left, right, below, height = 0.36, 0.82 if sheet.is_narrow else 1.02, 0.44, 2.5
    sizes = _span([dot.size for dot in dots])
    shown = [edge for dot in dots for edge in (dot.value, *((dot.lower, dot.upper) if dot.is_own else ()))]
    largest = max(dot.size for dot in dots)
    edges = [limits.at(largest, side) for side in ("lower_998", "upper_998")]
    values = limits_of([*shown, *edges], (normal,))
    with body_of(sheet, height + below) as body:
        chart = Chart(body, left, below, sheet.width - left - right, height, sizes, values, is_log=True)
        chart.name_values(5 if sheet.is_narrow else 7)
        _name_sizes(chart, 4 if sheet.is_narrow else 7)
        body.text(chart.right, 0.02, size_label, size=SMALL, color=MUTED, ha="right", va="bottom")
        mark_range(chart, normal)
        labels = _draw_limits(chart, limits)
        _draw_dots(chart, dots)
        centre = Label(limits.centre, centre_label, INK)
        label_ends(chart, [*labels, centre, *reference_label(chart, normal)])
        for dot in dots:
            if dot.is_own or dot.is_named:
                _name(chart, dot, (own_label or dot.name) if dot.is_own else dot.name)


def _span(sizes: Sequence[float]) -> tuple[float, float]:
    low, high = min(sizes), max(sizes)
    margin = 1.12 if high / low > 1.5 else 1.5
    return low / margin, high * margin


def _draw_limits(chart: Chart, limits: Limits) -> list[Label]:
    """Dashed for 95 %, solid for 99.8 %, the average as a line; returns the labels of the upper ones."""
    sizes = np.geomspace(*chart.xs, 60).tolist()
    chart.across([limits.centre], INK, 0.9, zorder=1.5)
    labels = []
    for level, dashes in (("95", (4, 2)), ("998", ())):
        for side in ("lower", "upper"):
            edge = [limits.at(size, f"{side}_{level}") for size in sizes]
            chart.line(sizes, edge, MUTED, 0.9, dashes=dashes, zorder=1.5)
        name = "95%" if level == "95" else "99.8%"
        labels.append(Label(limits.at(sizes[-1], f"upper_{level}"), name))
    return labels


def _draw_dots(chart: Chart, dots: Sequence[Dot]) -> None:
    far = [dot for dot in dots if not dot.is_near and not dot.is_own]
    near = [dot for dot in dots if dot.is_near and not dot.is_own]
    for group, face, size in ((far, PAPER, 4.2), (near, MUTED, 4.6)):
        places = [(dot.size, dot.value) for dot in group]
        chart.marks(places, "o", size, face, markeredgecolor=MUTED, markeredgewidth=0.8, zorder=3)
    for dot in dots:
        if dot.is_own:
            chart.line([dot.size] * 2, [dot.lower, dot.upper], BLUE, 1.4, zorder=4)
            chart.marks([(dot.size, dot.value)], "D", 7, BLUE, markeredgecolor=PAPER, zorder=5)


def _name(chart: Chart, dot: Dot, text: str) -> None:
    """The name beside its dot, towards the middle, on a ground that hides what lies below."""
    x, y = chart.x(dot.size), chart.y(dot.value)
    is_left = x < (chart.left + chart.right) / 2
    room = chart.right - x if is_left else x - chart.left
    chart.body.text(
        x + (7 if is_left else -7) / 72,
        y,
        "\n".join(wrap(text, SMALL, 72 * room - 12)),
        ha="left" if is_left else "right",
        va="center",
        linespacing=1.0,
        size=SMALL,
        color=BLUE if dot.is_own else INK,
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 1.2},
        zorder=6,
    )


def _name_sizes(chart: Chart, most: int) -> None:
    low, high = chart.xs
    steps = [step * 10**power for power in range(0, 8) for step in (1, 2, 5)]
    if sum(low <= step <= high for step in steps) < 3:
        steps = [step * 10**power for power in range(0, 8) for step in (1, 1.5, 2, 3, 4, 5, 6, 8)]
    ticks = [step for step in steps if low <= step <= high]
    ticks = ticks[:: -(-len(ticks) // most)] if ticks else []
    chart.name_places([(tick, f"{tick:,.0f}") for tick in ticks])
