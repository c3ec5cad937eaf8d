"""The population that the rates are made of, as a count of its own: for pages that have no rate to show it with."""

from __future__ import annotations

from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.text import wording

RATE = "natural_growth_rate"


def population_of(facts: AreaFacts, report: ReportContext) -> int | None:
    """The population at the end of the month; None where it is not known, or too small to be shown."""
    terms = report.indicators[RATE].formula.denominator
    counts = [facts.counts.get((element, "month")) for element in terms]
    if not counts or None in counts:
        return None
    people = sum(sign * count for sign, count in zip(terms.values(), counts, strict=True))
    return None if 0 < people < report.settings.withhold_counts_below else people


def population_name(report: ReportContext) -> str:
    return wording.population(report.say, report.indicators[RATE].concept)
