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
from pipeline.reporting.text.wording import UNKNOWN, number, span
from pipeline.words.months import month_name
from pipeline.words.numbers import plain
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
    names = (_("labels.birth_rate"), _("labels.death_rate"))
    if births and deaths:
        title = _events_title(_, *rolling)
        subtitle = _("figures.events.subtitle")
        caption = _("figures.events.caption")
    else:
        title = names[0] if births else names[1]
        subtitle = _("figures.events.subtitle_one_rate")
        caption = _("figures.events.caption_one_rate", rate=title)
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
        _("figures.events.alt", **ends, finding=title)
        if births and deaths
        else _("figures.events.alt_one_rate", **ends, rate=title)
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
    header = [_("labels.month")]
    header += [_("labels.birth_rate_per_1000"), _("labels.interval_95")] if births else []
    header += [_("labels.death_rate_per_1000"), _("labels.interval_95")] if deaths else []
    data = figure_data(_, _("figures.events.table_caption") if births and deaths else title, header, rows)
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
    subtitle = _("figures.sex_ratio.subtitle")
    caption = (
        _("figures.sex_ratio.caption_with_baseline") if spec.baseline else _("figures.sex_ratio.caption")
    )
    low, high = spec.normal_range
    normal_text = range_text(_, low, high)
    baseline = spec.baseline and Reference(
        *spec.baseline, _("figures.sex_ratio.baseline", range=range_text(_, *spec.baseline))
    )
    folder.draw(
        "sex_ratio",
        title,
        subtitle,
        lambda sheet: figures.sex_ratio_figure(
            sheet,
            band_of(trend),
            _("figures.sex_ratio.trend_value", value=number(trend.trend[-1], 1)),
            [Interval(date(year, 7, 1), e.value, e.lower, e.upper) for year, e in years],
            Reference(low, high, _("figures.normal_range", range=normal_text)),
            baseline,
            target_of(_, facts.estimate("sex_ratio_at_birth"), ""),
            breaks_of(facts, _),
        ),
    )
    alt = _(
        "figures.sex_ratio.alt",
        **_course(_, trend, 1),
        normal=normal_text,
        finding=title,
    )
    by_year = [
        [
            _("figures.sex_ratio.whole_year", year=year),
            number(e.value, 1),
            UNKNOWN,
            span(_, e.lower, e.upper, 1),
        ]
        for year, e in reversed(years)
    ]
    header = [_("labels.period"), _("labels.value"), _("labels.trend_band_80"), _("labels.interval_95_short")]
    rows = [*by_year, *_trend_rows(_, trend, 1)]
    data = figure_data(_, _("figures.sex_ratio.table_caption"), header, rows)
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
    subtitle = _("figures.growth.subtitle")
    caption = _("figures.growth.caption_with_months") if points else _("figures.growth.caption")
    target = target_of(_, facts.estimate("natural_growth_rate", "rolling_12"), "‰")
    folder.draw(
        "growth",
        title,
        subtitle,
        lambda sheet: figures.growth_figure(
            sheet,
            band_of(trend),
            _("figures.sex_ratio.trend_value", value=f"{number(trend.trend[-1], 2)}‰"),
            points,
            _("figures.growth.zero"),
            target,
            breaks_of(facts, _),
        ),
    )
    alt = _(
        "figures.growth.alt",
        **_course(_, trend, 2),
        finding=title,
    )
    of_month = dict(points)
    rows = [
        [*row, number(of_month.get(month), 2)]
        for row, month in zip(_trend_rows(_, trend, 2), reversed(trend.months), strict=True)
    ]
    header = [
        _("labels.period"),
        _("labels.trend"),
        _("labels.trend_band_80"),
        _("labels.trend_band_95"),
        _("figures.growth.column_month_adjusted"),
    ]
    data = figure_data(_, _("figures.growth.table_caption"), header, rows)
    return Drawn(title, subtitle, caption, alt, data)


def band_of(trend: Trend) -> Band:
    return Band(trend.months, trend.trend, trend.lower_80, trend.upper_80, trend.lower_95, trend.upper_95)


def breaks_of(facts: AreaFacts, _: Translator) -> figures.Breaks:
    months = tuple(change.month for change in facts.breaks if change.kind not in ("renamed", "recoded"))
    return figures.Breaks(months, _("figures.area_changed"))


def target_of(_: Translator, estimate: Estimate | None, unit: str) -> Reference | None:
    if estimate is None or (estimate.target_lower is None and estimate.target_upper is None):
        return None
    return Reference(
        estimate.target_lower,
        estimate.target_upper,
        _("figures.target", target=target_text(_, estimate.target_lower, estimate.target_upper, unit)),
    )


def target_text(_: Translator, lower: float | None, upper: float | None, unit: str) -> str:
    """`≤107`, `≥95%`, `−2～6‰`: short, for a label."""
    if lower is None:
        return f"≤{plain(upper)}{unit}"
    return f"≥{plain(lower)}{unit}" if upper is None else range_text(_, lower, upper) + unit


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
        course = _("figures.course_level", **ends)
    else:
        start, end = number(trend.trend[0], decimals), number(trend.trend[-1], decimals)
        course = _("figures.course", start=start, end=end, **ends)
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
        return _("figures.sex_ratio.title_higher", value=value)
    if trend.upper_95[-1] < low:
        return _("figures.sex_ratio.title_lower", value=value)
    return _("figures.sex_ratio.title_unclear", value=value)


def _growth_title(_: Translator, trend: Trend) -> str:
    value = number(trend.trend[-1], 2)
    if trend.lower_95[-1] > 0:
        return _("figures.growth.title_growing", value=value)
    if trend.upper_95[-1] < 0:
        return _("figures.growth.title_shrinking", value=value)
    return _("figures.growth.title_unclear", value=value)


def _events_title(_: Translator, births: Estimate | None, deaths: Estimate | None) -> str:
    if births is None or deaths is None or not births.is_known or not deaths.is_known:
        return _("figures.events.title")
    values = {"births": number(births.value, 2), "deaths": number(deaths.value, 2)}
    if births.lower > deaths.upper:
        return _("figures.events.title_more_births", **values)
    if births.upper < deaths.lower:
        return _("figures.events.title_more_deaths", **values)
    return _("figures.events.title_unclear", **values)
