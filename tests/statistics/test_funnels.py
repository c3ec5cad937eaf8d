"""Funnels: limits where the tests of single areas change their answer, coverage, and their shape."""

import numpy as np
import polars as pl
import pytest
from made_indicators import MONTH, made, of_level
from numpy.testing import assert_allclose
from scipy.stats import poisson

from pipeline.statistics import intervals
from pipeline.statistics.counted import Counted
from pipeline.statistics.edition import figures_of_edition
from pipeline.statistics.funnels import SIZES, funnel_table, limits_at, touching_counts
from pipeline.statistics.rules import Rule
from pipeline.tables import TABLES, schema

RULES = {name: Rule(name) for name in ("sex_ratio", "proportion", "rate", "balance", "count")}


def average(method, successes, size, factor, events=None):
    one = [np.array([float(x)]) for x in (factor, successes, size, successes if events is None else events)]
    return Counted(method, *one)


def funnels(rows, rules=RULES, **more):
    table = funnel_table(
        figures_of_edition(rows, of_level(rows["area_code"].unique().sort(), **more), rules, MONTH)
    )
    assert table.to_arrow().cast(schema("funnels")).num_rows == table.height
    return table


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_an_area_on_the_limit_has_an_interval_that_touches_the_average(confidence):
    size = np.geomspace(50, 50_000, 30)
    lower, upper = limits_at(size, average("rate", 9_000, 10**6, 1000), 0.0, confidence)
    events = upper * size / 1000
    exact = events < 10
    touching = np.where(
        exact, intervals.exact_count(events, confidence)[0], intervals.byar(events, confidence)[0]
    )
    assert_allclose(1000 * touching / size, 9.0, rtol=2e-3)
    # Where even no event at all would be too many, there is no lower limit: it is 0.
    seen = lower > 1e-6
    events = (lower * size / 1000)[seen]
    touching = np.where(
        events < 10, intervals.exact_count(events, confidence)[1], intervals.byar(events, confidence)[1]
    )
    assert_allclose(1000 * touching / size[seen], 9.0, rtol=2e-3)

    births = np.array([200.0, 5000, 80_000])
    lower, upper = limits_at(births, average("sex_ratio", 51_500, 100_000, 100), 0.0, confidence)
    for limit, side in ((upper, 0), (lower, 1)):
        males = births * limit / (100 + limit)
        touching = intervals.sex_ratio(males, births - males, confidence)[side]
        assert_allclose(touching, 100 * 515 / 485, rtol=1e-9)


def test_expected_share_outside_the_limits_is_what_they_promise():
    expected = np.array([20.0, 100.0, 2000.0])
    below, above = touching_counts(expected, np.full(3, intervals.normal_quantile(0.95)))
    outside = poisson.cdf(np.ceil(below) - 1, expected) + poisson.sf(np.floor(above), expected)
    assert ((outside > 0.025) & (outside <= 0.05)).all()


def test_scatter_between_areas_widens_as_the_sum_of_variances():
    """On the log ratio, far out: τ alone is left of the limits."""
    lower, upper = limits_at(np.array([1e10]), average("sex_ratio", 51_500, 100_000, 100), 0.05, 0.95)
    assert_allclose(np.log(upper / lower) / 2, 1.96 * 0.05, rtol=0.01)
    lower, upper = limits_at(np.array([1e10]), average("rate", 10_000, 10**6, 1000), 0.1, 0.95)
    assert_allclose((np.sqrt(upper) - np.sqrt(lower)) / 2, 1.96 * 0.1, rtol=0.01)
    lower, upper = limits_at(np.array([1e10]), average("balance", 2_000, 10**6, 1000, 18_000), 0.3, 0.95)
    assert_allclose((upper - lower) / 2, 1.96 * 0.3, rtol=0.01)


def test_curves_cover_all_areas_and_narrow_with_size():
    random = np.random.default_rng(6)
    size = np.round(10 ** random.uniform(2.2, 4.5, 40))
    rows = pl.concat(
        [
            made("proportion", random.binomial(size.astype(int), 0.9), size),
            made("sex_ratio", random.poisson(size), random.poisson(size)),
            made("rate", random.poisson(0.01 * size), size),
            made("balance", random.poisson(0.01 * size), size, events=0.05 * size),
            made("count", random.poisson(50, 40)),
        ]
    )
    table = funnels(rows)
    assert table.columns == TABLES["funnels"].column_names
    assert set(table["indicator"]) == {"proportion", "sex_ratio", "rate", "balance"}
    for _, of_one in table.group_by("indicator"):
        assert of_one.height == SIZES
        width = (of_one["upper_998"] - of_one["lower_998"]).drop_nulls()
        assert (width.diff().drop_nulls() <= 1e-9).all()
        inside = of_one.drop_nulls()
        assert (inside["lower_998"] <= inside["lower_95"]).all() and (
            inside["lower_95"] < inside["centre"]
        ).all()
        assert (inside["upper_998"] >= inside["upper_95"]).all() and (
            inside["upper_95"] > inside["centre"]
        ).all()
    of_rate = table.filter(indicator="rate")
    assert of_rate["size"].min() < size.min() and of_rate["size"].max() > size.max()
    assert_allclose(np.diff(np.log(of_rate["size"].to_numpy()), 2), 0, atol=1e-9)
    assert funnels(rows.sample(fraction=1, shuffle=True, seed=2)).equals(table)


def test_no_funnel_for_two_areas_nor_without_events():
    assert funnels(made("rate", [5.0, 6.0], 900.0)).height == 0
    assert funnels(made("rate", [0.0, 0.0, 0.0], 900.0)).height == 0
    assert funnels(made("proportion", [9.0, 9.0, 9.0], 9.0)).height == 0
    rules = {"sex_ratio": Rule("sex_ratio", withhold_below=100)}
    assert funnels(made("sex_ratio", [60.0, 70.0, 40.0], 45.0), rules).height == 0
