"""Grades by the bands of targets.csv, given by the interval, and how many areas are in each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pipeline.reference import Indicator, Target
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import Estimate
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.target_words import target_text
from pipeline.reporting.text.verdicts import points_of
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

GOOD, ACCEPTABLE, BELOW, BETWEEN, UNGRADED = "good", "acceptable", "below", "between", "ungraded"
GRADES = (GOOD, ACCEPTABLE, BELOW, BETWEEN, UNGRADED)


def word(_: Translator, grade: str) -> str:
    words = {
        GOOD: _("grades.good"),
        ACCEPTABLE: _("grades.pass"),
        BELOW: _("grades.below_pass"),
        BETWEEN: _("grades.between"),
        UNGRADED: _("grades.not_graded"),
    }
    return words.get(grade, UNKNOWN)


def grade_of(facts: ShownArea, estimate: Estimate, report: ReportContext) -> str:
    """The band in which the whole 95 % interval lies, `between` where it reaches over two; empty: no bands.

    Of a counted task the bands are pro-rated; once the year is over it is what was counted, without an interval.
    """
    target = target_of(facts, estimate.indicator, report.targets)
    if target is None or target.good is None or target.acceptable is None:
        return ""
    if estimate.known is None:
        return UNGRADED
    spec, (value, *limits) = report.indicators[estimate.indicator], estimate.known
    sign = -1 if target.at_most is not None else 1
    due = share_of_year(facts.month) if spec.method == "count" else 1.0
    low, high = sorted(sign * limit for limit in ((value, value) if is_final(facts.month, spec) else limits))
    good, acceptable = sign * due * target.good, sign * due * target.acceptable
    if low >= good:
        return GOOD
    if high < acceptable:
        return BELOW
    return ACCEPTABLE if low >= acceptable and high < good else BETWEEN


def bounds(facts: ShownArea, graded: Iterable[Indicator], report: ReportContext) -> str:
    """Where the grades of each indicator begin: `孕前优生健康检查率：不低于 90% 为良好，不低于 80% 为合格`."""
    _, said = report.say, []
    for spec in graded:
        target = target_of(facts, spec.name, report.targets)
        if target is None or target.good is None or target.acceptable is None:
            continue
        unit = points_of(_, spec.unit.zh)["rate"]
        ends = [
            target_text(_, end, None, unit) if target.at_most is None else target_text(_, None, end, unit)
            for end in (target.good, target.acceptable)
        ]
        label = escape(report.heading_of(spec.name))
        said.append(_("grades.bounds", label=label, good=ends[0], acceptable=ends[1]))
    return _("language.list_separator_long").join(said)


def share_of_year(month: date) -> float:
    """How much of the year has gone by at the end of a month: the pro-rated progress."""
    return month.month / 12


def is_final(month: date, spec: Indicator) -> bool:
    """Whether a task is over: what was done in a whole year is counted, and no longer expected."""
    return spec.method == "count" and share_of_year(month) == 1


def count_grades(
    areas: Iterable[ShownArea], report: ReportContext, windows: dict[str, str]
) -> dict[str, dict[str, int]]:
    """How many areas of a level are in each grade, by indicator; `windows` are those the targets are held against."""
    counted: dict[str, Counter[str]] = {}
    for facts in areas:
        for name, window in windows.items():
            estimate = facts.estimate(name, window)
            if estimate is not None and (grade := grade_of(facts, estimate, report)):
                counted.setdefault(name, Counter())[grade] += 1
    return {name: dict(counts) for name, counts in counted.items()}


def grades_table(counted: Mapping[str, Mapping[str, int]], report: ReportContext, place: int) -> str:
    """How many areas of the same level are in each grade."""
    _ = report.say
    rows = [
        [escape(report.heading_of(name)), *(number(counts.get(grade, 0)) for grade in GRADES)]
        for name, counts in counted.items()
    ]
    header = [_("labels.indicator"), *(word(_, grade) for grade in GRADES)]
    has_tasks = any(report.indicators[name].method == "count" for name in counted)
    caption = (
        _("grades.caption_pro_rated")
        if has_tasks and share_of_year(report.month) < 1
        else _("grades.caption")
    )
    return numbered_table(_, place, caption, header, rows)


def target_of(facts: ShownArea, indicator: str, targets: Sequence[Target]) -> Target | None:
    """The target of the year: that of the area itself before that of its level."""
    found = [
        target
        for target in targets
        if (target.indicator, target.year) == (indicator, facts.month.year)
        and target.level == facts.level
        and target.area_code in ("", facts.area_code)
    ]
    return max(found, key=lambda target: target.area_code, default=None)
