"""The figures of a report: a finding as title, uncertainty always drawn, direct labels instead of legends.

Every function takes plain values and writes one SVG whose bytes depend on nothing else; text is drawn as
outlines of a font that comes with the package, so a page looks the same on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

INK, MUTED, RULE = "#22303c", "#6b7680", "#d5d3cc"
BLUE, RANGE = "#1f4e79", "#ece7da"
RUST = "#b4561f"
FAMILY = "Noto Sans CJK SC"
WIDTH_INCHES, HEIGHT_INCHES = 6.4, 3.2


@dataclass(frozen=True)
class Labels:
    """Words drawn into a figure; they come from the templates."""

    title: str
    subtitle: str = ""
    first: str = ""
    second: str = ""
    reference: str = ""
    breaks: tuple[date, ...] = ()


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


def sex_ratio_figure(
    path: Path, labels: Labels, band: Band, years: Sequence[Interval], normal: tuple[float, float]
):
    """Trend of the sex ratio with its band, the normal range, and each calendar year's own ratio with its interval."""
    with _axes(path, labels) as axes:
        axes.axhspan(*normal, color=RANGE, zorder=0, linewidth=0)
        _draw_band(axes, band, BLUE)
        _draw_intervals(axes, years)
        shown = [*band.lower_95, *band.upper_95, *normal, *(year.value for year in years)]
        axes.set_ylim(min(shown) - 2, max(shown) + 2)
        _label_end(axes, band.months[-1], band.trend[-1], labels.first, BLUE)
        farther = max(normal, key=lambda bound: abs(bound - band.trend[-1]))
        _label_end(axes, band.months[-1], farther, labels.reference, MUTED)


def growth_figure(path: Path, labels: Labels, band: Band, observed: Sequence[tuple[date, float]]):
    """Seasonally adjusted natural growth with its band over the months' own figures, zero marked."""
    with _axes(path, labels) as axes:
        axes.axhline(0, color=MUTED, linewidth=0.8, zorder=1)
        axes.plot(*zip(*observed, strict=True), ".", color=RULE, markersize=4, zorder=1) if observed else None
        _draw_band(axes, band, BLUE)
        middle = sorted(value for _, value in observed) or [0.0]
        trimmed = middle[len(middle) // 20 : len(middle) - len(middle) // 20] or middle
        shown = [*band.lower_95, *band.upper_95, 0, trimmed[0], trimmed[-1]]
        margin = 0.06 * (max(shown) - min(shown)) or 1.0
        axes.set_ylim(min(shown) - margin, max(shown) + margin)
        _label_end(axes, band.months[-1], band.trend[-1], labels.first, BLUE)


def events_figure(path: Path, labels: Labels, births: Sequence[Interval], deaths: Sequence[Interval]):
    """Monthly birth and death rates, each with its 95 % interval."""
    with _axes(path, labels) as axes:
        for series, color in ((births, BLUE), (deaths, RUST)):
            if not series:
                continue
            months = [point.at for point in series]
            axes.fill_between(
                months,
                [point.lower for point in series],
                [point.upper for point in series],
                color=color,
                alpha=0.14,
                linewidth=0,
            )
            axes.plot(
                months,
                [point.value for point in series],
                color=color,
                linewidth=1.3,
                linestyle="-" if color == BLUE else (0, (4, 1.5)),
            )
        axes.set_ylim(bottom=0)
        _label_both_ends(axes, births, deaths, labels)


def comparison_figure(path: Path, labels: Labels, areas: Sequence[Interval], reference: Interval):
    """Areas below each other, each with its value and interval, and the area above them as a line with its band."""
    height = 0.95 + 0.215 * max(len(areas), 2)
    with _axes(path, labels, height) as axes:
        axes.axvspan(reference.lower, reference.upper, color=RANGE, zorder=0, linewidth=0)
        axes.axvline(reference.value, color=MUTED, linewidth=0.9, zorder=1)
        places = range(len(areas))
        axes.hlines(
            places,
            [area.lower for area in areas],
            [area.upper for area in areas],
            color=BLUE,
            linewidth=1.4,
            zorder=2,
        )
        axes.plot([area.value for area in areas], places, "o", color=BLUE, markersize=4.2, zorder=3)
        axes.set_yticks(places, [area.at for area in areas])
        axes.set_ylim(len(areas) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=RULE, linewidth=0.5)
        axes.grid(axis="y", visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.annotate(
            labels.reference,
            (reference.value, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, 3),
            textcoords="offset points",
            color=MUTED,
            size=8,
        )


def _draw_band(axes: Axes, band: Band, color: str) -> None:
    axes.fill_between(
        band.months, band.lower_95, band.upper_95, color=color, alpha=0.13, linewidth=0, zorder=2
    )
    axes.fill_between(
        band.months, band.lower_80, band.upper_80, color=color, alpha=0.20, linewidth=0, zorder=2
    )
    axes.plot(band.months, band.trend, color=color, linewidth=1.8, zorder=3)


def _draw_intervals(axes: Axes, intervals: Sequence[Interval]) -> None:
    at = [interval.at for interval in intervals]
    lower, upper = ([getattr(interval, side) for interval in intervals] for side in ("lower", "upper"))
    axes.vlines(at, lower, upper, color=MUTED, linewidth=0.9, zorder=4)
    axes.plot(
        at,
        [interval.value for interval in intervals],
        "o",
        color="white",
        markeredgecolor=MUTED,
        markersize=4.5,
        zorder=5,
    )


def _label_end(axes: Axes, month: date, value: float, text: str, color: str) -> None:
    axes.annotate(
        text,
        (month, value),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        color=color,
        size=9,
        annotation_clip=False,
    )


def _label_both_ends(
    axes: Axes, births: Sequence[Interval], deaths: Sequence[Interval], labels: Labels
) -> None:
    """The names of two series at their ends, kept apart by the height of a line."""
    ends = [
        [sum(point.value for point in series[-6:]) / len(series[-6:]), series[-1].at, label, color]
        for series, label, color in ((births, labels.first, BLUE), (deaths, labels.second, RUST))
        if series
    ]
    apart = 0.075 * axes.get_ylim()[1]
    if len(ends) == 2 and abs(ends[0][0] - ends[1][0]) < apart:
        middle = (ends[0][0] + ends[1][0]) / 2
        for end, side in zip(sorted(ends, key=lambda end: end[0]), (-1, 1), strict=True):
            end[0] = middle + side * apart / 2
    for value, month, label, color in ends:
        _label_end(axes, month, value, label, color)


@contextmanager
def _axes(path: Path, labels: Labels, height: float = HEIGHT_INCHES):
    """Axes of one figure with its title; the SVG is written on leaving."""
    _use_font()
    is_by_month = height == HEIGHT_INCHES
    with matplotlib.rc_context(_style(path.stem)):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        FigureCanvasSVG(figure)
        left, right = (0.075, 0.865) if is_by_month else (0.19, 0.975)
        axes = figure.add_axes((left, 0.32 / height, right - left, 1 - 0.98 / height))
        yield axes
        if is_by_month:
            _mark_breaks(axes, labels.breaks)
            _name_years(axes)
        figure.text(0.008, 1 - 0.06 / height, labels.title, size=11.5, color=INK, va="top")
        figure.text(0.008, 1 - 0.30 / height, labels.subtitle, size=8.5, color=MUTED, va="top")
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def _mark_breaks(axes: Axes, breaks: Sequence[date]) -> None:
    """A thin line where the area itself has changed, so that nobody reads the step as a trend."""
    first, last = (matplotlib.dates.num2date(edge).date() for edge in axes.get_xlim())
    for month in breaks:
        if first < month < last:
            axes.axvline(month, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
            axes.annotate(
                "区划变动",
                (month, 1),
                xycoords=("data", "axes fraction"),
                xytext=(3, -8),
                textcoords="offset points",
                color=MUTED,
                size=8,
            )


def _name_years(axes: Axes) -> None:
    first, last = (matplotlib.dates.num2date(edge) for edge in axes.get_xlim())
    every = max(1, math.ceil((last.year - first.year) / 8))
    years = [year for year in range(first.year, last.year + 1) if year % every == 0]
    axes.set_xticks([date(year, 1, 1) for year in years], [str(year) for year in years])
    axes.set_xlim(first, last)


@cache
def _use_font() -> None:
    import noto_cjk_sans_otc

    font_manager.fontManager.addfont(Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc")


def _style(salt: str) -> dict:
    return {
        "font.family": FAMILY,
        "font.size": 9,
        "text.color": INK,
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "axes.edgecolor": RULE,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": RULE,
        "grid.linewidth": 0.5,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.major.size": 3,
        "ytick.major.size": 0,
        "xtick.major.width": 0.6,
        "axes.xmargin": 0.01,
        "svg.hashsalt": salt,
        "svg.fonttype": "path",
        "figure.facecolor": "none",
        "axes.facecolor": "none",
    }
