"""A target, and how far a value lies from it, in words."""

from __future__ import annotations

from pipeline.reporting.facts.estimate import Estimate
from pipeline.reporting.text.wording import NO_BREAK, UNKNOWN, number, plain
from pipeline.words.intervals import between
from pipeline.words.translations import Translator


def target_text(_: Translator, lower: float | None, upper: float | None, unit: str) -> str:
    """`不高于 107`, `不低于 95%`, `−2～6‰`."""
    if lower is not None and upper is not None:
        return between(_, plain(lower), plain(upper)).replace(" ", NO_BREAK) + unit
    if upper is not None:
        return _("不高于 {bound}", bound=f"{plain(upper)}{unit}").replace(" ", NO_BREAK)
    return (
        _("不低于 {bound}", bound=f"{plain(lower)}{unit}").replace(" ", NO_BREAK)
        if lower is not None
        else UNKNOWN
    )


def left_to_do(_: Translator, estimate: Estimate) -> str:
    """Of a counted task: how many are missing from the whole year's target, and the share that is done."""
    missing, share = estimate.target - estimate.value, percent_of(estimate.value / estimate.target)
    if missing > 0:
        return _("尚差 {count}（进度 {share}）", count=number(missing), share=share)
    return _("已超过 {count}（进度 {share}）", count=number(-missing), share=share)


def gap_text(_: Translator, estimate: Estimate, decimals: int, points: str) -> str:
    """How far beyond or short of the target: `高出 18.5`, `低于目标 1.20 个百分点`."""
    if estimate.gap is None:
        return UNKNOWN
    size = number(abs(estimate.gap), decimals) + points
    lower, upper = estimate.target_lower, estimate.target_upper
    if upper is not None and estimate.value > upper:
        return _("高出目标 {size}", size=size)
    if lower is not None and estimate.value < lower:
        return _("低于目标 {size}", size=size)
    if lower is not None and upper is not None:
        return _("在目标范围之内")
    return _("低于上限 {size}", size=size) if lower is None else _("高于下限 {size}", size=size)


def percent_of(share: float) -> str:
    return f"{number(100 * share, 1)}%"
