"""What figures by month have in common: bands, points with intervals, references, and labels beside the lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import matplotlib
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.reporting.figures.lettering import wrap
from pipeline.reporting.figures.palette import INK, MUTED, PAPER, RANGE, RANGE_EDGE
from pipeline.reporting.figures.sheet import LINE, SMALL


@dataclass(frozen=True)
class Interval:
    """One value with its limits, placed by month or by name."""

    at: date | str
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Band:
    """A smoothed series with its 80 % and 95 % limits; all of one length."""

    months: Sequence[date]
    trend: Sequence[float]
    lower_80: Sequence[float]
    upper_80: Sequence[float]
    lower_95: Sequence[float]
    upper_95: Sequence[float]


@dataclass(frozen=True)
class Reference:
    """What a figure is held against: a range, open where an end is None, and its name."""

    lower: float | None
    upper: float | None
    label: str

    @property
    def ends(self) -> list[float]:
        return [end for end in (self.lower, self.upper) if end is not None]


@dataclass(frozen=True)
class Label:
    """Words beside the right end of the axes, at the height of a value."""

    value: float
    text: str
    color: str = MUTED


def draw_band(axes: Axes, band: Band, color: str, line_width: float = 1.8) -> None:
    for lower, upper, alpha in (
        (band.lower_95, band.upper_95, 0.14),
        (band.lower_80, band.upper_80, 0.22),
    ):
        axes.fill_between(band.months, lower, upper, color=color, alpha=alpha, linewidth=0, zorder=2)
    axes.plot(band.months, band.trend, color=color, linewidth=line_width, zorder=3)


def draw_points(axes: Axes, points: Sequence[Interval], color: str = MUTED) -> None:
    """Hollow points with their intervals as lines."""
    at = [point.at for point in points]
    axes.vlines(
        at, [p.lower for p in points], [p.upper for p in points], color=color, linewidth=0.9, zorder=4
    )
    values = [point.value for point in points]
    axes.plot(at, values, "o", color=PAPER, markeredgecolor=color, markersize=4.5, zorder=5)


def mark_cut(axes: Axes, points: Sequence[Interval], color: str = MUTED) -> None:
    """A small triangle at the edge where an interval goes on beyond the axes."""
    low, high = axes.get_ylim()
    for edge, marker, cut in (
        (low, "v", [p.at for p in points if p.lower < low]),
        (high, "^", [p.at for p in points if p.upper > high]),
    ):
        axes.plot(
            cut, [edge] * len(cut), marker, color=color, markersize=4, linestyle="", clip_on=False, zorder=6
        )


def mark_range(axes: Axes, reference: Reference | None, upright: bool = False) -> None:
    """The normal range: shaded, with edges that survive a black and white printer."""
    if reference is None or len(reference.ends) < 2:
        return
    span, line = (axes.axvspan, axes.axvline) if upright else (axes.axhspan, axes.axhline)
    span(*reference.ends, color=RANGE, zorder=0, linewidth=0)
    for end in reference.ends:
        line(end, color=RANGE_EDGE, linewidth=0.6, zorder=1)


def mark_baseline(axes: Axes, reference: Reference | None) -> None:
    """The second mark: dotted lines, thinner than the normal range."""
    for end in reference.ends if reference else ():
        axes.axhline(end, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2.2)), zorder=1)


def mark_target(axes: Axes, since: date, reference: Reference | None) -> None:
    """A target over the year it is set for: dash and dot, with a triangle where the year begins."""
    low, high = axes.get_ylim()
    for end in reference.ends if reference else ():
        if low <= end <= high:
            start, last = max(matplotlib.dates.date2num(since), axes.get_xlim()[0]), axes.get_xlim()[1]
            axes.plot([start, last], [end, end], color=INK, linewidth=1.1, linestyle=(0, (5, 1.5, 1, 1.5)))
            axes.plot([start], [end], ">", color=INK, markersize=4, zorder=6, clip_on=False)


def set_limits(axes: Axes, shown: Sequence[float], references: Sequence[Reference | None]) -> None:
    """Room for the values, and for the references that are not far outside them."""
    low, high = min(shown), max(shown)
    reach = 0.35 * ((high - low) or 1)
    near = [end for r in references if r for end in r.ends if low - reach <= end <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    margin = 0.06 * ((high - low) or 1)
    axes.set_ylim(low - margin, high + margin)


def reference_label(axes: Axes, reference: Reference | None, color: str = MUTED) -> list[Label]:
    """The label of a range at its middle or its only end; one outside the axes stands at their edge, with an arrow."""
    if reference is None or not reference.ends:
        return []
    low, high = axes.get_ylim()
    inside = [end for end in reference.ends if low <= end <= high]
    if inside:
        return [Label(sum(inside) / len(inside), reference.label, color)]
    value = reference.ends[0]
    if reference.ends[0] < low and reference.ends[-1] > high:
        return [Label(high, f"{reference.label} ↕", color)]
    return [
        Label(high, f"{reference.label} ↑", color)
        if value > high
        else Label(low, f"{reference.label} ↓", color)
    ]


def label_ends(axes: Axes, right: float, labels: Sequence[Label]) -> None:
    """Labels right of the axes in a margin of so many inches, moved apart as far as their lines need."""
    box = axes.get_position()
    points = 72 * box.height * axes.figure.get_figheight()
    low, high = axes.get_ylim()
    placed = []
    for label in sorted(labels, key=lambda label: label.value):
        lines = wrap(label.text, SMALL, 72 * right - 8)
        middle = min(max((label.value - low) / (high - low), 0), 1) * points
        placed.append([middle, len(lines) * SMALL * LINE, "\n".join(lines), label.color, middle])
    _move_apart(placed, points)
    for middle, _, text, color, at in placed:
        arrow = {"arrowstyle": "-", "color": color, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0}
        axes.annotate(
            text,
            (1, at / points),
            xycoords="axes fraction",
            xytext=(7, middle - at),
            textcoords="offset points",
            va="center",
            color=color,
            size=SMALL,
            linespacing=1.05,
            annotation_clip=False,
            arrowprops=arrow | {"relpos": (0, 0.5)} if abs(middle - at) > 4 else None,
        )


def _move_apart(placed: list[list], points: float) -> None:
    """Shift middles (first of each) until no two overlap by their heights (second); keeps their order."""
    for _ in range(60):
        for lower, upper in pairwise(placed):
            overlap = (lower[1] + upper[1]) / 2 - (upper[0] - lower[0])
            if overlap > 0:
                lower[0] -= overlap / 2
                upper[0] += overlap / 2
        for label in placed:
            label[0] = min(max(label[0], label[1] / 2 - 8), points - label[1] / 2 + 8)


def mark_breaks(axes: Axes, breaks: Sequence[date], word: str) -> None:
    """A thin line where the area itself has changed, so that nobody reads the step as a trend."""
    first, last = (matplotlib.dates.num2date(edge).date() for edge in axes.get_xlim())
    for month in breaks:
        if first < month < last:
            axes.axvline(month, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
            axes.annotate(
                word,
                (month, 1),
                xycoords=("data", "axes fraction"),
                xytext=(3, -8),
                textcoords="offset points",
                color=MUTED,
                size=SMALL,
            )


def name_years(axes: Axes, most: int) -> None:
    """At most so many years on the axis below."""
    first, last = (matplotlib.dates.num2date(edge) for edge in axes.get_xlim())
    every = max(1, math.ceil((last.year - first.year) / most))
    years = [year for year in range(first.year, last.year + 1) if year % every == 0]
    axes.set_xticks([date(year, 1, 1) for year in years], [str(year) for year in years])
    axes.set_xlim(first, last)


def few_ticks(axis, most: int) -> None:
    """Round ticks with a real minus sign."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value, 6):g}".replace("-", "−")))
