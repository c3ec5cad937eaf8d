"""Targets: value, gap, verdict, pro-rated progress of counted tasks, and grade, as a table and in sentences."""

from dataclasses import dataclass, replace

from pipeline.reference import Indicator
from pipeline.reporting.area_page import grades
from pipeline.reporting.area_page.report_tables import value_and_interval, with_unit
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import (
    LIKELY_MET,
    LIKELY_MISSED,
    MET,
    MISSED,
    UNCLEAR,
    Estimate,
    Known,
)
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.rule import NOT_APPLICABLE
from pipeline.reporting.text.absent import absent, shown_or_absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.target_words import gap_text, left_to_do, percent_of, target_text
from pipeline.reporting.text.verdicts import TONES, against_target, points_of, why_withheld
from pipeline.reporting.text.wording import span
from pipeline.words.numbers import number

AHEAD, BEHIND = "ahead", "behind"
ANNUAL = ("rate", "balance")


@dataclass(frozen=True)
class Progress:
    """One indicator with a target: its estimate, and how much of the year has gone by."""

    spec: Indicator
    estimate: Estimate
    target: float
    due: float
    verdict: str  # met, missed, likely_met, likely_missed or unclear; empty where nothing is said

    @property
    def is_task(self) -> bool:
        return self.spec.method == "count"

    def pace(self, known: Known) -> str:
        """A task against the share of the year gone by: by its interval."""
        if known.lower / self.target > self.due:
            return AHEAD
        return BEHIND if known.upper / self.target < self.due else UNCLEAR


def progress_of(facts: ShownArea, report: ReportContext) -> list[Progress]:
    """Every indicator that has a target: yearly rates over twelve months, all others since January."""
    due = grades.share_of_year(facts.month)
    estimates = (
        (spec, _with_target(facts.estimate(name, window_of(spec)), facts, report))
        for name, spec in report.indicators.items()
    )
    return [
        Progress(spec, estimate, estimate.target, due, facts.verdict(spec.name, "target"))
        for spec, estimate in estimates
        if estimate is not None and estimate.target is not None
    ]


def _with_target(estimate: Estimate | None, facts: ShownArea, report: ReportContext) -> Estimate | None:
    """A count has its target at the end of the year only; the months so far are held against it all the same."""
    if estimate is None or estimate.target is not None:
        return estimate
    if report.indicators[estimate.indicator].method != "count":
        return estimate
    if outlook := facts.outlook.get(estimate.indicator):
        lower, upper = outlook.target_lower, outlook.target_upper
    elif target := grades.target_of(facts, estimate.indicator, report.targets):
        lower, upper = target.at_least, target.at_most  # of an area without a figure there is no outlook
    else:
        return estimate
    target_of_year = upper if lower is None else lower
    return replace(estimate, target_lower=lower, target_upper=upper, target=target_of_year)


def window_of(spec: Indicator) -> str:
    return "rolling_12" if spec.method in ANNUAL else "ytd"


def summary(found: list[Progress], facts: ShownArea, report: ReportContext) -> list[str]:
    """How many targets are met, missed and undecided; then each counted task beside the share of the year."""
    _ = report.say
    if not found:
        return []
    verdicts = [one.verdict for one in found]
    sentences, unknown = [], verdicts.count("")
    if verdicts and unknown == len(verdicts):
        sentences.append(_.plural("targets.none_calculated", unknown))
    elif verdicts:
        counts = {
            "met": verdicts.count(MET) + verdicts.count(LIKELY_MET),
            "missed": verdicts.count(MISSED) + verdicts.count(LIKELY_MISSED),
            "unclear": verdicts.count(UNCLEAR),
        }
        sentences.append(_.plural("targets.summary", len(verdicts), **counts))
        if unknown:
            sentences.append(_.plural("targets.some_incomplete", unknown))
    sentences.append(_.plural("targets.pro_rated", facts.month.month, due=percent_of(found[0].due)))
    tasks = [(task, task.estimate.known) for task in found if task.is_task]
    return [*sentences, *(_task_sentence(task, known, report) for task, known in tasks if known)]


def _task_sentence(task: Progress, known: Known, report: ReportContext) -> str:
    _ = report.say
    done = {
        "label": escape(report.heading_of(task.spec.name)),
        "done": number(known.value),
        "unit": escape(report.named(task.spec.unit)),
        "share": percent_of(known.value / task.target),
    }
    if task.due == 1:
        return _("targets.year_met" if task.verdict == MET else "targets.year_missed", **done)
    if task.verdict == MET:
        return _("targets.done_already", **done)
    limits = span(_, 100 * known.lower / task.target, 100 * known.upper / task.target, 1)
    paces = {AHEAD: "targets.ahead", BEHIND: "targets.behind", UNCLEAR: "targets.pace_unclear"}
    return _(paces[task.pace(known)], **done, interval=limits, due=percent_of(task.due))


def targets_table(found: list[Progress], facts: ShownArea, report: ReportContext, place: int) -> str:
    """Value with interval, target, gap and verdict; the grade where there are grades."""
    _ = report.say
    graded = [grades.grade_of(facts, one.estimate, report) for one in found]
    rows = [
        [
            _label(one, report),
            *_cells(one, report),
            absent(_, one.estimate.withheld)
            if one.estimate.withheld
            else shown_or_absent(_, grades.word(_, grade), NOT_APPLICABLE),
        ]
        for one, grade in zip(found, graded, strict=True)
    ]
    header = [
        *(_("labels.indicator"), _("targets.column_value"), _("labels.interval_95_short")),
        *(_("labels.target"), _("targets.column_gap")),
        *(_("targets.column_verdict"), _("targets.column_grade")),
    ]
    if not any(graded):
        header, rows = header[:-1], [row[:-1] for row in rows]
    return numbered_table(_, place, _("targets.caption"), header, rows)


def _label(one: Progress, report: ReportContext) -> str:
    label = with_unit(one.spec, report)
    is_annual = window_of(one.spec) == "rolling_12"
    return report.say("targets.label_last_12_months", label=label) if is_annual else label


def _cells(one: Progress, report: ReportContext) -> list[str]:
    """Value, target, gap and verdict; in the place of a value that is not shown, the reason."""
    _, estimate, spec, known = report.say, one.estimate, one.spec, one.estimate.known
    unit = points_of(_, spec.unit.zh)
    target = target_text(_, estimate.target_lower, estimate.target_upper, unit["rate"])
    if known is None:
        dash = absent(_, estimate.why_absent)
        return [why_withheld(_, estimate.why_absent), "", target, dash, dash]
    if one.is_task:
        cells = [number(known.value), "", target, left_to_do(_, known.value, one.target)]
    else:
        cells = [
            *value_and_interval(_, estimate, spec.decimals),
            target,
            gap_text(_, estimate, spec.decimals, unit["points"]),
        ]
    if one.verdict or not one.is_task:
        tone = TONES.get(one.verdict, UNCLEAR)
        return [*cells, f"[{against_target(_, one.verdict)}]{{.verdict .{tone}}}"]
    paces = {AHEAD: _("verdicts.ahead"), BEHIND: _("verdicts.behind"), UNCLEAR: _("verdicts.on_schedule")}
    return [*cells, f"[{paces[one.pace(known)]}]{{.verdict .unclear}}"]
