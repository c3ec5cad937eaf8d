"""Each month against what was to be expected: scipy's distributions, uniform p-values, errors that are found."""

import warnings
from datetime import date

import numpy as np
import polars as pl
import pytest
from made_areas import PROVINCE, calendar, code, counts_of, vital_events
from numpy.testing import assert_allclose
from scipy.special import expit
from scipy.stats import binom, kstest, nbinom, poisson

from pipeline.statistics import hierarchy, trends
from pipeline.statistics.discovery import q_values
from pipeline.statistics.expectations import (
    BIRTHS,
    FEW_BIRTHS,
    expectation_table,
    expected_count,
    expected_ratio,
)
from pipeline.statistics.trends import SEX_RATIO
from pipeline.tables import TABLES, schema

MONTHS = 48
FALSE_DISCOVERY = 0.05


@pytest.fixture
def given(monkeypatch):
    """Hyperparameters at their anchors, but for the irregular: these areas are as regular as can be."""

    def anchors(series, *_):
        values = series.medians()
        return values | {"irregular_sd": min(values["irregular_sd"], 0.01)}

    monkeypatch.setattr(hierarchy, "estimate", anchors)


def column(*values):
    return np.array(values, float)[:, None]


def test_counts_are_negative_binomial_of_the_mean_and_variance():
    observed, exposure = column(0, 3, 40, 1e6), column(200, 200, 5_000, 1e8)
    mean, variance = column(*[np.log(0.010)] * 4), column(0.01, 0.04, 0.002, 1e-4)
    figures = expected_count(observed, exposure, mean, variance, 1.5)
    m = exposure * 0.010 * np.exp(variance / 2)
    v = 1.5 * m + m**2 * np.expm1(variance)
    theirs = nbinom(m**2 / (v - m), m / v)
    assert_allclose(theirs.mean(), m)
    assert_allclose(theirs.var(), v)
    for name, q in {
        "expected": 0.5,
        "lower_95": 0.025,
        "upper_95": 0.975,
        "lower_998": 0.001,
        "upper_998": 0.999,
    }.items():
        assert_allclose(figures[name], theirs.ppf(q))
    mid = theirs.cdf(observed) - theirs.pmf(observed) / 2
    assert_allclose(figures["p_value"], 2 * np.minimum(mid, 1 - mid), rtol=1e-6)


def test_counts_known_for_certain_are_poisson():
    figures = expected_count(column(0, 7), column(300, 300), column(*[np.log(0.010)] * 2), column(0, 0), 1.0)
    assert_allclose(figures["p_value"][0], poisson.pmf(0, 3), rtol=1e-4)  # 2 × half of P(0)
    assert_allclose(figures["p_value"][1], 2 * (poisson.sf(7, 3) + poisson.pmf(7, 3) / 2), rtol=1e-4)


def test_ratio_known_for_certain_is_binomial():
    males, births = column(0, 2, 15, 260, 5_100), column(3, 5, 20, 480, 10_000)
    logit = np.full((5, 1), np.log(1.06))
    figures = expected_ratio(males, births, logit, np.full((5, 1), 1e-14), 1.0)
    theirs = binom(births, expit(logit))
    mid = theirs.cdf(males) - theirs.pmf(males) / 2
    assert_allclose(figures["p_value"], 2 * np.minimum(mid, 1 - mid), rtol=1e-5)
    assert_allclose(figures["expected"], 106)
    assert_allclose(figures["observed"], 100 * males / (births - males))
    for name, q in {"lower_95": 0.025, "upper_998": 0.999}.items():
        boys, girls = theirs.ppf(q), births - theirs.ppf(q)
        exact = 100 * np.divide(boys, girls, out=np.full_like(boys, np.nan), where=girls > 0)
        assert_allclose(figures[name][:4], exact[:4])
        assert_allclose(figures[name][4], exact[4], rtol=0.002)


def test_ratio_against_monte_carlo():
    random = np.random.default_rng(3)
    males, births, sd = column(30, 95, 1_150), column(80, 150, 2_100), 0.06
    figures = expected_ratio(males, births, np.full((3, 1), 0.06), np.full((3, 1), sd**2), 1.0)
    drawn = random.binomial(births.astype(int), expit(random.normal(0.06, sd, (3, 400_000))))
    below, at = np.mean(drawn < males, 1), np.mean(drawn == males, 1)
    theirs = 2 * np.minimum(below + at / 2, 1 - below - at / 2)
    assert_allclose(figures["p_value"][:, 0], theirs, atol=0.004)


def test_boys_alone_have_no_ratio_and_no_births_no_row():
    males, births = column(4, 0, np.nan, 3), column(4, 0, 10, 7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures = expected_ratio(males, births, np.zeros((4, 1)), np.full((4, 1), 0.01), 1.0)
        counts = expected_count(column(np.nan, 3, 0), column(10, 0, np.nan), *np.zeros((2, 3, 1)), 1.0)
    for values in figures.values():
        assert np.isnan(values[:3]).all()
    assert_allclose(figures["observed"][3], 75)
    for values in counts.values():
        assert np.isnan(values).all()


@pytest.mark.parametrize("births", [2, 30, FEW_BIRTHS - 1, FEW_BIRTHS, 1e6])
def test_limits_are_in_order(births):
    males = column(np.floor(births / 2))
    f = expected_ratio(males, column(births), column(0.06), column(1e-4), 1.0)
    limits = np.array([f[name][0, 0] for name in ("lower_998", "lower_95", "upper_95", "upper_998")])
    limits = limits[np.isfinite(limits)]
    assert (np.diff(limits) >= 0).all() and (births < 20 or len(limits) == 4)


@pytest.mark.parametrize("expected", [400, 20_000])
def test_p_values_of_counts_are_uniform_under_the_model(expected):
    random = np.random.default_rng(4)
    shape, variance = (4_000, 1), 0.004
    exposure = np.full(shape, expected / 0.010)
    log_rate = random.normal(np.log(0.010), np.sqrt(variance), shape)
    observed = random.poisson(exposure * np.exp(log_rate)).astype(float)
    p = expected_count(observed, exposure, np.full(shape, np.log(0.010)), np.full(shape, variance), 1.0)
    assert kstest(p["p_value"].ravel(), "uniform").pvalue > 0.001
    assert np.mean(p["p_value"] < 0.01) == pytest.approx(0.01, abs=0.006)


@pytest.mark.parametrize("births", [60, 600, 20_000])
def test_p_values_of_the_ratio_are_uniform_under_the_model(births):
    random = np.random.default_rng(5)
    shape, variance = (4_000, 1), 0.0009
    logit = random.normal(0.06, np.sqrt(variance), shape)
    males = random.binomial(births, expit(logit)).astype(float)
    p = expected_ratio(males, np.full(shape, births), np.full(shape, 0.06), np.full(shape, variance), 1.0)
    p = p["p_value"].ravel()
    # of few births there are only so many p-values: their steps are wider than chance
    assert births < 1_000 or kstest(p, "uniform").pvalue > 0.001
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.015)
    assert np.mean(p < 0.5) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("expected", [0.3, 3])
def test_p_values_of_tiny_counts_do_not_flag_too_often(expected):
    random = np.random.default_rng(6)
    shape = (20_000, 1)
    observed = random.poisson(expected, shape).astype(float)
    p = expected_count(
        observed, np.full(shape, expected / 0.010), np.full(shape, np.log(0.010)), np.zeros(shape), 1.0
    )
    for level in (0.001, 0.01, 0.05):
        assert np.mean(p["p_value"] < level) < 2 * level


def table_of(counts, **more):
    return expectation_table(trends.fit_all(trends.vital_series(vital_events(counts, **more))))


def odd(table):
    flagged = table.filter(pl.col("q_value") < FALSE_DISCOVERY)
    return {(row["area_code"], row["month"], row["series"]) for row in flagged.iter_rows(named=True)}


@pytest.mark.usefixtures("given")
def test_rows_are_the_contract_and_false_discovery_is_over_all():
    counts = counts_of([3, 40, 600, 2_000])
    counts["births"][-3, 1] = np.nan
    table = table_of(counts)
    assert table.to_arrow().cast(schema("expectations")).num_rows == table.height
    assert table.equals(table.sort(TABLES["expectations"].key))
    assert set(table["series"]) == {"births", "deaths", SEX_RATIO}
    assert table["month"].min() == calendar(MONTHS)[-24]
    months = table.group_by("area_code", "series").len()
    by_area = {(area, series): number for area, series, number in months.iter_rows()}
    assert by_area[(code(2), BIRTHS)] == 24 and by_area[(code(1), BIRTHS)] == 23
    q = q_values(table["p_value"].to_numpy(), np.zeros(table.height))
    assert_allclose(table["q_value"], q, rtol=1e-8)
    assert not odd(table)


@pytest.mark.usefixtures("given")
def test_a_zero_that_means_missing_is_found():
    counts = counts_of([40, 200, 200, 1_000, 30, 90])
    counts["deaths"][-9, 5] = 0
    found = odd(table_of(counts, with_province=False))
    assert found == {(code(5), calendar(MONTHS)[-9], "deaths")}


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize("last", [-1, -2, -9])
def test_an_error_of_ten_is_found_and_nothing_else(last):
    """In the last month as well as before: the area itself is named, and none of its neighbours."""
    counts = counts_of([200] * 8)
    for name in ("births", "births_male", "births_female"):
        counts[name][last, 2] *= 10
    found = {(area, month) for area, month, _ in odd(table_of(counts)) if area != PROVINCE}
    assert found == {(code(2), calendar(MONTHS)[last])}


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize("last", [-1, -12])
def test_a_new_year_month_and_a_zodiac_year_of_all_are_not_odd(last):
    """Births of all areas 15 % down in one month, 12 % up in a year: no county stands out."""
    common = np.zeros((MONTHS, 1))
    common[-11 + last if last == -1 else -20] = np.log(0.85)
    common[last:] += np.log(1.12)
    counts = counts_of([40, 200, 300, 1_000, 30, 900], log_factor=common)
    found = {key for key in odd(table_of(counts)) if key[0] != PROVINCE}
    assert not found


@pytest.mark.parametrize("last", [-1, -5])
def test_the_fall_of_one_area_alone_is_odd(last):
    counts = counts_of([200] * 8)
    for name in ("births", "births_male", "births_female"):
        counts[name][last, 2] = np.round(0.65 * counts[name][last, 2])
    assert odd(table_of(counts)) == {(code(2), calendar(MONTHS)[last], BIRTHS)}


def test_no_fits_give_an_empty_table():
    fits = trends.fit_all(trends.vital_series(pl.from_arrow(schema("vital_events").empty_table())))
    assert expectation_table(fits).to_arrow().cast(schema("expectations")).num_rows == 0


@pytest.mark.usefixtures("given")
def test_months_are_those_of_the_calendar():
    table = table_of(counts_of([50], months=7), with_province=False)
    assert table["month"].min() == date(2021, 1, 1) and table["month"].max() == date(2021, 7, 1)
