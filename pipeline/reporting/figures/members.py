"""The areas within an area: their rates with intervals, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from matplotlib.axes import Axes

from pipeline.reporting.figures.axes import (
    PAD,
    Reference,
    draw_lines,
    draw_marks,
    mark_range,
    mark_span,
    plain,
    round_values,
    upright,
)
from pipeline.reporting.figures.drawn import figure_data, normal_range, range_text, told
from pipeline.reporting.figures.sheet import Folder, Sheet, height_of, wrapped
from pipeline.reporting.figures.style import BLUE, INK, LABEL, MUTED, PALE, PAPER, RULE, SMALL, width, wrap
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import HIGHER, LOWER, UNCLEAR, Estimate, Known
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import interval, sentences
from pipeline.words.names import capital
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

WINDOW = "rolling_12"
ROW = 0.17  # inches
MOST_DRAWN = 40  # areas: more would not fit a page


@dataclass(frozen=True)
class Panel:
    """One rate of all the areas within: `areas` holds None where a figure is withheld or unknown."""

    title: str
    areas: Sequence[Estimate | None]
    whole: Known | None
    whole_label: str
    normal: Reference | None = None

    def is_apart(self, area: Estimate) -> bool:
        """Whether its 99.8 % interval lies outside the 95 % interval of the whole."""
        whole = self.whole
        return whole is not None and area.against_among_many(whole.lower, whole.upper) != UNCLEAR


def members(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """Birth rate, death rate and, where it is printed for any, the sex ratio of each area within."""
    _ = report.say
    columns = {
        name: shown
        for name in ("birth_rate", "death_rate", "sex_ratio_at_birth")
        if any(shown := shown_estimates(facts, name))
    }
    births, own = columns.get("birth_rate"), _known(facts, "birth_rate")
    if births is None or own is None:
        return None
    verdicts = [e.against_among_many(own.lower, own.upper) if e else "" for e in births]
    apart = verdicts.count(HIGHER) + verdicts.count(LOWER)
    values = [e.known.value for e in births if e and e.known]
    where = report.whole(facts.name, facts.level)
    title = (
        _("figures.members.title_some_differ", total=len(values), apart=apart, where=where)
        if apart
        else _("figures.members.title_none_differs", where=where)
    )
    subtitle, caption = _("figures.members.subtitle"), [_("figures.members.caption", where=where)]
    drawn = _most_apart(births, own)
    if len(drawn) < len(births):
        caption.append(_("figures.members.only_most_apart", where=where, shown=len(drawn)))
    columns = {name: [shown[at] for at in drawn] for name, shown in columns.items()}
    panels = [_panel(facts, report, name, shown) for name, shown in columns.items() if any(shown)]
    names = [facts.members[at].name for at in drawn]
    folder.draw("members", title, subtitle, lambda sheet: _draw(sheet, _, names, panels))
    alt = _(
        "figures.members.alt",
        count=len(births),
        low=number(min(values), 1),
        high=number(max(values), 1),
        where=where,
        own=number(own.value, 1),
        finding=title,
    )
    header = [
        _("labels.area"),
        *(cell for panel in panels for cell in (panel.title, _("labels.interval_95"))),
    ]
    header.append(_("figures.members.column_against_whole", where=where))
    words = {HIGHER: _("verdicts.high"), LOWER: _("verdicts.low"), UNCLEAR: _("verdicts.unclear")}
    cells = [
        [(number(e.value, 1), interval(_, e, 1)) if e else (UNKNOWN, UNKNOWN) for e in of_area]
        for of_area in zip(*columns.values(), strict=True)
    ]
    rows = [
        [escape(name), *chain.from_iterable(own_cells), words.get(verdicts[at], UNKNOWN)]
        for name, own_cells, at in zip(names, cells, drawn, strict=True)
    ]
    return Drawn(title, subtitle, sentences(_, caption), alt, figure_data(_, subtitle, header, rows))


def _most_apart(areas: Sequence[Estimate | None], whole: Known) -> list[int]:
    """Positions of the areas that are drawn, in their order: all, or those furthest from the whole for their intervals."""

    def distance(at: int) -> float:
        known = (area := areas[at]) and area.known
        return abs(known.value - whole.value) / (known.upper - known.lower) if known else -1.0

    return sorted(sorted(range(len(areas)), key=distance, reverse=True)[:MOST_DRAWN])


def shown_estimates(facts: ShownArea, indicator: str) -> list[Estimate | None]:
    """The estimate of each area within, None where it is unknown or withheld."""
    estimates = [member.estimate(indicator, WINDOW) for member in facts.members]
    return [estimate if estimate and estimate.known else None for estimate in estimates]


def _known(facts: ShownArea, indicator: str) -> Known | None:
    own = facts.estimate(indicator, WINDOW)
    return own and own.known


def _panel(facts: ShownArea, report: ReportContext, indicator: str, shown: list[Estimate | None]) -> Panel:
    _, whole, where = report.say, _known(facts, indicator), report.whole(facts.name, facts.level)
    label = _("figures.name_and_value", where=where, value=number(whole.value, 1)) if whole else ""
    spec, name = report.indicators[indicator], capital(report.label(indicator))
    if spec.method != "sex_ratio":
        return Panel(_("labels.per_1000", name=name), shown, whole, label)
    normal = normal_range(report)
    if spec.normal_range and label:
        words = range_text(_, *spec.normal_range)
        label = _("figures.members_trend.whole_and_normal_range", whole=label, range=words)
    return Panel(name, shown, whole, label or (normal.label if normal else ""), normal)


def _draw(sheet: Sheet, _: Translator, names: Sequence[str], panels: Sequence[Panel]) -> None:
    """Panels side by side when wide, below each other when narrow; the same order of names in each."""
    lines_of = [wrap(name, SMALL, 72 * 0.3 * sheet.width) for name in names]
    left = max(width(line, SMALL) for lines in lines_of for line in lines) / 72 + 0.14
    row = max(ROW, 0.04 + 0.13 * max(map(len, lines_of)))
    height, below, gap = row * max(len(names), 2), 0.24, 0.22
    each = sheet.width - left - 0.12
    if not sheet.is_narrow:
        each = (sheet.width - left - 0.08 - gap * (len(panels) - 1)) / len(panels)
    heads = [
        wrapped(72 * each, (panel.title, LABEL, INK), (panel.whole_label, SMALL, MUTED)) for panel in panels
    ]
    above = max(map(height_of, heads)) + 0.08
    tall = above + height + below
    sheet.open(tall * (len(panels) if sheet.is_narrow else 1))
    for index, (panel, head) in enumerate(zip(panels, heads, strict=True)):
        bottom = below + (tall * (len(panels) - 1 - index) if sheet.is_narrow else 0)
        x = left + (0 if sheet.is_narrow else index * (each + gap))
        axes = sheet.axes(x, bottom, each, height)
        _draw_panel(sheet, axes, _, names, panel)
        if index == 0 or sheet.is_narrow:
            style: dict[str, Any] = {"size": SMALL, "ha": "right", "va": "center", "linespacing": 1.0}
            style |= {"color": INK, "transform": axes.get_yaxis_transform()}
            for place, lines in enumerate(lines_of):
                axes.text(-PAD / axes.bbox.width, place, "\n".join(lines), **style)
        sheet.write(x, bottom + height + above - 0.03, head)


def _draw_panel(sheet: Sheet, axes: Axes, _: Translator, names: Sequence[str], panel: Panel) -> None:
    """Wide enough for every interval; the first name is at the top."""
    drawn = [(place, area, area.known) for place, area in enumerate(panel.areas) if area and area.known]
    wider = [
        (place, area.lower_998, area.upper_998)
        for place, area, _known in drawn
        if area.lower_998 is not None and area.upper_998 is not None
    ]
    ends = [end for _place, _area, known in drawn for end in (known.lower, known.upper)]
    ends += [end for _place, *both in wider for end in both]
    ends += [panel.whole.lower, panel.whole.upper] if panel.whole else []
    ends += panel.normal.ends if panel.normal else []
    room = 0.03 * ((max(ends) - min(ends)) or 1)
    axes.set(xlim=(min(ends) - room, max(ends) + room), ylim=(len(panel.areas) - 0.4, -0.6))
    ticks = round_values(*axes.get_xlim(), 4)
    upright(axes, ticks, RULE, 0.5, zorder=0.5)
    style: dict[str, Any] = {"size": SMALL, "color": MUTED}
    y, transform = -PAD / axes.bbox.height, axes.get_xaxis_transform()
    for tick in ticks:
        axes.text(tick, y, plain(tick), transform=transform, ha="center", va="top", **style)
    mark_range(axes, panel.normal, is_upright=True)
    if panel.whole:
        mark_span(axes, panel.whole.lower, panel.whole.upper, PALE, 0.4, is_upright=True)
        upright(axes, [panel.whole.value], INK, 0.9, zorder=1)
    draw_lines(axes, [[(one.lower, at), (one.upper, at)] for at, _a, one in drawn], BLUE, 2.0, zorder=2)
    draw_lines(axes, [[(lower, at), (upper, at)] for at, lower, upper in wider], BLUE, 0.7, zorder=2)
    for is_apart, face in ((True, BLUE), (False, PAPER)):
        points = [(at, known) for at, area, known in drawn if panel.is_apart(area) == is_apart]
        marks = draw_marks(axes, [(known.value, at) for at, known in points], "o", 4.5, face, BLUE, zorder=3)
        sheet.name_marks(marks, [told(_, names[at], *known) for at, known in points])
    style |= {"va": "center", "transform": axes.get_yaxis_transform()}
    for place, area in enumerate(panel.areas):
        if area is None:
            axes.text(3 / axes.bbox.width, place, UNKNOWN, **style)
