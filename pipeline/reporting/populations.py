"""The population that the rates are made of, as a count of its own: for pages that have no rate to show it with."""

from __future__ import annotations

from pipeline.reporting import wording
from pipeline.reporting.edition import Edition
from pipeline.reporting.facts import AreaFacts

RATE = "natural_growth_rate"


def population_of(facts: AreaFacts, edition: Edition) -> int | None:
    """The population at the end of the month; None where it is not known, or too small to be shown."""
    terms = edition.indicators[RATE].formula.denominator
    counts = [facts.counts.get((element, "month")) for element in terms]
    if not counts or None in counts:
        return None
    people = sum(sign * count for sign, count in zip(terms.values(), counts, strict=True))
    return None if 0 < people < edition.settings.withhold_counts_below else people


def population_name(edition: Edition) -> str:
    return wording.population(edition.say, edition.indicators[RATE].concept)
