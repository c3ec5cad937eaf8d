"""Differences from the same period last year: published values, antisymmetry, and agreement with the test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import confint_proportions_2indep

from pipeline.statistics import differences, intervals
from pipeline.statistics.counted import Counted
from pipeline.statistics.indicators import change_limits


def counted(method, factor, successes, size, events=np.nan):
    arrays = (np.array(values, dtype=float) for values in (factor, successes, size, events))
    return Counted(method, *arrays)


def proportion_difference(*counts):
    now, before = (counted("proportion", 1, *period) for period in (counts[:2], counts[2:]))
    return change_limits(now, before, 0.95)


def rate_difference(*counts):
    now, before = (counted("rate", 1000, *period) for period in (counts[:2], counts[2:]))
    return change_limits(now, before, 0.95)


@pytest.mark.parametrize(
    ("now", "before", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_proportions_are_as_newcombe_published(now, before, lower, upper):
    """Newcombe 1998, table II, method 10."""
    assert_allclose(proportion_difference(*now, *before), (lower, upper), atol=5e-5)


def test_proportions_agree_with_statsmodels():
    theirs = confint_proportions_2indep(120, 1000, 90, 1100, method="newcomb", compare="diff")
    assert_allclose(proportion_difference(120, 1000, 90, 1100), theirs, rtol=1e-9)


def test_half_width_of_the_log_ratio_is_that_of_wilson():
    lower, upper = np.log(intervals.sex_ratio(550, 450))
    half = 2 * np.arcsinh(intervals.normal_quantile(0.95) / 2 * np.sqrt(1 / 550 + 1 / 450))
    assert_allclose((upper - lower) / 2, half, rtol=1e-12)


def test_log_ratio_of_large_counts_is_the_delta_method():
    counts = np.array([541_000, 500_000, 532_000, 500_000], dtype=float)
    lower, upper = differences.sex_ratio_difference(*counts)
    assert_allclose((lower + upper) / 2, 108.2 - 106.4, atol=1e-3)
    log_sd = np.sqrt((1 / counts).sum())
    assert_allclose((upper - lower) / 2, 107.3 * 1.959964 * log_sd, rtol=1e-4)


def test_a_sex_never_born_has_no_limits():
    assert np.isnan(differences.sex_ratio_difference([5, 0, 5], [5, 5, 5], [5, 5, 5], [0, 5, np.nan])).all()


def test_rates_without_events_still_have_limits():
    lower, upper = rate_difference(0, 1000, 0, 1000)
    assert lower == -upper and upper == pytest.approx(intervals.exact_count(0)[1])


def test_growth_rates_add_their_variances():
    lower, upper = change_limits(
        counted("balance", 1000, 763, 220_444, 1377), counted("balance", 1000, 600, 219_000, 1400), 0.95
    )
    centre = 763 / 220.444 - 600 / 219.0
    half = 1.959963984540054 * np.sqrt(1377 / 220.444**2 + 1400 / 219.0**2)
    assert_allclose((lower, upper), (centre - half, centre + half), rtol=1e-12)


positive = st.integers(1, 10**6)


@given(positive, positive, positive, positive)
def test_exchanging_the_periods_changes_only_the_sign(a, b, c, d):
    for difference in (differences.sex_ratio_difference, rate_difference):
        lower, upper = difference(a, b, c, d)
        swapped_lower, swapped_upper = difference(c, d, a, b)
        assert_allclose((lower, upper), (-swapped_upper, -swapped_lower), rtol=1e-6, atol=1e-6)


@given(positive, positive, positive, positive)
def test_limits_hold_the_difference(a, b, c, d):
    for difference, factor in ((differences.sex_ratio_difference, 100), (rate_difference, 1000)):
        lower, upper = difference(a, b, c, d)
        value = factor * (a / b - c / d)
        assert lower - 1e-9 * abs(lower) <= value <= upper + 1e-9 * abs(upper)


def test_coverage_of_the_sex_ratio_difference_in_small_areas():
    random = np.random.default_rng(7)
    births = 120
    now, before = random.binomial(births, 0.53, 40_000), random.binomial(births, 0.51, 40_000)
    lower, upper = differences.sex_ratio_difference(now, births - now, before, births - before)
    truth = np.log(0.53 / 0.47) - np.log(0.51 / 0.49)
    middle = 200 * np.sqrt(now / (births - now) * before / (births - before))
    covered = (np.arcsinh(lower / middle) * 2 <= truth) & (truth <= np.arcsinh(upper / middle) * 2)
    assert 0.945 <= covered.mean() <= 0.957
