"""Figures along the months: the trend of the sex ratio, of natural growth, and births beside deaths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from pipeline.reporting.figures.chart import Chart, span_of_months
from pipeline.reporting.figures.marks import (
    Band,
    Interval,
    Label,
    Reference,
    draw_band,
    draw_points,
    label_ends,
    limits_of,
    mark_baseline,
    mark_beyond,
    mark_breaks,
    mark_range,
    mark_target,
    reference_label,
)
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, RUST
from pipeline.reporting.figures.sheet import Sheet, body_of

FARTHEST = 15  # boys per 100 girls: how far the intervals of single years may stretch the axis of the trend


@dataclass(frozen=True)
class Breaks:
    """Months at which the area itself changed, and the word for it."""

    months: tuple[date, ...] = ()
    word: str = ""


def sex_ratio_figure(
    sheet: Sheet,
    band: Band,
    trend_label: str,
    years: Sequence[Interval],
    normal: Reference,
    baseline: Reference | None,
    target: Reference | None,
    breaks: Breaks,
) -> None:
    """Trend of the sex ratio with its band, each calendar year's own ratio, normal range, baseline and target."""
    low, high = min(band.lower_95) - FARTHEST, max(band.upper_95) + FARTHEST
    ends = (min(max(end, low), high) for year in years for end in (year.lower, year.upper))
    shown = [*band.lower_95, *band.upper_95, *normal.ends, *(year.value for year in years), *ends]
    months = [*band.months, *(year.at for year in years)]
    with _chart(sheet, 2.3, months, limits_of(shown, (baseline, target)), breaks) as chart:
        draw_band(chart, band, BLUE)
        draw_points(chart, years)
        mark_range(chart, normal)
        mark_baseline(chart, baseline)
        mark_target(chart, date(band.months[-1].year, 1, 1), target)
        labels = [
            Label(band.trend[-1], trend_label, BLUE),
            *reference_label(chart, normal),
            *reference_label(chart, _upper_end(baseline)),
            *reference_label(chart, target, INK),
        ]
        label_ends(chart, labels)


def growth_figure(
    sheet: Sheet,
    band: Band,
    trend_label: str,
    points: Sequence[tuple[date, float]],
    zero_label: str,
    target: Reference | None,
    breaks: Breaks,
) -> None:
    """Natural growth with its band over the months' own figures, zero and the target marked."""
    middle = sorted(value for _, value in points) or [0.0]
    trimmed = middle[len(middle) // 20 : len(middle) - len(middle) // 20] or middle
    limits = limits_of([*band.lower_95, *band.upper_95, 0, trimmed[0], trimmed[-1]], (target,))
    months = [*band.months, *(month for month, _ in points)]
    with _chart(sheet, 2.3, months, limits, breaks) as chart:
        chart.across([0], MUTED, 0.9, zorder=1)
        chart.marks(points, "o", 3, MUTED, markeredgewidth=0, alpha=0.55, zorder=1.5)
        mark_beyond(chart, points)
        draw_band(chart, band, BLUE)
        mark_target(chart, date(band.months[-1].year, 1, 1), target)
        labels = [Label(band.trend[-1], trend_label, BLUE), Label(0, zero_label), *_each_end(chart, target)]
        label_ends(chart, labels)


def events_figure(
    sheet: Sheet,
    births: Sequence[Interval],
    deaths: Sequence[Interval],
    names: tuple[str, str],
    breaks: Breaks,
) -> None:
    """Monthly birth and death rates, each with its 95 % interval; deaths are dashed."""
    both = [*births, *deaths]
    highest = 1.05 * max(point.upper for point in both)
    with _chart(sheet, 2.2, [point.at for point in both], (0, highest), breaks) as chart:
        labels = []
        for series, name, color, dashes in (
            (births, names[0], BLUE, ()),
            (deaths, names[1], RUST, (3.5, 1.5)),
        ):
            if not series:
                continue
            months = [point.at for point in series]
            lower, upper = [point.lower for point in series], [point.upper for point in series]
            chart.band(months, lower, upper, color, alpha=0.15, zorder=1)
            chart.line(months, [point.value for point in series], color, 1.3, dashes=dashes, zorder=2)
            last = series[-6:]
            labels.append(Label(sum(point.value for point in last) / len(last), name, color))
        label_ends(chart, labels)


@contextmanager
def _chart(
    sheet: Sheet, height: float, months: Sequence[date], values: tuple[float, float], breaks: Breaks
) -> Iterator[Chart]:
    """With years below, values to the left, room for labels to the right, and the breaks marked."""
    left, right, below = 0.36, 0.82 if sheet.is_narrow else 1.02, 0.26
    with body_of(sheet, height + below) as body:
        chart = Chart(body, left, below, sheet.width - left - right, height, span_of_months(months), values)
        chart.name_values(4 if sheet.is_narrow else 6)
        chart.name_years(3 if sheet.is_narrow else 8)
        mark_breaks(chart, breaks.months, breaks.word)
        yield chart


def _upper_end(reference: Reference | None) -> Reference | None:
    """The label of a second range stands at its upper end, where it does not meet the first one's."""
    return reference and Reference(None, reference.upper, reference.label)


def _each_end(chart: Chart, target: Reference | None) -> list[Label]:
    """A target with two ends far apart is named once, at the end nearer to the values."""
    if target is None or len(target.ends) < 2:
        return reference_label(chart, target, INK)
    low, high = chart.ys
    nearest = min(target.ends, key=lambda end: abs(end - (low + high) / 2))
    is_lower = nearest == target.lower
    kept = (nearest, None) if is_lower else (None, nearest)
    return reference_label(chart, Reference(*kept, target.label), INK)
