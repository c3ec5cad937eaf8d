"""What changed of an area since the last edition, in a line or two of the first page."""

from collections.abc import Iterator

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.records import LastEdition, ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.verdicts import answer
from pipeline.words.months import month_name
from pipeline.words.numbers import number

MOST_NAMED = 3


def since_last(facts: ShownArea, report: ReportContext) -> list[str]:
    """Verdicts that changed, then figures of earlier months; nothing where there is no edition before."""
    _, last = report.say, facts.last_edition
    if last is None:
        return []
    changes = _("language.list_separator_long").join(
        [*_verdicts(facts, last, report), _figures(last, report)]
    )
    return [_("attention.since_last", month=month_name(_, last.month), changes=changes)]


def _verdicts(facts: ShownArea, last: LastEdition, report: ReportContext) -> Iterator[str]:
    """Of the indicators that both editions judge; the first few by name."""
    _ = report.say
    if last.verdicts is None:
        return
    both = [
        (key, last.verdicts[key], now.verdict) for key, now in facts.verdicts.items() if key in last.verdicts
    ]
    changed = [(key, before, now) for key, before, now in both if before != now]
    for (indicator, question), before, now in changed[:MOST_NAMED]:
        yield _(
            "attention.verdict_changed",
            label=escape(report.heading_of(indicator)),
            before=answer(_, question, before),
            now=answer(_, question, now),
        )
    if len(changed) > MOST_NAMED:
        yield _("attention.more_verdicts_changed", count=len(changed))
    if both and not changed:
        yield _("attention.no_verdict_changed")


def _figures(last: LastEdition, report: ReportContext) -> str:
    """How many figures of earlier months were revised, came late or went, and the largest revision."""
    _ = report.say
    parts = [
        _.plural(message, len(changes))
        for message, changes in (
            ("attention.revised", last.revised),
            ("attention.arrived", last.late),
            ("attention.vanished", last.lost),
        )
        if changes
    ]
    largest = next((one for one in last.revised if one.difference is not None), None)
    if largest:
        parts[0] += _(
            "attention.largest_revision",
            month=month_name(_, largest.month),
            label=escape(report.label(largest.element)),
            before=number(largest.before),
            now=number(largest.now),
        )
    return _("language.clause_separator").join(parts) or _("attention.no_figure_changed")
