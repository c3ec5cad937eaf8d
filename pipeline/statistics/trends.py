"""The `trends` table, and the fits behind it: births by sex, births and deaths of every area.

Areas are in the order of their code and chunks of a fixed size, so neither the order of the input rows nor the
number of workers shows in the result; values are kept to ten significant digits, below which the arithmetic
libraries may differ.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.contract import in_contract
from pipeline.statistics.hierarchy import Fitted, Tier
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.outlier_months import outlier_months
from pipeline.statistics.panel import Block, Counts, blocks, calendar

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
BIRTHS, DEATHS = "births", "deaths"
SIGNIFICANT_DIGITS = 10


@dataclass(frozen=True)
class Fits:
    """The levels of each series, highest first, with their areas and what was fitted to them.

    An area has births by sex if any of its months has births of known sex; births and deaths if some month has
    each of them with a population.
    """

    months: pl.Series
    by_sex: list[tuple[Block, Fitted]]
    vital: list[tuple[Block, Fitted, Fitted]]

    def series(self) -> Iterator[tuple[str, Block, Fitted]]:
        """Every fitted series of every level by its name."""
        yield from ((SEX_RATIO, block, fitted) for block, fitted in self.by_sex)
        for block, births, deaths in self.vital:
            yield from ((BIRTHS, block, births), (DEATHS, block, deaths))


def fit_all(vital_events: pl.DataFrame, executor: Executor | None = None) -> Fits:
    """Fit the three series of `vital_events`, side by side where there is an executor."""
    assert (vital_events["month"].dt.day() == 1).all(), (
        "vital_events.month: expected the first day of each month"
    )
    if vital_events.is_empty():
        return Fits(vital_events["month"], [], [])
    months = calendar(vital_events["month"])
    of_sexes = blocks(vital_events, months, ("births_male", "births_female"), _has_births_by_sex)
    of_growth = blocks(vital_events, months, ("births", "deaths", "person_years"), _has_growth)
    work = [
        (sex_ratio_trend.fit_tiers, [block.tier(_by_sex) for block in of_sexes]),
        (growth_trend.fit_tiers, [block.tier(_births) for block in of_growth]),
        (growth_trend.fit_tiers, [block.tier(_deaths) for block in of_growth]),
    ]

    def fit(job: tuple[Callable[..., list[Fitted]], list[Tier]]) -> list[Fitted]:
        fit_tiers, tiers = job
        return fit_tiers(tiers, executor) if tiers else []

    if executor is None:
        by_sex, births, deaths = map(fit, work)
    else:
        with ThreadPoolExecutor(len(work)) as threads:
            by_sex, births, deaths = threads.map(fit, work)
    return Fits(
        months,
        list(zip(of_sexes, by_sex, strict=True)),
        list(zip(of_growth, births, deaths, strict=True)),
    )


def trend_table(fits: Fits, reference_upper: float) -> pl.DataFrame:
    """Trend, band and change of both series for every area and month, in the `trends` contract.

    Every month from the first to the last of the table has a trend, and the band says how little is known
    where data are missing.
    """
    tables = []
    for block, fitted in fits.by_sex:
        columns = sex_ratio_trend.trend_columns(block.counts, fitted, reference_upper)
        tables.append(rows_of_months(fits.months, SEX_RATIO, block, columns))
    for block, births, deaths in fits.vital:
        columns = growth_trend.trend_columns(block.counts, births, deaths)
        tables.append(rows_of_months(fits.months, GROWTH, block, columns))
    return in_contract("trends", tables)


def significant(values: np.ndarray, digits: int = SIGNIFICANT_DIGITS) -> np.ndarray:
    """Values to so many significant decimal digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    decimals = digits - 1 - np.where(np.isfinite(magnitude), magnitude, 0)
    up, down = 10.0 ** np.clip(decimals, 0, 300), 10.0 ** np.clip(-decimals, 0, 300)
    return np.rint(values * up / down) / up * down


def _by_sex(counts: Counts) -> Binomial:
    births = counts["births_male"] + counts["births_female"]
    is_outlier = outlier_months(births, np.ones(births.shape))
    return Binomial(np.where(is_outlier, np.nan, counts["births_male"]), births)


def _births(counts: Counts) -> Poisson:
    return _without_outliers(counts["births"], counts["person_years"])


def _deaths(counts: Counts) -> Poisson:
    return _without_outliers(counts["deaths"], counts["person_years"])


def _without_outliers(events: np.ndarray, person_years: np.ndarray) -> Poisson:
    return Poisson(np.where(outlier_months(events, person_years), np.nan, events), person_years)


def _has_births_by_sex(counts: Counts) -> np.ndarray:
    return _by_sex(counts).has_data


def _has_growth(counts: Counts) -> np.ndarray:
    return _births(counts).has_data & _deaths(counts).has_data


def rows_of_months(
    months: pl.Series, series: str, block: Block, columns: dict[str, np.ndarray]
) -> pl.DataFrame:
    """A row for each area of a level and each of the last months, from columns (months, areas)."""
    number, areas = next(iter(columns.values())).shape
    return pl.DataFrame(
        {
            "area_code": np.repeat(block.area_codes, number),
            "month": pl.concat([months.tail(number)] * areas),
            **{name: significant(values).T.ravel() for name, values in columns.items()},
        },
        schema_overrides={"area_code": pl.String},
    ).with_columns(series=pl.lit(series))
