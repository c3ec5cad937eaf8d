"""Trends of what is known by whole years only: the same series with one figure a year, and no season.

A year's counts stand in its seventh month, with the exposure of the whole year; the other months have no figure. The
level of that month is taken for the mean of the year, from which it differs by less than a tenth of a band: levels move
slowly. What makes one year unlike the next (the irregular) is estimated from the years.
"""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import polars as pl

from pipeline.months import months_from
from pipeline.statistics.edition import YEAR
from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.models import LatentSeries
from pipeline.statistics.panel import Counts, Series, blocks
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth
from pipeline.statistics.trends import BIRTHS, DEATHS, SEX_RATIO

FEWEST_YEARS = 5
FROM_DECEMBER = "-5mo"  # where a year's counts stand
KEY = ["area_code", "month"]
SEXES, VITAL = ("births_male", "births_female"), (BIRTHS, DEATHS, "person_years")


class _WithoutSeason(LatentSeries):
    """A series whose only effect is the constant."""

    @classmethod
    def regressors(cls, months: int) -> np.ndarray:
        return super().regressors(months)[:, :1]


class YearlySexRatio(_WithoutSeason, SexRatioAtBirth):
    """The log ratio of males to females, of years."""

    top_mean, top_sd = SexRatioAtBirth.top_mean[:1], SexRatioAtBirth.top_sd[:1]


class YearlyVitalRate(_WithoutSeason, VitalRate):
    """The log rate per person-year of births, or of deaths, of years."""

    top_mean, top_sd = VitalRate.top_mean[:1], VitalRate.top_sd[:1]


def yearly_series(
    monthly: Sequence[Series], indicator_values: pl.DataFrame, areas: pl.DataFrame, month: date
) -> list[Series]:
    """The same series by year where they have no months at all, of areas with at least `FEWEST_YEARS` years up to `month`.

    `indicator_values` has the windows of whole years; `areas` has `area_code`, `level` and `parent_code`.
    """
    without = {series.name for series in monthly if not series.blocks}
    counts = _counts_of_years(indicator_values, areas, month) if without else pl.DataFrame()

    def enough(*names: str) -> Callable[[Counts], np.ndarray]:
        return lambda of: np.all([(of[name] > 0).sum(axis=0) >= FEWEST_YEARS for name in names], axis=0)

    of_sexes = blocks(counts, SEXES, enough("births_male")) if SEX_RATIO in without else []
    of_growth = blocks(counts, VITAL, enough(BIRTHS, DEATHS)) if BIRTHS in without else []
    return [
        Series(SEX_RATIO, YearlySexRatio, of_sexes, _by_sex),
        Series(BIRTHS, YearlyVitalRate, of_growth, _births),
        Series(DEATHS, YearlyVitalRate, of_growth, _deaths),
    ]


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


def _births(counts: Counts) -> Poisson:
    return Poisson(counts[BIRTHS], counts["person_years"])


def _deaths(counts: Counts) -> Poisson:
    return Poisson(counts[DEATHS], counts["person_years"])
