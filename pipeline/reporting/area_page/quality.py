"""How complete, timely and free of doubt the data of an area are, in words and as a table."""

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.records import Finding, ShownArea
from pipeline.reporting.shown.rule import NO_RECEIPTS, NOTHING_DUE
from pipeline.reporting.text.absent import absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.verdicts import points_of
from pipeline.reporting.text.wording import joined, listed, month_list, sentences, window_name
from pipeline.words import finding_values as finding_figures
from pipeline.words import findings as finding_words
from pipeline.words.numbers import number
from pipeline.words.translations import Translator


def summary(facts: ShownArea, report: ReportContext) -> str:
    _ = report.say
    parts = []
    if not facts.completeness and not facts.has_figures:
        parts.append(_("quality.nothing_received"))
    elif not facts.completeness:
        parts.append(_("quality.no_returns_agreed"))
    elif all(not record.months_incomplete for record in facts.completeness):
        parts.append(_("quality.returns_complete"))
    else:
        parts.append(_("quality.returns_incomplete"))
    parts += _late(facts, report)
    for source in sorted({source for _element, source, _month in facts.substitutes}):
        taken = [(element, month) for element, used, month in facts.substitutes if used == source]
        used_for = {element for element, _month in taken}
        elements = listed(_, (label for name, label in report.element_labels.items() if name in used_for))
        parts.append(
            _(
                "quality.substituted",
                months=month_list(_, sorted({month for _element, month in taken})),
                elements=escape(elements),
                source=escape(report.source_names.get(source, source)),
            )
        )
    if facts.revisions:
        parts.append(_.plural("quality.figures_revised", len(facts.revisions)))
    if facts.findings:
        parts.append(_.plural("quality.findings", len(facts.findings)))
    elif facts.completeness or facts.has_figures:
        parts.append(_("quality.no_findings"))
    return sentences(_, parts)


def _late(facts: ShownArea, report: ReportContext) -> list[str]:
    """The sources of which some returns came late or not at all, where receipts are noted."""
    return [
        report.say(
            "quality.late_returns",
            source=escape(report.source_names.get(record.source, record.source)),
            late=number(record.actual - record.on_time),
        )
        for record in facts.completeness
        if record.on_time is not None and record.on_time < record.actual
    ]


def completeness_table(facts: ShownArea, report: ReportContext, place: int) -> str:
    """Returns expected, come and come in time over the last twelve months, by source."""
    _ = report.say
    is_timed = any(record.on_time is not None for record in facts.completeness)
    rows = [
        [
            escape(report.source_names.get(record.source, record.source)),
            number(record.expected),
            number(record.actual),
            _share(_, record.actual, record.expected),
            *([_share(_, record.on_time, record.expected)] if is_timed else []),
            month_list(_, record.months_incomplete) or _("quality.no_month"),
        ]
        for record in facts.completeness
    ]
    header = [
        *(_("labels.source"), _("quality.column_expected")),
        *(_("quality.column_received"), _("quality.column_completeness")),
        *([_("quality.column_timeliness")] if is_timed else []),
        _("quality.column_incomplete_months"),
    ]
    caption = _("quality.caption_with_timeliness") if is_timed else _("quality.caption")
    return numbered_table(_, place, caption, header, rows)


def finding_in_words(finding: Finding, report: ReportContext) -> dict[str, str | int]:
    """The words of a finding, as the templates take them."""
    _, evidence, measure = report.say, finding.evidence, _measure(finding.subject, report)
    text = _("quality.finding_withheld")
    if not finding.is_withheld:
        names = report.source_names
        text = joined(finding_words.sentence(finding.kind, evidence, names, _, finding.month, measure))
    return {
        "kind": finding.kind,
        "title": finding_words.title(finding.kind, _),
        "text": text,
        "month": window_name(_, "month", finding.month),
        "area": _full_name(_, finding),
        "subject": report.label(finding.subject) if finding.subject else "",
        "path": evidence.get("path") or "",
        "row": evidence.get("row") or 0,
    }


def _full_name(_: Translator, finding: Finding) -> str:
    """`示例青禾县青禾镇`: a township by its county, where the page is not that county's."""
    name = finding.area_name
    for __, outer in reversed(finding.within):
        name = _("area.within", outer=outer, name=name)
    return name


def distinct_flags(facts: ShownArea, first: str) -> list[Finding]:
    """One flag for each indicator: of a target and a normal range the kind that is asked for first."""
    chosen: dict[str, Finding] = {}
    for flag in sorted(facts.flags, key=lambda flag: flag.kind != first):
        chosen.setdefault(flag.subject, flag)
    return [flag for flag in facts.flags if flag in chosen.values()]


def _measure(subject: str, report: ReportContext) -> finding_figures.Measure:
    spec = report.indicator_of(subject)
    if spec is None:
        return finding_figures.Measure()
    return finding_figures.Measure(spec.decimals, points_of(report.say, spec.unit.zh)["rate"])


def _share(_: Translator, part: int | None, whole: int) -> str:
    if not whole:
        return absent(_, NOTHING_DUE)
    return absent(_, NO_RECEIPTS) if part is None else f"{number(100 * part / whole, 1)}%"
