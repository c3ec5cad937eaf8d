"""What changed since the last edition, in sentences and two tables."""

from collections.abc import Sequence

from pipeline.reporting.overview.table import percent
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.edition_changes import Changes, Judged
from pipeline.reporting.shown.records import FigureChange
from pipeline.reporting.shown.rule import NOT_SHOWN, SMALL
from pipeline.reporting.text import verdicts, wording
from pipeline.reporting.text.absent import absent, shown_or_absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.wording import window_name
from pipeline.words.months import month_name
from pipeline.words.numbers import number
from pipeline.words.translations import Translator

SHOWN_NAMES, SHOWN_FIGURES = 6, 12


def sentences(changes: Changes, report: ReportContext) -> list[str]:
    """One sentence a kind of change, the areas and verdicts first."""
    _ = report.say
    said = [
        _areas(_, changes),
        _verdicts(_, changes) if report.normal_range else "",
        _figures(_, changes.revised, "overview.changes.revised"),
        _figures(_, changes.late, "overview.changes.arrived"),
        _figures(_, changes.lost, "overview.changes.vanished"),
        _completeness(changes, report),
    ]
    if not (changes.revised or changes.late or changes.lost):
        said.append(_("overview.changes.no_figure_changed", month=month_name(_, changes.previous)))
    return [sentence for sentence in said if sentence]


def verdicts_table(changes: Changes, report: ReportContext, table: int) -> str:
    """Areas whose sex ratio is judged otherwise, with both values."""
    _ = report.say
    rows = [
        [escape(change.name), *_judged(_, change.before), *_judged(_, change.now)]
        for change in changes.verdicts
    ]
    header = [
        _("labels.area"),
        window_name(_, "rolling_12", changes.previous),
        _("overview.changes.column_verdict_before"),
        window_name(_, "rolling_12", report.month),
        _("overview.changes.column_verdict_now"),
    ]
    return numbered_table(_, table, _("overview.changes.caption_verdicts"), header, rows)


def figures_table(changes: Changes, report: ReportContext, table: int) -> str:
    """The largest revisions; small counts are withheld."""
    _ = report.say
    rows = [
        [
            escape(change.name),
            escape(report.label(change.element)),
            month_name(_, change.month),
            *(shown_or_absent(_, text, SMALL) for text in (number(change.before), number(change.now))),
            shown_or_absent(_, number(change.difference, sign=True), SMALL),
        ]
        for change in changes.revised[:SHOWN_FIGURES]
    ]
    columns = ("overview.changes.column_before", "overview.changes.column_now", "labels.difference")
    header = [*map(_, ("labels.area", "labels.element", "labels.month", *columns))]
    caption, count = _("overview.changes.caption_changes"), len(changes.revised)
    if count > SHOWN_FIGURES:
        caption = _("overview.changes.caption_largest_changes", count=number(count), shown=SHOWN_FIGURES)
    return numbered_table(_, table, caption, header, rows, 3)


def _areas(_: Translator, changes: Changes) -> str:
    named = {"new": changes.areas_new, "gone": changes.areas_gone}
    names = {kind: _names(_, [*areas.values()]) for kind, areas in named.items() if areas}
    return _(f"overview.changes.areas_{'_and_'.join(names)}", **names) if names else ""


def _verdicts(_: Translator, changes: Changes) -> str:
    if not (changes.is_judged_before and changes.verdicts):
        kind = "no_verdict_changed" if changes.is_judged_before else "not_judged_before"
        return _(f"overview.changes.{kind}")
    count, names = len(changes.verdicts), _names(_, [change.name for change in changes.verdicts])
    return _.plural("overview.changes.verdicts_changed", count, names=names)


def _figures(_: Translator, changes: Sequence[FigureChange], message: str) -> str:
    if not changes:
        return ""
    names = _names(_, [name for _code, name in sorted({(each.area_code, each.name) for each in changes})])
    count = len(changes)
    return _.plural(message, count, number=number(count), names=names)


def _completeness(changes: Changes, report: ReportContext) -> str:
    _ = report.say
    before, now = changes.returns_before, changes.returns_now
    if not before.expected or not now.expected:
        return ""
    shares = [percent(each.actual, each.expected) for each in (before, now)]
    values = {"month": month_name(_, changes.previous), "before": shares[0], "now": shares[1]}
    return _(f"overview.changes.completeness_{'same' if shares[0] == shares[1] else 'changed'}", **values)


def _names(_: Translator, names: Sequence[str]) -> str:
    text = wording.listed(_, [escape(name) for name in names[:SHOWN_NAMES]])
    if len(names) <= SHOWN_NAMES:
        return text
    return _("overview.changes.names_and_more", names=text, count=len(names))


def _judged(_: Translator, judged: Judged) -> tuple[str, str]:
    """The value with its interval, and the verdict."""
    value, verdict = absent(_, NOT_SHOWN), _("verdicts.not_compared")
    if judged.value is not None:
        value = f"{number(judged.value, 1)} [{wording.span(_, judged.lower, judged.upper, 1)}]{{.range}}"
    if judged.verdict:
        tone = verdicts.TONES[judged.verdict]
        verdict = f"[{verdicts.in_range(_, judged.verdict)}]{{.verdict .{tone}}}"
    return value, verdict
