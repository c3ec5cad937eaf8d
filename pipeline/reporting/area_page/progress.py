"""Targets: value, gap, verdict, pro-rated progress of counted tasks, and grade, as a table and in sentences."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.reference import Indicator
from pipeline.reporting.area_page import grades
from pipeline.reporting.area_page.report_tables import value_and_interval
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import MET, MISSED, UNCLEAR, Estimate
from pipeline.reporting.shown.records import ShownArea, YearOutlook
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.target_words import gap_text, left_to_do, percent_of, target_text
from pipeline.reporting.text.verdicts import TONES, against_target, points_of, why_withheld
from pipeline.reporting.text.wording import UNKNOWN, number, span
from pipeline.words.translations import Translator

AHEAD, BEHIND = "ahead", "behind"
ANNUAL = ("rate", "balance")


@dataclass(frozen=True)
class Progress:
    """One indicator with a target: its estimate, and why it is not printed (empty: it is)."""

    name: str
    spec: Indicator
    estimate: Estimate
    reason: str
    due: float

    @property
    def is_task(self) -> bool:
        return self.spec.method == "count"

    @property
    def verdict(self) -> str:
        """met, missed or unclear; of a task, until it is done, ahead of the share of the year gone by or behind it."""
        if self.reason:
            return ""
        if not self.is_task:
            return self.estimate.against_target
        lower, upper = self.estimate.target_lower, self.estimate.target_upper
        if lower is not None and self.estimate.value >= lower:
            return MET
        if lower is None and upper is not None and self.estimate.value > upper:
            return MISSED
        if self.due < 1:
            return ""
        return MET if lower is None else MISSED

    @property
    def pace(self) -> str:
        """A task against the share of the year gone by: by its interval."""
        shares = [bound / self.estimate.target for bound in (self.estimate.lower, self.estimate.upper)]
        return AHEAD if shares[0] > self.due else BEHIND if shares[1] < self.due else UNCLEAR


def progress_of(facts: ShownArea, report: ReportContext) -> list[Progress]:
    """Every indicator that has a target: yearly rates over twelve months, all others since January."""
    found = []
    for name, spec in report.indicators.items():
        estimate = _with_target(facts.estimate(name, window_of(spec)), facts.outlook.get(name), spec)
        if estimate is not None and estimate.target is not None:
            reason = why_withheld(report.say, estimate.withheld) if estimate.withheld else ""
            found.append(Progress(name, spec, estimate, reason, grades.share_of_year(facts.month)))
    return found


def _with_target(estimate: Estimate | None, outlook: YearOutlook | None, spec: Indicator) -> Estimate | None:
    """A count has its target at the end of the year only; the months so far are held against it all the same."""
    if estimate is None or estimate.target is not None or outlook is None or spec.method != "count":
        return estimate
    lower, upper = outlook.target_lower, outlook.target_upper
    target = upper if lower is None else lower
    return replace(estimate, target_lower=lower, target_upper=upper, target=target)


def window_of(spec: Indicator) -> str:
    return "rolling_12" if spec.method in ANNUAL else "ytd"


def summary(found: list[Progress], facts: ShownArea, report: ReportContext) -> list[str]:
    """How many targets are met, missed and undecided; then each counted task beside the share of the year."""
    _ = report.say
    if not found:
        return []
    rates = [one for one in found if not one.is_task]
    counted = [one.verdict for one in rates]
    sentences = []
    unknown, number_of_rates = counted.count(""), len(rates)
    if rates and unknown == number_of_rates:
        sentences.append(
            _.plural(
                "targets.none_calculated",
                number_of_rates,
            )
        )
    elif rates:
        sentences.append(
            _.plural(
                "targets.summary",
                number_of_rates,
                met=counted.count(MET),
                missed=counted.count(MISSED),
                unclear=counted.count(UNCLEAR),
            )
        )
        if unknown:
            sentences.append(_.plural("targets.some_incomplete", unknown))
    months = facts.month.month
    sentences.append(
        _.plural(
            "targets.pro_rated",
            months,
            due=percent_of(found[0].due),
        )
    )
    sentences += [_task_sentence(task, report) for task in found if task.is_task and not task.reason]
    return sentences


def _task_sentence(task: Progress, report: ReportContext) -> str:
    _, estimate = report.say, task.estimate
    values = {
        "label": escape(report.heading_of(task.name)),
        "done": number(estimate.value),
        "unit": escape(report.named(task.spec.unit)),
        "share": percent_of(estimate.value / estimate.target),
        "interval": span(
            _, *(100 * bound / estimate.target for bound in (estimate.lower, estimate.upper)), 1
        ),
        "due": percent_of(task.due),
    }
    if task.due == 1:
        done = {name: values[name] for name in ("label", "done", "unit", "share")}
        if task.verdict == MET:
            return _("targets.year_met", **done)
        return _("targets.year_missed", **done)
    if task.verdict == MET:
        done = {name: values[name] for name in ("label", "done", "unit", "share")}
        return _("targets.done_already", **done)
    match task.pace:
        case "ahead":
            return _(
                "targets.ahead",
                **values,
            )
        case "behind":
            return _(
                "targets.behind",
                **values,
            )
    return _(
        "targets.pace_unclear",
        **values,
    )


def targets_table(found: list[Progress], facts: ShownArea, report: ReportContext, place: int) -> str:
    """Value with interval, target, gap and verdict; the grade where there are grades."""
    _ = report.say
    graded = {one.name: grades.grade_of(facts, one.estimate, report) for one in found}
    has_grades = any(graded.values())
    rows = []
    for one in found:
        row = [_label(one, report), *_value_cells(one, report)]
        row.append(_verdict_cell(_, one))
        if has_grades:
            row.append(UNKNOWN if one.reason else grades.word(_, graded.get(one.name, "")))
        rows.append(row)
    header = [
        *(_("labels.indicator"), _("targets.column_value"), _("labels.interval_95_short")),
        *(_("labels.target"), _("targets.column_gap")),
        _("targets.column_verdict"),
        *([_("targets.column_grade")] if has_grades else []),
    ]
    return numbered_table(_, place, _("targets.caption"), header, rows)


def _label(one: Progress, report: ReportContext) -> str:
    _, unit = report.say, points_of(report.say, one.spec.unit.zh)["rate"]
    label = escape(report.heading_of(one.name))
    if unit:
        label = _("labels.with_unit", label=label, unit=unit)
    return _("targets.label_last_12_months", label=label) if window_of(one.spec) == "rolling_12" else label


def _value_cells(one: Progress, report: ReportContext) -> list[str]:
    _, estimate, spec = report.say, one.estimate, one.spec
    unit = points_of(_, spec.unit.zh)
    target = target_text(_, estimate.target_lower, estimate.target_upper, unit["rate"])
    if one.reason:
        return [one.reason, "", target, UNKNOWN]
    return [
        *((number(estimate.value), "") if one.is_task else value_and_interval(_, estimate, spec.decimals)),
        target,
        left_to_do(_, estimate) if one.is_task else gap_text(_, estimate, spec.decimals, unit["points"]),
    ]


def _verdict_cell(_: Translator, one: Progress) -> str:
    if one.reason:
        return UNKNOWN
    if one.verdict:
        return f"[{against_target(_, one.verdict)}]{{.verdict .{TONES[one.verdict]}}}"
    paces = {AHEAD: _("verdicts.ahead"), BEHIND: _("verdicts.behind"), UNCLEAR: _("verdicts.unclear")}
    return f"[{paces[one.pace]}]{{.verdict .unclear}}"
