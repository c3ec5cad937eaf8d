"""Which figures the facts of an area allow, and the words in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline.reporting import figures, wording
from pipeline.reporting.edition import Edition
from pipeline.reporting.estimate import UNCLEAR, Estimate
from pipeline.reporting.facts import AreaFacts, Trend


def draw(facts: AreaFacts, edition: Edition, say, folder: Path) -> dict[str, figures.Labels]:
    """Draw the figures that the facts allow; returns the words of each."""
    spec = edition.indicators["sex_ratio_at_birth"]
    drawn: dict[str, figures.Labels] = {}
    breaks = tuple(change.month for change in facts.breaks if change.kind not in ("renamed", "recoded"))
    births, deaths = (_intervals(facts, name) for name in ("birth_rate", "death_rate"))
    rolling = [facts.estimate(name, "rolling_12") for name in ("birth_rate", "death_rate")]
    shows_months = _shows_months(rolling, edition.settings.withhold_counts_below)
    if shows_months and (births or deaths):
        labels = figures.Labels(
            str(say.events_title(*rolling)),
            "各月，年率，‰；浅色带为95%置信区间",
            first="出生率",
            second="死亡率",
            breaks=breaks,
        )
        figures.events_figure(folder / "events.svg", labels, births, deaths)
        drawn["events"] = labels
    if trend := facts.trends.get("sex_ratio_at_birth"):
        low, high = spec.normal_range
        years = [
            figures.Interval(date(year, 7, 1), e.value, e.lower, e.upper)
            for year, e in facts.years
            if e.is_known and e.births >= spec.withhold_below
        ]
        labels = figures.Labels(
            str(say.sex_ratio_title(trend, spec)),
            "出生人口性别比（女=100）；深、浅色带为80%和95%趋势区间",
            first=f"趋势 {wording.number(trend.trend[-1], 1)}",
            reference=f"正常范围\n{low:g}～{high:g}",
            breaks=breaks,
        )
        figures.sex_ratio_figure(folder / "sex_ratio.svg", labels, _band(trend), years, (low, high))
        drawn["sex_ratio"] = labels
    if trend := facts.trends.get("natural_growth_rate"):
        labels = figures.Labels(
            str(say.growth_title(trend)),
            "人口自然增长率，季节调整后，年率，‰；深、浅色带为80%和95%趋势区间",
            first=f"趋势 {wording.number(trend.trend[-1], 2)}‰",
            breaks=breaks,
        )
        points = zip(trend.months, trend.observed, strict=True) if shows_months else ()
        observed = [(month, value) for month, value in points if value is not None]
        figures.growth_figure(folder / "growth.svg", labels, _band(trend), observed)
        drawn["growth"] = labels
    if compared := _compared(facts, edition.settings.withhold_counts_below):
        own = facts.estimate("birth_rate", "rolling_12")
        where = wording.whole(facts.name)
        apart = sum(e.against_among_many(own.lower, own.upper) != UNCLEAR for _, e in compared)
        labels = figures.Labels(
            str(say.comparison_title(apart, len(compared), where)),
            "出生率，近12个月，‰；横线为95%置信区间",
            reference=f"{where} {wording.number(own.value, 1)}",
        )
        reference = figures.Interval("", own.value, own.lower, own.upper)
        intervals = [figures.Interval(name, e.value, e.lower, e.upper) for name, e in compared]
        figures.comparison_figure(folder / "members.svg", labels, intervals, reference)
        drawn["members"] = labels
    return drawn


def _shows_months(rolling: list[Estimate | None], threshold: int) -> bool:
    """Whether single months may be drawn: not where they would show counts that are withheld."""
    counts = [estimate.numerator for estimate in rolling if estimate and estimate.numerator is not None]
    return all(count >= 12 * threshold for count in counts)


def _compared(facts: AreaFacts, threshold: int) -> list[tuple[str, Estimate]]:
    """Names and birth rates of the areas within, but for those withheld."""
    own = facts.estimate("birth_rate", "rolling_12")
    if own is None or not own.is_known:
        return []
    known = [(member.name, member.estimate("birth_rate", "rolling_12")) for member in facts.members]
    hidden = wording.withheld([estimate.numerator if estimate else None for _, estimate in known], threshold)
    return [
        (name, estimate)
        for (name, estimate), is_hidden in zip(known, hidden, strict=True)
        if estimate and estimate.is_known and not is_hidden
    ]


def _intervals(facts: AreaFacts, indicator: str) -> list[figures.Interval]:
    return [figures.Interval(*point) for point in facts.monthly.get(indicator, [])]


def _band(trend: Trend) -> figures.Band:
    return figures.Band(
        trend.months, trend.trend, trend.lower_80, trend.upper_80, trend.lower_95, trend.upper_95
    )
