"""What is said of a figure in a word, and why a figure is not said at all."""

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
from pipeline.reporting.shown.rule import (
    FEW_BIRTHS,
    INCOMPLETE,
    NO_LAST_YEAR,
    NO_RECEIPTS,
    NOT_APPLICABLE,
    NOT_SHOWN,
    NOTHING_DUE,
    PROTECTING,
    SMALL,
    TOO_FEW_AREAS,
)
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


# Each question with the message of each answer; any other answer is that of "".
_WORDS = {
    HIGHER: "verdicts.high",
    LOWER: "verdicts.low",
    INSIDE: "verdicts.inside",
    UNCLEAR: "verdicts.unclear",
    "": "verdicts.not_compared",
}
_AGAINST_RANGE = {
    HIGHER: "verdicts.above_normal",
    LOWER: "verdicts.below_normal",
    INSIDE: "verdicts.inside_normal",
    UNCLEAR: "verdicts.normal_unclear",
    "": "verdicts.not_compared",
}
_CHANGED = {
    RISING: "verdicts.rising",
    FALLING: "verdicts.falling",
    UNCLEAR: "verdicts.change_unclear",
    "": "cards.no_comparison",
}
_AGAINST_TARGET = {
    MET: "verdicts.met",
    LIKELY_MET: "verdicts.likely_met",
    LIKELY_MISSED: "verdicts.likely_missed",
    MISSED: "verdicts.missed",
    UNCLEAR: "verdicts.target_unclear",
    "": "verdicts.not_compared",
}


_ANSWERS = {
    "normal_range": _AGAINST_RANGE,
    "target": _AGAINST_TARGET,
    "change": _CHANGED,
    "siblings": _WORDS,
}


def answer(_: Translator, question: str, verdict: str) -> str:
    """The answer to one of the questions of `verdicts`."""
    return _(_ANSWERS[question].get(verdict, _ANSWERS[question][""]))


def word(_: Translator, verdict: str) -> str:
    """Higher, lower, within or no clear difference; whatever else is not compared."""
    return _(_WORDS.get(verdict, _WORDS[""]))


def against_range(_: Translator, verdict: str) -> str:
    return _(_AGAINST_RANGE.get(verdict, _AGAINST_RANGE[""]))


def in_range(_: Translator, verdict: str) -> str:
    """The same in a cell, where the range stands beside."""
    return _("verdicts.normal_unclear") if verdict == UNCLEAR else word(_, verdict)


def changed(_: Translator, verdict: str) -> str:
    """What has become of an indicator over twelve months."""
    return _(_CHANGED.get(verdict, _CHANGED[""]))


def against_target(_: Translator, verdict: str) -> str:
    return _(_AGAINST_TARGET.get(verdict, _AGAINST_TARGET[""]))


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
        NO_LAST_YEAR: _("withheld.no_last_year"),
        NOT_APPLICABLE: _("withheld.not_applicable"),
        NOTHING_DUE: _("withheld.nothing_due"),
        NOT_SHOWN: _("withheld.not_shown"),
        NO_RECEIPTS: _("withheld.no_receipts"),
        TOO_FEW_AREAS: _("withheld.too_few_areas"),
    }[reason]
