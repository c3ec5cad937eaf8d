"""Returns by area and month as a grid: full months are quiet, gaps stand out."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date

from pipeline.reporting.overview.table import add_up, percent
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.overview import Overview
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.returns import Returns
from pipeline.reporting.shown.rule import NOTHING_DUE
from pipeline.reporting.text.absent import absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.links import linked
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.words.translations import Translator

NEARLY = 0.95


def completeness_grid(
    areas: Sequence[ShownArea], report: ReportContext, overview: Overview, linked_codes: set[str], table: int
) -> str:
    """Per cent of the returns due that came, of all sources together, by area and month."""
    _, months = report.say, overview.months
    rows = [
        [
            linked(facts.area_code, facts.name, report)
            if facts.area_code in linked_codes
            else escape(facts.name),
            *(_cell(_, overview.returns.get(facts.area_code, {}).get(month)) for month in months),
        ]
        for facts in areas
    ]
    totals = [
        _cell(_, add_up(of_area[month] for of_area in overview.returns.values() if month in of_area))
        for month in months
    ]
    header = [_("labels.area"), *(_heading(report, month, place == 0) for place, month in enumerate(months))]
    caption = _("overview.completeness.caption")
    return numbered_table(_, table, caption, header, [*rows, [_("labels.total"), *totals]]) if rows else ""


def _heading(report: ReportContext, month: date, is_first: bool) -> str:
    """The month in short, and its year where the year begins."""
    name = format_date(month, "LLL", locale=report.say.tag.replace("-", "_"))
    return f"[{month.year}]{{.year}} {name}" if is_first or month.month == 1 else name


def _cell(_: Translator, returns: Returns | None) -> str:
    if returns is None or not returns.expected:
        return absent(_, NOTHING_DUE)
    share = returns.actual / returns.expected
    tone = "full" if share >= 1 else "nearly" if share >= NEARLY else "partly" if share else "nothing"
    return f"[{percent(returns.actual, returns.expected, 0)}]{{.cell .{tone}}}"
