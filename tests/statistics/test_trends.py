"""The `trends` table: contract, odd areas, honest bands, any order of rows and number of workers."""

import warnings
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from polars.testing import assert_frame_equal

from pipeline.statistics import growth_trend, sex_ratio_trend, trends
from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.hierarchy import Tier, fit
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.panel import significant
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth
from pipeline.statistics.trends import GROWTH, SEX_RATIO
from pipeline.tables import TABLES, schema
from pipeline.workers import worker_pool

REFERENCE = 107.0


def trend_table(vital_events, reference_upper, executor=None):
    return trends.trend_table(trends.fit_all(trends.vital_series(vital_events), executor), reference_upper)


def vital_events(births, *, months=36, level="county", seed=1, death_rate=0.008, prefix="99", parent=None):
    """Areas with so many births a month, 10 per mille a year; months in the order of the calendar."""
    random = np.random.default_rng(seed)
    births = np.asarray(births, dtype=float)
    last = date(2020 + (months - 1) // 12, (months - 1) % 12 + 1, 1)
    calendar = pl.date_range(date(2020, 1, 1), last, "1mo", eager=True)
    born = random.poisson(births[:, None], (len(births), months))
    male = random.binomial(born, 0.516)
    exposure = np.repeat(births[:, None] / 0.010, months, axis=1)
    return pl.DataFrame(
        {
            "area_code": np.repeat([f"{prefix}{i:04}" for i in range(len(births))], months),
            "month": pl.concat([calendar] * len(births)),
            "level": level,
            "parent_code": pl.Series([parent] * (len(births) * months), dtype=pl.String),
            "births_male": male.ravel().astype(float),
            "births_female": (born - male).ravel().astype(float),
            "births": born.ravel().astype(float),
            "deaths": random.poisson(exposure * death_rate).ravel().astype(float),
            "person_years": exposure.ravel(),
        }
    )


def missing(table, where, *columns):
    return table.with_columns(pl.when(~where).then(pl.col(name)).alias(name) for name in columns)


def rows_of(table, area, series):
    return table.filter((pl.col("area_code") == area) & (pl.col("series") == series)).sort("month")


COUNTS = ("births_male", "births_female", "births", "deaths")


def test_rows_and_columns_are_the_contract():
    given = pl.concat([vital_events([5, 60, 400]), vital_events([465], level="province", prefix="98")])
    result = trend_table(given, REFERENCE)
    assert result.to_arrow().cast(schema("trends")).num_rows == 2 * 4 * 36
    assert result.equals(result.sort(TABLES["trends"].key))
    limits = result.select("lower_95", "lower_80", "trend", "upper_80", "upper_95").to_numpy()
    assert (np.diff(limits, axis=1) > 0).all()
    by_series = dict(result.group_by("series"))
    assert by_series[(GROWTH,)]["probability_above_reference"].null_count() == 4 * 36
    assert by_series[(SEX_RATIO,)]["probability_above_reference"].is_between(0, 1).all()
    for series in by_series.values():
        assert series["change_12_months"].null_count() == series["probability_rising"].null_count() == 4 * 12


def test_observed_is_the_months_own_figure():
    given = vital_events([2, 50])
    given = missing(given, pl.col("month") == date(2021, 3, 1), "deaths")
    female = pl.col("births_female")
    own_figures = given.select(
        "area_code",
        "month",
        ratio=pl.when(female > 0).then(100 * pl.col("births_male") / female),
        growth=1000 * (pl.col("births") - pl.col("deaths")) / pl.col("person_years"),
    )
    result = trend_table(given, REFERENCE).join(own_figures, on=["area_code", "month"])
    expected = pl.when(pl.col("series") == SEX_RATIO).then("ratio").otherwise("growth")
    assert_frame_equal(result.select("observed"), result.select(observed=expected))
    assert (
        result.filter(pl.col("month") == date(2021, 3, 1), pl.col("series") == GROWTH)["observed"]
        .is_null()
        .all()
    )


def test_small_counts_are_shrunk_and_large_ones_are_followed():
    result = trend_table(vital_events([2, 2, 2, 50_000]), REFERENCE)
    small, large = (rows_of(result, area, SEX_RATIO) for area in ("990000", "990003"))
    assert small["trend"].is_between(100, 113).all()
    width = [(t["upper_95"] - t["lower_95"]).mean() for t in (small, large)]
    assert width[0] > 2 * width[1]
    assert_allclose(large["trend"].mean(), 100 * 0.516 / 0.484, atol=0.3)


def test_a_million_births_a_month():
    result = trend_table(vital_events([1e6, 1e6]), REFERENCE)
    ratio = rows_of(result, "990000", SEX_RATIO)
    assert_allclose(ratio["trend"], ratio["observed"], atol=0.6)
    assert_allclose(rows_of(result, "990000", GROWTH)["trend"], 2.0, atol=0.1)


def test_unbelievable_counts_do_not_stop_the_others():
    random = np.random.default_rng(13)
    given = vital_events([3, 300, 30_000])
    for name in (*COUNTS, "person_years"):
        factor = random.choice([1.0, 0.0, 1e3, 1e8], given.height, p=[0.9, 0.04, 0.03, 0.03])
        given = given.with_columns(pl.col(name) * factor)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = trend_table(given, REFERENCE)
    assert result.select(pl.col("trend", "lower_95", "upper_95").is_finite().all()).row(0) == (
        True,
        True,
        True,
    )


def test_areas_without_data_have_no_rows():
    area = pl.col("area_code")
    given = vital_events([0, 20, 20, 20])
    given = missing(given, area == "990001", "person_years")
    given = missing(given, area == "990002", *COUNTS)
    result = trend_table(given, REFERENCE)
    has = {(a, s) for a, s in result.select("area_code", "series").unique().iter_rows()}
    assert has == {("990001", SEX_RATIO), ("990003", SEX_RATIO), ("990003", GROWTH)}


def test_months_without_data_have_wider_bands():
    hidden = (pl.col("area_code") == "990000") & (pl.col("month") >= date(2022, 1, 1))
    given = missing(vital_events([300] * 8, months=36), hidden, *COUNTS)
    result = trend_table(given, REFERENCE)
    for series in (SEX_RATIO, GROWTH):
        ends = rows_of(result, "990000", series)
        width = (ends["upper_95"] - ends["lower_95"]).to_numpy()
        assert ends["observed"][24:].null_count() == 12
        assert (np.diff(width[24:]) > 0).all() and width[-1] > width[12]


def test_one_month_of_one_area():
    result = trend_table(vital_events([30], months=1), REFERENCE)
    assert result.height == 2 and result["change_12_months"].null_count() == 2


def test_gaps_in_the_rows_are_missing_months():
    given = vital_events([40, 40])
    sparse = given.filter(~((pl.col("area_code") == "990001") & (pl.col("month") == date(2021, 5, 1))))
    hidden = (pl.col("area_code") == "990001") & (pl.col("month") == date(2021, 5, 1))
    assert_frame_equal(
        trend_table(sparse, REFERENCE), trend_table(missing(given, hidden, *COUNTS), REFERENCE)
    )


def test_order_of_rows_and_number_of_workers_do_not_show():
    """More areas than a worker takes at once, below a province."""
    province = vital_events([900], months=24, level="province", prefix="98")
    given = pl.concat([vital_events([3] * 50 + [200] * 5, months=24), province])
    shuffled = given.sample(fraction=1, shuffle=True, seed=3)
    with worker_pool(2) as pool:
        assert trend_table(shuffled, REFERENCE, pool).equals(trend_table(given, REFERENCE))


def test_empty_table():
    empty = pl.from_arrow(schema("vital_events").empty_table())
    assert trend_table(empty, REFERENCE).to_arrow().cast(schema("trends")).num_rows == 0


def test_significant_digits():
    values = np.array([0.0, 123.456789012345, -1.23456789012345e-14, 9.87654321987e12, np.nan])
    assert_allclose(
        significant(values), [0.0, 123.4567890, -1.234567890e-14, 9.876543220e12, np.nan], rtol=1e-15
    )


def random_walk(random, shape, sd):
    return np.cumsum(random.normal(0, sd, shape), axis=0)


def test_sex_ratio_bands_hold_the_truth():
    """300 areas of 3 to 3,000 births a month, drawn from an AR(1) three times as lively as nature.

    Three levels of 100: what is common to a level is off in all its areas.
    """
    random = np.random.default_rng(101)
    months, areas = 72, 300
    rho = np.exp(-0.2 / 12)
    u = np.empty((months, areas))
    u[0] = random.normal(0, 0.03, areas)
    for t in range(1, months):
        u[t] = rho * u[t - 1] + random.normal(0, 0.03 * np.sqrt(1 - rho**2), areas)
    truth = np.log(1.09) + random.normal(0, 0.02, areas) + u
    born = random.poisson(np.geomspace(3, 3_000, areas), (months, areas))
    male = random.binomial(born, 1 / (1 + np.exp(-truth))).astype(float)
    figures = {}
    for level in range(3):
        some = slice(level, None, 3)
        counts = Binomial(male[:, some], born[:, some].astype(float))
        (fitted,) = fit(SexRatioAtBirth, [Tier.alone(counts)])
        of_level = sex_ratio_trend.trend_columns(
            {"births_male": male[:, some], "births_female": (born - male)[:, some]}, fitted, REFERENCE
        )
        for name, values in of_level.items():
            figures.setdefault(name, np.empty(truth.shape))[:, some] = values
    ratio = 100 * np.exp(truth)
    assert_share_outside(ratio, figures)
    rising = ratio[12:] > ratio[:-12]
    assert np.mean((rising - figures["probability_rising"][12:]) ** 2) < 0.245
    assert abs(np.mean(rising - figures["probability_rising"][12:])) < 0.04
    above = ratio > REFERENCE
    assert abs(np.mean(above - figures["probability_above_reference"])) < 0.04


def test_growth_bands_hold_the_truth():
    """120 areas of 3 to 1,000 births a month, with seasons and irregular months."""
    random = np.random.default_rng(102)
    months, areas = 72, 120
    exposure = np.repeat(np.geomspace(3, 1_000, areas)[None] / 0.010, months, axis=0)
    counts, rates = [], []
    for centre, level_sd in ((0.010, 0.02), (0.008, 0.01)):
        trend = np.log(centre) + random.normal(0, 0.3, areas) + random_walk(random, (months, areas), level_sd)
        pattern = growth_trend.seasonal_contrasts() @ random.normal(0.01, 0.06, (11, areas))
        season = np.tile(pattern, (months // 12, 1))
        events = random.poisson(exposure * np.exp(trend + season + random.normal(0, 0.06, (months, areas))))
        counts.append(events.astype(float))
        rates.append(1000 * np.exp(trend + 0.06**2 / 2) * np.exp(pattern).mean(axis=0))
    fitted = [fit(VitalRate, [Tier.alone(Poisson(events, exposure))])[-1] for events in counts]
    figures = growth_trend.trend_columns(
        {"births": counts[0], "deaths": counts[1], "person_years": exposure}, *fitted
    )
    truth = rates[0] - rates[1]
    assert_share_outside(truth, figures)
    rising = truth[12:] > truth[:-12]
    assert abs(np.mean(rising - figures["probability_rising"][12:])) < 0.04


def assert_share_outside(truth, figures):
    for level, nominal, tolerance in (("95", 0.025, 0.0125), ("80", 0.10, 0.03)):
        assert np.mean(truth < figures[f"lower_{level}"]) == pytest.approx(nominal, abs=tolerance)
        assert np.mean(truth > figures[f"upper_{level}"]) == pytest.approx(nominal, abs=tolerance)
