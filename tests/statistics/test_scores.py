"""p-values: one with the published intervals, and with the tests of statsmodels and scipy."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import binomtest, poisson
from statsmodels.stats.proportion import proportions_ztest

from pipeline.statistics import intervals
from pipeline.statistics.counted import Counted
from pipeline.statistics.indicators import change_limits
from pipeline.statistics.scores import (
    binomial_score,
    p_value,
    poisson_score,
    score_against_value,
    score_between,
    score_of_limits,
)


def counted(method, successes, size, events=None, factor=100.0):
    successes, size = np.atleast_1d(np.asarray(successes, float)), np.atleast_1d(np.asarray(size, float))
    events = successes if events is None else np.atleast_1d(np.asarray(events, float))
    return Counted(method, np.full(successes.shape, factor), successes, size, events)


def test_score_of_a_share_is_the_score_test_of_statsmodels():
    theirs, p = proportions_ztest(5420, 10_000, value=0.517, prop_var=0.517)
    assert_allclose(binomial_score(5420, 10_000, 0.517), theirs)
    assert_allclose(p_value(theirs), p)


@pytest.mark.parametrize("confidence", [0.95, 0.998])
@given(share=st.floats(0.01, 0.99), trials=st.integers(30, 10**6), errors=st.floats(-5, 5))
def test_a_share_is_significant_exactly_where_wilson_excludes(confidence, share, trials, errors):
    successes = round(share * trials)
    reference = np.clip(share + errors * np.sqrt(share * (1 - share) / trials), 0.001, 0.999)
    lower, upper = intervals.wilson(successes, trials, confidence)
    excluded = not lower <= reference <= upper
    significant = p_value(binomial_score(successes, trials, reference)) < 1 - confidence
    if min(successes, trials - successes) >= 10:
        assert significant == excluded
    else:
        assert excluded or not significant


@pytest.mark.parametrize("confidence", [0.95, 0.998])
@given(events=st.one_of(st.integers(0, 40), st.integers(0, 10**6)), errors=st.floats(-5, 5))
def test_a_count_is_significant_exactly_where_its_interval_excludes(confidence, events, errors):
    expected = max(events + errors * np.sqrt(events + 1), 0.01)
    lower, upper = intervals.count(events, confidence)
    excluded = not lower <= expected <= upper
    assert (p_value(poisson_score(events, expected)) < 1 - confidence) == excluded


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_at_its_own_limits_a_figure_has_the_z_of_the_interval(confidence):
    z, events = intervals.normal_quantile(confidence), np.arange(1, 3000)
    for side, limit in zip((1, -1), intervals.count(events, confidence), strict=True):
        assert_allclose(poisson_score(events, limit), side * z, rtol=1e-6)
    for side, limit in zip((1, -1), intervals.wilson(events[9:], 7000, confidence), strict=True):
        assert_allclose(binomial_score(events[9:], 7000, limit), side * z, rtol=1e-9)
    own = counted("balance", 300, 10_000.0, 700, factor=1000.0)
    for side, limit in zip((1, -1), intervals.balance(300, 700, 10_000, confidence), strict=True):
        assert_allclose(score_against_value(own, limit), side * z)


def test_few_events_have_the_exact_tails():
    assert_allclose(p_value(poisson_score(7, 2.5)), 2 * poisson.sf(6, 2.5))
    assert_allclose(p_value(poisson_score(1, 6.0)), 2 * poisson.cdf(1, 6.0))
    theirs = binomtest(3, 300, 0.001, "greater").pvalue
    assert_allclose(p_value(binomial_score(3, 300, 0.001)), 2 * theirs)


def test_two_shares_are_compared_by_the_pooled_test():
    theirs, _ = proportions_ztest([540, 5100], [1000, 10_000])
    assert_allclose(
        score_between(counted("sex_ratio", 540, 1000), counted("sex_ratio", 5100, 10_000)), theirs
    )


def test_two_rates_are_compared_given_their_sum():
    score = score_between(counted("rate", 9, 1000.0), counted("rate", 50, 20_000.0))
    assert_allclose(p_value(score), 2 * binomtest(9, 59, 1 / 21, "greater").pvalue)
    score = score_between(counted("rate", 90, 9000.0), counted("rate", 200, 30_000.0))
    lower, upper = binomtest(90, 290).proportion_ci(1 - p_value(score)[0], "wilson")
    assert min(abs(lower - 9 / 39), abs(upper - 9 / 39)) < 1e-9


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_a_change_is_significant_exactly_where_its_interval_excludes_zero(confidence):
    random, cases = np.random.default_rng(6), 4000
    before = np.where(
        random.random(cases) < 0.5, random.integers(0, 41, cases), random.integers(0, 10**5, cases)
    )
    now = np.maximum(np.round(before + random.uniform(-6, 6, cases) * np.sqrt(before + 1)), 0)
    size = random.integers(10**5, 10**7, cases)
    periods = [counted("rate", events, size, factor=1000.0) for events in (now, before)]

    def limits(c):
        return change_limits(*periods, c)

    lower, upper = limits(confidence)
    is_significant = p_value(score_of_limits(limits, now - before)) < 1 - confidence
    assert (is_significant == ((lower > 0) | (upper < 0))).all()
    assert 0.2 < is_significant.mean() < 0.8


def test_odd_figures_give_scores_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x, n = np.array([0, 0, 5, 10**6, np.nan, 3]), np.array([0, 10, 5, 10**6, 7, np.nan])
        for method in ("sex_ratio", "proportion", "rate", "balance"):
            own = counted(method, x, n, events=x)
            for value in (0.0, 50.0, 100.0, 1e9, np.nan):
                score_against_value(own, value)
            score_between(own, own)
    assert binomial_score(10, 10, 1.0) == 0 and binomial_score(0, 10, 0.0) == 0
    assert p_value(binomial_score(9, 10, 1.0)) < 1e-9


@pytest.mark.parametrize("expected", [3, 12, 60])
def test_small_areas_that_are_like_the_average_are_rarely_called_different(expected):
    random = np.random.default_rng(11)
    own = counted("rate", random.poisson(expected, 40_000), np.full(40_000, 1.0))
    rest = counted("rate", random.poisson(2 * expected, 40_000), np.full(40_000, 2.0))
    assert (p_value(score_between(own, rest)) < 0.05).mean() <= 0.052
    due = counted("proportion", random.binomial(200, expected / 200, 40_000), np.full(40_000, 200.0))
    other = counted("proportion", random.binomial(400, expected / 200, 40_000), np.full(40_000, 400.0))
    assert (p_value(score_between(due, other)) < 0.05).mean() <= 0.053
