"""A target, and how far a value lies from it, in words."""

from pipeline.reporting.shown.estimate import Estimate
from pipeline.words.numbers import UNKNOWN, between, number, plain
from pipeline.words.translations import NO_BREAK, Translator


def target_text(_: Translator, lower: float | None, upper: float | None, unit: str) -> str:
    """`不高于 107`, `不低于 95%`, `−2～6‰`."""
    if lower is not None and upper is not None:
        return between(_, plain(lower), plain(upper)).replace(" ", NO_BREAK) + unit
    if upper is not None:
        return _("targets.at_most", bound=f"{plain(upper)}{unit}").replace(" ", NO_BREAK)
    return (
        _("targets.at_least", bound=f"{plain(lower)}{unit}").replace(" ", NO_BREAK)
        if lower is not None
        else UNKNOWN
    )


def left_to_do(_: Translator, done: float, target: float) -> str:
    """Of a counted task: how many are missing from the whole year's target, and the share that is done."""
    missing, share = target - done, percent_of(done / target)
    if missing > 0:
        return _("targets.left_to_do", count=number(missing), share=share)
    return _("targets.done_beyond", count=number(-missing), share=share)


def gap_text(_: Translator, estimate: Estimate, decimals: int, points: str) -> str:
    """How far beyond or short of the target: `高出 18.5`, `低于目标 1.20 个百分点`."""
    if estimate.gap is None or estimate.value is None:
        return UNKNOWN
    size = number(abs(estimate.gap), decimals) + points
    lower, upper = estimate.target_lower, estimate.target_upper
    if upper is not None and estimate.value > upper:
        return _("targets.gap_above_target", size=size)
    if lower is not None and estimate.value < lower:
        return _("targets.gap_below_target", size=size)
    if lower is not None and upper is not None:
        return _("targets.gap_within")
    return (
        _("targets.gap_below_upper", size=size) if lower is None else _("targets.gap_above_lower", size=size)
    )


def percent_of(share: float) -> str:
    return f"{number(100 * share, 1)}%"
