"""Trends of whole years: their bands hold the level of simulated years, and they are made only where they are needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.likelihoods import Poisson
from pipeline.statistics.panel import Series
from pipeline.statistics.smoother_check import LARGEST_DIFFERENCE, largest_difference
from pipeline.statistics.trends import fit_all, trend_table
from pipeline.statistics.yearly_trend import yearly_series

AREAS, YEARS = 40, 20
NO_MONTHS = [
    Series(name, VitalRate, [], lambda counts: Poisson(*counts))
    for name in ("sex_ratio_at_birth", "births", "deaths")
]
CODES = [f"c{at:02d}" for at in range(AREAS)]
PLACES = pl.DataFrame(
    {
        "area_code": ["p", *CODES],
        "level": ["province", *["county"] * AREAS],
        "parent_code": [None, *["p"] * AREAS],
    }
)


def of_years(months: np.ndarray) -> np.ndarray:
    return months.reshape(YEARS, 12, -1).sum(axis=1)


@pytest.fixture(scope="module")
def simulated():
    """`indicator_values` of counties and their province, and the true monthly levels of both series (T, A)."""
    rng, months = np.random.default_rng(7), 12 * YEARS
    people = np.exp(rng.normal(np.log(1e5), 0.7, AREAS))
    season = 0.08 * np.cos(2 * np.pi * np.arange(months) / 12)[:, None]
    together = np.cumsum(rng.normal(0, 0.003, months))[:, None]

    def events(rate: float) -> tuple[np.ndarray, np.ndarray]:
        level = np.log(rate) + rng.normal(0, 0.2, AREAS) + together
        level = level + np.cumsum(rng.normal(0, 0.004, (months, AREAS)), axis=0)
        return level, rng.poisson(people / 12 * np.exp(level + season + rng.normal(0, 0.03, level.shape)))

    (births_level, births), (deaths_level, deaths) = events(0.011), events(0.008)
    decay, spread = np.exp(-0.105 / 12), 0.0082
    moved = [rng.normal(0, spread, AREAS)]
    for _ in range(1, months):
        moved.append(decay * moved[-1] + rng.normal(0, spread * np.sqrt(1 - decay**2), AREAS))
    ratio = np.log(1.06) + rng.normal(0, 0.01, AREAS) + np.array(moved)
    males = rng.binomial(births, 1 / (1 + np.exp(-ratio)))
    counts = [np.column_stack([each.sum(axis=1), each]) for each in map(of_years, (births, deaths, males))]
    everyone, rows = [people.sum(), *people], []
    for year in range(YEARS):
        for at, code in enumerate(PLACES["area_code"]):
            born, died, boys = (float(each[year, at]) for each in counts)
            for name, numerator, denominator in (
                ("sex_ratio_at_birth", boys, born - boys),
                ("birth_rate", born, everyone[at]),
                ("death_rate", died, everyone[at]),
            ):
                rows.append((code, date(2004 + year, 12, 1), "year", name, numerator, denominator))
    columns = ["area_code", "month", "time_window", "indicator", "numerator", "denominator"]
    values = pl.DataFrame(rows, schema=columns, orient="row")
    truth = {
        "sex_ratio_at_birth": 100 * np.exp(ratio),
        "natural_growth_rate": 1000 * (np.exp(births_level) - np.exp(deaths_level)),
    }
    return values, truth


@pytest.fixture(scope="module")
def fits(simulated):
    return fit_all(yearly_series(NO_MONTHS, simulated[0], PLACES, date(2023, 12, 1)))


@pytest.mark.parametrize("series", ["sex_ratio_at_birth", "natural_growth_rate"])
def test_the_band_holds_the_level_of_simulated_years(simulated, fits, series):
    table = trend_table(fits, 107.0).filter(pl.col("series") == series, pl.col("area_code") != "p")
    lower, upper, true = (
        table["lower_95"].to_numpy().reshape(AREAS, -1).T,
        table["upper_95"].to_numpy().reshape(AREAS, -1).T,
        simulated[1][series],
    )
    inside = (lower <= true) & (true <= upper)
    assert 0.90 < inside.mean() < 0.99, inside.mean()
    assert inside[-1].mean() > 0.85, "the month of the edition, half a year after the last figure, as well"
    single_years = 3.92 * (table["observed"] - table["trend"]).drop_nulls().to_numpy().std()
    assert (upper - lower).mean() < 0.9 * single_years, "and it says more than a single year"


def test_statsmodels_smooths_a_few_of_them_alike(fits):
    for name, levels in fits.items():
        for block, fitted in levels:
            assert fitted.checked
            assert largest_difference(name, block, fitted.checked) < LARGEST_DIFFERENCE


def test_a_year_is_one_figure_in_its_middle(fits):
    known = trend_table(fits, 107.0).filter(pl.col("observed").is_not_null())
    assert set(known["month"].dt.month()) == {7}
    assert known.group_by("area_code", "series").len()["len"].unique().to_list() == [YEARS]


@pytest.mark.parametrize(("since", "has_trend"), [(2020, False), (2019, True)])
def test_five_years_have_a_trend_and_four_have_none(simulated, since, has_trend):
    """As the pages say."""
    values = simulated[0].filter(pl.col("month").dt.year() >= since)
    found = yearly_series(NO_MONTHS, values, PLACES, date(2023, 12, 1))
    assert [bool(series.blocks) for series in found] == [has_trend] * 3


def test_what_has_months_has_no_trend_of_years(simulated, fits):
    months = [
        replace(NO_MONTHS[0], blocks=[block for block, _ in fits["sex_ratio_at_birth"]]),
        *NO_MONTHS[1:],
    ]
    found = yearly_series(months, simulated[0], PLACES, date(2023, 12, 1))
    assert [bool(series.blocks) for series in found] == [False, True, True]
