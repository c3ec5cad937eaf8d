"""The table of a report's first section: counts and rates beside those of the same period of last year.

Without `windows` in workspace.toml it is that of births, deaths and growth in the year so far. With them it has every
indicator, in each of the windows.
"""

from collections.abc import Iterator, Sequence

from pipeline.reporting.area_page.report_tables import value_and_interval, with_unit
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import Estimate
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.absent import shown_or_absent
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.wording import change_interval, short_window, window_name
from pipeline.words.names import capital
from pipeline.words.numbers import number

COUNTS = {
    "birth_rate": "situation.row_births",
    "death_rate": "situation.row_deaths",
    "natural_growth_rate": "situation.row_natural_change",
}


def situation_table(facts: ShownArea, report: ReportContext, place: int) -> str:
    """Counts and rates of the chosen windows beside the same windows of last year."""
    _, windows = report.say, report.settings.windows or ("ytd",)
    has_rates = report.has("birth_rate") or report.has("death_rate") or bool(report.settings.windows)
    caption = _("situation.caption_rates" if has_rates else "situation.heading")
    if report.settings.windows:
        caption = _("situation.caption_windows")
    columns = [
        _("labels.value"),
        _("labels.interval_95_short"),
        _("situation.column_last_year"),
        _("labels.difference"),
        _("labels.interval_95_short"),
    ]
    if len(windows) == 1:
        header = [_("labels.indicator"), window_name(_, windows[0], facts.month), *columns[1:]]
        rows = [[label, *cells] for label, _window, cells in _lines(facts, report, windows)]
        if not has_rates:
            kept = (0, 1, 3)  # neither intervals nor differences of counts
            header, *rows = ([row[column] for column in kept] for row in (header, *rows))
        return numbered_table(_, place, caption, header, rows)
    header = [_("labels.indicator"), _("labels.period"), *columns]
    rows, above = [], ""
    for label, window, cells in _lines(facts, report, windows):
        period = capital(short_window(_, window, facts.month))
        rows.append(["" if label == above else label, period, *cells])
        above = label
    return numbered_table(_, place, caption, header, rows, 2)


def _lines(
    facts: ShownArea, report: ReportContext, windows: Sequence[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Each count and each indicator in each window that it has: its name, the window, and five cells."""
    _ = report.say
    for name in report.reported_first if report.settings.windows else COUNTS:
        found = [(window, one) for window in windows if (one := facts.estimate(name, window))]
        if name in COUNTS and report.has_counts(name):
            for window, one in found:
                yield _(COUNTS[name]), window, _count(one, report)
        if report.has(name) and (name in COUNTS or any(one.known or one.is_counted for _w, one in found)):
            for window, one in found:
                yield with_unit(report.indicators[name], report), window, _rate(one, report)


def _count(estimate: Estimate, report: ReportContext) -> list[str]:
    """What was counted, last year's count, and the difference: a count is as it is, without an interval."""
    _, now, before = report.say, estimate.numerator, estimate.numerator_last_year
    difference = None if now is None or before is None else now - before
    return [
        shown_or_absent(_, number(now), estimate.why_absent),
        "",
        shown_or_absent(_, number(before), estimate.why_no_change),
        shown_or_absent(_, number(difference, sign=True), estimate.why_no_change),
        "",
    ]


def _rate(estimate: Estimate, report: ReportContext) -> list[str]:
    """Value and interval, last year's value, and the difference with its interval."""
    _, decimals = report.say, report.indicators[estimate.indicator].decimals
    compared = (
        number(estimate.value_last_year, decimals),
        number(estimate.change, decimals, sign=True),
        change_interval(_, estimate, decimals),
    )
    return [
        *value_and_interval(_, estimate, decimals),
        *(shown_or_absent(_, text, estimate.why_no_change) for text in compared),
    ]
