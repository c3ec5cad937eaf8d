"""The table of all areas of an edition: key figures with their intervals, a small trend, links to the reports."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.reporting.overview.sparkline import MONTHS, common_scale, sparkline
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import HIGHER, INSIDE, LOWER, UNCLEAR, Estimate
from pipeline.reporting.shown.overview import Overview
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.returns import Returns
from pipeline.reporting.shown.rule import INCOMPLETE, NOT_APPLICABLE, NOTHING_DUE
from pipeline.reporting.text import verdicts
from pipeline.reporting.text.absent import absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.links import area_links
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.wording import interval, span, window_name
from pipeline.words.months import month_name
from pipeline.words.numbers import number
from pipeline.words.translations import Translator

_SEX_RATIO, _GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
_ORDER = {LOWER: 1, INSIDE: 2, UNCLEAR: 3, HIGHER: 4}


def areas_table(
    areas: Sequence[ShownArea],
    report: ReportContext,
    overview: Overview,
    links: Mapping[str, Sequence[str]],
    folder: Path,
    table: int,
) -> str:
    """One row an area, by code; `folder/figures` gets a small trend of each."""
    _ = report.say
    normal = report.normal_range or ()
    trends = {facts.area_code: trend for facts in areas if (trend := facts.trends.get(_SEX_RATIO))}
    scale = common_scale([*trends.values()], normal)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for code, trend in trends.items():
        (folder / "figures" / f"trend-{code}.svg").write_text(sparkline(trend, scale, normal), "utf-8")
    is_grouped = len({facts.parent_codes[-1] for facts in areas if facts.parent_codes}) > 1
    # What there are no figures for in any area has no column.
    columns: dict[str, Callable[[ShownArea], str]] = {
        _("labels.area"): lambda facts: keyed(
            area_links(facts.area_code, facts.name, report, links.get(facts.area_code, ())),
            facts.area_code,
        )
    }
    if report.has(_SEX_RATIO) and report.normal_range:
        # The verdict stands beside the name, where it is on the screen of a phone as well.
        columns[_filtered(_("overview.areas.column_verdict"))] = lambda facts: _verdict(facts, report)
    if is_grouped:
        columns[_filtered(_("overview.areas.column_parent"))] = lambda facts: _parent(_, facts)
    if report.has_counts("birth_rate"):
        columns[_("labels.births")] = lambda facts: _births(facts, report)
    if report.has_counts("death_rate") and not report.has(_GROWTH):
        columns[_("labels.deaths")] = lambda facts: _count(facts, report, "death_rate")
    if not (report.has_counts("birth_rate") or report.has_counts("death_rate")):
        people = _("cards.population", month=month_name(_, report.month), population=report.population_name)
        columns[people] = lambda facts: _people(_, facts)
    if report.has(_SEX_RATIO):
        columns[_("labels.sex_ratio_at_birth")] = lambda facts: _with_interval(facts, report, _SEX_RATIO)
        columns[_("overview.areas.column_trend")] = lambda facts: _trend(facts, report)
    if report.has(_GROWTH):
        columns[_("overview.areas.column_growth")] = lambda facts: _with_interval(facts, report, _GROWTH)
    columns[_("overview.areas.column_completeness")] = lambda facts: share_cell(
        _, add_up(overview.returns.get(facts.area_code, {}).values())
    )
    rows = [[cell(facts) for cell in columns.values()] for facts in areas]
    has_rates = report.has(_SEX_RATIO) or report.has(_GROWTH)
    caption = _("overview.areas.caption_with_intervals" if has_rates else "overview.areas.caption")
    if not (has_rates or report.has_counts("birth_rate") or report.has_counts("death_rate")):
        month = month_name(_, report.month)  # of the population alone, which is no figure of twelve months
        caption = _("members.caption_population", month=month, population=report.population_name)
    return numbered_table(_, table, caption, [*columns], rows, 1 + is_grouped)


def add_up(parts: Iterable[Returns]) -> Returns | None:
    """Returns of several months or areas together."""
    returns = [each for each in parts if each.expected]
    if not returns:
        return None
    on_time = [each.on_time for each in returns]
    return Returns(
        sum(each.expected for each in returns),
        sum(each.actual for each in returns),
        None if None in on_time else sum(each or 0 for each in on_time),
    )


def percent(part: int, whole: int, decimals: int = 1) -> str:
    """A share as per cent, never rounded up to 100 or down to 0."""
    least = 10.0**-decimals
    share = 100 * part / whole
    if 0 < part < whole:
        share = min(max(share, least), 100 - least)
    return number(share, decimals)


def share_cell(_: Translator, returns: Returns | None) -> str:
    if returns is None:
        return absent(_, NOTHING_DUE)
    return keyed(percent(returns.actual, returns.expected), round(100 * returns.actual / returns.expected, 4))


def keyed(text: str, key: object) -> str:
    """A cell with the key by which its column is sorted."""
    return f'[{text}]{{sort="{key}"}}'


def _filtered(heading: str) -> str:
    """The heading of a column by which the page can be filtered."""
    return f"[{heading}]{{.filter}}"


def _why(facts: ShownArea, indicator: str) -> str:
    """Why an indicator has no value in the table."""
    estimate = facts.headline(indicator)
    return estimate.why_absent if estimate else INCOMPLETE


def _parent(_: Translator, facts: ShownArea) -> str:
    return (
        keyed(escape(facts.parents[-1]), facts.parent_codes[-1])
        if facts.parents
        else absent(_, NOT_APPLICABLE)
    )


def _births(facts: ShownArea, report: ReportContext) -> str:
    _ = report.say
    estimate = facts.headline("birth_rate")
    if not report.has("birth_rate"):
        return _count(facts, report, "birth_rate")
    if estimate is None or estimate.withheld:
        return absent(_, _why(facts, "birth_rate"))
    people = _("overview.areas.population", number=number(estimate.denominator))
    return keyed(
        f"{number(estimate.numerator)} [{people}]{{.range}}{_so_far(estimate, report)}", estimate.numerator
    )


def _count(facts: ShownArea, report: ReportContext, rate: str) -> str:
    """Births or deaths without a population beside them."""
    estimate = facts.headline(rate)
    if estimate is None or estimate.numerator is None:
        return absent(report.say, _why(facts, rate))
    return keyed(f"{number(estimate.numerator)}{_so_far(estimate, report)}", estimate.numerator)


def _people(_: Translator, facts: ShownArea) -> str:
    return absent(_, INCOMPLETE) if facts.people is None else keyed(number(facts.people), facts.people)


def _with_interval(facts: ShownArea, report: ReportContext, indicator: str) -> str:
    _, spec, estimate = report.say, report.indicators[indicator], facts.headline(indicator)
    if estimate is None or estimate.known is None:
        reason = verdicts.why_withheld(_, estimate.withheld if estimate else INCOMPLETE)
        return f"[{reason}]{{.withheld}}"
    value = number(estimate.value, spec.decimals)
    if estimate.is_uncertain:
        value = f"[{value}]{{.uncertain}}"
    limits = interval(_, estimate, spec.decimals)
    return keyed(f"{value} [{limits}]{{.range}}{_so_far(estimate, report)}", round(estimate.known.value, 6))


def _so_far(estimate: Estimate, report: ReportContext) -> str:
    """The months of a figure that is not of twelve months, as the table says it is."""
    if estimate.time_window == "rolling_12":
        return ""
    return f" [{window_name(report.say, estimate.time_window, report.month)}]{{.range}}"


def _verdict(facts: ShownArea, report: ReportContext) -> str:
    _ = report.say
    verdict = facts.verdict(_SEX_RATIO, "normal_range")
    if not verdict:
        return absent(_, _why(facts, _SEX_RATIO))
    word = verdicts.in_range(_, verdict)
    return f'[{word}]{{.verdict .{verdicts.TONES[verdict]} sort="{_ORDER[verdict]}" group="{word}"}}'


def _trend(facts: ShownArea, report: ReportContext) -> str:
    _, trend = report.say, facts.trends.get(_SEX_RATIO)
    if trend is None:
        return absent(_, _why(facts, _SEX_RATIO))
    first = max(0, len(trend.months) - MONTHS)
    words = _(
        "overview.areas.alt_sparkline",
        first=month_name(_, trend.months[first]),
        last=month_name(_, trend.months[-1]),
        before=number(trend.trend[first], 1),
        after=number(trend.trend[-1], 1),
    )
    limits = span(_, trend.lower_95[-1], trend.upper_95[-1], 1)
    cell = f"![{words}](figures/trend-{facts.area_code}.svg){{.spark}} {number(trend.trend[-1], 1)} [{limits}]{{.range}}"
    return keyed(cell, round(trend.trend[-1], 6))
