"""The key figures at the head of a report, one card each."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reference import Indicator
from pipeline.reporting.estimate import UNCLEAR, Estimate
from pipeline.reporting.facts import AreaFacts
from pipeline.reporting.verdicts import (
    AGAINST_LAST_YEAR,
    AGAINST_RANGE,
    CI,
    TONES,
    is_small,
)
from pipeline.reporting.wording import (
    UNKNOWN,
    interval,
    number,
    window_name,
)


@dataclass(frozen=True)
class Card:
    """One key figure: what it is, its value and unit, its interval or comparison, and a verdict in words."""

    label: str
    value: str
    unit: str
    interval: str
    verdict: str
    tone: str


def key_figures(facts: AreaFacts, specs: dict[str, Indicator], threshold: int) -> list[Card]:
    """Sex ratio, natural growth, births and deaths of the year so far."""
    period = window_name("ytd", facts.month).partition("年")[2]
    is_hidden = is_small(facts, threshold)
    return [
        _sex_ratio_card(facts.estimate("sex_ratio_at_birth"), specs["sex_ratio_at_birth"], period),
        _growth_card(facts.estimate("natural_growth_rate"), period, is_hidden),
        _count_card(facts.estimate("birth_rate"), f"{period}出生人数", is_hidden),
        _count_card(facts.estimate("death_rate"), f"{period}死亡人数", is_hidden),
    ]


def _sex_ratio_card(estimate: Estimate | None, spec: Indicator, period: str) -> Card:
    label = f"{period}出生人口性别比"
    if estimate is None or estimate.numerator is None or estimate.denominator is None:
        return Card(label, UNKNOWN, "", "出生数据不全", "不计算", UNCLEAR)
    if not estimate.is_known or estimate.births < spec.withhold_below:
        return Card(label, UNKNOWN, "", "出生人数过少", "不计算", UNCLEAR)
    verdict = estimate.against(*spec.normal_range)
    return Card(
        label,
        number(estimate.value, 1),
        "女=100",
        f"{CI} {interval(estimate, 1)}",
        AGAINST_RANGE[verdict],
        TONES[verdict],
    )


def _growth_card(estimate: Estimate | None, period: str, is_hidden: bool) -> Card:
    label = f"{period}人口自然增长率"
    if estimate is None or not estimate.is_known:
        return Card(label, UNKNOWN, "", "数据不全", "不计算", UNCLEAR)
    if is_hidden:
        return Card(label, UNKNOWN, "", "数值较小，不予公布", "不作同比", UNCLEAR)
    tone = UNCLEAR if estimate.against_last_year == UNCLEAR else "moved"
    return Card(
        label,
        number(estimate.value, 2),
        "‰",
        f"{CI} {interval(estimate, 2)}",
        _move(estimate),
        tone,
    )


def _count_card(rate: Estimate | None, label: str, is_hidden: bool) -> Card:
    if rate is None or rate.numerator is None:
        return Card(label, UNKNOWN, "", "数据不全", "不计算", UNCLEAR)
    if is_hidden:
        return Card(label, UNKNOWN, "", "数值较小，不予公布", "不作同比", UNCLEAR)
    tone = UNCLEAR if rate.against_last_year == UNCLEAR else "moved"
    rates = f"率 {number(rate.value, 2)}‰（{interval(rate, 2)}）"
    return Card(label, number(rate.numerator), "人", rates, _move(rate), tone)


def _move(estimate: Estimate) -> str:
    return "不作同比" if estimate.change_lower is None else AGAINST_LAST_YEAR[estimate.against_last_year]
