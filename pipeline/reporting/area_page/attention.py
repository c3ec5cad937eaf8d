"""What calls for attention on the first page: targets and who is behind, returns that are missing."""

from collections.abc import Iterator, Mapping

from pipeline.reporting.area_page.progress import Progress
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import LIKELY_MET, LIKELY_MISSED, MET, MISSED, UNCLEAR, Estimate
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.target_words import target_text
from pipeline.reporting.text.verdicts import points_of
from pipeline.reporting.text.wording import listed, month_list
from pipeline.words.months import month_name
from pipeline.words.numbers import number
from pipeline.words.translations import Translator

MOST_NAMED = 3


def attention(found: list[Progress], facts: ShownArea, report: ReportContext) -> list[str]:
    """Sentences, the gravest first; none where there is neither a target nor a return that is missing."""
    return [*_targets(found, facts, report), *_returns(facts, report)]


def _targets(found: list[Progress], facts: ShownArea, report: ReportContext) -> Iterator[str]:
    _ = report.say
    for one in found:
        if one.verdict in (MISSED, LIKELY_MISSED):
            yield _missed(one, facts, report)
    for message, verdicts in (
        ("attention.undecided", (UNCLEAR,)),
        ("attention.met", (MET, LIKELY_MET)),
    ):
        names = [escape(report.heading_of(one.spec.name)) for one in found if one.verdict in verdicts]
        if names:
            yield _.plural(message, len(names), names=listed(_, names))


def _missed(one: Progress, facts: ShownArea, report: ReportContext) -> str:
    """The indicator, its value and target, and the members furthest on the wrong side of it."""
    _, spec, estimate = report.say, one.spec, one.estimate
    unit = points_of(_, spec.unit.zh)["rate"]
    verdict = facts.verdicts[spec.name, "target"]
    target = target_text(_, estimate.target_lower, estimate.target_upper, unit)
    values = {
        "label": escape(report.heading_of(spec.name)),
        "value": number(estimate.value, spec.decimals) + unit,
        "target": target[:1].lower() + target[1:],
    }
    message = "attention.missed" if one.verdict == MISSED else "attention.likely_missed"
    sentence = _(message, **values)
    if verdict.is_minor:
        sentence += _("attention.minor")
    return sentence + _members(one, facts, report)


def _members(one: Progress, facts: ShownArea, report: ReportContext) -> str:
    """How many members miss the target by their whole 99.8 % interval, as they are many, and the furthest; or nothing.

    Of a sex ratio nobody is named: it is nothing that an office brings about.
    """
    _, spec, low, high = report.say, one.spec, one.estimate.target_lower, one.estimate.target_upper
    if one.is_task or spec.method == "sex_ratio":
        return ""
    known = [
        (member.name, estimate)
        for member in facts.members
        if (estimate := member.estimate(spec.name, one.estimate.time_window)) and estimate.known
    ]
    behind = [(name, each) for name, each in known if each.against_among_many(low, high) != UNCLEAR]
    if not behind:
        return ""

    def distance(named: tuple[str, Estimate]) -> float:
        value = named[1].value or 0.0
        return max((low - value) if low is not None else 0.0, (value - high) if high is not None else 0.0)

    unit = points_of(_, spec.unit.zh)["rate"]
    furthest = sorted(behind, key=distance, reverse=True)[:MOST_NAMED]
    names = [
        _("attention.member", name=escape(name), value=number(each.value, spec.decimals) + unit)
        for name, each in furthest
    ]
    return _("attention.members_behind", behind=len(behind), known=len(known), names=listed(_, names))


def _returns(facts: ShownArea, report: ReportContext) -> Iterator[str]:
    """Sources of which returns are missing or often late, with the months, and the areas within that they are due from."""
    _ = report.say
    for record in facts.completeness:
        source = escape(report.source_names.get(record.source, record.source))
        if record.months_incomplete:
            months = month_list(_, record.months_incomplete)
            missing = _("attention.returns_missing", source=source, months=months)
            yield missing + _offices(record.missing_within, facts, report)
        if record.is_late:
            worst = sorted(sorted(record.late, key=lambda month: -month[1])[:MOST_NAMED])
            months = listed(_, [_returns_of(_, month_name(_, month), late) for month, late in worst])
            total = number(sum(late for _month, late in record.late))
            late = _("attention.returns_late", source=source, late=total, months=months)
            yield late + _offices(record.late_within, facts, report)


def _offices(returns: Mapping[str, int], facts: ShownArea, report: ReportContext) -> str:
    """The areas within with the most of so many returns; none where the area reports as a whole."""
    _ = report.say
    found = [
        (member.name, returns[member.area_code]) for member in facts.members if member.area_code in returns
    ]
    if len(found) > MOST_NAMED and len({count for _name, count in found}) == 1:
        return _("attention.offices_alike", count=len(found))
    worst = sorted(found, key=lambda office: -office[1])[:MOST_NAMED]
    names = listed(_, [_returns_of(_, escape(name), count) for name, count in worst])
    if len(found) > MOST_NAMED:
        return _("attention.offices_most", count=len(found), names=names)
    return _("attention.offices", names=names) if found else ""


def _returns_of(_: Translator, name: str, count: int) -> str:
    return _.plural("attention.returns_of", count, name=name)
