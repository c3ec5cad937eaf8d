"""What is said of a figure in a word, and why a figure is not said at all."""

from __future__ import annotations

from pipeline.reporting.shown.estimate import (
    FALLING,
    HIGHER,
    INSIDE,
    LIKELY_MET,
    LIKELY_MISSED,
    LOWER,
    MET,
    MISSED,
    RISING,
    UNCLEAR,
)
from pipeline.reporting.shown.rule import FEW_BIRTHS, INCOMPLETE, PROTECTING, SMALL
from pipeline.words.translations import NO_BREAK, Translator

TONES = {
    HIGHER: "higher",
    LOWER: "lower",
    INSIDE: "good",
    UNCLEAR: "unclear",
    RISING: "moved",
    FALLING: "moved",
    MET: "good",
    LIKELY_MET: "good",
    MISSED: "missed",
    LIKELY_MISSED: "missed",
}


def word(_: Translator, verdict: str) -> str:
    """Higher, lower, within or no clear difference; whatever else is not compared."""
    words = {
        HIGHER: _("verdicts.high"),
        LOWER: _("verdicts.low"),
        INSIDE: _("verdicts.inside"),
        UNCLEAR: _("verdicts.unclear"),
    }
    return words.get(verdict, _("verdicts.not_compared"))


def against_range(_: Translator, verdict: str) -> str:
    words = {
        HIGHER: _("verdicts.above_normal"),
        LOWER: _("verdicts.below_normal"),
        INSIDE: _("verdicts.inside_normal"),
        UNCLEAR: _("verdicts.normal_unclear"),
    }
    return words.get(verdict, _("verdicts.not_compared"))


def in_range(_: Translator, verdict: str) -> str:
    """The same in a cell, where the range stands beside."""
    return _("verdicts.normal_unclear") if verdict == UNCLEAR else word(_, verdict)


def changed(_: Translator, verdict: str) -> str:
    """What has become of an indicator over twelve months."""
    words = {
        RISING: _("verdicts.rising"),
        FALLING: _("verdicts.falling"),
        UNCLEAR: _("verdicts.change_unclear"),
    }
    return words.get(verdict, _("cards.no_comparison"))


def against_target(_: Translator, verdict: str) -> str:
    words = {
        MET: _("verdicts.met"),
        LIKELY_MET: _("verdicts.likely_met"),
        LIKELY_MISSED: _("verdicts.likely_missed"),
        MISSED: _("verdicts.missed"),
        UNCLEAR: _("verdicts.target_unclear"),
    }
    return words.get(verdict, _("verdicts.not_compared"))


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
