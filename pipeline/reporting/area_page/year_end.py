"""Where the year will end, and with what probability within the target."""

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.records import ShownArea, YearOutlook
from pipeline.reporting.shown.rule import NOT_APPLICABLE
from pipeline.reporting.text.absent import absent, shown_or_absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.verdicts import points_of
from pipeline.reporting.text.wording import span
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator


def outlook_of(facts: ShownArea, report: ReportContext) -> list[YearOutlook]:
    """The outlooks that may be printed, the reported indicators first."""
    outlooks = [facts.outlook[name] for name in report.reported_first if name in facts.outlook]
    return [one for one in outlooks if one.months_left and not one.withheld]


def outlook_table(facts: ShownArea, report: ReportContext, place: int) -> str:
    """The whole year: median, 80 % and 95 % intervals, the probability of the target, and what is left to do.

    For a sex ratio it is not said what is left to do: nobody is to bring one about.
    """
    _, found = report.say, outlook_of(facts, report)
    has_targets = any(one.probability_met is not None for one in found)
    rows, none = [], absent(_, NOT_APPLICABLE)
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
                none if one.probability_met is None else percent(_, one.probability_met),
                none
                if spec.method == "sex_ratio"
                else shown_or_absent(_, _needed(_, one, spec.decimals, unit), NOT_APPLICABLE),
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
    expected = number(one.expected_rest, decimals) + unit
    if lower is not None and upper is not None:
        return _("outlook.needed", needed=span(_, lower, upper, decimals) + unit, expected=expected)
    if lower is None:
        return _("outlook.needed_at_most", bound=number(upper, decimals) + unit, expected=expected)
    return _("outlook.needed_at_least", bound=number(lower, decimals) + unit, expected=expected)
