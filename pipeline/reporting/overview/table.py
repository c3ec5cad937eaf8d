"""The table of all areas of an edition: key figures with their intervals, a small trend, links to the reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.reporting.facts.estimate import HIGHER, LOWER, UNCLEAR, Estimate
from pipeline.reporting.facts.overview import Overview
from pipeline.reporting.facts.populations import population_name, population_of
from pipeline.reporting.facts.records import AreaFacts, Trend
from pipeline.reporting.facts.returns import Returns
from pipeline.reporting.overview.links import area_links
from pipeline.reporting.overview.sparkline import MONTHS, common_scale, sparkline
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown import verdicts
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.wording import UNKNOWN, interval, month_name, number, span, window_name

_SEX_RATIO, _GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
_ORDER = {LOWER: 1, UNCLEAR: 2, HIGHER: 3}


def areas_table(
    areas: Sequence[AreaFacts],
    report: ReportContext,
    overview: Overview,
    links: Mapping[str, Sequence[str]],
    folder: Path,
    table: int,
) -> str:
    """One row an area, by code; `folder/figures` gets a small trend of each."""
    _ = report.say
    normal = report.indicators[_SEX_RATIO].normal_range
    trends = {facts.area_code: _shown_trend(facts, report) for facts in areas}
    scale = common_scale([trend for trend in trends.values() if trend], normal)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for code, trend in trends.items():
        if trend:
            (folder / "figures" / f"trend-{code}.svg").write_text(sparkline(trend, scale, normal), "utf-8")
    is_grouped = len({facts.parent_codes[-1] for facts in areas if facts.parent_codes}) > 1
    # What there are no figures for in any area has no column.
    columns: dict[str, Callable[[AreaFacts], str]] = {
        _("labels.area"): lambda facts: keyed(
            area_links(facts.area_code, facts.name, report, links.get(facts.area_code, ())),
            facts.area_code,
        )
    }
    if is_grouped:
        columns[_filtered(_("overview.areas.column_parent"))] = _parent
    if report.has_counts("birth_rate"):
        columns[_("labels.births")] = lambda facts: _births(facts, report)
    if report.has_counts("death_rate") and not report.has(_GROWTH):
        columns[_("labels.deaths")] = lambda facts: _deaths(facts, report)
    if not (report.has_counts("birth_rate") or report.has_counts("death_rate")):
        people = _("cards.population", month=month_name(_, report.month), population=population_name(report))
        columns[people] = lambda facts: _people(facts, report)
    if report.has(_SEX_RATIO):
        columns[_("labels.sex_ratio_at_birth")] = lambda facts: _with_interval(facts, report, _SEX_RATIO)
        columns[_filtered(_("overview.areas.column_verdict"))] = lambda facts: _verdict(facts, report)
        columns[_("overview.areas.column_trend")] = lambda facts: _trend(
            facts.area_code, trends[facts.area_code], report
        )
    if report.has(_GROWTH):
        columns[_("overview.areas.column_growth")] = lambda facts: _with_interval(facts, report, _GROWTH)
    columns[_("overview.areas.column_completeness")] = lambda facts: share_cell(
        add_up(overview.returns.get(facts.area_code, {}).values())
    )
    rows = [[cell(facts) for cell in columns.values()] for facts in areas]
    header = list(columns)
    period = window_name(_, "ytd", report.month)
    caption = (
        _(
            "overview.areas.caption_with_intervals",
            period=period,
        )
        if report.has(_SEX_RATIO) or report.has(_GROWTH)
        else _("overview.areas.caption", period=period)
    )
    return numbered_table(_, table, caption, header, rows, 1 + is_grouped)


def add_up(returns) -> Returns | None:
    """Returns of several months or areas together."""
    returns = [each for each in returns if each.expected]
    if not returns:
        return None
    on_time = [each.on_time for each in returns]
    return Returns(
        sum(each.expected for each in returns),
        sum(each.actual for each in returns),
        None if None in on_time else sum(on_time),
    )


def percent(part: int, whole: int, decimals: int = 1) -> str:
    """A share as per cent, never rounded up to 100 or down to 0."""
    least = 10.0**-decimals
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, least), 100 - least)
    return number(share, decimals)


def share_cell(returns: Returns | None) -> str:
    if returns is None:
        return UNKNOWN
    return keyed(percent(returns.actual, returns.expected), round(100 * returns.actual / returns.expected, 4))


def keyed(text: str, key: object) -> str:
    """A cell with the key by which its column is sorted."""
    return f'[{text}]{{sort="{key}"}}'


def _filtered(heading: str) -> str:
    """The heading of a column by which the page can be filtered."""
    return f"[{heading}]{{.filter}}"


def _parent(facts: AreaFacts) -> str:
    return keyed(escape(facts.parents[-1]), facts.parent_codes[-1]) if facts.parents else UNKNOWN


def _births(facts: AreaFacts, report: ReportContext) -> str:
    _ = report.say
    estimate, spec = facts.estimate("birth_rate"), report.indicators["birth_rate"]
    threshold = report.settings.withhold_counts_below
    if not report.has("birth_rate"):
        return _count(facts, report, "birth_rate")
    if estimate is None or verdicts.why_withheld(_, facts, estimate, spec, threshold):
        return UNKNOWN
    if verdicts.is_small(facts, threshold):  # last year's count: the report withholds both
        return UNKNOWN
    people = _("overview.areas.population", number=number(estimate.denominator))
    return keyed(f"{number(estimate.numerator)} [{people}]{{.range}}", estimate.numerator)


def _deaths(facts: AreaFacts, report: ReportContext) -> str:
    return _count(facts, report, "death_rate")


def _count(facts: AreaFacts, report: ReportContext, rate: str) -> str:
    """Births or deaths without a population beside them."""
    estimate = facts.estimate(rate)
    is_small = verdicts.is_small(facts, report.settings.withhold_counts_below)
    if estimate is None or estimate.numerator is None or is_small:
        return UNKNOWN
    return keyed(number(estimate.numerator), estimate.numerator)


def _people(facts: AreaFacts, report: ReportContext) -> str:
    people = population_of(facts, report)
    return UNKNOWN if people is None else keyed(number(people), people)


def _with_interval(facts: AreaFacts, report: ReportContext, indicator: str) -> str:
    _, spec, estimate = report.say, report.indicators[indicator], facts.estimate(indicator)
    if estimate is None:
        return _withheld(verdicts.not_comparable(_))
    threshold = report.settings.withhold_counts_below
    if reason := verdicts.why_withheld(_, facts, estimate, spec, threshold):
        return _withheld(reason)
    if spec.method != "sex_ratio" and verdicts.is_small(facts, threshold):
        return _withheld(verdicts.too_small(_))
    value = number(estimate.value, spec.decimals)
    if _is_uncertain(estimate, spec):
        value = f"[{value}]{{.uncertain}}"
    return keyed(f"{value} [{interval(_, estimate, spec.decimals)}]{{.range}}", round(estimate.value, 6))


def _is_uncertain(estimate: Estimate, spec) -> bool:
    return spec.method == "sex_ratio" and estimate.births < spec.uncertain_below


def _verdict(facts: AreaFacts, report: ReportContext) -> str:
    _ = report.say
    threshold = report.settings.withhold_counts_below
    verdict, among_many = verdicts.sex_ratio_verdicts(facts, report.indicators, threshold)
    if not verdict:
        return UNKNOWN
    word = verdicts.word(_, verdict)
    mark = "＊" if among_many in (HIGHER, LOWER) else ""
    return f'[{word}{mark}]{{.verdict .{verdicts.TONES[verdict]} sort="{_ORDER[verdict]}" group="{word}"}}'


def _shown_trend(facts: AreaFacts, report: ReportContext) -> Trend | None:
    """The trend of the sex ratio; none where twelve months have too few births, and it is borrowed from above."""
    estimate = facts.estimate(_SEX_RATIO, "rolling_12")
    return (
        facts.trends.get(_SEX_RATIO)
        if verdicts.has_sex_ratio(estimate, report.indicators[_SEX_RATIO])
        else None
    )


def _trend(code: str, trend: Trend | None, report: ReportContext) -> str:
    if trend is None:
        return UNKNOWN
    _ = report.say
    first = max(0, len(trend.months) - MONTHS)
    words = _(
        "overview.areas.alt_sparkline",
        first=month_name(_, trend.months[first]),
        last=month_name(_, trend.months[-1]),
        before=number(trend.trend[first], 1),
        after=number(trend.trend[-1], 1),
    )
    limits = span(_, trend.lower_95[-1], trend.upper_95[-1], 1)
    cell = f"![{words}](figures/trend-{code}.svg){{.spark}} {number(trend.trend[-1], 1)} [{limits}]{{.range}}"
    return keyed(cell, round(trend.trend[-1], 6))


def _withheld(reason: str) -> str:
    return f"[{reason}]{{.withheld}}"
