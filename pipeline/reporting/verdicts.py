"""What is said of a figure in a word, and why a figure is not said at all."""

from __future__ import annotations

from pipeline.reference import Indicator
from pipeline.reporting.estimate import HIGHER, LOWER, MET, MISSED, UNCLEAR, Estimate
from pipeline.reporting.facts import AreaFacts
from pipeline.reporting.wording import NO_BREAK

VERDICTS = {HIGHER: "偏高", LOWER: "偏低", UNCLEAR: "无法区分"}
AGAINST_RANGE = {HIGHER: "高于正常范围", LOWER: "低于正常范围", UNCLEAR: "与正常范围无法区分"}
AGAINST_LAST_YEAR = {HIGHER: "较上年同期上升", LOWER: "较上年同期下降", UNCLEAR: "与上年同期无法区分"}
MOVES = {HIGHER: "上升", LOWER: "下降", UNCLEAR: "无法区分"}
AGAINST_TARGET = {MET: "已达到", MISSED: "未达到", UNCLEAR: "无法区分"}
TONES = {HIGHER: "higher", LOWER: "lower", UNCLEAR: "unclear", MET: "good", MISSED: "missed"}
CI = "95%置信区间"


def points_of(unit: str) -> dict[str, str]:
    """The unit of a rate and of a difference of two: per mille differ by 千分点, per cent by 百分点."""
    points = {"‰": f"{NO_BREAK}个千分点", "%": f"{NO_BREAK}个百分点"}.get(unit, "")
    return {"rate": unit if points else "", "points": points}


def why_withheld(facts: AreaFacts, estimate: Estimate, spec: Indicator, threshold: int) -> str:
    """Why a figure is not printed: data missing, too few births for a sex ratio, a small count; else empty."""
    if spec.method == "sex_ratio" and None not in (estimate.numerator, estimate.denominator):
        return "出生人数过少，不计算" if estimate.births < spec.withhold_below else ""
    if not estimate.is_known:
        return "数据不全"
    of_rates = [facts.estimate(name, estimate.time_window) for name in ("birth_rate", "death_rate")]
    counted = of_rates if spec.method in ("rate", "balance") else [estimate]
    counts = [one.numerator for one in counted if one and one.numerator is not None]
    return "数值较小，不予公布" if any(0 < count < threshold for count in counts) else ""


def is_small(facts: AreaFacts, threshold: int) -> bool:
    """Births, deaths and their difference give each other away: all are shown or none."""
    counts = [facts.estimate(name) for name in ("birth_rate", "death_rate")]
    values = [
        value for e in counts if e for value in (e.numerator, e.numerator_last_year) if value is not None
    ]
    return any(0 < value < threshold for value in values)


def sex_ratio_verdicts(facts: AreaFacts, specs: dict[str, Indicator], threshold: int) -> tuple[str, str]:
    """The sex ratio of the year so far against the normal range, by 95 % and by 99.8 %; empty if not printed."""
    spec, estimate = specs["sex_ratio_at_birth"], facts.estimate("sex_ratio_at_birth")
    if estimate is None or why_withheld(facts, estimate, spec, threshold):
        return "", ""
    return estimate.against(*spec.normal_range), estimate.against_among_many(*spec.normal_range)
