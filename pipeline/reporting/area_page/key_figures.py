"""The key figures at the head of a report, one card each."""

from dataclasses import dataclass

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import UNCLEAR, Estimate
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.rule import FEW_BIRTHS, INCOMPLETE, WITHOUT_COUNTS
from pipeline.reporting.text.verdicts import (
    TONES,
    against_range,
    changed,
    why_withheld,
)
from pipeline.reporting.text.wording import interval, short_window
from pipeline.words.months import month_name
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"


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
    """Sex ratio, natural growth, births and deaths of the last twelve months, and without these the population.

    What there are no figures for in any area has no card.
    """
    _, cards = report.say, []
    if report.has(SEX_RATIO):
        cards.append(_sex_ratio_card(facts, report))
    if report.has(GROWTH):
        cards.append(_growth_card(_, facts))
    for name, label in (("birth_rate", "cards.births"), ("death_rate", "cards.deaths")):
        if report.has_counts(name):
            cards.append(_count_card(_, facts, name, label, report.has(name)))
    return cards or _population_cards(facts, report)


def _population_cards(facts: ShownArea, report: ReportContext) -> list[Card]:
    _ = report.say
    if facts.people is None:
        return []
    label = _("cards.population", month=month_name(_, facts.month), population=report.population_name)
    return [Card(label, number(facts.people), _("cards.people"), "", "", UNCLEAR)]


def _sex_ratio_card(facts: ShownArea, report: ReportContext) -> Card:
    """With the verdict on its range; where it has none, on its change."""
    _, estimate = report.say, facts.headline(SEX_RATIO)
    label = _("cards.sex_ratio", months=_months(_, facts, estimate))
    if estimate is None or estimate.withheld == INCOMPLETE:
        return _empty(_, label, _("cards.births_incomplete"))
    if estimate.withheld == FEW_BIRTHS:
        return _empty(_, label, _("cards.too_few_births"))
    if estimate.withheld:
        return _empty(_, label, why_withheld(_, estimate.withheld))
    verdict = facts.verdict(SEX_RATIO, "normal_range")
    said = against_range(_, verdict), TONES.get(verdict, UNCLEAR)
    return Card(
        label,
        number(estimate.value, 1),
        _("cards.per_100_females"),
        _interval(_, estimate, 1),
        *(said if report.normal_range else _change(_, facts, SEX_RATIO)),
        _last_year(_, number(estimate.value_last_year, 1)) if estimate.change is not None else "",
    )


def _growth_card(_: Translator, facts: ShownArea) -> Card:
    estimate = facts.headline(GROWTH)
    label = _("cards.natural_growth_rate", months=_months(_, facts, estimate))
    if estimate is None or estimate.withheld:
        return _not_shown(_, label, estimate)
    return Card(
        label,
        number(estimate.value, 2),
        "‰",
        _interval(_, estimate, 2),
        *_change(_, facts, GROWTH),
        _last_year(_, f"{number(estimate.value_last_year, 2)}‰") if estimate.change is not None else "",
    )


def _count_card(_: Translator, facts: ShownArea, name: str, message: str, has_rate: bool) -> Card:
    rate = facts.headline(name)
    label = _(message, months=_months(_, facts, rate))
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
    # a count alone is not judged, so that nothing is said of a comparison either
    verdict = _change(_, facts, name) if has_rate else ("", UNCLEAR)
    return Card(label, number(rate.numerator), _("cards.people"), rates, *verdict, before)


def _not_shown(_: Translator, label: str, estimate: Estimate | None) -> Card:
    reason = estimate.withheld if estimate else INCOMPLETE
    return _empty(
        _, label, why_withheld(_, reason), _("cards.no_comparison") if reason in WITHOUT_COUNTS else ""
    )


def _empty(_: Translator, label: str, why: str, verdict: str = "") -> Card:
    return Card(label, UNKNOWN, "", why, verdict or _("cards.not_calculated"), UNCLEAR)


def _interval(_: Translator, estimate: Estimate, decimals: int) -> str:
    return _("cards.interval", interval=interval(_, estimate, decimals))


def _last_year(_: Translator, value: str) -> str:
    return _("cards.last_year", value=value)


def _months(_: Translator, facts: ShownArea, estimate: Estimate | None) -> str:
    """The window of the headline value, as a card says it."""
    return short_window(_, estimate.time_window if estimate else "rolling_12", facts.month)


def _change(_: Translator, facts: ShownArea, indicator: str) -> tuple[str, str]:
    """The verdict on the change over twelve months, and the tone to set it in."""
    verdict = facts.verdict(indicator, "change")
    return changed(_, verdict), TONES.get(verdict, UNCLEAR)
