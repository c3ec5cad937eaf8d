"""The trends of the areas within an area: a small panel each, all on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from matplotlib.axes import Axes

from pipeline.reporting.figures.axes import (
    Point,
    Reference,
    days,
    draw_areas,
    draw_line,
    draw_lines,
    plain,
    round_values,
)
from pipeline.reporting.figures.drawn import counted, figure_data, normal_range
from pipeline.reporting.figures.members import MOST_DRAWN, WINDOW, shown_estimates
from pipeline.reporting.figures.sheet import Folder, Sheet
from pipeline.reporting.figures.style import BLUE, INK, MUTED, RANGE, RANGE_EDGE, RULE, SMALL, two_lines
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import FALLING, RISING
from pipeline.reporting.shown.records import ShownArea, Trend
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import sentences, span
from pipeline.words.numbers import number

FEWEST_BIRTHS_OF_A_TREND = 1000  # below it the trend of a sex ratio is that of the areas around
LEFT, BOTTOM, GAP, HEIGHT, NAME = 0.36, 0.24, 0.14, 0.5, 0.2  # inches


def members_trend(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """Small multiples: the sex ratio where there are births enough for a trend of it, else natural growth."""
    _ = report.say
    rates = (shown_estimates(facts, name) for name in ("birth_rate", "death_rate"))
    kept = [
        member for member, *both in zip(facts.members, *rates, strict=True) if all(both) and member.trends
    ]
    if len(kept) < 2:
        return None
    is_ratio = all(
        _births(member) >= FEWEST_BIRTHS_OF_A_TREND and "sex_ratio_at_birth" in member.trends
        for member in kept
    )
    series, decimals = ("sex_ratio_at_birth", 1) if is_ratio else ("natural_growth_rate", 2)
    kept = [member for member in kept if series in member.trends]
    if len(kept) < 2:
        return None
    where = report.whole(facts.name, facts.level)
    moves = [member.verdict(series, "change") for member in kept]
    clear = [(_(f"figures.members_trend.count_{way}"), moves.count(way)) for way in (RISING, FALLING)]
    unclear = len(kept) - sum(count for _text, count in clear)
    title = _("figures.members_trend.title_all_unclear")
    if unclear < len(kept):
        parts = counted(_, *clear, (_("figures.members_trend.count_unclear"), unclear))
        title = _("figures.members_trend.title", parts=parts)
    subject = "sex_ratio" if is_ratio else "growth"
    is_yearly = not is_ratio and all(member.trends[series].is_yearly for member in kept)
    subtitle = _(f"figures.members_trend.subtitle_{subject}{'_by_year' if is_yearly else ''}")
    caption = [_(f"figures.members_trend.caption_{subject}", where=where)]
    reference = normal_range(report) if is_ratio else Reference(0.0, None, "")
    if is_ratio and reference:
        caption.append(_("figures.strip_normal_range"))
    drawn = _clearest(kept, series)
    if len(drawn) < len(kept):
        caption.append(_("figures.members_trend.only_clearest", shown=len(drawn)))
    trends = [(member.name, member.trends[series]) for member in drawn]
    whole = facts.trends.get(series)
    folder.draw("members_trend", title, subtitle, lambda sheet: _draw(sheet, trends, reference, whole))
    ends = [member.trends[series].trend[-1] for member in kept]
    alt = _(
        "figures.members_trend.alt",
        count=len(kept),
        low=number(min(ends), decimals),
        high=number(max(ends), decimals),
        finding=title,
    )
    header = [_("labels.area"), _("figures.members_trend.column_level"), _("labels.trend_band_95")]
    header.append(_("figures.members_trend.column_change"))
    rows = [
        [
            escape(name),
            number(trend.trend[-1], decimals),
            span(_, trend.lower_95[-1], trend.upper_95[-1], decimals),
            number(trend.change_12_months, decimals, sign=True),
        ]
        for name, trend in trends
    ]
    return Drawn(title, subtitle, sentences(_, caption), alt, figure_data(_, subtitle, header, rows))


def _clearest(members: Sequence[ShownArea], series: str) -> list[ShownArea]:
    """Those that are drawn, in their order: all, or those that have clearly changed and then those with most births."""

    def rank(member: ShownArea) -> tuple[bool, float]:
        return member.verdict(series, "change") in (RISING, FALLING), _births(member)

    first = {member.area_code for member in sorted(members, key=rank, reverse=True)[:MOST_DRAWN]}
    return [member for member in members if member.area_code in first]


def _births(member: ShownArea) -> float:
    estimate = member.estimate("birth_rate", WINDOW)
    return (estimate.numerator or 0) if estimate else 0


@dataclass(frozen=True)
class Panels:
    """Where the panels are, in inches, and the days and values at the edges of each."""

    lefts: Sequence[float]
    bottoms: Sequence[float]
    width: float
    days: tuple[int, int]
    values: tuple[float, float]

    def x(self, panel: int, day: float) -> float:
        first, last = self.days
        return self.lefts[panel] + (day - first) / max(1, last - first) * self.width

    def y(self, panel: int, value: float) -> float:
        low, high = self.values
        return self.bottoms[panel] + (min(max(value, low), high) - low) / ((high - low) or 1) * HEIGHT

    def line(self, panel: int, band: Trend, side: str) -> list[Point]:
        pairs = zip(days(band.months), getattr(band, side), strict=True)
        return [(self.x(panel, day), self.y(panel, value)) for day, value in pairs]

    def across(self, values: Sequence[float]) -> list[list[Point]]:
        """Level lines in every panel."""
        return [
            [(left, y), (left + self.width, y)]
            for panel, left in enumerate(self.lefts)
            for y in (self.y(panel, value) for value in values)
        ]


def _draw(
    sheet: Sheet, trends: Sequence[tuple[str, Trend]], reference: Reference | None, whole: Trend | None
) -> None:
    """The area above them is the dashed line in each. One pair of axes for all panels: a pair each took 0.2 s."""
    columns = 2 if sheet.is_narrow else 4
    rows = -(-len(trends) // columns)
    each = (sheet.width - LEFT - 0.08 - GAP * (columns - 1)) / columns
    bands = [_thinned(trend) for _name, trend in trends]
    marked = reference.ends if reference else []
    names = [two_lines(name, SMALL, 72 * each) for name, _trend in trends]
    pitch = HEIGHT + NAME + (max(map(len, names)) - 1) * 1.05 * SMALL / 72
    sheet.open(BOTTOM + rows * pitch)
    panels = Panels(
        [LEFT + index % columns * (each + GAP) for index in range(len(trends))],
        [BOTTOM + (rows - 1 - index // columns) * pitch for index in range(len(trends))],
        each,
        (min(days(band.months)[0] for band in bands), max(days(band.months)[-1] for band in bands)),
        (
            min([*marked, *(low for band in bands for low in band.lower_95)]),
            max([*marked, *(high for band in bands for high in band.upper_95)]),
        ),
    )
    axes = sheet.inches()
    for index, lines in enumerate(names):
        at = panels.lefts[index], panels.bottoms[index] + HEIGHT + 0.03
        sheet.text(*at, "\n".join(lines), size=SMALL, va="bottom", linespacing=1.0)
        is_first, is_last = index % columns == 0, index + columns >= len(trends)
        _name_ticks(sheet, axes, panels, index, has_values=is_first, has_years=is_last)
    _draw_ground(axes, panels, marked)
    for side, alpha in (("95", 0.14), ("80", 0.22)):
        edges = [
            [*panels.line(index, band, f"upper_{side}"), *panels.line(index, band, f"lower_{side}")[::-1]]
            for index, band in enumerate(bands)
        ]
        draw_areas(axes, edges, BLUE, alpha=alpha, zorder=2)
    trend_lines = [panels.line(index, band, "trend") for index, band in enumerate(bands)]
    draw_lines(axes, trend_lines, BLUE, 1.3, zorder=3)
    if whole:
        whole_lines = [panels.line(index, _thinned(whole), "trend") for index in range(len(bands))]
        draw_lines(axes, whole_lines, INK, 0.9, linestyle=(0, (3, 2)), zorder=4)


def _draw_ground(axes: Axes, panels: Panels, marked: Sequence[float]) -> None:
    """The normal range or zero where there is one, round values as thin lines, a rule below each panel."""
    if len(marked) == 2:
        low, high = (panels.across([end]) for end in marked)
        boxes = [[*bottom, *reversed(top)] for bottom, top in zip(low, high, strict=True)]
        draw_areas(axes, boxes, RANGE, zorder=0)
        draw_lines(axes, panels.across(marked), RANGE_EDGE, 0.5, zorder=1)
    elif marked:
        draw_lines(axes, panels.across(marked), MUTED, 0.8, zorder=1)
    draw_lines(axes, panels.across(panels.values[:1]), RULE, 0.8, zorder=1)
    draw_lines(axes, panels.across(round_values(*panels.values, 3)), RULE, 0.5, zorder=0.5)


def _name_ticks(
    sheet: Sheet, axes: Axes, panels: Panels, index: int, *, has_values: bool, has_years: bool
) -> None:
    style: dict[str, Any] = {"size": SMALL, "color": MUTED}
    left, bottom = panels.lefts[index], panels.bottoms[index]
    for value in round_values(*panels.values, 3) if has_values else ():
        sheet.text(left - 0.05, panels.y(index, value), plain(value), ha="right", va="center", **style)
    first, last = (date.fromordinal(day).year for day in panels.days)
    years = list(range(first + 1, last + 1))
    for year in years[:: max(1, len(years) // 2)] if has_years else ():
        x = panels.x(index, date(year, 1, 1).toordinal())
        draw_line(axes, [x, x], [bottom - 0.04, bottom], RULE, 0.6, zorder=1)
        sheet.text(x, bottom - 0.06, str(year), ha="center", va="top", **style)


def _thinned(band: Trend) -> Trend:
    """Every third month, the last one among them: a panel is as wide as a thumb."""
    every = slice((len(band.months) - 1) % 3, None, 3)
    columns = ("months", "trend", "lower_80", "upper_80", "lower_95", "upper_95")
    return replace(band, **{name: getattr(band, name)[every] for name in columns})
