"""Questions worth asking, from what stands out in the data: they ask about the data, never for whom to blame."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.reporting.area_page.quality import distinct_flags, finding_in_words, hides_comparisons
from pipeline.reporting.area_page.year_end import outlook_of
from pipeline.reporting.facts.records import AreaFacts, Finding
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.text.wording import listed, month_list, month_name, number, probability

MOST = 10
COMPLETE = 0.95
UNLIKELY = 0.2  # a chance near one half is what chance makes of an area without anything to ask
APART = 0.05


def questions(facts: AreaFacts, report: ReportContext) -> list[str]:
    """At most ten questions; those about the indicators first, then about months, sources and returns."""
    parts = (_flags, _months, _year_end, _sources, _returns, _breaks)
    return [question for part in parts for question in part(facts, report)][:MOST]


def _flags(facts: AreaFacts, report: ReportContext) -> Iterator[str]:
    _ = report.say
    for flag in distinct_flags(facts, "outside_normal_range"):
        words = finding_in_words(flag, report)
        subject, text = escape(report.heading_of(flag.subject)), escape(str(words["text"]))
        if flag.kind == "outside_normal_range":
            yield _(
                "{subject}：{text}男婴、女婴的报送是否都完整，有无漏报、重报？", subject=subject, text=text
            )
        else:
            yield _(
                "{subject}：{text}分子、分母的口径与下达目标时是否一致，是否已报全？",
                subject=subject,
                text=text,
            )


def _months(facts: AreaFacts, report: ReportContext) -> Iterator[str]:
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
            yield _("{month}，{area}，{subject}：{text}该月有无补报、迟报或登记方式的变化？", **values)
        elif finding.kind == "level_shift":
            yield _("{month}，{area}，{subject}：{text}当月统计口径、来源或报送范围有无变化？", **values)
        elif finding.kind in ("stuck", "copied_month", "zero_for_missing"):
            yield _("{month}，{area}，{subject}：{text}是实际数字，还是待补的报表？", **values)
        elif finding.kind == "long_silent":
            yield _("{area}：{text}该来源是否仍在报送，由谁代报？", area=values["area"], text=values["text"])


def _distinct(findings: list[Finding]) -> list[Finding]:
    """The largest deviations of each kind, no more than two."""
    taken: dict[str, int] = {}
    chosen = []
    for finding in findings:
        taken[finding.kind] = taken.get(finding.kind, 0) + 1
        if taken[finding.kind] <= 2:
            chosen.append(finding)
    return chosen


def _year_end(facts: AreaFacts, report: ReportContext) -> Iterator[str]:
    """Targets that the year is unlikely to meet, where they are not flagged already."""
    _ = report.say
    flagged = {flag.subject for flag in facts.flags if flag.kind == "target_missed"}
    for outlook in outlook_of(facts, report):
        chance = outlook.probability_met
        if chance is None or chance >= UNLIKELY or outlook.indicator in flagged:
            continue
        values = {
            "label": escape(report.heading_of(outlook.indicator)),
            "probability": probability(_, chance),
        }
        if report.indicators[outlook.indicator].method == "sex_ratio":  # nobody is to bring it about
            yield _(
                "{label}：按目前的趋势，达到全年目标的可能性{probability}。男婴、女婴的报送是否都完整，有无漏报、重报？",
                **values,
            )
        else:
            yield _(
                "{label}：按目前的趋势，达到全年目标的可能性{probability}。其余各月所需的水平与往年同期相比如何？",
                **values,
            )


def _sources(facts: AreaFacts, report: ReportContext) -> Iterator[str]:
    """Elements of which two sources differ by more than a twentieth."""
    _ = report.say
    if hides_comparisons(facts, report):
        return
    for compared in facts.comparisons:
        first, other = compared.value_preferred, compared.value
        if not first or abs(other - first) <= APART * first:
            continue
        yield _(
            "{label}：近12个月{first}与{other}相差 {percent}，差别来自哪些人群或哪些单位？",
            label=escape(report.heading_of(compared.element)),
            first=escape(report.source_names.get(compared.preferred_source, compared.preferred_source)),
            other=escape(report.source_names.get(compared.source, compared.source)),
            percent=f"{number(100 * abs(other - first) / first, 1)}%",
        )


def _returns(facts: AreaFacts, report: ReportContext) -> Iterator[str]:
    _ = report.say
    if not facts.completeness:
        yield _("近12个月没有收到该地区的报表。该地区是否已开始报送，由哪个单位报送？")
    for record in facts.completeness:
        source = escape(report.source_names.get(record.source, record.source))
        if record.expected and record.actual < COMPLETE * record.expected:
            yield _(
                "{source}：近12个月报送完整率为 {share}（{months}未报齐），未报的单位能否补报？",
                source=source,
                share=f"{number(100 * record.actual / record.expected, 1)}%",
                months=month_list(_, record.months_incomplete),
            )
        elif record.on_time is not None and record.expected and record.on_time < COMPLETE * record.expected:
            yield _(
                "{source}：近12个月报送及时率为 {share}，迟报集中在哪些月份和单位？",
                source=source,
                share=f"{number(100 * record.on_time / record.expected, 1)}%",
            )


def _breaks(facts: AreaFacts, report: ReportContext) -> Iterator[str]:
    """Changes of the area within twelve months."""
    _ = report.say
    for change in facts.breaks:
        months = (facts.month.year - change.month.year) * 12 + facts.month.month - change.month.month
        if months < 12 and change.kind not in ("renamed", "recoded"):
            yield _(
                "本区划自{month}起有变动（涉及 {before}），出生、死亡与人口是否已按同一范围统计？",
                month=month_name(_, change.month),
                before=escape(listed(_, change.predecessors)),
            )
