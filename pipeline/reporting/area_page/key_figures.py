"""The key figures at the head of a report, one card each."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import UNCLEAR, Estimate
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.rule import FEW_BIRTHS, INCOMPLETE, WITHOUT_COUNTS
from pipeline.reporting.text.verdicts import (
    TONES,
    against_last_year,
    against_range,
    why_withheld,
)
from pipeline.reporting.text.wording import interval, short_window
from pipeline.words.months import month_name
from pipeline.words.numbers import UNKNOWN, number
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


def key_figures(facts: ShownArea, report: ReportContext) -> list[Card]:
    """Sex ratio, natural growth, births and deaths of the year so far, and without these the population.

    What there are no figures for in any area has no card.
    """
    _, months = report.say, short_window(report.say, "ytd", facts.month)
    cards = []
    if report.has("sex_ratio_at_birth"):
        cards.append(_sex_ratio_card(_, facts.estimate("sex_ratio_at_birth"), report.normal_range, months))
    if report.has("natural_growth_rate"):
        cards.append(_growth_card(_, facts.estimate("natural_growth_rate"), months))
    for name, label in (("birth_rate", _("cards.births")), ("death_rate", _("cards.deaths"))):
        if report.has_counts(name):
            label = label.format(months=months)
            cards.append(_count_card(_, facts.estimate(name), label, report.has(name)))
    return cards or _population_cards(facts, report)


def _population_cards(facts: ShownArea, report: ReportContext) -> list[Card]:
    _ = report.say
    if facts.people is None:
        return []
    label = _("cards.population", month=month_name(_, facts.month), population=report.population_name)
    return [Card(label, number(facts.people), _("cards.people"), "", "", UNCLEAR)]


def _sex_ratio_card(
    _: Translator, estimate: Estimate | None, normal: tuple[float, float], months: str
) -> Card:
    label = _("cards.sex_ratio", months=months)
    if estimate is None or estimate.withheld == INCOMPLETE:
        return _empty(_, label, _("cards.births_incomplete"))
    if estimate.withheld == FEW_BIRTHS:
        return _empty(_, label, _("cards.too_few_births"))
    if estimate.withheld:
        return _empty(_, label, why_withheld(_, estimate.withheld))
    verdict = estimate.against(*normal)
    return Card(
        label,
        number(estimate.value, 1),
        _("cards.per_100_females"),
        _interval(_, estimate, 1),
        against_range(_, verdict),
        TONES[verdict],
        _last_year(_, number(estimate.value_last_year, 1)) if estimate.change is not None else "",
    )


def _growth_card(_: Translator, estimate: Estimate | None, months: str) -> Card:
    label = _("cards.natural_growth_rate", months=months)
    if estimate is None or estimate.withheld:
        return _not_shown(_, label, estimate)
    return Card(
        label,
        number(estimate.value, 2),
        "‰",
        _interval(_, estimate, 2),
        *_move(_, estimate),
        _last_year(_, f"{number(estimate.value_last_year, 2)}‰") if estimate.change is not None else "",
    )


def _count_card(_: Translator, rate: Estimate | None, label: str, has_rate: bool) -> Card:
    if rate is None or rate.numerator is None:
        return _not_shown(_, label, rate)
    rates = (
        _("cards.rate", rate=number(rate.value, 2), interval=interval(_, rate, 2))
        if rate.known
        else _("cards.no_rate")
        if has_rate
        else ""
    )
    before = _last_year(_, number(rate.numerator_last_year)) if rate.change is not None else ""
    return Card(label, number(rate.numerator), _("cards.people"), rates, *_move(_, rate), before)


def _not_shown(_: Translator, label: str, estimate: Estimate | None) -> Card:
    reason = estimate.withheld if estimate else INCOMPLETE
    return _empty(
        _, label, why_withheld(_, reason), _("cards.no_comparison") if reason in WITHOUT_COUNTS else ""
    )


def _empty(_: Translator, label: str, why: str, verdict: str = "") -> Card:
    return Card(label, UNKNOWN, "", why, verdict or _("cards.not_calculated"), UNCLEAR)


def _interval(_: Translator, estimate: Estimate, decimals: int) -> str:
    return f"{_('labels.interval_95')} {interval(_, estimate, decimals)}"


def _last_year(_: Translator, value: str) -> str:
    return _("cards.last_year", value=value)


def _move(_: Translator, estimate: Estimate) -> tuple[str, str]:
    """The verdict on the change from last year, and the tone to set it in."""
    if estimate.change_lower is None:
        return _("cards.no_comparison"), UNCLEAR
    verdict = estimate.against_last_year
    return against_last_year(_, verdict), UNCLEAR if verdict == UNCLEAR else "moved"
