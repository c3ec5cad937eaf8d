"""The tables of a report on births, deaths and growth, cell by cell. Each takes its number in the page."""

from __future__ import annotations

from pipeline.reference import Indicator
from pipeline.reporting.facts.estimate import Estimate
from pipeline.reporting.facts.populations import population_name, population_of
from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.verdicts import ci, has_sex_ratio, is_small, moved, not_comparable, word
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.wording import (
    UNKNOWN,
    change_interval,
    interval,
    month_name,
    number,
    span,
    window_name,
    withheld,
)
from pipeline.words.translations import Translator


def situation_table(facts: AreaFacts, report: ReportContext, place: int) -> str:
    """Counts and rates of the year so far beside the same months of last year."""
    _, rows = report.say, []
    is_hidden = is_small(facts, report.settings.withhold_counts_below)
    for indicator, count_name, rate_name in (
        ("birth_rate", _("situation.row_births"), _("labels.birth_rate_per_1000")),
        ("death_rate", _("situation.row_deaths"), _("labels.death_rate_per_1000")),
        ("natural_growth_rate", _("situation.row_natural_change"), _("situation.row_natural_growth_rate")),
    ):
        estimate = facts.estimate(indicator)
        if estimate is None or not report.has_counts(indicator):
            continue
        counts = (estimate.numerator, estimate.numerator_last_year)
        rows.append([count_name, *(shown(value, is_hidden) for value in counts), "", ""])
        if not report.has(indicator):
            continue
        rows.append(
            [
                rate_name,
                UNKNOWN if is_hidden else with_interval(_, estimate, 2),
                UNKNOWN if is_hidden else number(estimate.value_last_year, 2),
                UNKNOWN if is_hidden else _change(_, estimate, 2),
                "" if is_hidden or estimate.change_lower is None else moved(_, estimate.against_last_year),
            ]
        )
    caption = _("situation.caption_rates")
    header = [
        _("labels.indicator"),
        window_name(_, "ytd", facts.month),
        _("situation.column_last_year"),
        _("labels.difference"),
        _("situation.column_comparison"),
    ]
    if not (report.has("birth_rate") or report.has("death_rate")):
        caption, header, rows = _("situation.heading"), header[:3], [row[:3] for row in rows]
    return numbered_table(_, place, caption, header, rows)


def sex_ratio_table(facts: AreaFacts, report: ReportContext, place: int) -> str:
    """The sex ratio by window and by calendar year, each with births, interval, and two verdicts.

    Empty where no period has births enough.
    """
    _, spec = report.say, report.indicators["sex_ratio_at_birth"]
    windows = [
        (_capital(window_name(_, name, facts.month)), facts.estimate("sex_ratio_at_birth", name))
        for name in ("ytd", "rolling_12")
    ]
    years = [(_("labels.year", year=year), estimate) for year, estimate in reversed(facts.years[-5:])]
    if not any(has_sex_ratio(estimate, spec) for _label, estimate in (*windows, *years)):
        return ""
    has_baseline = spec.baseline is not None
    rows = []
    for label, estimate in (*windows, *years):
        if estimate is None or estimate.numerator is None or estimate.denominator is None:
            cells = [UNKNOWN, UNKNOWN, UNKNOWN, not_comparable(_)]
        elif estimate.births < spec.withhold_below or not estimate.is_known:
            few = _("withheld.fewer_than", threshold=spec.withhold_below)
            cells = [few, UNKNOWN, UNKNOWN, _("withheld.too_few_births")]
        else:
            value = number(estimate.value, 1)
            if estimate.births < spec.uncertain_below:
                value = f"[{value}]{{.uncertain}}"
            verdicts = [word(_, estimate.against(*spec.normal_range))]
            if has_baseline:
                verdicts.append(word(_, estimate.against(*spec.baseline)))
            cells = [number(estimate.births), value, interval(_, estimate, 1), *verdicts]
        rows.append([label, *cells, *[UNKNOWN] * (4 + has_baseline - len(cells))])
    header = [
        *(_("labels.period"), _("labels.births"), _("labels.sex_ratio_short"), ci(_)),
        _("sex_ratio.column_normal_range", range=span(_, *spec.normal_range, 0)),
    ]
    if has_baseline:
        header.append(_("sex_ratio.column_baseline", range=span(_, *spec.baseline, 1)))
    caption = _(
        "sex_ratio.caption",
        threshold=number(spec.uncertain_below),
    )
    return numbered_table(_, place, caption, header, rows)


def members_table(facts: AreaFacts, report: ReportContext, names: dict[str, str], place: int) -> str:
    """Areas of the next level: births, deaths and rates of the last twelve months, small counts withheld.

    `names` are those of the members as the page prints them, by code. What there are no figures for in any area has no
    column; without births and deaths it is the population. Empty where no member has reported.
    """
    _, threshold = report.say, report.settings.withhold_counts_below
    births = [member.estimate("birth_rate", "rolling_12") for member in facts.members]
    deaths = [member.estimate("death_rate", "rolling_12") for member in facts.members]
    if not any(one and one.numerator is not None for one in (*births, *deaths)):
        return _members_people(facts, report, names, place)
    hidden_births = withheld([e.numerator if e else None for e in births], threshold)
    hidden_deaths = withheld([e.numerator if e else None for e in deaths], threshold)
    spec = report.indicators["sex_ratio_at_birth"]
    ratios = [member.estimate("sex_ratio_at_birth", "rolling_12") for member in facts.members]
    columns = {_("labels.area"): [names[member.area_code] for member in facts.members]}
    if report.has("birth_rate") or report.has("death_rate"):
        denominators = [
            next((e.denominator for e in pair if e), None) for pair in zip(births, deaths, strict=True)
        ]
        columns[_("members.column_population")] = [number(people) for people in denominators]
    for rate, name, estimates, hidden in (
        ("birth_rate", _("labels.births_short"), births, hidden_births),
        ("death_rate", _("labels.deaths_short"), deaths, hidden_deaths),
    ):
        if report.has_counts(rate):
            counts = [e.numerator if e else None for e in estimates]
            columns[name] = [shown(*cell) for cell in zip(counts, hidden, strict=True)]
    for rate, name, estimates, hidden in (
        ("birth_rate", _("labels.birth_rate_per_1000"), births, hidden_births),
        ("death_rate", _("labels.death_rate_per_1000"), deaths, hidden_deaths),
        (
            "natural_growth_rate",
            _("overview.areas.column_growth"),
            [member.estimate("natural_growth_rate", "rolling_12") for member in facts.members],
            [any(pair) for pair in zip(hidden_births, hidden_deaths, strict=True)],
        ),
    ):
        if report.has(rate):
            columns[name] = [
                UNKNOWN if is_hidden else with_interval(_, estimate, 1)
                for estimate, is_hidden in zip(estimates, hidden, strict=True)
            ]
    if any(has_sex_ratio(ratio, spec) for ratio in ratios):
        columns[_("labels.sex_ratio_at_birth")] = [_ratio(_, ratio, spec) for ratio in ratios]
    caption = (
        _("members.caption_rates")
        if report.has_counts("death_rate") and report.has_counts("birth_rate")
        else _("members.caption_counts")
    )
    return numbered_table(_, place, caption, list(columns), list(zip(*columns.values(), strict=True)))


def _members_people(facts: AreaFacts, report: ReportContext, names: dict[str, str], place: int) -> str:
    """The population of the areas of the next level, where there are neither births nor deaths of any area."""
    if report.has_counts("birth_rate") or report.has_counts("death_rate"):
        return ""
    _, people = report.say, [population_of(member, report) for member in facts.members]
    if all(one is None for one in people):
        return ""
    caption = _(
        "members.caption_population", month=month_name(_, facts.month), population=population_name(report)
    )
    rows = [[names[member.area_code], number(one)] for member, one in zip(facts.members, people, strict=True)]
    return numbered_table(_, place, caption, [_("labels.area"), _("members.column_people")], rows)


def with_interval(_: Translator, estimate: Estimate | None, decimals: int) -> str:
    """`3.16（2.81～3.53）`."""
    if estimate is None or not estimate.is_known:
        return UNKNOWN
    return _(
        "numbers.value_and_interval",
        value=number(estimate.value, decimals),
        interval=interval(_, estimate, decimals),
    )


def _ratio(_: Translator, ratio: Estimate | None, spec: Indicator) -> str:
    """The sex ratio of an area within; in grey, or not at all, where its births are few."""
    if not has_sex_ratio(ratio, spec):
        return UNKNOWN
    text = with_interval(_, ratio, spec.decimals)
    return f"[{text}]{{.uncertain}}" if ratio.births < spec.uncertain_below else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def shown(value: float | None, is_hidden: bool) -> str:
    return UNKNOWN if is_hidden else number(value)


def _change(_: Translator, estimate: Estimate, decimals: int) -> str:
    if estimate.change is None:
        return UNKNOWN
    change = number(estimate.change, decimals, sign=True)
    return _("numbers.value_and_interval", value=change, interval=change_interval(_, estimate, decimals))
