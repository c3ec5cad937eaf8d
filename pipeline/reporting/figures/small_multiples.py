"""The trends of the areas within an area: a small panel each, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline.reporting.figures.lettering import wrap
from pipeline.reporting.figures.marks import Band, Reference
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, RANGE, RANGE_EDGE, RULE
from pipeline.reporting.figures.sheet import SMALL, Body, Sheet, body_of

LEFT, BOTTOM, GAP, HEIGHT, NAME = 0.36, 0.24, 0.14, 0.62, 0.22  # inches


@dataclass(frozen=True)
class Panel:
    """The place of one panel in inches, and the months and values at its edges."""

    left: float
    bottom: float
    width: float
    months: tuple[date, date]
    values: tuple[float, float]

    def x(self, month: date) -> float:
        first, last = self.months
        return self.left + (month - first).days / max(1, (last - first).days) * self.width

    def y(self, value: float) -> float:
        low, high = self.values
        return self.bottom + (min(max(value, low), high) - low) / ((high - low) or 1) * HEIGHT


def member_trends_figure(
    sheet: Sheet, trends: Sequence[tuple[str, Band]], reference: float | Reference, whole: Band | None
) -> None:
    """The area above them is the dashed line in each."""
    columns = 2 if sheet.is_narrow else 4
    rows = -(-len(trends) // columns)
    each = (sheet.width - LEFT - 0.08 - GAP * (columns - 1)) / columns
    trends = [(title, _thinned(band)) for title, band in trends]
    bands = [band for _, band in trends]
    months = (min(band.months[0] for band in bands), max(band.months[-1] for band in bands))
    zero = [reference] if isinstance(reference, float) else reference.ends
    values = (
        min([*zero, *(low for band in bands for low in band.lower_95)]),
        max([*zero, *(high for band in bands for high in band.upper_95)]),
    )
    with body_of(sheet, BOTTOM + rows * (HEIGHT + NAME)) as body:
        axes = body.canvas()
        for place, (title, band) in enumerate(trends):
            row, column = divmod(place, columns)
            left = LEFT + column * (each + GAP)
            panel = Panel(left, BOTTOM + (rows - 1 - row) * (HEIGHT + NAME), each, months, values)
            _draw_ground(axes, panel, reference)
            _draw_trend(axes, panel, band, whole and _thinned(whole))
            _name_ticks(axes, body, panel, has_values=column == 0, has_years=place + columns >= len(trends))
            name = wrap(title, SMALL, 72 * each)[0]
            body.text(left, panel.bottom + HEIGHT + 0.03, name, size=SMALL, color=INK, va="bottom")


def _draw_ground(axes: Axes, panel: Panel, reference: float | Reference) -> None:
    left, right = panel.left, panel.left + panel.width
    if isinstance(reference, Reference):
        low, high = (panel.y(end) for end in reference.ends)
        axes.fill([left, right, right, left], [low, low, high, high], color=RANGE, linewidth=0, zorder=0)
        for end in (low, high):
            axes.plot([left, right], [end, end], color=RANGE_EDGE, linewidth=0.5, zorder=1)
    else:
        axes.plot([left, right], [panel.y(reference)] * 2, color=MUTED, linewidth=0.8, zorder=1)
    axes.plot([left, right], [panel.bottom] * 2, color=RULE, linewidth=0.8, zorder=1)


def _draw_trend(axes: Axes, panel: Panel, band: Band, whole: Band | None) -> None:
    months = [panel.x(month) for month in band.months]
    for lower, upper, alpha in (
        (band.lower_95, band.upper_95, 0.14),
        (band.lower_80, band.upper_80, 0.22),
    ):
        edges = [panel.y(value) for value in lower], [panel.y(value) for value in upper]
        axes.fill_between(months, *edges, color=BLUE, alpha=alpha, linewidth=0, zorder=2)
    axes.plot(months, [panel.y(value) for value in band.trend], color=BLUE, linewidth=1.3, zorder=3)
    if whole:
        months, values = [panel.x(month) for month in whole.months], [panel.y(v) for v in whole.trend]
        axes.plot(months, values, color=INK, linewidth=0.9, linestyle=(0, (3, 2)), zorder=4)


def _name_ticks(axes: Axes, body: Body, panel: Panel, *, has_values: bool, has_years: bool) -> None:
    for value in MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]).tick_values(*panel.values):
        if not panel.values[0] <= value <= panel.values[1]:
            continue
        y = panel.y(value)
        axes.plot([panel.left, panel.left + panel.width], [y, y], color=RULE, linewidth=0.5, zorder=0.5)
        if has_values:
            text = f"{round(value, 6):g}".replace("-", "−")
            body.text(panel.left - 0.05, y, text, size=SMALL, color=MUTED, ha="right", va="center")
    first, last = panel.months
    years = list(range(first.year + 1, last.year + 1))
    for year in years[:: max(1, len(years) // 2)] if has_years else ():
        x = panel.x(date(year, 1, 1))
        axes.plot([x, x], [panel.bottom, panel.bottom - 0.04], color=RULE, linewidth=0.6)
        body.text(x, panel.bottom - 0.06, str(year), size=SMALL, color=MUTED, ha="center", va="top")


def _thinned(band: Band) -> Band:
    """Every third month, the last one among them: a panel is as wide as a thumb."""
    return Band(*(column[(len(column) - 1) % 3 :: 3] for column in vars(band).values()))
