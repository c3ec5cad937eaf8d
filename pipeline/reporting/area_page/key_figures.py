"""The key figures at the head of a report, one card each."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reference import Indicator
from pipeline.reporting.facts.estimate import UNCLEAR, Estimate
from pipeline.reporting.facts.populations import population_name, population_of
from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.verdicts import (
    TONES,
    against_last_year,
    against_range,
    ci,
    has_sex_ratio,
    is_small,
    not_comparable,
    too_small,
)
from pipeline.reporting.text.wording import UNKNOWN, interval, month_name, number, short_window
from pipeline.words.translations import Translator


@dataclass(frozen=True)
class Card:
    """One key figure: what it is, its value and unit, its interval, last year's, and a verdict in words."""

    label: str
    value: str
    unit: str
    interval: str
    verdict: str
    tone: str
    comparison: str = ""


def key_figures(facts: AreaFacts, report: ReportContext) -> list[Card]:
    """Sex ratio, natural growth, births and deaths of the year so far, and without these the population.

    What there are no figures for in any area has no card.
    """
    _, spec = report.say, report.indicators["sex_ratio_at_birth"]
    months = short_window(_, "ytd", facts.month)
    is_hidden = is_small(facts, report.settings.withhold_counts_below)
    cards = []
    if report.has("sex_ratio_at_birth"):
        cards.append(_sex_ratio_card(_, facts.estimate("sex_ratio_at_birth"), spec, months))
    if report.has("natural_growth_rate"):
        cards.append(_growth_card(_, facts.estimate("natural_growth_rate"), months, is_hidden))
    for name, label in (("birth_rate", _("cards.births")), ("death_rate", _("cards.deaths"))):
        if report.has_counts(name):
            label = label.format(months=months)
            cards.append(_count_card(_, facts.estimate(name), label, is_hidden, report.has(name)))
    return cards or _population_cards(facts, report)


def _population_cards(facts: AreaFacts, report: ReportContext) -> list[Card]:
    _, people = report.say, population_of(facts, report)
    if people is None:
        return []
    label = _("cards.population", month=month_name(_, facts.month), population=population_name(report))
    return [Card(label, number(people), _("cards.people"), "", "", UNCLEAR)]


def _sex_ratio_card(_: Translator, estimate: Estimate | None, spec: Indicator, months: str) -> Card:
    label = _("cards.sex_ratio", months=months)
    if estimate is None or estimate.numerator is None or estimate.denominator is None:
        return _empty(_, label, _("cards.births_incomplete"))
    if not has_sex_ratio(estimate, spec):
        return _empty(_, label, _("cards.too_few_births"))
    verdict = estimate.against(*spec.normal_range)
    return Card(
        label,
        number(estimate.value, 1),
        _("cards.per_100_females"),
        f"{ci(_)} {interval(_, estimate, 1)}",
        against_range(_, verdict),
        TONES[verdict],
        _last_year(_, number(estimate.value_last_year, 1)) if estimate.change is not None else "",
    )


def _growth_card(_: Translator, estimate: Estimate | None, months: str, is_hidden: bool) -> Card:
    label = _("cards.natural_growth_rate", months=months)
    if estimate is None or not estimate.is_known:
        return _empty(_, label, not_comparable(_))
    if is_hidden:
        return _empty(_, label, too_small(_), _("cards.no_comparison"))
    return Card(
        label,
        number(estimate.value, 2),
        "‰",
        f"{ci(_)} {interval(_, estimate, 2)}",
        *_move(_, estimate),
        _last_year(_, f"{number(estimate.value_last_year, 2)}‰") if estimate.change is not None else "",
    )


def _count_card(_: Translator, rate: Estimate | None, label: str, is_hidden: bool, has_rate: bool) -> Card:
    if rate is None or rate.numerator is None:
        return _empty(_, label, not_comparable(_))
    if is_hidden:
        return _empty(_, label, too_small(_), _("cards.no_comparison"))
    rates = (
        _("cards.rate", rate=number(rate.value, 2), interval=interval(_, rate, 2))
        if rate.is_known
        else _("cards.no_rate")
        if has_rate
        else ""
    )
    before = _last_year(_, number(rate.numerator_last_year)) if rate.change is not None else ""
    return Card(label, number(rate.numerator), _("cards.people"), rates, *_move(_, rate), before)


def _empty(_: Translator, label: str, why: str, verdict: str = "") -> Card:
    return Card(label, UNKNOWN, "", why, verdict or _("cards.not_calculated"), UNCLEAR)


def _last_year(_: Translator, value: str) -> str:
    return _("cards.last_year", value=value)


def _move(_: Translator, estimate: Estimate) -> tuple[str, str]:
    """The verdict on the change from last year, and the tone to set it in."""
    if estimate.change_lower is None:
        return _("cards.no_comparison"), UNCLEAR
    verdict = estimate.against_last_year
    return against_last_year(_, verdict), UNCLEAR if verdict == UNCLEAR else "moved"
