"""Questions worth asking, from what stands out in the data: they ask about the data, never for whom to blame."""

from collections.abc import Iterator

from pipeline.months import months_apart
from pipeline.reporting.area_page.quality import distinct_flags, finding_in_words
from pipeline.reporting.area_page.year_end import outlook_of
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import LIKELY_MISSED
from pipeline.reporting.shown.records import Finding, ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.wording import listed, month_list, probability
from pipeline.words.months import month_name
from pipeline.words.numbers import number

MOST = 10
APART = 0.05


def questions(facts: ShownArea, report: ReportContext) -> list[str]:
    """At most ten questions; those about the indicators first, then about months, sources and returns."""
    parts = (_flags, _months, _year_end, _sources, _returns, _breaks)
    return [question for part in parts for question in part(facts, report)][:MOST]


def _flags(facts: ShownArea, report: ReportContext) -> Iterator[str]:
    _ = report.say
    for flag in distinct_flags(facts, "outside_normal_range"):
        words = finding_in_words(flag, report)
        subject, text = escape(report.heading_of(flag.subject)), escape(str(words["text"]))
        is_ratio = flag.kind == "outside_normal_range"
        message = "questions.sex_ratio_outside" if is_ratio else "questions.target_missed"
        yield _(message, subject=subject, text=text)


def _months(facts: ShownArea, report: ReportContext) -> Iterator[str]:
    _ = report.say
    for finding in _distinct(facts.findings):
        words = finding_in_words(finding, report)
        values = {
            "month": words["month"],
            "area": escape(str(words["area"])),
            "subject": escape(str(words["subject"])),
            "text": escape(str(words["text"])),
        }
        if finding.kind == "unusual_month":
            yield _("questions.unusual_month", **values)
        elif finding.kind == "level_shift":
            yield _("questions.level_shift", **values)
        elif finding.kind in ("stuck", "copied_month", "zero_for_missing"):
            yield _("questions.zero", **values)
        elif finding.kind == "long_silent":
            yield _("questions.long_silent", area=values["area"], text=values["text"])


def _distinct(findings: list[Finding]) -> list[Finding]:
    """The largest deviations of each kind, no more than two."""
    kinds = [finding.kind for finding in findings]
    return [one for place, one in enumerate(findings) if kinds[:place].count(one.kind) < 2]


def _year_end(facts: ShownArea, report: ReportContext) -> Iterator[str]:
    """Targets judged unlikely to be met, of indicators that no flag has asked about already."""
    _ = report.say
    flagged = {flag.subject for flag in facts.flags}
    for outlook in outlook_of(facts, report):
        chance = outlook.probability_met
        is_unlikely = facts.verdict(outlook.indicator, "target") == LIKELY_MISSED
        if chance is None or not is_unlikely or outlook.indicator in flagged:
            continue
        is_ratio = report.indicators[outlook.indicator].method == "sex_ratio"  # nobody is to bring it about
        message = "questions.sex_ratio_target" if is_ratio else "questions.target_outlook"
        label = escape(report.heading_of(outlook.indicator))
        yield _(message, label=label, probability=probability(_, chance))


def _sources(facts: ShownArea, report: ReportContext) -> Iterator[str]:
    """Elements of which two sources differ by more than a twentieth."""
    _ = report.say
    if facts.hides_comparisons:
        return
    for compared in facts.comparisons:
        first, other = compared.value_preferred, compared.value
        if not first or other is None or abs(other - first) <= APART * first:
            continue
        yield _(
            "questions.sources_differ",
            label=escape(report.heading_of(compared.element)),
            first=escape(report.source_names.get(compared.preferred_source, compared.preferred_source)),
            other=escape(report.source_names.get(compared.source, compared.source)),
            percent=f"{number(100 * abs(other - first) / first, 1)}%",
        )


def _returns(facts: ShownArea, report: ReportContext) -> Iterator[str]:
    _ = report.say
    if not facts.completeness:
        yield _("questions.nothing_received")
    for record in facts.completeness:
        source = escape(report.source_names.get(record.source, record.source))
        if record.is_incomplete:
            yield _(
                "questions.completeness",
                source=source,
                share=f"{number(100 * record.actual / record.expected, 1)}%",
                months=month_list(_, record.months_incomplete),
            )
        elif record.is_late and record.on_time is not None:
            share = f"{number(100 * record.on_time / record.expected, 1)}%"
            yield _("questions.timeliness", source=source, share=share)


def _breaks(facts: ShownArea, report: ReportContext) -> Iterator[str]:
    """Changes of the area within twelve months."""
    _ = report.say
    for change in facts.breaks:
        if months_apart(change.month, facts.month) < 12 and change.kind not in ("renamed", "recoded"):
            yield _(
                "questions.area_changed",
                month=month_name(_, change.month),
                before=escape(listed(_, change.predecessors)),
            )
