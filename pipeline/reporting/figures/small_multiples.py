"""The trends of the areas within an area: a small panel each, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.reporting.figures.chart import plain, round_values
from pipeline.reporting.figures.lettering import two_lines
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

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, month: date) -> float:
        first, last = self.months
        return self.left + (month - first).days / max(1, (last - first).days) * self.width

    def y(self, value: float) -> float:
        low, high = self.values
        return self.bottom + (min(max(value, low), high) - low) / ((high - low) or 1) * HEIGHT

    def places(self, months: Sequence[date], values: Sequence[float]) -> list[tuple[float, float]]:
        return [(self.x(month), self.y(value)) for month, value in zip(months, values, strict=True)]


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
    names = [two_lines(title, SMALL, 72 * each) for title, _ in trends]
    pitch = HEIGHT + NAME + (max(map(len, names)) - 1) * 1.05 * SMALL / 72
    with body_of(sheet, BOTTOM + rows * pitch) as body:
        panels = []
        for place, (_name, band) in enumerate(trends):
            row, column = divmod(place, columns)
            left = LEFT + column * (each + GAP)
            panel = Panel(left, BOTTOM + (rows - 1 - row) * pitch, each, months, values)
            panels.append((panel, band))
            _name_ticks(body, panel, has_values=column == 0, has_years=place + columns >= len(trends))
            name = "\n".join(names[place])
            body.text(
                left, panel.bottom + HEIGHT + 0.03, name, size=SMALL, color=INK, va="bottom", linespacing=1.0
            )
        _draw_ground(body, [panel for panel, _ in panels], reference)
        _draw_trends(body, panels, whole and _thinned(whole))


def _draw_ground(body: Body, panels: Sequence[Panel], reference: float | Reference) -> None:
    if isinstance(reference, Reference):
        stretches = [(panel, *map(panel.y, reference.ends)) for panel in panels]
        body.fills(
            [[(p.left, low), (p.right, low), (p.right, high), (p.left, high)] for p, low, high in stretches],
            RANGE,
            zorder=0,
        )
        edges = [[(p.left, y), (p.right, y)] for p, *ys in stretches for y in ys]
        body.strokes(edges, RANGE_EDGE, 0.5, zorder=1)
    else:
        zero = [[(panel.left, panel.y(reference)), (panel.right, panel.y(reference))] for panel in panels]
        body.strokes(zero, MUTED, 0.8, zorder=1)
    body.strokes([[(p.left, p.bottom), (p.right, p.bottom)] for p in panels], RULE, 0.8, zorder=1)
    ticks = round_values(*panels[0].values, 3)
    grid = [[(panel.left, panel.y(tick)), (panel.right, panel.y(tick))] for panel in panels for tick in ticks]
    body.strokes(grid, RULE, 0.5, zorder=0.5)


def _draw_trends(body: Body, panels: Sequence[tuple[Panel, Band]], whole: Band | None) -> None:
    """All panels at once: a line of the same kind is drawn as one."""
    for level, alpha in (("95", 0.14), ("80", 0.22)):
        edges = []
        for panel, band in panels:
            lower, upper = getattr(band, f"lower_{level}"), getattr(band, f"upper_{level}")
            edges.append([*panel.places(band.months, upper), *reversed(panel.places(band.months, lower))])
        body.fills(edges, BLUE, alpha=alpha, zorder=2)
    body.strokes([panel.places(band.months, band.trend) for panel, band in panels], BLUE, 1.3, zorder=3)
    if whole:
        lines = [panel.places(whole.months, whole.trend) for panel, _ in panels]
        body.strokes(lines, INK, 0.9, dashes=(3, 2), zorder=4)


def _name_ticks(body: Body, panel: Panel, *, has_values: bool, has_years: bool) -> None:
    for value in round_values(*panel.values, 3) if has_values else ():
        y = panel.y(value)
        body.text(panel.left - 0.05, y, plain(value), size=SMALL, color=MUTED, ha="right", va="center")
    first, last = panel.months
    years = list(range(first.year + 1, last.year + 1))
    years = years[:: max(1, len(years) // 2)] if has_years else []
    xs = [panel.x(date(year, 1, 1)) for year in years]
    body.strokes([[(x, panel.bottom), (x, panel.bottom - 0.04)] for x in xs], RULE, 0.6, zorder=1)
    for year, x in zip(years, xs, strict=True):
        body.text(x, panel.bottom - 0.06, str(year), size=SMALL, color=MUTED, ha="center", va="top")


def _thinned(band: Band) -> Band:
    """Every third month, the last one among them: a panel is as wide as a thumb."""
    return Band(*(column[(len(column) - 1) % 3 :: 3] for column in vars(band).values()))
