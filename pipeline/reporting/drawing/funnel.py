"""The funnel of the sex ratio: an area among its like, or all of them in the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.reporting.drawing.by_month import range_text
from pipeline.reporting.drawing.drawn import Drawn, Folder, counted, figure_data
from pipeline.reporting.facts.neighbours import SERIES, WINDOWS, Neighbour, neighbours_of
from pipeline.reporting.facts.records import AreaFacts, Funnel
from pipeline.reporting.figures.funnel import Dot, Limits, funnel_figure
from pipeline.reporting.figures.marks import Reference
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.verdicts import ci
from pipeline.reporting.text.wording import number, short_window, span
from pipeline.words.translations import Translator

__all__ = ["Neighbour", "funnel", "neighbours_of", "overview_funnel"]

INSIDE, BETWEEN, OUTSIDE = "inside", "between", "outside"
FEWEST_DOTS = 5


def funnel(
    facts: AreaFacts,
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    neighbours: Sequence[Neighbour],
    folder: Folder,
) -> Drawn | None:
    """The area marked among all of its level; None where its own sex ratio is not printed."""
    own = next((n for n in neighbours if n.area_code == facts.area_code), None)
    window = own and next((w for w in WINDOWS if w in own.windows and (SERIES, w) in funnels), None)
    if not window:
        return None
    _, limits = report.say, _limits(funnels[SERIES, window])
    dots = _dots(neighbours, window, own)
    if len(dots) < FEWEST_DOTS:
        return None
    mine = next(dot for dot in dots if dot.is_own)
    title = _own_title(_, mine, limits, report.whole(facts))
    alt = _(
        "figures.funnel.alt",
        count=len(dots),
        where=report.whole(facts),
        births=number(mine.size),
        value=number(mine.value, 1),
        interval=span(_, mine.lower, mine.upper, 1),
        centre=number(limits.centre, 1),
        finding=title,
    )
    return _draw(report, folder, window, dots, limits, title, alt)


def overview_funnel(
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    neighbours: Sequence[Neighbour],
    folder: Folder,
) -> Drawn | None:
    """All areas of a level, none marked; those outside the 99.8 % limits are named."""
    window = next(
        (w for w in WINDOWS if (SERIES, w) in funnels and any(w in n.windows for n in neighbours)), None
    )
    if not window:
        return None
    _, limits = report.say, _limits(funnels[SERIES, window])
    dots = _dots(neighbours, window, None, limits)
    if len(dots) < 2:
        return None
    places, centre = [_place(dot, limits) for dot in dots], number(limits.centre, 1)
    parts = counted(
        _,
        (_("figures.funnel.count_outside"), places.count(OUTSIDE)),
        (_("figures.funnel.count_between"), places.count(BETWEEN)),
        (_("figures.funnel.count_within"), places.count(INSIDE)),
    )
    title = (
        _("figures.funnel.title_all_within", count=len(dots), centre=centre)
        if set(places) == {INSIDE}
        else _("figures.funnel.title", centre=centre, parts=parts)
    )
    alt = _(
        "figures.funnel.alt_overview",
        count=len(dots),
        centre=centre,
        finding=title,
    )
    return _draw(report, folder, window, dots, limits, title, alt)


def _draw(
    report: ReportContext, folder: Folder, window: str, dots: list[Dot], limits: Limits, title: str, alt: str
) -> Drawn:
    _, normal = report.say, report.indicators[SERIES].normal_range
    has_own = any(dot.is_own for dot in dots)
    values = {
        "window": short_window(_, window, report.month),
        "fewest": report.indicators[SERIES].withhold_below,
    }
    subtitle = _("figures.funnel.subtitle", **values)
    caption = (
        _(
            "figures.funnel.caption",
            **values,
        )
        if has_own
        else _(
            "figures.funnel.caption_overview",
            **values,
        )
    )
    folder.draw(
        "funnel",
        title,
        subtitle,
        lambda sheet: funnel_figure(
            sheet,
            dots,
            limits,
            Reference(*normal, _("figures.normal_range", range=range_text(_, *normal))),
            _("figures.funnel.average", value=number(limits.centre, 1)),
            _("figures.funnel.axis_births"),
        ),
    )
    words = {
        INSIDE: _("figures.funnel.within"),
        BETWEEN: _("figures.funnel.between"),
        OUTSIDE: _("figures.funnel.outside"),
    }
    rows = [
        [
            f"**{escape(dot.name)}**" if dot.is_own else escape(dot.name),
            number(dot.size),
            number(dot.value, 1),
            span(_, dot.lower, dot.upper, 1),
            words[_place(dot, limits)],
        ]
        for dot in dots
    ]
    header = [
        _("labels.area"),
        _("labels.births"),
        _("labels.sex_ratio_short"),
        ci(_),
        _("figures.funnel.column_place"),
    ]
    return Drawn(title, subtitle, caption, alt, figure_data(_, subtitle, header, rows))


def _dots(
    neighbours: Sequence[Neighbour], window: str, own: Neighbour | None, limits: Limits | None = None
) -> list[Dot]:
    dots = []
    for neighbour in neighbours:
        if window not in neighbour.windows:
            continue
        dot = Dot(
            neighbour.name,
            *neighbour.windows[window],
            is_own=own is not None and neighbour.area_code == own.area_code,
            is_near=own is not None and neighbour.parent_code == own.parent_code,
        )
        is_named = limits is not None and _place(dot, limits) == OUTSIDE
        dots.append(Dot(**{**dot.__dict__, "is_named": is_named}))
    return dots


def _limits(funnel: Funnel) -> Limits:
    return Limits(
        funnel.sizes, funnel.centre, funnel.lower_95, funnel.upper_95, funnel.lower_998, funnel.upper_998
    )


def _place(dot: Dot, limits: Limits) -> str:
    for place, level in ((INSIDE, "95"), (BETWEEN, "998")):
        if limits.at(dot.size, f"lower_{level}") <= dot.value <= limits.at(dot.size, f"upper_{level}"):
            return place
    return OUTSIDE


def _own_title(_: Translator, dot: Dot, limits: Limits, where: str) -> str:
    words = {"where": where, "centre": number(limits.centre, 1)}
    place = _place(dot, limits)
    if place == INSIDE:
        return _("figures.funnel.title_within", **words)
    if place == BETWEEN:
        return _(
            "figures.funnel.title_between",
            **words,
        )
    if dot.value > limits.centre:
        return _("figures.funnel.title_above", **words)
    return _("figures.funnel.title_below", **words)
