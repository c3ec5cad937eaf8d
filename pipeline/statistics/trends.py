"""The `trends` table, and the fits behind it: births by sex, births and deaths of every area.

Areas are in the order of their code and chunks of a fixed size, so neither the order of the input rows nor the
number of workers shows in the result; values are kept to ten significant digits, below which the arithmetic
libraries may differ.
"""

from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
import polars as pl

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.contract import in_contract
from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.hierarchy import Fitted
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.outlier_months import outlier_months
from pipeline.statistics.panel import Block, Counts, Series, blocks
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth
from pipeline.workers import side_by_side

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
BIRTHS, DEATHS = "births", "deaths"

Fits = dict[str, list[tuple[Block, Fitted]]]
"""The levels of each series by its name, highest first: their areas, and what was fitted to them."""


def vital_series(vital_events: pl.DataFrame) -> list[Series]:
    """Births by sex, births, and deaths.

    An area has births by sex if any of its months has births of known sex; births and deaths if some month has
    each of them with a population.
    """
    assert (vital_events["month"].dt.day() == 1).all(), (
        "vital_events.month: expected the first day of each month"
    )
    of_sexes = blocks(vital_events, ("births_male", "births_female"), lambda counts: _by_sex(counts).has_data)
    of_growth = blocks(
        vital_events,
        ("births", "deaths", "person_years"),
        lambda counts: _births(counts).has_data & _deaths(counts).has_data,
    )
    return [
        Series(SEX_RATIO, SexRatioAtBirth, of_sexes, _by_sex),
        Series(BIRTHS, VitalRate, of_growth, _births),
        Series(DEATHS, VitalRate, of_growth, _deaths),
    ]


def fit_all(series: list[Series], executor: Executor | None = None) -> Fits:
    """Fit every series, side by side where there is an executor."""
    with side_by_side(executor) as run:
        fitted = run(lambda one: one.fit(executor), series)
        return {one.name: levels for one, levels in zip(series, fitted, strict=True)}


def trend_table(fits: Fits, reference_upper: float) -> pl.DataFrame:
    """Trend, band and change of both series for every area and month, in the `trends` contract.

    Every month from the first to the last of the table has a trend, and the band says how little is known
    where data are missing.
    """

    def tables() -> Iterator[pl.DataFrame]:
        for block, fitted in fits[SEX_RATIO]:
            columns = sex_ratio_trend.trend_columns(block.counts, fitted, reference_upper)
            yield block.rows(columns).with_columns(series=pl.lit(SEX_RATIO))
        for (block, births), (_, deaths) in zip(fits[BIRTHS], fits[DEATHS], strict=True):
            columns = growth_trend.trend_columns(block.counts, births, deaths)
            yield block.rows(columns).with_columns(series=pl.lit(GROWTH))

    return in_contract("trends", tables())


def _by_sex(counts: Counts) -> Binomial:
    births = counts["births_male"] + counts["births_female"]
    is_outlier = outlier_months(births, np.ones(births.shape))
    return Binomial(np.where(is_outlier, np.nan, counts["births_male"]), births)


def _births(counts: Counts, events: str = BIRTHS) -> Poisson:
    is_outlier = outlier_months(counts[events], counts["person_years"])
    return Poisson(np.where(is_outlier, np.nan, counts[events]), counts["person_years"])


def _deaths(counts: Counts) -> Poisson:
    return _births(counts, DEATHS)
