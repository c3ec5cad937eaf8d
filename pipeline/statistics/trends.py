"""The `trends` table, and the fits behind it: births by sex, births and deaths of every area.

Areas are in the order of their code and chunks of a fixed size, so neither the order of the input rows nor the
number of workers shows in the result; figures are kept to ten significant digits, below which the arithmetic
libraries may differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.gross import gross_months
from pipeline.statistics.hierarchy import Fitted
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.panel import Block, Counts, blocks, calendar
from pipeline.tables import TABLES, schema

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
BIRTHS, DEATHS = "births", "deaths"
SIGNIFICANT_DIGITS = 10
_FIGURES = tuple(name for name in TABLES["trends"].column_names if name not in TABLES["trends"].key)


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

    def fit(job) -> list[Fitted]:
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
    tables = [
        _rows(
            fits.months,
            SEX_RATIO,
            block,
            sex_ratio_trend.trend_figures(*block.counts.values(), fitted, reference_upper),
        )
        for block, fitted in fits.by_sex
    ]
    tables += [
        _rows(
            fits.months,
            GROWTH,
            block,
            growth_trend.trend_figures(*block.counts.values(), births, deaths),
        )
        for block, births, deaths in fits.vital
    ]
    if not tables:
        return pl.from_arrow(schema("trends").empty_table())
    return pl.concat(tables).sort(TABLES["trends"].key)


def significant(values: np.ndarray, digits: int = SIGNIFICANT_DIGITS) -> np.ndarray:
    """Values to so many significant decimal digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    places = digits - 1 - np.where(np.isfinite(magnitude), magnitude, 0)
    up, down = 10.0 ** np.clip(places, 0, 300), 10.0 ** np.clip(-places, 0, 300)
    return np.rint(values * up / down) / up * down


def _by_sex(counts: Counts) -> Binomial:
    births = counts["births_male"] + counts["births_female"]
    is_gross = gross_months(births, np.ones(births.shape))
    return Binomial(np.where(is_gross, np.nan, counts["births_male"]), births)


def _births(counts: Counts) -> Poisson:
    return _without_gross(counts["births"], counts["person_years"])


def _deaths(counts: Counts) -> Poisson:
    return _without_gross(counts["deaths"], counts["person_years"])


def _without_gross(events: np.ndarray, person_years: np.ndarray) -> Poisson:
    return Poisson(np.where(gross_months(events, person_years), np.nan, events), person_years)


def _has_births_by_sex(counts: Counts) -> np.ndarray:
    return _by_sex(counts).is_observed.any(axis=0)


def _has_growth(counts: Counts) -> np.ndarray:
    return _births(counts).is_observed.any(axis=0) & _deaths(counts).is_observed.any(axis=0)


def _rows(months: pl.Series, series: str, block: Block, figures: dict[str, np.ndarray]) -> pl.DataFrame:
    areas = len(block.area_codes)
    table = pl.DataFrame(
        {
            "area_code": np.repeat(block.area_codes, len(months)),
            "month": pl.concat([months] * areas),
            "series": pl.repeat(series, areas * len(months), eager=True),
            **{name: significant(figures[name]).T.ravel() for name in _FIGURES},
        },
        schema_overrides={"area_code": pl.String},
    )
    return table.with_columns(pl.col(_FIGURES).fill_nan(None))
