"""Where the year will end, and with what probability within the target."""

from __future__ import annotations

from pipeline.reporting.facts.records import AreaFacts, YearOutlook
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.verdicts import has_sex_ratio, is_small, points_of, why_withheld
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.wording import UNKNOWN, number, span
from pipeline.words.translations import Translator


def outlook_of(facts: AreaFacts, report: ReportContext) -> list[YearOutlook]:
    """The outlooks that may be printed, the reported indicators first."""
    order = [*REPORTED, *(name for name in report.indicators if name not in REPORTED)]
    return [
        facts.outlook[name]
        for name in order
        if name in facts.outlook and facts.outlook[name].months_left and _is_shown(facts, name, report)
    ]


def _is_shown(facts: AreaFacts, name: str, report: ReportContext) -> bool:
    estimate, spec = facts.estimate(name, "ytd"), report.indicators[name]
    threshold = report.settings.withhold_counts_below
    if spec.method == "sex_ratio":
        return has_sex_ratio(estimate, spec)
    if name in REPORTED and is_small(facts, threshold):
        return False
    return estimate is not None and not why_withheld(report.say, facts, estimate, spec, threshold)


def outlook_table(facts: AreaFacts, report: ReportContext, place: int) -> str:
    """The whole year: median, 80 % and 95 % intervals, the probability of the target, and what is left to do.

    A sex ratio is nothing to be brought about: what the remaining births would have to be is not said.
    """
    _, found = report.say, outlook_of(facts, report)
    has_targets = any(one.probability_met is not None for one in found)
    rows = []
    for one in found:
        spec = report.indicators[one.indicator]
        unit = points_of(_, spec.unit.zh)["rate"]
        row = [
            escape(report.heading_of(one.indicator)),
            number(one.projected, spec.decimals) + unit,
            span(_, one.lower_80, one.upper_80, spec.decimals),
            span(_, one.lower_95, one.upper_95, spec.decimals),
        ]
        if has_targets:
            row += [
                UNKNOWN if one.probability_met is None else percent(_, one.probability_met),
                UNKNOWN if spec.method == "sex_ratio" else _needed(_, one, spec.decimals, unit),
            ]
        rows.append(row)
    header = [
        _("labels.indicator"),
        _("labels.outlook"),
        _("labels.interval_80"),
        _("labels.interval_95_short"),
    ]
    if has_targets:
        header += [_("labels.probability_of_target"), _("outlook.column_needed")]
    caption = _("outlook.caption", count=found[0].months_left) if found else ""
    return numbered_table(_, place, caption, header, rows)


def percent(_: Translator, probability: float) -> str:
    """In whole per cent, never as certain."""
    if probability < 0.01:
        return _("numbers.probability_below_1")
    return _("outlook.probability_above_99") if probability > 0.99 else f"{number(100 * probability)}%"


def _needed(_: Translator, one: YearOutlook, decimals: int, unit: str) -> str:
    """What the remaining months must bring, and what they are expected to bring."""
    lower, upper = one.needed_rest_lower, one.needed_rest_upper
    if (lower is None and upper is None) or one.expected_rest is None:
        return UNKNOWN
    if upper is None and lower is not None and lower <= 0:
        return _("outlook.nothing_needed")
    shown = [None if bound is None else number(bound, decimals) for bound in (lower, upper)]
    expected = number(one.expected_rest, decimals) + unit
    if shown[0] and shown[1]:
        return _("outlook.needed", needed=span(_, lower, upper, decimals) + unit, expected=expected)
    if shown[1]:
        return _("outlook.needed_at_most", bound=shown[1] + unit, expected=expected)
    return _("outlook.needed_at_least", bound=shown[0] + unit, expected=expected)
