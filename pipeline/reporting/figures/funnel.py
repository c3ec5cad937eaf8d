"""The funnel of the sex ratio: every area against its size, between the limits of what chance makes of the average.

One area among its like on its own page; all of them in the overview.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from pipeline.reporting.figures.axes import (
    Label,
    Reference,
    across,
    draw_line,
    draw_lines,
    draw_marks,
    label_ends,
    limits_of,
    mark_range,
    name_below,
    name_values,
    reference_label,
)
from pipeline.reporting.figures.drawn import counted, figure_data, normal_range, told
from pipeline.reporting.figures.sheet import Folder, Sheet
from pipeline.reporting.figures.style import BLUE, INK, MUTED, PAPER, SMALL, wrap
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.peers import SERIES, WINDOWS, Peer
from pipeline.reporting.shown.records import Funnel, ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import sentences, short_window, span
from pipeline.words.numbers import number
from pipeline.words.translations import Translator

INSIDE, BETWEEN, OUTSIDE = "within", "between", "outside"  # as in the names of messages
FEWEST_DOTS = 5


@dataclass(frozen=True)
class Dot:
    """One area: its size and value; whether it is the page's own, and whether it is near (of the same area above)."""

    name: str
    size: float
    value: float
    lower: float
    upper: float
    is_own: bool = False
    is_near: bool = False
    is_named: bool = False


def funnel(
    facts: ShownArea,
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    neighbours: Sequence[Peer],
    folder: Folder,
) -> Drawn | None:
    """The area marked among all of its level; None where its own sex ratio is not printed."""
    own = next((n for n in neighbours if n.area_code == facts.area_code), None)
    window = own and next((w for w in WINDOWS if w in own.windows and (SERIES, w) in funnels), None)
    if not window:
        return None
    _, limits = report.say, funnels[SERIES, window]
    dots = _dots(neighbours, window, own)
    if len(dots) < FEWEST_DOTS:
        return None
    mine = next(dot for dot in dots if dot.is_own)
    title = _own_title(_, mine, limits, report.whole(facts.name, facts.level))
    alt = _(
        "figures.funnel.alt",
        count=len(dots),
        where=report.whole(facts.name, facts.level),
        births=number(mine.size),
        value=number(mine.value, 1),
        interval=span(_, mine.lower, mine.upper, 1),
        centre=number(limits.centre, 1),
        finding=title,
    )
    return _drawn(report, folder, window, dots, limits, title, alt)


def overview_funnel(
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    neighbours: Sequence[Peer],
    folder: Folder,
) -> Drawn | None:
    """All areas of a level, none marked; those outside the 99.8 % limits are named."""
    window = next(
        (w for w in WINDOWS if (SERIES, w) in funnels and any(w in n.windows for n in neighbours)), None
    )
    if not window:
        return None
    _, limits = report.say, funnels[SERIES, window]
    dots = _dots(neighbours, window, None, limits)
    if len(dots) < 2:
        return None
    places, centre = [_place(dot, limits) for dot in dots], number(limits.centre, 1)
    counts = [(_(f"figures.funnel.count_{one}"), places.count(one)) for one in (OUTSIDE, BETWEEN, INSIDE)]
    title = (
        _("figures.funnel.title_all_within", count=len(dots), centre=centre)
        if set(places) == {INSIDE}
        else _("figures.funnel.title", centre=centre, parts=counted(_, *counts))
    )
    alt = _("figures.funnel.alt_overview", count=len(dots), centre=centre, finding=title)
    return _drawn(report, folder, window, dots, limits, title, alt)


def _drawn(
    report: ReportContext, folder: Folder, window: str, dots: list[Dot], limits: Funnel, title: str, alt: str
) -> Drawn:
    _, normal, has_own = report.say, normal_range(report), any(dot.is_own for dot in dots)
    fewest = report.indicators[SERIES].withhold_below
    values = {"window": short_window(_, window, report.month), "fewest": fewest}
    subtitle = _("figures.funnel.subtitle" if normal else "figures.funnel.subtitle_alone", **values)
    caption = [_("figures.funnel.caption" if has_own else "figures.funnel.caption_overview", **values)]
    if normal:
        caption.append(_("figures.strip_normal_range"))
    folder.draw("funnel", title, subtitle, lambda sheet: _draw_funnel(sheet, _, dots, limits, normal))
    rows = [
        [
            f"**{escape(dot.name)}**" if dot.is_own else escape(dot.name),
            number(dot.size),
            number(dot.value, 1),
            span(_, dot.lower, dot.upper, 1),
            _(f"figures.funnel.{_place(dot, limits)}"),
        ]
        for dot in dots
    ]
    columns = ("labels.area", "labels.births", "labels.sex_ratio_short", "labels.interval_95")
    header = [*map(_, (*columns, "figures.funnel.column_place"))]
    return Drawn(title, subtitle, sentences(_, caption), alt, figure_data(_, subtitle, header, rows))


def _dots(
    neighbours: Sequence[Peer], window: str, own: Peer | None, limits: Funnel | None = None
) -> list[Dot]:
    """Those named are outside of `limits`, where these are given."""
    dots = [
        Dot(
            neighbour.name,
            *neighbour.windows[window],
            is_own=own is not None and neighbour.area_code == own.area_code,
            is_near=own is not None and neighbour.parent_code == own.parent_code,
        )
        for neighbour in neighbours
        if window in neighbour.windows
    ]
    return [replace(dot, is_named=limits is not None and _place(dot, limits) == OUTSIDE) for dot in dots]


def _limit_at(limits: Funnel, size: float, side: str) -> float:
    """One of the limits at a size, between the sizes given."""
    return float(np.interp(np.log(size), np.log(limits.sizes), getattr(limits, side)))


def _place(dot: Dot, limits: Funnel) -> str:
    for place, level in ((INSIDE, "95"), (BETWEEN, "998")):
        lower, upper = (_limit_at(limits, dot.size, f"{side}_{level}") for side in ("lower", "upper"))
        if lower <= dot.value <= upper:
            return place
    return OUTSIDE


def _own_title(_: Translator, dot: Dot, limits: Funnel, where: str) -> str:
    place = _place(dot, limits)
    if place == OUTSIDE:
        place = "above" if dot.value > limits.centre else "below"
    return _(f"figures.funnel.title_{place}", where=where, centre=number(limits.centre, 1))


def _draw_funnel(
    sheet: Sheet, _: Translator, dots: Sequence[Dot], limits: Funnel, normal: Reference | None
) -> None:
    left, right, below, height = 0.36, 0.82 if sheet.is_narrow else 1.02, 0.44, 2.3 * sheet.flatness
    shown = [edge for dot in dots for edge in (dot.value, *((dot.lower, dot.upper) if dot.is_own else ()))]
    largest = max(dot.size for dot in dots)
    edges = [_limit_at(limits, largest, side) for side in ("lower_998", "upper_998")]
    sheet.open(height + below)
    axes = sheet.axes(left, below, sheet.width - left - right, height)
    axes.set_xscale("log")
    axes.set(xlim=_span([dot.size for dot in dots]), ylim=limits_of([*shown, *edges], (normal,)))
    name_values(axes, 5 if sheet.is_narrow else 7)
    _name_sizes(axes, 4 if sheet.is_narrow else 7)
    words = _("figures.funnel.axis_births")
    sheet.text(sheet.width - right, 0.02, words, size=SMALL, color=MUTED, ha="right", va="bottom")
    mark_range(axes, normal)
    labels = _draw_limits(axes, limits)
    _draw_dots(sheet, axes, _, dots)
    centre = Label(limits.centre, _("figures.funnel.average", value=number(limits.centre, 1)), INK)
    label_ends(axes, [*labels, centre, *reference_label(axes, normal)])
    for dot in dots:
        if dot.is_own or dot.is_named:
            _name(axes, dot)


def _span(sizes: Sequence[float]) -> tuple[float, float]:
    low, high = min(sizes), max(sizes)
    margin = 1.12 if high / low > 1.5 else 1.5
    return low / margin, high * margin


def _draw_limits(axes: Axes, limits: Funnel) -> list[Label]:
    """Dashed for 95 %, solid for 99.8 %, the average as a line; returns the labels of the upper ones."""
    sizes = np.geomspace(*axes.get_xlim(), 60).tolist()
    across(axes, [limits.centre], INK, 0.9, zorder=1.5)
    labels = []
    styles: tuple[tuple[str, str, Any], ...] = (("95", "95%", (0, (4, 2))), ("998", "99.8%", "-"))
    for level, name, dashes in styles:
        for side in ("lower", "upper"):
            edge = [_limit_at(limits, size, f"{side}_{level}") for size in sizes]
            draw_line(axes, sizes, edge, MUTED, 0.9, linestyle=dashes, zorder=1.5)
        labels.append(Label(_limit_at(limits, sizes[-1], f"upper_{level}"), name))
    return labels


def _draw_dots(sheet: Sheet, axes: Axes, _: Translator, dots: Sequence[Dot]) -> None:
    """Hollow, those of the same area above filled, the page's own a diamond with its interval."""
    own = [dot for dot in dots if dot.is_own]
    near = [dot for dot in dots if dot.is_near and not dot.is_own]
    far = [dot for dot in dots if not dot.is_near and not dot.is_own]
    for group, marker, size, face, edge, style in (
        (far, "o", 4.2, PAPER, MUTED, {"markeredgewidth": 0.8, "zorder": 3}),
        (near, "o", 4.6, MUTED, MUTED, {"markeredgewidth": 0.8, "zorder": 3}),
        (own, "D", 7, BLUE, PAPER, {"zorder": 5}),
    ):
        marks = draw_marks(axes, [(dot.size, dot.value) for dot in group], marker, size, face, edge, **style)
        sheet.name_marks(marks, [told(_, dot.name, dot.value, dot.lower, dot.upper) for dot in group])
    draw_lines(axes, [[(dot.size, dot.lower), (dot.size, dot.upper)] for dot in own], BLUE, 1.4, zorder=4)


def _name(axes: Axes, dot: Dot) -> None:
    """The name beside its dot, towards the middle, on a ground that hides what lies below."""
    (x, y), box = axes.transData.transform((dot.size, dot.value)), axes.bbox
    is_left = x < (box.x0 + box.x1) / 2
    room = box.x1 - x if is_left else x - box.x0
    axes.text(
        (x - box.x0 + (7 if is_left else -7)) / box.width,
        (y - box.y0) / box.height,
        "\n".join(wrap(dot.name, SMALL, room - 12)),
        transform=axes.transAxes,
        ha="left" if is_left else "right",
        va="center",
        linespacing=1.0,
        size=SMALL,
        color=BLUE if dot.is_own else INK,
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 1.2},
        zorder=6,
    )


def _name_sizes(axes: Axes, most: int) -> None:
    low, high = axes.get_xlim()
    steps = [step * 10**power for power in range(0, 8) for step in (1, 2, 5)]
    if sum(low <= step <= high for step in steps) < 3:
        steps = [step * 10**power for power in range(0, 8) for step in (1, 1.5, 2, 3, 4, 5, 6, 8)]
    ticks = [step for step in steps if low <= step <= high]
    ticks = ticks[:: -(-len(ticks) // most)] if ticks else []
    name_below(axes, [(tick, f"{tick:,.0f}") for tick in ticks])
