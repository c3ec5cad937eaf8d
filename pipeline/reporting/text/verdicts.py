"""What is said of a figure in a word, and why a figure is not said at all."""

from __future__ import annotations

from pipeline.reporting.shown.estimate import HIGHER, LOWER, MET, MISSED, UNCLEAR, Estimate
from pipeline.reporting.shown.rule import FEW_BIRTHS, INCOMPLETE, PROTECTING, SMALL
from pipeline.words.translations import NO_BREAK, Translator

TONES = {HIGHER: "higher", LOWER: "lower", UNCLEAR: "unclear", MET: "good", MISSED: "missed"}


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


def why_withheld(_: Translator, reason: str) -> str:
    """The reason why a number is not shown, as `withheld` of an estimate names it."""
    return {
        INCOMPLETE: _("withheld.incomplete"),
        FEW_BIRTHS: _("withheld.too_few_births"),
        SMALL: _("withheld.small_counts"),
        PROTECTING: _("withheld.protecting"),
    }[reason]


def sex_ratio_verdicts(estimate: Estimate | None, normal: tuple[float, float]) -> tuple[str, str]:
    """A sex ratio against the normal range, by 95 % and by 99.8 %; empty where it is not shown."""
    if estimate is None or estimate.withheld:
        return "", ""
    return estimate.against(*normal), estimate.against_among_many(*normal)
