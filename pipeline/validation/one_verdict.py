"""How often the one verdict on the sex ratio is wrong, and how often it finds what is there, on simulated provinces.

A province has 40 counties of 500 to 20,000 births a year and five years of months, its ratios those of the natural process
of Chao et al. (between areas and over time), and four counties more of 5,000 births: two that have stood at 120
throughout, two that rose from 105 to 120 a year ago. Everything runs as in a build: trends, comparisons, verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.months import last_months
from pipeline.statistics import intervals
from pipeline.statistics.contract import empty
from pipeline.statistics.edition import figures_of_edition
from pipeline.statistics.indicators import indicator_table
from pipeline.statistics.references import comparison_table
from pipeline.statistics.rules import Rule
from pipeline.statistics.trends import SEX_RATIO, fit_all, trend_table, vital_series
from pipeline.statistics.verdicts import verdict_table
from pipeline.validation.coverage import NORMAL_RANGE
from pipeline.validation.simulation import autoregression

MONTH, MONTHS, YEAR = date(2025, 12, 1), 60, 12
COUNTIES, RAISED_BIRTHS, RAISED = 40, 5_000, 120.0
LOW, HIGH = NORMAL_RANGE
BETWEEN_SD = 0.0091
CENTRE = 105.0


@dataclass(frozen=True)
class Found:
    """Areas of one kind, and those of them that the verdict, or the interval of twelve months alone, calls out."""

    areas: int
    by_verdict: int
    by_95: int
    by_998: int

    def __add__(self, other: Found) -> Found:
        return Found(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


def one_province(seed: int) -> dict[str, Found]:
    """What is said of the areas `within` 103–107 over the last twelve months, `raised` throughout, and `risen`."""
    random = np.random.default_rng(seed)
    truth = _true_ratios(random)
    yearly = np.append(np.exp(random.uniform(np.log(500), np.log(20_000), COUNTIES)), [RAISED_BIRTHS] * 4)
    births = random.poisson(np.broadcast_to(yearly / YEAR, truth.shape))
    males = random.binomial(births, truth / (100 + truth))
    verdicts = _judged(males, births)
    last = slice(MONTHS - YEAR, None)
    share = (births[last] * truth[last] / (100 + truth[last])).sum(axis=0) / births[last].sum(axis=0)
    true_year = 100 * share / (1 - share)
    numbers = males[last].sum(axis=0), (births - males)[last].sum(axis=0)
    outside = [
        (lower > HIGH) | (upper < LOW)
        for lower, upper in (intervals.sex_ratio(*numbers, confidence) for confidence in (0.95, 0.998))
    ]
    said = np.isin(np.array(verdicts["verdict"]), ["higher", "lower"])
    position = np.arange(len(yearly))
    kinds = {
        "within": (position < COUNTIES) & (true_year >= LOW) & (true_year <= HIGH),
        "raised": (position >= COUNTIES) & (position < COUNTIES + 2),
        "risen": position >= COUNTIES + 2,
    }
    return {
        kind: Found(int(mask.sum()), *(int((mask & called).sum()) for called in (said, *outside)))
        for kind, mask in kinds.items()
    }


def _true_ratios(random: np.random.Generator) -> np.ndarray:
    """(months, areas), per 100 females."""
    moving = autoregression(MONTHS, COUNTIES, random)
    natural = CENTRE * np.exp(random.normal(0, BETWEEN_SD, COUNTIES) + moving)
    risen = np.where(np.arange(MONTHS) >= MONTHS - YEAR, RAISED, CENTRE)[:, None]
    return np.hstack([natural, np.full((MONTHS, 2), RAISED), np.tile(risen, 2)])


def _judged(males: np.ndarray, births: np.ndarray) -> pl.DataFrame:
    """The verdicts on the normal range, in the order of the areas."""
    codes = [f"{area:03d}" for area in range(males.shape[1])]
    province = (counts.sum(axis=1, keepdims=True) for counts in (males, births))
    events = pl.concat(
        [_events(codes, "county", "9", males, births), _events(["9"], "province", None, *province)]
    )
    areas = events.select("area_code", "level", "parent_code").unique(maintain_order=True)
    fits = fit_all(vital_series(events))
    rules = {SEX_RATIO: Rule("sex_ratio", (LOW, HIGH), withhold_below=100)}
    indicators = indicator_table(_of_the_year(codes, males, births))
    comparisons = comparison_table(figures_of_edition(indicators, areas, rules, MONTH))
    nothing = empty("outlook")
    table = verdict_table(comparisons, trend_table(fits, HIGH), nothing, areas, rules, MONTH)
    judged = table.filter(pl.col("question") == "normal_range")
    return pl.DataFrame({"area_code": codes}).join(judged, on="area_code", how="left", maintain_order="left")


def _events(
    codes: list[str], level: str, parent: str | None, males: np.ndarray, births: np.ndarray
) -> pl.DataFrame:
    counts = {"births_male": males, "births_female": births - males, "births": births}
    columns = {
        "area_code": np.repeat(codes, MONTHS),
        "month": last_months(MONTH, MONTHS) * len(codes),
        "level": level,
        **{name: values.T.ravel().astype(float) for name, values in counts.items()},
    }
    return pl.DataFrame(columns, schema_overrides={"area_code": pl.String}).with_columns(
        parent_code=pl.lit(parent, pl.String),
        deaths=pl.lit(None, pl.Float64),
        person_years=pl.lit(None, pl.Float64),
    )


def _of_the_year(codes: list[str], males: np.ndarray, births: np.ndarray) -> pl.DataFrame:
    """`indicator_values` of the last twelve months."""
    last = slice(MONTHS - YEAR, None)
    numerator, all_births = (values[last].sum(axis=0).astype(float) for values in (males, births))
    rows = pl.DataFrame(
        {
            "area_code": codes,
            "month": MONTH,
            "time_window": "rolling_12",
            "indicator": SEX_RATIO,
            "method": "sex_ratio",
            "factor": 100.0,
            "numerator": numerator,
            "denominator": all_births - numerator,
            "events": numerator,
            "year_share": 1.0,
            "months_missing": 0,
            "is_denominator_estimated": False,
            "value": 100 * numerator / (all_births - numerator),
        }
    )
    return pl.concat([empty("indicator_values"), rows], how="diagonal_relaxed")
