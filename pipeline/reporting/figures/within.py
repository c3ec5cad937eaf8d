"""The areas within an area: their rates with intervals, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reporting.figures.chart import PAD, Chart, plain, round_values
from pipeline.reporting.figures.lettering import width, wrap
from pipeline.reporting.figures.marks import Interval, Reference, mark_range, mark_span
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, PALE, PAPER, RULE
from pipeline.reporting.figures.sheet import LABEL, LINE, SMALL, Body, Sheet, body_of

ROW = 0.2  # inches


@dataclass(frozen=True)
class Panel:
    """One rate of all the areas within: `areas` holds None where a figure is withheld or unknown."""

    title: str
    areas: Sequence[Interval | None]
    whole: Interval | None
    whole_label: str
    normal: Reference | None = None


def members_figure(sheet: Sheet, names: Sequence[str], panels: Sequence[Panel], hidden_mark: str) -> None:
    """Panels side by side when wide, below each other when narrow; the same order of names in each."""
    longest = 0.3 * sheet.width
    lines = ["\n".join(wrap(name, SMALL, 72 * longest)) for name in names]
    left = max(width(line, SMALL) for name in lines for line in name.split("\n")) / 72 + 0.14
    row = max(ROW, 0.04 + 0.13 * max(name.count("\n") + 1 for name in lines))
    height, below, gap = row * max(len(names), 2), 0.24, 0.22
    each = sheet.width - left - 0.12
    if not sheet.is_narrow:
        each = (sheet.width - left - 0.08 - gap * (len(panels) - 1)) / len(panels)
    heads = [_head(panel, 72 * each) for panel in panels]
    above = max(sum(size * LINE for _, size, _ in head) for head in heads) / 72 + 0.08
    tall = above + height + below
    with body_of(sheet, tall * (len(panels) if sheet.is_narrow else 1)) as body:
        for place, (panel, head) in enumerate(zip(panels, heads, strict=True)):
            bottom = below + (tall * (len(panels) - 1 - place) if sheet.is_narrow else 0)
            x = left + (0 if sheet.is_narrow else place * (each + gap))
            chart = _chart(body, (x, bottom), (each, height), panel)
            _draw_panel(chart, panel, hidden_mark)
            chart.name_rows(lines if place == 0 or sheet.is_narrow else ())
            y = bottom + height + above - 0.03
            for line, size, color in head:
                body.text(x, y, line, size=size, color=color, va="top")
                y -= size * LINE / 72


def _head(panel: Panel, points: float) -> list[tuple[str, float, str]]:
    """The lines above a panel, with their size and colour."""
    texts = ((panel.title, LABEL, INK), (panel.whole_label, SMALL, MUTED))
    return [(line, size, color) for text, size, color in texts for line in wrap(text, size, points)]


def _chart(body: Body, corner: tuple[float, float], size: tuple[float, float], panel: Panel) -> Chart:
    """Wide enough for every interval; the first name is at the top."""
    shown = [area for area in [*panel.areas, panel.whole] if area]
    ends = [end for area in shown for end in (area.lower, area.upper, *(area.outer or ()))]
    ends += panel.normal.ends if panel.normal else []
    room = 0.03 * ((max(ends) - min(ends)) or 1)
    return Chart(body, *corner, *size, (min(ends) - room, max(ends) + room), (len(panel.areas) - 0.4, -0.6))


def _draw_panel(chart: Chart, panel: Panel, hidden_mark: str) -> None:
    body = chart.body
    ticks = round_values(*chart.xs, 4)
    chart.upright(ticks, RULE, 0.5, zorder=0.5)
    for tick in ticks:
        body.text(
            chart.x(tick), chart.bottom - PAD, plain(tick), size=SMALL, color=MUTED, ha="center", va="top"
        )
    mark_range(chart, panel.normal, upright=True)
    if panel.whole:
        mark_span(chart, panel.whole.lower, panel.whole.upper, PALE)
        chart.upright([panel.whole.value], INK, 0.9, zorder=1)
    shown = [(place, area) for place, area in enumerate(panel.areas) if area]
    lines = [chart.places((area.lower, area.upper), (place, place)) for place, area in shown]
    body.strokes(lines, BLUE, 2.0, zorder=2)
    wider = [chart.places(area.outer, (place, place)) for place, area in shown if area.outer]
    body.strokes(wider, BLUE, 0.7, zorder=2)
    for is_apart, face in ((True, BLUE), (False, PAPER)):
        points = [(chart.x(a.value), chart.y(place)) for place, a in shown if a.is_apart == is_apart]
        body.marks(points, "o", 4.5, face, markeredgecolor=BLUE, zorder=3)
    for place, area in enumerate(panel.areas):
        if area is None:
            at = chart.left + 3 / 72, chart.y(place)
            body.text(*at, hidden_mark, size=SMALL, color=MUTED, va="center")
