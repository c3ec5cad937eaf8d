"""What is drawn on axes: names of values, years and sizes, bands, points, references, labels beside the lines.

matplotlib's own ticks are five artists each: axes with eight of them cost 31 ms, bare ones with lines and texts 14.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from pipeline.reporting.figures.sheet import Sheet
from pipeline.reporting.figures.style import (
    BLUE,
    INK,
    LABEL,
    LINE,
    MUTED,
    PAPER,
    RANGE,
    RANGE_EDGE,
    RULE,
    SMALL,
    wrap,
)
from pipeline.reporting.shown.records import ShownArea, Trend
from pipeline.words.translations import Translator

TICK, PAD = 3, 3.5  # points
Point = tuple[float, float]


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


def axes_by_month(
    sheet: Sheet,
    height: float,
    months: Sequence[date],
    values: tuple[float, float],
    facts: ShownArea,
    _: Translator,
) -> Axes:
    """With years below, values to the left, room for labels to the right, and the changes of the area marked."""
    left, right, below = 0.36, 0.82 if sheet.is_narrow else 1.02, 0.26
    height *= sheet.flatness
    sheet.open(height + below)
    axes = sheet.axes(left, below, sheet.width - left - right, height)
    name_months(axes, months, values, facts, _, (4, 3) if sheet.is_narrow else (6, 8))
    return axes


def name_months(
    axes: Axes,
    months: Sequence[date],
    values: tuple[float, float],
    facts: ShownArea,
    _: Translator,
    most: tuple[int, int],
    size: float = LABEL,
) -> None:
    """Months along the axes, with at most so many names of values and of years, and the changes of the area marked."""
    axes.set(xlim=span_of_months(months), ylim=values)
    name_values(axes, most[0], size)
    name_years(axes, most[1], size)
    changes = [change.month for change in facts.breaks if change.kind not in ("renamed", "recoded")]
    mark_breaks(axes, changes, _("figures.area_changed"))


def draw_line(
    axes: Axes, xs: Sequence[float], ys: Sequence[float], color: str, width: float, **style: Any
) -> None:
    """A line. It and the marks and areas below keep no account of the limits of the data, as `plot` does."""
    axes.add_artist(Line2D(xs, ys, color=color, linewidth=width, **style))


def draw_lines(axes: Axes, lines: Iterable[Iterable[Point]], color: str, width: float, **style: Any) -> None:
    """Several lines, drawn as one with gaps."""
    points = [point for line in lines for point in (*line, (math.nan, math.nan))]
    if points:
        xs, ys = zip(*points, strict=True)
        draw_line(axes, xs, ys, color, width, **style)


def draw_marks(
    axes: Axes, points: Sequence[Point], marker: str, size: float, face: str, edge: str = "", **style: Any
) -> Line2D:
    """The same mark at each point."""
    xs, ys = zip(*points, strict=True) if points else ((), ())
    usual: dict[str, Any] = {"markerfacecolor": face, "markeredgecolor": edge or face}
    marks = Line2D(xs, ys, linestyle="", marker=marker, markersize=size, **usual | style)
    axes.add_artist(marks)
    return marks


def draw_areas(axes: Axes, outlines: Sequence[Sequence[Point]], color: str, **style: Any) -> None:
    """The areas within outlines that do not overlap, drawn as one."""
    if len(outlines):
        shape = Path.make_compound_path(*(Path([*outline, outline[0]], closed=True) for outline in outlines))
        axes.add_artist(PathPatch(shape, facecolor=color, **{"linewidth": 0, "joinstyle": "round"} | style))


def across(axes: Axes, values: Sequence[float], color: str, width: float, **style: Any) -> None:
    """Level lines over the whole width."""
    lines = [[(0, value), (1, value)] for value in values]
    draw_lines(axes, lines, color, width, transform=axes.get_yaxis_transform(), **style)


def upright(axes: Axes, values: Sequence[float], color: str, width: float, **style: Any) -> None:
    """Upright lines over the whole height."""
    lines = [[(value, 0), (value, 1)] for value in values]
    draw_lines(axes, lines, color, width, transform=axes.get_xaxis_transform(), **style)


def name_values(axes: Axes, most: int, size: float = LABEL) -> None:
    """At most so many round values to the left, with a thin line for each."""
    ticks = round_values(*axes.get_ylim(), most)
    across(axes, ticks, RULE, 0.5, zorder=0.5)
    x, transform = -PAD / axes.bbox.width, axes.get_yaxis_transform()
    for tick in ticks:
        words, va = plain(tick), "center_baseline"
        axes.text(x, tick, words, size=size, color=MUTED, ha="right", va=va, transform=transform)


def name_below(axes: Axes, places: Sequence[tuple[float, str]], size: float = LABEL) -> None:
    """Words below the axes, each with a tick, below a rule; what lies outside is left out."""
    low, high = axes.get_xlim()
    inside = [(at, words) for at, words in places if low <= at <= high]
    transform, tick = axes.get_xaxis_transform(), -TICK / axes.bbox.height
    across(axes, [axes.get_ylim()[0]], RULE, 0.8, zorder=2.5, clip_on=False)
    lines = [[(at, tick), (at, 0)] for at, _words in inside]
    draw_lines(axes, lines, MUTED, 0.6, transform=transform, zorder=0.5, clip_on=False)
    y = tick - PAD / axes.bbox.height
    for at, words in inside:
        axes.text(at, y, words, size=size, color=MUTED, ha="center", va="top", transform=transform)


def name_years(axes: Axes, most: int, size: float = LABEL) -> None:
    """At most so many years, each where it begins."""
    first, last = (date.fromordinal(round(end)).year for end in axes.get_xlim())
    every = max(1, math.ceil((last - first) / most))
    years = [year for year in range(first, last + 1) if year % every == 0]
    name_below(axes, [(date(year, 1, 1).toordinal(), str(year)) for year in years], size)


def round_values(low: float, high: float, most: int) -> list[float]:
    """At most so many steps of round values between two ends."""
    ticks = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]


def plain(value: float) -> str:
    """With a real minus sign."""
    return f"{round(value, 6):g}".replace("-", "−")


def span_of_months(months: Sequence[date]) -> tuple[int, int]:
    """First and last of them in days, with a little room at either end."""
    first, last = min(months).toordinal(), max(months).toordinal()
    room = max(3, round(0.015 * (last - first)))
    return first - room, last + room


def days(months: Sequence[date]) -> list[int]:
    """Months as places along the axes."""
    return [month.toordinal() for month in months]


def draw_band(axes: Axes, band: Trend) -> None:
    """The trend as a line, in the shades of its 80 % and 95 % limits."""
    xs = days(band.months)
    for lower, upper, alpha in ((band.lower_95, band.upper_95, 0.14), (band.lower_80, band.upper_80, 0.22)):
        draw_areas(axes, [between(xs, lower, upper)], BLUE, alpha=alpha, zorder=2)
    draw_line(axes, xs, band.trend, BLUE, 1.8, zorder=3)


def between(xs: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> list[Point]:
    """The outline of what lies between two lines."""
    there, back = zip(xs, upper, strict=True), zip(xs, lower, strict=True)
    return [*there, *reversed([*back])]


def draw_points(
    axes: Axes, xs: Sequence[float], values: Sequence[float], ends: Sequence[tuple[float, float]]
) -> Line2D:
    """Hollow points with their intervals as lines; a small triangle where one goes on beyond the axes."""
    low, high = axes.get_ylim()
    lines = [
        [(x, max(lower, low)), (x, min(upper, high))] for x, (lower, upper) in zip(xs, ends, strict=True)
    ]
    draw_lines(axes, lines, MUTED, 0.9, zorder=4)
    mark_beyond(axes, [(x, end) for x, both in zip(xs, ends, strict=True) for end in both])
    return draw_marks(axes, [*zip(xs, values, strict=True)], "o", 4.5, PAPER, MUTED, zorder=5)


def mark_beyond(axes: Axes, points: Sequence[Point]) -> None:
    """A small triangle at the edge for what lies beyond it."""
    low, high = axes.get_ylim()
    for marker, beyond in (
        ("v", [(x, low) for x, value in points if value < low]),
        ("^", [(x, high) for x, value in points if value > high]),
    ):
        if beyond:
            draw_marks(axes, beyond, marker, 4, MUTED, zorder=6, clip_on=False)


def mark_range(axes: Axes, reference: Reference | None, is_upright: bool = False) -> None:
    """The normal range: shaded, with edges that survive a black and white printer."""
    if reference is None or len(reference.ends) < 2:
        return
    low, high = reference.ends
    mark_span(axes, low, high, RANGE, 0, is_upright)
    (upright if is_upright else across)(axes, reference.ends, RANGE_EDGE, 0.6, zorder=1)


def mark_span(axes: Axes, low: float, high: float, color: str, zorder: float, is_upright: bool) -> None:
    """A shaded stretch from edge to edge."""
    corners: list[Point] = [(0, low), (1, low), (1, high), (0, high)]
    transform = axes.get_xaxis_transform() if is_upright else axes.get_yaxis_transform()
    corners = [(y, x) for x, y in corners] if is_upright else corners
    draw_areas(axes, [corners], color, transform=transform, zorder=zorder)


def mark_target(axes: Axes, since: date, reference: Reference | None) -> None:
    """A target over the year it is set for: dash and dot, with a triangle where the year begins."""
    start, end = max(since.toordinal(), axes.get_xlim()[0]), axes.get_xlim()[1]
    low, high = axes.get_ylim()
    inside = [value for value in reference.ends if low <= value <= high] if reference else []
    if inside:
        lines = [[(start, value), (end, value)] for value in inside]
        draw_lines(axes, lines, INK, 1.1, linestyle=(0, (5, 1.5, 1, 1.5)), zorder=2)
        draw_marks(axes, [(start, value) for value in inside], ">", 4, INK, zorder=6, clip_on=False)


def mark_breaks(axes: Axes, breaks: Sequence[date], word: str) -> None:
    """A thin line where the area itself has changed, so that nobody reads the step as a trend."""
    low, high = axes.get_xlim()
    inside = [month for month in days(breaks) if low < month < high]
    upright(axes, inside, MUTED, 0.8, linestyle=(0, (2, 2)), zorder=1)
    y, room = 1 - 8 / axes.bbox.height, 3 / axes.bbox.width * (high - low)
    for month in inside:
        axes.text(month + room, y, word, size=SMALL, color=MUTED, transform=axes.get_xaxis_transform())


def limits_of(shown: Sequence[float], references: Sequence[Reference | None]) -> tuple[float, float]:
    """Room for the values, and for the references that are not far outside them."""
    low, high = min(shown), max(shown)
    reach = 0.35 * ((high - low) or 1)
    near = [end for r in references if r for end in r.ends if low - reach <= end <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    margin = 0.06 * ((high - low) or 1)
    return low - margin, high + margin


def reference_label(axes: Axes, reference: Reference | None, color: str = MUTED) -> list[Label]:
    """The label of a range at its middle or its only end; one outside the axes stands at their edge, with an arrow."""
    if reference is None or not reference.ends:
        return []
    low, high = axes.get_ylim()
    inside = [end for end in reference.ends if low <= end <= high]
    if inside:
        return [Label(sum(inside) / len(inside), reference.label, color)]
    if reference.ends[0] < low and reference.ends[-1] > high:
        return [Label(high, f"{reference.label} ↕", color)]
    if reference.ends[0] > high:
        return [Label(high, f"{reference.label} ↑", color)]
    return [Label(low, f"{reference.label} ↓", color)]


def label_ends(axes: Axes, labels: Sequence[Label], right: float | None = None) -> None:
    """Labels between the axes and `right`, or the right edge of the sheet, moved apart as far as their lines need."""
    width, height = axes.bbox.size
    room = (axes.figure.bbox.width if right is None else 72 * right) - axes.bbox.x1 - 8
    low, high = axes.get_ylim()
    labels = sorted(labels, key=lambda label: label.value)
    texts = [wrap(label.text, SMALL, room) for label in labels]
    values = [min(max((label.value - low) / (high - low), 0), 1) * height for label in labels]
    middles = moved_apart(values, [len(lines) * SMALL * LINE for lines in texts], height)
    x = 1 + 7 / width
    style: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
    for label, lines, at, middle in zip(labels, texts, values, middles, strict=True):
        if abs(middle - at) > 4:
            draw_line(axes, [1, x], [at / height, middle / height], label.color, 0.5, zorder=3, **style)
        words, y = "\n".join(lines), middle / height
        axes.text(x, y, words, size=SMALL, color=label.color, va="center", linespacing=1.05, **style)


def moved_apart(middles: Sequence[float], heights: Sequence[float], points: float) -> list[float]:
    """Middles shifted until no two overlap by their heights; they keep their order, and stay within so many points."""
    middles = [*middles]
    for _ in range(60):
        for lower, upper in pairwise(range(len(middles))):
            overlap = (heights[lower] + heights[upper]) / 2 - (middles[upper] - middles[lower])
            if overlap > 0:
                middles[lower] -= overlap / 2
                middles[upper] += overlap / 2
        pairs = zip(middles, heights, strict=True)
        middles = [min(max(middle, tall / 2 - 8), points - tall / 2 + 8) for middle, tall in pairs]
    return middles
