"""Trends of what is known by whole years only: the same series with one figure a year, and no season.

A year's counts stand in its seventh month, with the exposure of the whole year; the other months have no figure. The
level of that month is taken for the mean of the year, from which it differs by less than a tenth of a band: levels move
slowly. What makes one year unlike the next (the irregular) is estimated from the years.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import date

import numpy as np
import polars as pl

from pipeline.months import months_from
from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.hierarchy import fit
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.models import Hyperparameters, LatentSeries
from pipeline.statistics.panel import Counts, blocks
from pipeline.statistics.references import YEAR
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth
from pipeline.statistics.trends import SEX_RATIO, Fits

FEWEST_YEARS = 5
FROM_DECEMBER = "-5mo"  # where a year's counts stand
KEY = ["area_code", "month"]
SEXES, VITAL = ("births_male", "births_female"), ("births", "deaths", "person_years")


class _WithoutSeason(LatentSeries):
    """A series whose only effect is the constant."""

    @classmethod
    def spread(cls, hyperparameters: Hyperparameters) -> np.ndarray:
        return super().spread(hyperparameters)[:1]

    @classmethod
    def regressors(cls, months: int) -> np.ndarray:
        return super().regressors(months)[:, :1]


class YearlySexRatio(_WithoutSeason, SexRatioAtBirth):
    """The log ratio of males to females, of years."""

    top_mean, top_sd = SexRatioAtBirth.top_mean[:1], SexRatioAtBirth.top_sd[:1]


class YearlyVitalRate(_WithoutSeason, VitalRate):
    """The log rate per person-year of births, or of deaths, of years."""

    top_mean, top_sd = VitalRate.top_mean[:1], VitalRate.top_sd[:1]


def fit_years(
    monthly: Fits,
    indicator_values: pl.DataFrame,
    areas: pl.DataFrame,
    month: date,
    executor: Executor | None = None,
) -> Fits:
    """Fits of the series that have no months at all, of areas with at least `FEWEST_YEARS` years up to `month`.

    `indicator_values` has the windows of whole years; `areas` has `area_code`, `level` and `parent_code`.
    """
    if monthly.by_sex and monthly.vital:
        return Fits(monthly.months, [], [])
    counts = _counts_of_years(indicator_values, areas, month)
    months = counts["month"].unique().sort()

    def enough(*names: str) -> Callable[[Counts], np.ndarray]:
        return lambda of: np.all([(of[name] > 0).sum(axis=0) >= FEWEST_YEARS for name in names], axis=0)

    by_sex, births, deaths = [], [], []
    of_sexes = [] if monthly.by_sex else blocks(counts, months, SEXES, enough("births_male"))
    of_growth = [] if monthly.vital else blocks(counts, months, VITAL, enough("births", "deaths"))
    if of_sexes:
        by_sex = fit(YearlySexRatio, [block.tier(_by_sex) for block in of_sexes], executor)
    if of_growth:
        births, deaths = (
            fit(YearlyVitalRate, [block.tier(_events(name)) for block in of_growth], executor)
            for name in ("births", "deaths")
        )
    return Fits(
        months,
        list(zip(of_sexes, by_sex, strict=True)),
        list(zip(of_growth, births, deaths, strict=True)),
    )


def _counts_of_years(indicator_values: pl.DataFrame, areas: pl.DataFrame, month: date) -> pl.DataFrame:
    """Counts and person-years of each area in every month from the first January on: those of years, else null."""
    of_years = indicator_values.filter(
        pl.col("time_window") == YEAR, pl.col("month") <= month, pl.col("numerator").is_not_null()
    ).with_columns(pl.col("month").dt.offset_by(FROM_DECEMBER))

    def of(indicator: str, **columns: str) -> pl.DataFrame:
        return of_years.filter(indicator=indicator).select(*KEY, **columns)

    known = of(SEX_RATIO, births_male="numerator", births_female="denominator")
    for part in (
        of("birth_rate", births="numerator", person_years="denominator"),
        of("death_rate", deaths="numerator"),
    ):
        known = known.join(part, on=KEY, how="full", coalesce=True)
    first = known["month"].min()
    months = months_from(date(first.year, 1, 1), month) if isinstance(first, date) else []
    grid = areas.join(pl.DataFrame({"month": months}, schema={"month": pl.Date}), how="cross")
    return grid.join(known, on=KEY, how="left", maintain_order="left")


def _by_sex(counts: Counts) -> Binomial:
    return Binomial(counts["births_male"], counts["births_male"] + counts["births_female"])


def _events(name: str) -> Callable[[Counts], Poisson]:
    return lambda counts: Poisson(counts[name], counts["person_years"])
