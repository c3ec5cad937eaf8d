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
            "{total} 个地区中有 {apart} 个的出生率与{where}水平有可辨别的差异",
            total=len(compared),
            apart=apart,
            where=where,
        )
        if apart
        else _("各地出生率与{where}水平均无法区分", where=where)
    )
    subtitle = _("近12个月，各地按区划代码排列")
    caption = _(
        "各地比较，近12个月。圆点为数值，粗、细横线为95%和99.8%置信区间；竖线和灰带为{where}及其95%置信区间；"
        "实心点为99.8%区间与灰带不相接的，即有可辨别的差异。",
        where=where,
    )
    panels = [_panel(facts, report, name, shown) for name, shown in columns]
    names = [member.name for member in facts.members]
    folder.draw("members", title, subtitle, lambda sheet: members_figure(sheet, names, panels, UNKNOWN))
    values = [e.value for e in compared]
    alt = _(
        "点图：{count} 个地区近12个月的出生率等指标及其95%置信区间；出生率最低 {low}‰、最高 {high}‰，"
        "{where} {own}‰。{finding}。",
        count=len(names),
        low=number(min(values), 1),
        high=number(max(values), 1),
        where=where,
        own=number(own.value, 1),
        finding=title,
    )
    header = [_("地区"), *(cell for panel in panels for cell in (panel.title, _("95%置信区间")))]
    header.append(_("出生率与{where}相比", where=where))
    words = {HIGHER: _("偏高"), LOWER: _("偏低"), UNCLEAR: _("无法区分")}
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
        (_("{count} 个地区上升"), sum(p > 0.975 for p in moves)),
        (_("{count} 个地区下降"), sum(p < 0.025 for p in moves)),
        (_("{count} 个地区尚不能判断"), len(trends) - clear),
    )
    title = (
        _("与12个月前相比，各地升降均尚不能判断")
        if not clear
        else _(
            "与12个月前相比，{parts}",
            parts=parts,
        )
    )
    if is_ratio:
        subtitle = _("出生人口性别比的趋势，女=100")
        caption = _(
            "各地趋势。深、浅色带为80%和95%趋势区间，底色为正常范围，虚线为{where}的趋势。", where=where
        )
    else:
        subtitle = _("人口自然增长率的趋势，季节调整后，年率，‰")
        caption = _(
            "各地趋势。深、浅色带为80%和95%趋势区间，横线为零增长，虚线为{where}的趋势。", where=where
        )
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
        "{count} 幅同一刻度的小图，每地一幅；当前趋势水平最低 {low}、最高 {high}。{finding}。",
        count=len(trends),
        low=number(min(ends), decimals),
        high=number(max(ends), decimals),
        finding=title,
    )
    header = [_("地区"), _("当前趋势水平"), _("95%趋势区间"), _("12个月变化")]
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
    label = _("{where} {value}", where=where, value=number(own.value, 1)) if is_known else ""
    if spec.normal_range is None:
        return Panel(_("{name}（‰）", name=capital(report.label(indicator))), areas, whole, label)
    normal = range_text(_, *spec.normal_range)
    label = (
        _("{whole}；正常范围 {range}", whole=label, range=normal)
        if label
        else _("正常范围 {range}", range=normal)
    )
    return Panel(capital(report.label(indicator)), areas, whole, label, Reference(*spec.normal_range, ""))
