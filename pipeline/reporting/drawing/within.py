"""The areas within an area: their rates side by side, and their trends."""

from __future__ import annotations

from pipeline.reporting.drawing.by_month import band_of, range_text
from pipeline.reporting.drawing.drawn import Drawn, Folder, capital, counted, figure_data
from pipeline.reporting.facts.estimate import HIGHER, LOWER, UNCLEAR, Estimate
from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.figures.marks import Interval, Reference
from pipeline.reporting.figures.small_multiples import member_trends_figure
from pipeline.reporting.figures.within import Panel, members_figure
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.verdicts import has_sex_ratio
from pipeline.reporting.text import wording
from pipeline.reporting.text.wording import UNKNOWN, number, span

WINDOW = "rolling_12"
FEWEST_BIRTHS_OF_A_TREND = 1000  # below it the trend of a sex ratio is that of the areas around


def members(facts: AreaFacts, report: ReportContext, folder: Folder) -> Drawn | None:
    """Birth rate, death rate and, where it is printed for any, the sex ratio of each area within."""
    _ = report.say
    columns = [
        (name, shown)
        for name in ("birth_rate", "death_rate", "sex_ratio_at_birth")
        if any(shown := _shown(facts, report, name))
    ]
    own = facts.estimate("birth_rate", WINDOW)
    if not columns or columns[0][0] != "birth_rate" or own is None or not own.is_known:
        return None
    compared = [e for e in columns[0][1] if e]
    apart = sum(e.against_among_many(own.lower, own.upper) != UNCLEAR for e in compared)
    where = report.whole(facts)
    title = (
        _(
            "figures.members.title_some_differ",
            total=len(compared),
            apart=apart,
            where=where,
        )
        if apart
        else _("figures.members.title_none_differs", where=where)
    )
    subtitle = _("figures.members.subtitle")
    caption = _(
        "figures.members.caption",
        where=where,
    )
    panels = [_panel(facts, report, name, shown) for name, shown in columns]
    names = [member.name for member in facts.members]
    folder.draw("members", title, subtitle, lambda sheet: members_figure(sheet, names, panels, UNKNOWN))
    values = [e.value for e in compared]
    alt = _(
        "figures.members.alt",
        count=len(names),
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
    rows = [
        [
            escape(member.name),
            *(
                cell
                for _name, shown in columns
                for e in [shown[place]]
                for cell in ((number(e.value, 1), span(_, e.lower, e.upper, 1)) if e else (UNKNOWN, UNKNOWN))
            ),
            words[births.against_among_many(own.lower, own.upper)] if births else UNKNOWN,
        ]
        for place, member in enumerate(facts.members)
        for births in [columns[0][1][place]]
    ]
    return Drawn(title, subtitle, caption, alt, figure_data(_, subtitle, header, rows))


def members_trend(facts: AreaFacts, report: ReportContext, folder: Folder) -> Drawn | None:
    """Small multiples: the sex ratio where there are births enough for a trend of it, else natural growth."""
    _ = report.say
    births = _shown(facts, report, "birth_rate")
    deaths = _shown(facts, report, "death_rate")
    kept = [
        member
        for member, b, d in zip(facts.members, births, deaths, strict=True)
        if b and d and member.trends
    ]
    if len(kept) < 2:
        return None
    of_ratio = [
        member
        for member in kept
        if _births(member) >= FEWEST_BIRTHS_OF_A_TREND and "sex_ratio_at_birth" in member.trends
    ]
    is_ratio = len(of_ratio) == len(kept)
    series, decimals = ("sex_ratio_at_birth", 1) if is_ratio else ("natural_growth_rate", 2)
    trends = [(member.name, member.trends[series]) for member in kept if series in member.trends]
    if len(trends) < 2:
        return None
    where = report.whole(facts)
    moves = [trend.probability_rising for _name, trend in trends if trend.probability_rising is not None]
    clear = sum(p > 0.975 or p < 0.025 for p in moves)
    parts = counted(
        _,
        (_("figures.members_trend.count_rising"), sum(p > 0.975 for p in moves)),
        (_("figures.members_trend.count_falling"), sum(p < 0.025 for p in moves)),
        (_("figures.members_trend.count_unclear"), len(trends) - clear),
    )
    title = (
        _("figures.members_trend.title_all_unclear")
        if not clear
        else _(
            "figures.members_trend.title",
            parts=parts,
        )
    )
    if is_ratio:
        subtitle = _("figures.members_trend.subtitle_sex_ratio")
        caption = _("figures.members_trend.caption_sex_ratio", where=where)
    else:
        subtitle = _("figures.members_trend.subtitle_growth")
        caption = _("figures.members_trend.caption_growth", where=where)
    normal = report.indicators["sex_ratio_at_birth"].normal_range
    reference = Reference(*normal, "") if is_ratio else 0.0
    whole = facts.trends.get(series)
    folder.draw(
        "members_trend",
        title,
        subtitle,
        lambda sheet: member_trends_figure(
            sheet,
            [(name, band_of(trend)) for name, trend in trends],
            reference,
            band_of(whole) if whole else None,
        ),
    )
    ends = [trend.trend[-1] for _name, trend in trends]
    alt = _(
        "figures.members_trend.alt",
        count=len(trends),
        low=number(min(ends), decimals),
        high=number(max(ends), decimals),
        finding=title,
    )
    header = [
        _("labels.area"),
        _("figures.members_trend.column_level"),
        _("labels.trend_band_95"),
        _("figures.members_trend.column_change"),
    ]
    rows = [
        [
            escape(name),
            number(trend.trend[-1], decimals),
            span(_, trend.lower_95[-1], trend.upper_95[-1], decimals),
            number(trend.change_12_months, decimals, sign=True),
        ]
        for name, trend in trends
    ]
    return Drawn(title, subtitle, caption, alt, figure_data(_, subtitle, header, rows))


def _births(member: AreaFacts) -> float:
    estimate = member.estimate("birth_rate", WINDOW)
    return (estimate.numerator or 0) if estimate else 0


def _shown(facts: AreaFacts, report: ReportContext, indicator: str) -> list[Estimate | None]:
    """The estimate of each area within, None where it is unknown or withheld."""
    estimates = [member.estimate(indicator, WINDOW) for member in facts.members]
    spec = report.indicators[indicator]
    if spec.method == "sex_ratio":
        return [e if has_sex_ratio(e, spec) else None for e in estimates]
    threshold = report.settings.withhold_counts_below
    hidden = wording.withheld([e.numerator if e else None for e in estimates], threshold)
    return [e if e and e.is_known and not h else None for e, h in zip(estimates, hidden, strict=True)]


def _interval(estimate: Estimate, whole: Estimate | None) -> Interval:
    has_outer = estimate.lower_998 is not None and estimate.upper_998 is not None
    outer = (estimate.lower_998, estimate.upper_998) if has_outer else None
    is_apart = (
        whole is not None
        and whole.is_known
        and estimate.against_among_many(whole.lower, whole.upper) != UNCLEAR
    )
    return Interval("", estimate.value, estimate.lower, estimate.upper, outer, is_apart)


def _panel(facts: AreaFacts, report: ReportContext, indicator: str, shown: list[Estimate | None]) -> Panel:
    _, spec, own = report.say, report.indicators[indicator], facts.estimate(indicator, WINDOW)
    where = report.whole(facts)
    areas = [e and _interval(e, own) for e in shown]
    is_known = own is not None and own.is_known
    whole = Interval("", own.value, own.lower, own.upper) if is_known else None
    label = _("figures.name_and_value", where=where, value=number(own.value, 1)) if is_known else ""
    if spec.normal_range is None:
        return Panel(_("labels.per_1000", name=capital(report.label(indicator))), areas, whole, label)
    normal = range_text(_, *spec.normal_range)
    label = (
        _("figures.members_trend.whole_and_normal_range", whole=label, range=normal)
        if label
        else _("figures.normal_range", range=normal)
    )
    return Panel(capital(report.label(indicator)), areas, whole, label, Reference(*spec.normal_range, ""))
