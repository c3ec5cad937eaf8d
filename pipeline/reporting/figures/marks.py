"""What figures by month have in common: bands, points with intervals, references, and labels beside the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from pipeline.reporting.figures.chart import Chart
from pipeline.reporting.figures.lettering import wrap
from pipeline.reporting.figures.palette import INK, MUTED, PAPER, RANGE, RANGE_EDGE
from pipeline.reporting.figures.sheet import LINE, SMALL


@dataclass(frozen=True)
class Interval:
    """One value with its limits, placed by month or by name; `outer` are its wider limits."""

    at: date | str
    value: float
    lower: float
    upper: float
    outer: tuple[float, float] | None = None
    is_apart: bool = False


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


def draw_band(chart: Chart, band: Band, color: str, line_width: float = 1.8) -> None:
    for lower, upper, alpha in (
        (band.lower_95, band.upper_95, 0.14),
        (band.lower_80, band.upper_80, 0.22),
    ):
        chart.band(band.months, lower, upper, color, alpha=alpha, zorder=2)
    chart.line(band.months, band.trend, color, line_width, zorder=3)


def draw_points(chart: Chart, points: Sequence[Interval], color: str = MUTED) -> None:
    """Hollow points with their intervals as lines; a small triangle where one goes on beyond the chart."""
    low, high = chart.ys
    lines = [
        [(chart.x(p.at), chart.y(max(p.lower, low))), (chart.x(p.at), chart.y(min(p.upper, high)))]
        for p in points
    ]
    chart.body.strokes(lines, color, 0.9, zorder=4)
    mark_beyond(chart, [(p.at, end) for p in points for end in (p.lower, p.upper)], color)
    chart.marks([(p.at, p.value) for p in points], "o", 4.5, PAPER, markeredgecolor=color, zorder=5)


def mark_beyond(chart: Chart, points: Sequence[tuple[date, float]], color: str = MUTED) -> None:
    """A small triangle at the edge for what lies beyond it."""
    low, high = chart.ys
    for edge, marker, beyond in (
        (low, "v", [at for at, value in points if value < low]),
        (high, "^", [at for at, value in points if value > high]),
    ):
        chart.marks([(at, edge) for at in beyond], marker, 4, color, zorder=6)


def mark_range(chart: Chart, reference: Reference | None, upright: bool = False) -> None:
    """The normal range: shaded, with edges that survive a black and white printer."""
    if reference is None or len(reference.ends) < 2:
        return
    low, high = chart.xs if upright else chart.ys
    start, end = (min(max(value, low), high) for value in reference.ends)
    if start == end:
        return
    if upright:
        corners = [(chart.x(x), y) for x, y in _corners((start, end), (chart.bottom, chart.top))]
    else:
        corners = [(x, chart.y(y)) for x, y in _corners((chart.left, chart.right), (start, end))]
    chart.body.fill(corners, RANGE, zorder=0)
    (chart.upright if upright else chart.across)(reference.ends, RANGE_EDGE, 0.6, zorder=1)


def _corners(xs: tuple[float, float], ys: tuple[float, float]) -> list[tuple[float, float]]:
    return [(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])]


def mark_span(chart: Chart, start: float, end: float, color: str) -> None:
    """A shaded stretch from left to right, over the whole height."""
    low, high = chart.xs
    xs = chart.x(max(start, low)), chart.x(min(end, high))
    if xs[0] < xs[1]:
        chart.body.fill(_corners(xs, (chart.bottom, chart.top)), color, zorder=0.4)


def mark_baseline(chart: Chart, reference: Reference | None) -> None:
    """The second mark: dotted lines, thinner than the normal range."""
    if reference:
        chart.across(reference.ends, MUTED, 0.8, dashes=(1, 2.2), zorder=1)


def mark_target(chart: Chart, since: date, reference: Reference | None) -> None:
    """A target over the year it is set for: dash and dot, with a triangle where the year begins."""
    start = max(since, chart.xs[0])
    for end in reference.ends if reference else ():
        if chart.ys[0] <= end <= chart.ys[1]:
            chart.line([start, chart.xs[1]], [end, end], INK, 1.1, dashes=(5, 1.5, 1, 1.5), zorder=2)
            chart.marks([(start, end)], ">", 4, INK, zorder=6)


def limits_of(shown: Sequence[float], references: Sequence[Reference | None]) -> tuple[float, float]:
    """Room for the values, and for the references that are not far outside them."""
    low, high = min(shown), max(shown)
    reach = 0.35 * ((high - low) or 1)
    near = [end for r in references if r for end in r.ends if low - reach <= end <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    margin = 0.06 * ((high - low) or 1)
    return low - margin, high + margin


def reference_label(chart: Chart, reference: Reference | None, color: str = MUTED) -> list[Label]:
    """The label of a range at its middle or its only end; one outside the chart stands at its edge, with an arrow."""
    if reference is None or not reference.ends:
        return []
    low, high = chart.ys
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


def label_ends(chart: Chart, labels: Sequence[Label]) -> None:
    """Labels between the chart and the right edge of the sheet, moved apart as far as their lines need."""
    points = 72 * chart.height
    low, high = chart.ys
    placed = []
    for label in sorted(labels, key=lambda label: label.value):
        lines = wrap(label.text, SMALL, 72 * (chart.body.width - chart.right) - 8)
        middle = min(max((label.value - low) / (high - low), 0), 1) * points
        placed.append([middle, len(lines) * SMALL * LINE, "\n".join(lines), label.color, middle])
    _move_apart(placed, points)
    x = chart.right + 7 / 72
    for middle, _, text, color, at in placed:
        y = chart.bottom + middle / 72
        if abs(middle - at) > 4:
            chart.body.strokes([[(chart.right, chart.bottom + at / 72), (x, y)]], color, 0.5, zorder=3)
        chart.body.text(x, y, text, size=SMALL, color=color, va="center", linespacing=1.05)


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


def mark_breaks(chart: Chart, breaks: Sequence[date], word: str) -> None:
    """A thin line where the area itself has changed, so that nobody reads the step as a trend."""
    inside = [month for month in breaks if chart.xs[0] < month < chart.xs[1]]
    chart.upright(inside, MUTED, 0.8, dashes=(2, 2), zorder=1)
    for month in inside:
        chart.body.text(chart.x(month) + 3 / 72, chart.top - 8 / 72, word, size=SMALL, color=MUTED)
