"""What is said of a figure in a word, and why a figure is not said at all."""

from __future__ import annotations

from pipeline.reference import Indicator
from pipeline.reporting.facts.estimate import HIGHER, LOWER, MET, MISSED, UNCLEAR, Estimate
from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.text.wording import NO_BREAK
from pipeline.words.translations import Translator, read_translator

TONES = {HIGHER: "higher", LOWER: "lower", UNCLEAR: "unclear", MET: "good", MISSED: "missed"}


def ci(_: Translator) -> str:
    return _("labels.interval_95")


def word(_: Translator, verdict: str) -> str:
    return {HIGHER: _("verdicts.high"), LOWER: _("verdicts.low"), UNCLEAR: _("verdicts.unclear")}.get(
        verdict, _("verdicts.not_compared")
    )


def moved(_: Translator, verdict: str) -> str:
    return {HIGHER: _("verdicts.rising"), LOWER: _("verdicts.falling"), UNCLEAR: _("verdicts.unclear")}[
        verdict
    ]


def against_range(_: Translator, verdict: str) -> str:
    words = {
        HIGHER: _("verdicts.above_normal"),
        LOWER: _("verdicts.below_normal"),
        UNCLEAR: _("verdicts.normal_unclear"),
    }
    return words[verdict]


def against_last_year(_: Translator, verdict: str) -> str:
    words = {
        HIGHER: _("verdicts.above_last_year"),
        LOWER: _("verdicts.below_last_year"),
        UNCLEAR: _("verdicts.last_year_unclear"),
    }
    return words[verdict]


def against_target(_: Translator, verdict: str) -> str:
    return {MET: _("verdicts.met"), MISSED: _("verdicts.missed"), UNCLEAR: _("verdicts.unclear")}[verdict]


def points_of(_: Translator, unit: str) -> dict[str, str]:
    """The unit of a rate and of a difference of two: per mille differ by 千分点, per cent by 百分点."""
    points = {"‰": _("units.per_mille_points"), "%": _("units.percentage_points")}.get(unit, "")
    return {"rate": unit if points else "", "points": f"{NO_BREAK}{points}" if points else ""}


def not_comparable(_: Translator) -> str:
    return _("withheld.incomplete")


def too_small(_: Translator) -> str:
    return _("withheld.small_counts")


def why_withheld(_: Translator, facts: AreaFacts, estimate: Estimate, spec: Indicator, threshold: int) -> str:
    """Why a figure is not printed: data missing, too few births for a sex ratio, a small count; else empty."""
    if spec.method == "sex_ratio" and None not in (estimate.numerator, estimate.denominator):
        return _("withheld.too_few_births") if estimate.births < spec.withhold_below else ""
    if not estimate.is_known and not (spec.method == "count" and estimate.value is not None):
        return not_comparable(_)
    of_rates = [facts.estimate(name, estimate.time_window) for name in ("birth_rate", "death_rate")]
    counted = of_rates if spec.method in ("rate", "balance") else [estimate]
    counts = [one.numerator for one in counted if one and one.numerator is not None]
    return too_small(_) if any(0 < count < threshold for count in counts) else ""


def is_small(facts: AreaFacts, threshold: int) -> bool:
    """Births, deaths and their difference give each other away: all are shown or none."""
    counts = [facts.estimate(name) for name in ("birth_rate", "death_rate")]
    values = [
        value for e in counts if e for value in (e.numerator, e.numerator_last_year) if value is not None
    ]
    return any(0 < value < threshold for value in values)


def has_sex_ratio(estimate: Estimate | None, spec: Indicator) -> bool:
    """Whether a sex ratio is printed: its births are known, and they are enough."""
    return estimate is not None and estimate.is_known and estimate.births >= spec.withhold_below


def sex_ratio_verdicts(facts: AreaFacts, specs: dict[str, Indicator], threshold: int) -> tuple[str, str]:
    """The sex ratio of the year so far against the normal range, by 95 % and by 99.8 %; empty if not printed."""
    spec, estimate = specs["sex_ratio_at_birth"], facts.estimate("sex_ratio_at_birth")
    if estimate is None or why_withheld(read_translator("zh"), facts, estimate, spec, threshold):
        return "", ""
    return estimate.against(*spec.normal_range), estimate.against_among_many(*spec.normal_range)
