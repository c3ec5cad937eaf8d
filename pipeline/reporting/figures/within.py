"""The areas within an area: their rates with intervals, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from pipeline.reporting.figures.lettering import width, wrap
from pipeline.reporting.figures.marks import (
    Interval,
    Reference,
    few_ticks,
    mark_range,
)
from pipeline.reporting.figures.palette import BLUE, INK, MUTED, PALE, RULE
from pipeline.reporting.figures.sheet import LABEL, SMALL, Body, Sheet, body_of

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
    height, above, below = row * max(len(names), 2), 0.36, 0.24
    gap = 0.22
    if sheet.is_narrow:
        with body_of(sheet, len(panels) * (above + height + below)) as body:
            for place, panel in enumerate(panels):
                bottom = (len(panels) - 1 - place) * (above + height + below) + below
                axes = body.axes(left, bottom, sheet.width - left - 0.12, height)
                _draw_panel(axes, body, (left, bottom + height), panel, hidden_mark)
                _name_rows(axes, lines)
        return
    each = (sheet.width - left - 0.08 - gap * (len(panels) - 1)) / len(panels)
    with body_of(sheet, above + height + below) as body:
        for place, panel in enumerate(panels):
            x = left + place * (each + gap)
            axes = body.axes(x, below, each, height)
            _draw_panel(axes, body, (x, below + height), panel, hidden_mark)
            _name_rows(axes, lines if place == 0 else [""] * len(lines))


def _name_rows(axes: Axes, lines: Sequence[str]) -> None:
    axes.set_yticks(range(len(lines)), lines, size=SMALL, linespacing=1.0)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(lines) - 0.4, -0.6)


def _draw_panel(axes: Axes, body: Body, top: tuple[float, float], panel: Panel, hidden_mark: str) -> None:
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.grid(axis="y", visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0, labelsize=SMALL)
    mark_range(axes, panel.normal, upright=True)
    if panel.whole:
        axes.axvspan(panel.whole.lower, panel.whole.upper, color=PALE, zorder=0.5, linewidth=0)
        axes.axvline(panel.whole.value, color=INK, linewidth=0.9, zorder=1)
    shown = [(place, area) for place, area in enumerate(panel.areas) if area]
    places, areas = [place for place, _ in shown], [area for _, area in shown]
    axes.hlines(
        places, [a.lower for a in areas], [a.upper for a in areas], color=BLUE, linewidth=1.4, zorder=2
    )
    axes.plot([area.value for area in areas], places, "o", color=BLUE, markersize=4, zorder=3)
    for place, area in enumerate(panel.areas):
        if area is None:
            axes.annotate(
                hidden_mark,
                (0, place),
                xycoords=("axes fraction", "data"),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                size=SMALL,
                color=MUTED,
            )
    few_ticks(axes.xaxis, 4)
    body.text(top[0], top[1] + 0.33, panel.title, size=LABEL, color=INK, va="top")
    body.text(top[0], top[1] + 0.17, panel.whole_label, size=SMALL, color=MUTED, va="top")
