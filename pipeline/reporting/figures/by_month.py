"""Figures along the months: the trend of the sex ratio, of natural growth, and births beside deaths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes

from pipeline.reporting.figures.marks import (
    Band,
    Interval,
    Label,
    Reference,
    draw_band,
    draw_points,
    few_ticks,
    label_ends,
    mark_baseline,
    mark_breaks,
    mark_cut,
    mark_range,
    mark_target,
    name_years,
    reference_label,
    set_limits,
)
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, RUST
from pipeline.reporting.figures.sheet import Sheet, axes_of

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
    right = _right(sheet)
    with axes_of(sheet, 2.3, right=right) as axes:
        draw_band(axes, band, BLUE)
        draw_points(axes, years)
        low, high = min(band.lower_95) - FARTHEST, max(band.upper_95) + FARTHEST
        ends = (min(max(end, low), high) for year in years for end in (year.lower, year.upper))
        shown = [*band.lower_95, *band.upper_95, *normal.ends, *(year.value for year in years), *ends]
        set_limits(axes, shown, (baseline, target))
        mark_cut(axes, years)
        mark_range(axes, normal)
        mark_baseline(axes, baseline)
        _finish(axes, sheet, breaks)
        mark_target(axes, date(band.months[-1].year, 1, 1), target)
        labels = [
            Label(band.trend[-1], trend_label, BLUE),
            *reference_label(axes, normal),
            *reference_label(axes, _upper_end(baseline)),
            *reference_label(axes, target, INK),
        ]
        label_ends(axes, right, labels)


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
    right = _right(sheet)
    with axes_of(sheet, 2.3, right=right) as axes:
        axes.axhline(0, color=MUTED, linewidth=0.9, zorder=1)
        if points:
            axes.plot(*zip(*points, strict=True), ".", color=MUTED, alpha=0.55, markersize=4, zorder=1.5)
        draw_band(axes, band, BLUE)
        middle = sorted(value for _, value in points) or [0.0]
        trimmed = middle[len(middle) // 20 : len(middle) - len(middle) // 20] or middle
        set_limits(axes, [*band.lower_95, *band.upper_95, 0, trimmed[0], trimmed[-1]], (target,))
        _finish(axes, sheet, breaks)
        mark_target(axes, date(band.months[-1].year, 1, 1), target)
        labels = [Label(band.trend[-1], trend_label, BLUE), Label(0, zero_label), *_each_end(axes, target)]
        label_ends(axes, right, labels)


def events_figure(
    sheet: Sheet,
    births: Sequence[Interval],
    deaths: Sequence[Interval],
    names: tuple[str, str],
    breaks: Breaks,
) -> None:
    """Monthly birth and death rates, each with its 95 % interval; deaths are dashed."""
    right = _right(sheet)
    with axes_of(sheet, 2.2, right=right) as axes:
        labels = []
        for series, name, color, style in (
            (births, names[0], BLUE, "-"),
            (deaths, names[1], RUST, (0, (3.5, 1.5))),
        ):
            if not series:
                continue
            months = [point.at for point in series]
            lower, upper = [point.lower for point in series], [point.upper for point in series]
            axes.fill_between(months, lower, upper, color=color, alpha=0.15, linewidth=0)
            axes.plot(months, [p.value for p in series], color=color, linewidth=1.3, linestyle=style)
            last = series[-6:]
            labels.append(Label(sum(point.value for point in last) / len(last), name, color))
        axes.set_ylim(bottom=0)
        _finish(axes, sheet, breaks)
        label_ends(axes, right, labels)


def _right(sheet: Sheet) -> float:
    return 0.82 if sheet.is_narrow else 1.02


def _finish(axes: Axes, sheet: Sheet, breaks: Breaks) -> None:
    few_ticks(axes.yaxis, 4 if sheet.is_narrow else 6)
    mark_breaks(axes, breaks.months, breaks.word)
    name_years(axes, 3 if sheet.is_narrow else 8)


def _upper_end(reference: Reference | None) -> Reference | None:
    """The label of a second range stands at its upper end, where it does not meet the first one's."""
    return reference and Reference(None, reference.upper, reference.label)


def _each_end(axes: Axes, target: Reference | None) -> list[Label]:
    """A target with two ends far apart is named once, at the end nearer to the values."""
    if target is None or len(target.ends) < 2:
        return reference_label(axes, target, INK)
    low, high = axes.get_ylim()
    nearest = min(target.ends, key=lambda end: abs(end - (low + high) / 2))
    is_lower = nearest == target.lower
    kept = (nearest, None) if is_lower else (None, nearest)
    return reference_label(axes, Reference(*kept, target.label), INK)
