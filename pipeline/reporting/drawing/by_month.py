"""The figures along the months: births beside deaths, the trend of the sex ratio, the trend of natural growth."""

from __future__ import annotations

from datetime import date

from pipeline.reference import Indicator
from pipeline.reporting.drawing.drawn import Drawn, Folder, figure_data
from pipeline.reporting.facts.estimate import Estimate
from pipeline.reporting.facts.records import AreaFacts, Trend
from pipeline.reporting.figures import by_month as figures
from pipeline.reporting.figures.marks import Band, Interval, Reference
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.text import wording
from pipeline.reporting.text.wording import UNKNOWN, number, span
from pipeline.words.months import month_name
from pipeline.words.translations import Translator

Point = tuple[date, float, float, float]


def events(facts: AreaFacts, report: ReportContext, folder: Folder) -> Drawn | None:
    """Birth and death rates of the months that may be shown."""
    _ = report.say
    births, deaths = (
        _shown_months(facts, name, report.settings.withhold_counts_below)
        for name in ("birth_rate", "death_rate")
    )
    if not births and not deaths:
        return None
    rolling = [facts.estimate(name, "rolling_12") for name in ("birth_rate", "death_rate")]
    names = (_("出生率"), _("死亡率"))
    if births and deaths:
        title = _events_title(_, *rolling)
        subtitle = _("出生率与死亡率，各月，年率，‰")
        caption = _("出生率（实线）与死亡率（虚线），各月折合年率；浅色带为95%置信区间。")
    else:
        title = names[0] if births else names[1]
        subtitle = _("各月，年率，‰")
        caption = _("{rate}，各月折合年率；浅色带为95%置信区间。", rate=title)
    folder.draw(
        "events",
        title,
        subtitle,
        lambda sheet: figures.events_figure(
            sheet,
            [Interval(*point) for point in births],
            [Interval(*point) for point in deaths],
            names,
            breaks_of(facts, _),
        ),
    )
    months = [point[0] for point in births or deaths]
    ends = {"first": month_name(_, months[0]), "last": month_name(_, months[-1])}
    alt = (
        _("折线图：{first}至{last}各月的出生率与死亡率及其95%置信区间。{finding}。", **ends, finding=title)
        if births and deaths
        else _("折线图：{first}至{last}各月的{rate}及其95%置信区间。", **ends, rate=title)
    )
    of_month = [{point[0]: point[1:] for point in series} for series in (births, deaths) if series]
    rows = [
        [
            month_name(_, month),
            *(
                cell
                for series in of_month
                for value, lower, upper in [series.get(month, (None,) * 3)]
                for cell in (number(value, 2), UNKNOWN if value is None else span(_, lower, upper, 2))
            ),
        ]
        for month in sorted({month for series in of_month for month in series}, reverse=True)
    ]
    header = [_("月份")]
    header += [_("出生率（‰）"), _("95%置信区间")] if births else []
    header += [_("死亡率（‰）"), _("95%置信区间")] if deaths else []
    data = figure_data(_, _("各月出生率与死亡率（年率）") if births and deaths else title, header, rows)
    return Drawn(title, subtitle, caption, alt, data)


def sex_ratio(facts: AreaFacts, report: ReportContext, folder: Folder) -> Drawn | None:
    _, spec, trend = (
        report.say,
        report.indicators["sex_ratio_at_birth"],
        facts.trends.get("sex_ratio_at_birth"),
    )
    if trend is None:
        return None
    years = [(year, e) for year, e in facts.years if e.is_known and e.births >= spec.withhold_below]
    title = _sex_ratio_title(_, trend, spec)
    subtitle = _("出生人口性别比，女=100")
    if spec.baseline:
        caption = _(
            "出生人口性别比的趋势。深、浅色带为80%和95%趋势区间；圆点为各年实际值，竖线为其95%置信区间；"
            "底色为正常范围，点线为参照水平。"
        )
    else:
        caption = _(
            "出生人口性别比的趋势。深、浅色带为80%和95%趋势区间；圆点为各年实际值，竖线为其95%置信区间；"
            "底色为正常范围。"
        )
    low, high = spec.normal_range
    normal_text = range_text(_, low, high)
    baseline = spec.baseline and Reference(
        *spec.baseline, _("参照水平 {range}", range=range_text(_, *spec.baseline))
    )
    folder.draw(
        "sex_ratio",
        title,
        subtitle,
        lambda sheet: figures.sex_ratio_figure(
            sheet,
            band_of(trend),
            _("趋势 {value}", value=number(trend.trend[-1], 1)),
            [Interval(date(year, 7, 1), e.value, e.lower, e.upper) for year, e in years],
            Reference(low, high, _("正常范围 {range}", range=normal_text)),
            baseline,
            target_of(_, facts.estimate("sex_ratio_at_birth"), ""),
            breaks_of(facts, _),
        ),
    )
    alt = _(
        "折线图：出生人口性别比的趋势，{first}至{last}，{course}；"
        "{last}的95%趋势区间为 {interval}，正常范围为 {normal}。{finding}。",
        **_course(_, trend, 1),
        normal=normal_text,
        finding=title,
    )
    by_year = [
        [_("{year}年（全年）", year=year), number(e.value, 1), UNKNOWN, span(_, e.lower, e.upper, 1)]
        for year, e in reversed(years)
    ]
    header = [_("时期"), _("数值"), _("80%趋势区间"), _("95%区间")]
    rows = [*by_year, *_trend_rows(_, trend, 1)]
    data = figure_data(_, _("出生人口性别比（女=100）：各年实际值，各月趋势水平"), header, rows)
    return Drawn(title, subtitle, caption, alt, data)


def growth(facts: AreaFacts, report: ReportContext, folder: Folder) -> Drawn | None:
    _, trend = report.say, facts.trends.get("natural_growth_rate")
    if trend is None:
        return None
    threshold = report.settings.withhold_counts_below
    months = [{p[0] for p in _shown_months(facts, name, threshold)} for name in ("birth_rate", "death_rate")]
    shown = months[0] & months[1]
    pairs = zip(trend.months, trend.adjusted, strict=True)
    points = [(month, value) for month, value in pairs if value is not None and month in shown]
    title = _growth_title(_, trend)
    subtitle = _("人口自然增长率，季节调整后，年率，‰")
    caption = (
        _(
            "人口自然增长率的趋势。深、浅色带为80%和95%趋势区间；小点为各月的季节调整值，超出图幅的以三角表示。"
        )
        if points
        else _("人口自然增长率的趋势。深、浅色带为80%和95%趋势区间。")
    )
    target = target_of(_, facts.estimate("natural_growth_rate", "rolling_12"), "‰")
    folder.draw(
        "growth",
        title,
        subtitle,
        lambda sheet: figures.growth_figure(
            sheet,
            band_of(trend),
            _("趋势 {value}", value=f"{number(trend.trend[-1], 2)}‰"),
            points,
            _("零增长"),
            target,
            breaks_of(facts, _),
        ),
    )
    alt = _(
        "折线图：人口自然增长率的趋势（季节调整后，年率，‰），{first}至{last}，{course}；"
        "{last}的95%趋势区间为 {interval}。{finding}。",
        **_course(_, trend, 2),
        finding=title,
    )
    of_month = dict(points)
    rows = [
        [*row, number(of_month.get(month), 2)]
        for row, month in zip(_trend_rows(_, trend, 2), reversed(trend.months), strict=True)
    ]
    header = [_("时期"), _("趋势"), _("80%趋势区间"), _("95%趋势区间"), _("当月季节调整值")]
    data = figure_data(_, _("人口自然增长率（年率，‰）"), header, rows)
    return Drawn(title, subtitle, caption, alt, data)


def band_of(trend: Trend) -> Band:
    return Band(trend.months, trend.trend, trend.lower_80, trend.upper_80, trend.lower_95, trend.upper_95)


def breaks_of(facts: AreaFacts, _: Translator) -> figures.Breaks:
    months = tuple(change.month for change in facts.breaks if change.kind not in ("renamed", "recoded"))
    return figures.Breaks(months, _("区划变动"))


def target_of(_: Translator, estimate: Estimate | None, unit: str) -> Reference | None:
    if estimate is None or (estimate.target_lower is None and estimate.target_upper is None):
        return None
    return Reference(
        estimate.target_lower,
        estimate.target_upper,
        _("目标 {target}", target=target_text(_, estimate.target_lower, estimate.target_upper, unit)),
    )


def target_text(_: Translator, lower: float | None, upper: float | None, unit: str) -> str:
    """`≤107`, `≥95%`, `−2～6‰`: short, for a label."""
    if lower is None:
        return f"≤{wording.plain(upper)}{unit}"
    return f"≥{wording.plain(lower)}{unit}" if upper is None else range_text(_, lower, upper) + unit


def range_text(_: Translator, lower: float, upper: float) -> str:
    decimals = 0 if lower == int(lower) and upper == int(upper) else 1
    return span(_, lower, upper, decimals)


def _shown_months(facts: AreaFacts, indicator: str, threshold: int) -> list[Point]:
    """The months of a rate, but for those that would show a small count: judged by the counts of twelve months."""
    rolling = facts.estimate(indicator, "rolling_12")
    both = [facts.estimate(name, "rolling_12") for name in ("birth_rate", "death_rate")]
    if any(e and e.numerator is not None and e.numerator < 12 * threshold for e in both):
        return []
    points = facts.monthly.get(indicator, [])
    if rolling is None or not rolling.denominator:
        return points
    a_month = rolling.denominator / 12_000
    return [point for point in points if not 0 < round(point[1] * a_month) < threshold]


def _trend_rows(_: Translator, trend: Trend, decimals: int) -> list[list[str]]:
    """The newest month first."""
    return [
        [
            month_name(_, month),
            number(value, decimals),
            span(_, lower_80, upper_80, decimals),
            span(_, lower_95, upper_95, decimals),
        ]
        for month, value, lower_80, upper_80, lower_95, upper_95 in zip(
            *(
                reversed(column)
                for column in (
                    trend.months,
                    trend.trend,
                    trend.lower_80,
                    trend.upper_80,
                    trend.lower_95,
                    trend.upper_95,
                )
            ),
            strict=True,
        )
    ]


def _course(_: Translator, trend: Trend, decimals: int) -> dict[str, str]:
    low, high = min(trend.trend), max(trend.trend)
    ends = {"low": number(low, decimals), "high": number(high, decimals)}
    if high - low <= 3 * 10**-decimals:
        course = _("大致不变，在 {low} 与 {high} 之间", **ends)
    else:
        start, end = number(trend.trend[0], decimals), number(trend.trend[-1], decimals)
        course = _("由 {start} 到 {end}，其间最低 {low}、最高 {high}", start=start, end=end, **ends)
    return {
        "first": month_name(_, trend.months[0]),
        "last": month_name(_, trend.months[-1]),
        "course": course,
        "interval": span(_, trend.lower_95[-1], trend.upper_95[-1], decimals),
    }


def _sex_ratio_title(_: Translator, trend: Trend, spec: Indicator) -> str:
    low, high = spec.normal_range
    value = number(trend.trend[-1], 1)
    if trend.lower_95[-1] > high:
        return _("趋势水平 {value}，高于正常范围", value=value)
    if trend.upper_95[-1] < low:
        return _("趋势水平 {value}，低于正常范围", value=value)
    return _("趋势水平 {value}，与正常范围无法区分", value=value)


def _growth_title(_: Translator, trend: Trend) -> str:
    value = number(trend.trend[-1], 2)
    if trend.lower_95[-1] > 0:
        return _("趋势水平为年率 {value}‰，出生多于死亡", value=value)
    if trend.upper_95[-1] < 0:
        return _("趋势水平为年率 {value}‰，死亡多于出生", value=value)
    return _("趋势水平为年率 {value}‰，与零增长无法区分", value=value)


def _events_title(_: Translator, births: Estimate | None, deaths: Estimate | None) -> str:
    if births is None or deaths is None or not births.is_known or not deaths.is_known:
        return _("出生率与死亡率")
    values = {"births": number(births.value, 2), "deaths": number(deaths.value, 2)}
    if births.lower > deaths.upper:
        return _("近12个月出生率 {births}‰，高于死亡率 {deaths}‰", **values)
    if births.upper < deaths.lower:
        return _("近12个月出生率 {births}‰，低于死亡率 {deaths}‰", **values)
    return _("近12个月出生率 {births}‰，与死亡率 {deaths}‰ 无法区分", **values)
