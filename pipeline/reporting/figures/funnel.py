"""The funnel: every area against its size, between the limits of what chance alone makes of the common average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from pipeline.reporting.figures.marks import (
    Label,
    Reference,
    few_ticks,
    label_ends,
    mark_range,
    reference_label,
    set_limits,
)
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, PAPER, RULE
from pipeline.reporting.figures.sheet import SMALL, Sheet, axes_of


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
    right = 0.82 if sheet.is_narrow else 1.02
    with axes_of(sheet, 2.5, right=right, bottom=0.44) as axes:
        low, high = _span([dot.size for dot in dots])
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        _name_sizes(axes, low, high, 4 if sheet.is_narrow else 7)
        shown = [
            edge for dot in dots for edge in (dot.value, *((dot.lower, dot.upper) if dot.is_own else ()))
        ]
        largest = max(dot.size for dot in dots)
        edges = [limits.at(largest, side) for side in ("lower_998", "upper_998")]
        set_limits(axes, [*shown, *edges], (normal,))
        mark_range(axes, normal)
        labels = _draw_limits(axes, limits, low, high)
        _draw_dots(axes, dots)
        few_ticks(axes.yaxis, 5 if sheet.is_narrow else 7)
        axes.set_xlabel(size_label, size=SMALL, color=MUTED, loc="right", labelpad=2)
        label_ends(
            axes,
            right,
            [*labels, Label(limits.centre, centre_label, INK), *reference_label(axes, normal)],
        )
        for dot in dots:
            if dot.is_own or dot.is_named:
                _name(axes, dot, (own_label or dot.name) if dot.is_own else dot.name, (low * high) ** 0.5)


def _span(sizes: Sequence[float]) -> tuple[float, float]:
    low, high = min(sizes), max(sizes)
    margin = 1.12 if high / low > 1.5 else 1.5
    return low / margin, high * margin


def _draw_limits(axes: Axes, limits: Limits, low: float, high: float) -> list[Label]:
    """Dashed for 95 %, solid for 99.8 %, the average as a line; returns the labels of the upper ones."""
    sizes = np.geomspace(low, high, 60)
    axes.axhline(limits.centre, color=INK, linewidth=0.9, zorder=1.5)
    labels = []
    for level, style, color in (("95", (0, (4, 2)), MUTED), ("998", "-", MUTED)):
        for side in ("lower", "upper"):
            edge = [limits.at(size, f"{side}_{level}") for size in sizes]
            axes.plot(sizes, edge, color=color, linewidth=0.9, linestyle=style, zorder=1.5)
        name = "95%" if level == "95" else "99.8%"
        labels.append(Label(limits.at(high, f"upper_{level}"), name, color))
    return labels


def _draw_dots(axes: Axes, dots: Sequence[Dot]) -> None:
    far = [dot for dot in dots if not dot.is_near and not dot.is_own]
    near = [dot for dot in dots if dot.is_near and not dot.is_own]
    for group, face, edge, size in ((far, PAPER, MUTED, 4.2), (near, MUTED, MUTED, 4.6)):
        places = [dot.size for dot in group], [dot.value for dot in group]
        axes.plot(
            *places, "o", color=face, markeredgecolor=edge, markeredgewidth=0.8, markersize=size, zorder=3
        )
    for dot in dots:
        if dot.is_own:
            axes.vlines(dot.size, dot.lower, dot.upper, color=BLUE, linewidth=1.4, zorder=4)
            axes.plot([dot.size], [dot.value], "D", color=BLUE, markeredgecolor=PAPER, markersize=7, zorder=5)


def _name(axes: Axes, dot: Dot, text: str, middle: float) -> None:
    """The name beside its dot, towards the middle, on a ground that hides what lies below."""
    is_left = dot.size < middle
    axes.annotate(
        text,
        (dot.size, dot.value),
        xytext=(7 if is_left else -7, 0),
        textcoords="offset points",
        ha="left" if is_left else "right",
        va="center",
        size=SMALL,
        color=BLUE if dot.is_own else INK,
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 1.2},
        zorder=6,
    )


def _name_sizes(axes: Axes, low: float, high: float, most: int) -> None:
    steps = [step * 10**power for power in range(0, 8) for step in (1, 2, 5)]
    if sum(low <= step <= high for step in steps) < 3:
        steps = [step * 10**power for power in range(0, 8) for step in (1, 1.5, 2, 3, 4, 5, 6, 8)]
    ticks = [step for step in steps if low <= step <= high]
    ticks = ticks[:: -(-len(ticks) // most)] if ticks else []
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{tick:,.0f}" for tick in ticks])
    axes.spines["bottom"].set_color(RULE)
