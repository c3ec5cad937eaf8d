"""Intervals against published values (PHEindicatormethods 2.1.0), statsmodels and their own logic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from pipeline.statistics import intervals

EXACT = 1e-9


@pytest.mark.parametrize(
    ("successes", "trials", "confidence", "lower", "upper"),
    [
        (65, 100, 0.95, 0.5525444329688797, 0.7363575175690247),
        (1045, 5000, 0.95, 0.19795549880013297, 0.22049130373189027),
        (0.445, 1, 0.95, 0.04381744772058822, 0.9334621276979156),
        (65, 100, 0.998, 0.4954946574070431, 0.7783540614089697),
    ],
)
def test_wilson_is_as_published(successes, trials, confidence, lower, upper):
    assert_allclose(intervals.wilson(successes, trials, confidence), (lower, upper), rtol=EXACT)


@pytest.mark.parametrize(
    ("events", "confidence", "lower", "upper"),
    [
        (65, 0.95, 50.163187710459454, 82.84913854593984),
        (1045, 0.95, 982.5932018073325, 1110.33121298565),
        (1, 0.95, 0.01307213290150435, 5.5637555824752605),
        (65, 0.998, 42.8802614714802, 94.00029084431802),
        (10, 0.998, 2.916318374695686, 24.193724927880535),
        (1, 0.998, np.nan, 9.362180217908362),
    ],
)
def test_byar_is_as_published(events, confidence, lower, upper):
    assert_allclose(intervals.byar(events, confidence), (lower, upper), rtol=EXACT)


def test_exact_count_is_as_published():
    assert_allclose(intervals.exact_count(9), (4.115373, 17.084803), atol=5e-7)


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(9, 46.03303513307893, 191.10426659054028), (91, 819.521002506463, 1249.75926013832)],
)
def test_indirectly_standardised_rate_is_as_published(events, lower, upper):
    """Expected events 835.8836 and reference rate 9,349.883 are published with seven digits."""
    assert_allclose(intervals.rate(events, 835.8836, 0.95, 9349.883), (lower, upper), rtol=2e-7)


@pytest.mark.parametrize(
    ("births", "ratio", "lower", "upper"),
    [
        (10_052, 118, 113.5, 122.7),
        (6_312, 110.77, 105.4, 116.4),
        (2_468, 110.8, 102.3, 119.9),
        (35_041, 108.93, 106.7, 111.2),
    ],
)
def test_sex_ratio_of_real_counties(births, ratio, lower, upper):
    males = round(births * ratio / (100 + ratio))
    assert_allclose(intervals.sex_ratio(males, births - males), (lower, upper), atol=0.06)


def test_sex_ratio_without_girls_or_without_births():
    lower, upper = intervals.sex_ratio([3, 0, 0], [0, 3, 0])
    assert lower[0] > 0 and np.isnan(upper[0])
    assert lower[1] == 0 and upper[1] > 0
    assert np.isnan([lower[2], upper[2]]).all()


def test_natural_growth_of_a_district():
    """Half-year 2007 of a district: 1,070 births, 307 deaths, 220,444 people: 3.461 per mille."""
    lower, upper = intervals.balance(763, 1377, 220_444)
    assert_allclose((lower + upper) / 2, 3.4612, atol=1e-4)
    assert_allclose((upper - lower) / 2, 1.959964 * np.sqrt(1377) / 220.444, rtol=1e-6)


def test_contradictory_figures_have_no_limits():
    for limits in (
        intervals.wilson([5, 0, -1, np.nan], [4, 0, 10, 10]),
        intervals.count([-1, np.nan]),
        intervals.rate([5, 5, 5], [0, -1, np.nan]),
        intervals.balance([5, 10, np.nan], [9, 4, 4], [0, 100, 100]),
    ):
        assert np.isnan(limits).all()


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_agrees_with_statsmodels(confidence):
    successes, trials = np.array([0, 1, 7, 500, 1000]), np.array([10, 10, 9, 1000, 1000])
    theirs = proportion_confint(successes, trials, 1 - confidence, method="wilson")
    assert_allclose(intervals.wilson(successes, trials, confidence), theirs, atol=1e-12)
    events = np.arange(10)
    theirs = confint_poisson(events, 1, method="exact-c", alpha=1 - confidence)
    assert_allclose(intervals.count(events, confidence), theirs, atol=1e-9)


counts = st.integers(0, 10**7)


@given(counts, counts)
def test_limits_hold_the_proportion_and_widen_with_confidence(males, females):
    for interval, value in (
        (lambda c: intervals.wilson(males, males + females, c), males / max(males + females, 1)),
        (lambda c: intervals.sex_ratio(males, females, c), 100 * males / max(females, 1)),
    ):
        lower, upper = interval(0.95)
        wide_lower, wide_upper = interval(0.998)
        if males + females == 0:
            assert np.isnan([lower, upper]).all()
        elif females > 0:
            tolerance = 1e-9 * value
            assert 0 <= wide_lower <= lower <= value + tolerance
            assert value - tolerance <= upper <= wide_upper


@given(counts)
def test_limits_hold_the_count_and_widen_with_confidence(events):
    lower, upper = intervals.count(events, 0.95)
    wide_lower, wide_upper = intervals.count(events, 0.998)
    assert 0 <= wide_lower <= lower <= events <= upper <= wide_upper


@given(st.lists(counts, min_size=1, max_size=20))
def test_arrays_and_single_figures_agree(events):
    one_by_one = np.array([intervals.count(e) for e in events]).T
    assert_allclose(intervals.count(np.array(events)), one_by_one, rtol=1e-13)
