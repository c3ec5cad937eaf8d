"""The tables of a report on the sex ratio and the areas within, cell by cell. Each takes its number in the page."""

from collections.abc import Sequence

from pipeline.reference import Indicator
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import Estimate
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.rule import FEW_BIRTHS, INCOMPLETE, VITAL
from pipeline.reporting.text.absent import absent, shown_or_absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.verdicts import points_of, why_withheld
from pipeline.reporting.text.wording import interval, window_name
from pipeline.words.months import month_name
from pipeline.words.names import capital
from pipeline.words.numbers import number
from pipeline.words.translations import Translator


def sex_ratio_table(facts: ShownArea, report: ReportContext, place: int) -> str:
    """The sex ratio by window and by calendar year, each with births and interval.

    Empty where no period has births enough.
    """
    _, spec = report.say, report.indicators["sex_ratio_at_birth"]
    # by name, as in December the year so far, the twelve months and the year are one
    periods = {
        capital(window_name(_, name, facts.month)): facts.estimate("sex_ratio_at_birth", name)
        for name in ("ytd", "rolling_12")
    } | {_("labels.year", year=year): estimate for year, estimate in reversed(facts.years[-5:])}
    if not any(estimate and not estimate.withheld for estimate in periods.values()):
        return ""
    rows = []
    for label, estimate in periods.items():
        if estimate is None or estimate.withheld:
            reason = estimate.withheld if estimate else INCOMPLETE
            is_few = reason == FEW_BIRTHS
            dash = absent(_, reason)
            births = _("withheld.fewer_than", threshold=spec.withhold_below) if is_few else dash
            cells = [births, dash, why_withheld(_, reason)]
        else:
            value = number(estimate.value, 1)
            if estimate.is_uncertain:
                value = f"[{value}]{{.uncertain}}"
            cells = [number(estimate.births), value, interval(_, estimate, 1)]
        rows.append([label, *cells])
    header = [
        *(_("labels.period"), _("labels.births"), _("labels.sex_ratio_short"), _("labels.interval_95")),
    ]
    caption = _("sex_ratio.caption", threshold=number(spec.uncertain_below))
    return numbered_table(_, place, caption, header, rows)


def members_table(facts: ShownArea, report: ReportContext, names: dict[str, str], place: int) -> str:
    """Areas of the next level: births, deaths and rates of the last twelve months.

    `names` are those of the members as the page prints them, by code. What there are no figures for in any area has no
    column; without births and deaths it is the population. Empty where no member has reported.
    """
    _, members = report.say, facts.members
    births, deaths, growth, ratios = (
        [member.estimate(name, "rolling_12") for member in members] for name in VITAL
    )
    if not any(one and one.is_counted for one in (*births, *deaths)):
        return _members_people(facts, report, names, place)
    columns: list[tuple[str, Sequence[str]]] = [
        (_("labels.area"), [names[member.area_code] for member in members])
    ]
    if report.has("birth_rate") or report.has("death_rate"):
        denominators = [
            next((e.denominator for e in pair if e), None) for pair in zip(births, deaths, strict=True)
        ]
        people = [shown_or_absent(_, number(one), INCOMPLETE) for one in denominators]
        columns.append((_("members.column_population"), people))
    for rate, name, estimates in (
        ("birth_rate", _("labels.births_short"), births),
        ("death_rate", _("labels.deaths_short"), deaths),
    ):
        if report.has_counts(rate):
            columns.append((name, [_count(_, e) for e in estimates]))
    for rate, name, estimates in (
        ("birth_rate", _("labels.birth_rate_per_1000"), births),
        ("death_rate", _("labels.death_rate_per_1000"), deaths),
        ("natural_growth_rate", _("overview.areas.column_growth"), growth),
    ):
        if report.has(rate):
            columns += _with_intervals(
                name, _, [value_and_interval(_, estimate, 1) for estimate in estimates]
            )
    spec = report.indicators["sex_ratio_at_birth"]
    if any(ratio and not ratio.withheld for ratio in ratios):
        shown = [_ratio(_, ratio, spec) for ratio in ratios]
        columns += _with_intervals(_("labels.sex_ratio_at_birth"), _, shown)
    caption = (
        _("members.caption_rates")
        if report.has_counts("death_rate") and report.has_counts("birth_rate")
        else _("members.caption_counts")
    )
    header, cells = zip(*columns, strict=True)
    return numbered_table(_, place, caption, header, list(zip(*cells, strict=True)))


def _with_intervals(
    name: str, _: Translator, cells: Sequence[tuple[str, str]]
) -> list[tuple[str, Sequence[str]]]:
    """The column of the values and, at its right, that of their intervals."""
    values, intervals = zip(*cells, strict=True)
    return [(name, values), (_("labels.interval_95_short"), intervals)]


def _members_people(facts: ShownArea, report: ReportContext, names: dict[str, str], place: int) -> str:
    """The population of the areas of the next level, where there are neither births nor deaths of any area."""
    if report.has_counts("birth_rate") or report.has_counts("death_rate"):
        return ""
    _, people = report.say, [member.people for member in facts.members]
    if all(one is None for one in people):
        return ""
    caption = _(
        "members.caption_population", month=month_name(_, facts.month), population=report.population_name
    )
    rows = [
        [names[member.area_code], shown_or_absent(_, number(one), INCOMPLETE)]
        for member, one in zip(facts.members, people, strict=True)
    ]
    return numbered_table(_, place, caption, [_("labels.area"), _("members.column_people")], rows)


def _count(_: Translator, estimate: Estimate | None) -> str:
    if estimate is None:
        return absent(_, INCOMPLETE)
    return shown_or_absent(_, number(estimate.numerator), estimate.why_absent)


def with_unit(spec: Indicator, report: ReportContext) -> str:
    """`出生率（‰）`: the name of an indicator at the head of a line."""
    unit, label = points_of(report.say, spec.unit.zh)["rate"], escape(report.heading_of(spec.name))
    return report.say("labels.with_unit", label=label, unit=unit) if unit else label


def value_and_interval(_: Translator, estimate: Estimate | None, decimals: int) -> tuple[str, str]:
    """`3.16` and `2.81～3.53`: two cells, so that a column has its numbers at the decimal point."""
    if estimate is None or estimate.known is None:
        dash = absent(_, estimate.why_absent if estimate else INCOMPLETE)
        return dash, dash
    return number(estimate.value, decimals), interval(_, estimate, decimals)


def _ratio(_: Translator, ratio: Estimate | None, spec: Indicator) -> tuple[str, str]:
    """The sex ratio of an area within; in grey where its births are few."""
    cells = value_and_interval(_, ratio, spec.decimals)
    if not ratio or not ratio.is_uncertain or ratio.withheld:
        return cells
    value, limits = (f"[{cell}]{{.uncertain}}" for cell in cells)
    return value, limits
