"""Where a year ends: against Monte Carlo of the months to come, and by hand."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit

from pipeline.statistics import year_end
from pipeline.statistics.posterior import Ahead
from pipeline.statistics.year_end import QUANTILES, Total

DRAWS = 100_000
NONE = np.array([np.nan])
ONE = np.array([1.0])


def ahead(mean, months=6, *, level_sd=0.05, walk_sd=0.02, irregular_sd=0.03):
    """Months that go their way together: a level not quite known, a walk, and an irregular of each."""
    number = np.arange(1, months + 1)
    cov = level_sd**2 + walk_sd**2 * np.minimum(number[:, None], number) + irregular_sd**2 * np.eye(months)
    return Ahead(np.full((months, 1), mean), cov[None])


def drawn(forecast, random):
    """Latent paths, (DRAWS, months)."""
    return random.multivariate_normal(forecast.mean[:, 0], forecast.cov[0], DRAWS, method="cholesky")


def scattered(random, mean, dispersion):
    """Poisson counts, or negative binomial ones of `dispersion` times the variance."""
    if dispersion == 1:
        return random.poisson(mean)
    return random.negative_binomial(mean / (dispersion - 1), 1 / dispersion)


def assert_quantiles(totals, quantiles, tolerance=0.012, step=0.0):
    """Each quantile q of p has P(< q − step) ≤ p ≤ P(≤ q + step), to the tolerance."""
    for name, p in QUANTILES.items():
        value = quantiles[name][0]
        slack = 1e-9 * abs(value) + step
        assert (
            np.mean(totals < value - slack) - tolerance < p < np.mean(totals <= value + slack) + tolerance
        ), name


@pytest.mark.parametrize("dispersion", [1.0, 1.6])
@pytest.mark.parametrize("a_month", [0.05, 3, 40, 3_000, 200_000])
def test_counts_against_monte_carlo(a_month, dispersion):
    random = np.random.default_rng(1)
    forecast = ahead(np.log(0.010))
    exposure = np.full((6, 1), a_month / 0.010)
    rest = scattered(random, exposure[:, 0] * np.exp(drawn(forecast, random)), dispersion).sum(1)
    so_far = np.array([6 * a_month]).round()
    high = so_far + np.floor(6.2 * a_month)
    low = so_far + np.floor(5 * a_month)
    total = year_end.total_to_come(exposure, forecast, dispersion)
    assert_allclose(total.mean[0], rest.mean(), rtol=0.02)
    assert_allclose(total.variance[0], rest.var(), rtol=0.06)
    end = year_end.of_count(so_far, total, ONE, ONE, low, high)
    assert_quantiles(so_far + rest, end.quantiles)
    year = so_far + rest
    assert_allclose(end.probability_met, np.mean((year >= low) & (year <= high)), atol=0.012)
    at_most = year_end.of_count(so_far, total, ONE, ONE, NONE, high)
    assert_allclose(at_most.probability_met, np.mean(year <= high), atol=0.012)
    at_least = year_end.of_count(so_far, total, ONE, ONE, low, NONE)
    assert_allclose(at_least.probability_met, np.mean(year >= low), atol=0.012)


@pytest.mark.parametrize("a_month", [3, 40, 3_000, 200_000])
def test_balance_against_monte_carlo(a_month):
    """Births and deaths; below a dozen of each the rest is not quite normal."""
    random = np.random.default_rng(2)
    births, deaths = ahead(np.log(0.010)), ahead(np.log(0.008), level_sd=0.03)
    exposure = np.full((6, 1), a_month / 0.010)
    rest = scattered(random, exposure[:, 0] * np.exp(drawn(births, random)), 1).sum(1)
    rest = rest - scattered(random, exposure[:, 0] * np.exp(drawn(deaths, random)), 1).sum(1)
    so_far = np.array([a_month])
    scale = np.array([1000 / (12 * exposure.mean())])
    totals = [year_end.total_to_come(exposure, forecast, 1.0) for forecast in (births, deaths)]
    low = scale * (so_far + 0.8 * a_month)
    end = year_end.of_balance(so_far, *totals, scale, scale, low, NONE)
    year = scale * (so_far + rest)
    assert_quantiles(year, end.quantiles, 0.015, step=0.5 * scale[0])
    half = 0.5 * np.mean(year == low)
    assert_allclose(
        end.probability_met, np.mean(year >= low), atol=0.015 + half + 0.5 / np.sqrt(a_month) * 0.1
    )


def share_draws(random, forecast, due, dispersion):
    chance = expit(drawn(forecast, random))
    if dispersion > 1:
        size = np.maximum((due - dispersion) / (dispersion - 1), 1e-3)
        chance = random.beta(chance * size, (1 - chance) * size)
    return random.binomial(int(due), chance).sum(1)


@pytest.mark.parametrize(
    ("due", "logit", "dispersion", "tolerance"),
    [
        (3, 0.06, 1.0, 0.02),
        (40, 0.06, 1.0, 0.012),
        (3_000, 0.06, 1.0, 0.012),
        (200_000, 0.06, 1.0, 0.012),
        (40, 2.5, 1.0, 0.03),
        (400, 1.5, 1.7, 0.015),
    ],
)
def test_shares_against_monte_carlo(due, logit, dispersion, tolerance):
    """As many due so far as to come; a quantile may be off by half a case, as a share is of whole cases."""
    random = np.random.default_rng(3)
    forecast = ahead(logit)
    so_far, done = np.array([6.0 * due]), np.array([np.round(6 * due * expit(logit))])
    rest = share_draws(random, forecast, due, dispersion)
    year = (done + rest) / (12 * due)
    high = np.quantile(year, [0.7]) + 0.25 / (12 * due)
    end = year_end.of_share(done, so_far, np.full((6, 1), due), forecast, dispersion, NONE, high)
    assert_quantiles(year, end.quantiles, tolerance, step=0.5 / (12 * due))
    jump = np.mean(np.abs(year - high) <= 0.5 / (12 * due))
    assert_allclose(end.probability_met, np.mean(year <= high), atol=tolerance + jump)


def test_in_december_the_year_is_what_it_is():
    over = Ahead(np.zeros((0, 3)), np.zeros((3, 0, 0)))
    nothing = year_end.total_to_come(np.zeros((0, 3)), over, 1.0)
    scale, rest_scale = np.full(3, 0.5), np.full(3, np.nan)
    so_far = np.array([100.0, 0.0, 100.0])
    low, high = np.array([50.0, 1.0, np.nan]), np.array([50.0, np.nan, 49.0])
    ends = [
        year_end.of_count(so_far, nothing, scale, rest_scale, low, high),
        year_end.of_balance(so_far, nothing, nothing, scale, rest_scale, low, high),
    ]
    for end in ends:
        for values in end.quantiles.values():
            assert_allclose(values, [50, 0, 50])
        assert list(end.probability_met) == [1, 0, 0]
    due = np.array([200.0, 200.0, 200.0])
    end = year_end.of_share(so_far, due, np.zeros((0, 3)), over, 1.0, low / 100, high / 100)
    for values in end.quantiles.values():
        assert_allclose(values, [0.5, 0, 0.5])
    assert list(end.probability_met) == [1, 0, 0]
    assert np.isnan(end.expected_rest).all()


def test_all_done_of_all_due_meets_a_target_of_all():
    over = Ahead(np.zeros((0, 1)), np.zeros((1, 0, 0)))
    end = year_end.of_share(np.array([50.0]), np.array([50.0]), np.zeros((0, 1)), over, 1.0, ONE, NONE)
    assert end.probability_met == [1] and end.quantiles["projected"] == [1]


def test_needed_rest_by_hand():
    """SRB 110 after 1,050 births, 1,050 to come, target 107: 550 + x of 2,100 must be a share of 107/207.

    x = 2100·107/207 − 550 = 535.507 of 1,050, a ratio of 104.08.
    """
    high = np.array([107 / 207])
    due_to_come = np.full((6, 1), 175.0)
    end = year_end.of_share(np.array([550.0]), np.array([1050.0]), due_to_come, ahead(0.06), 1.0, NONE, high)
    share = end.needed_upper[0]
    assert_allclose(share, (2100 * 107 / 207 - 550) / 1050)
    assert_allclose(100 * share / (1 - share), 104.084, atol=0.001)
    assert np.isnan(end.needed_lower[0])
    # a task of 1,200 with 700 done: 500 more, and none too many
    end = year_end.of_count(
        np.array([700.0]), Total(np.array([600.0]), np.array([700.0])), ONE, ONE, np.array([1200.0]), NONE
    )
    assert end.needed_lower[0] == 500 and np.isnan(end.needed_upper[0])
    done = year_end.of_count(
        np.array([1300.0]), Total(np.array([600.0]), np.array([700.0])), ONE, ONE, np.array([1200.0]), NONE
    )
    assert done.needed_lower[0] == 0 and done.probability_met[0] == 1
    # growth of 4 per mille of 100,000 people is 400; 150 so far leave 250, at 50,000 person-years 5 per mille
    births = Total(np.array([400.0]), np.array([400.0]))
    end = year_end.of_balance(
        np.array([150.0]), births, births, np.array([0.01]), np.array([0.02]), np.array([4.0]), NONE
    )
    assert_allclose(end.needed_lower, 5.0)


def test_without_a_target_there_is_no_probability():
    total = Total(np.array([10.0]), np.array([12.0]))
    ends = [
        year_end.of_count(ONE, total, ONE, ONE, NONE, NONE),
        year_end.of_balance(ONE, total, total, ONE, ONE, NONE, NONE),
        year_end.of_share(ONE, 2 * ONE, np.ones((6, 1)), ahead(0.0), 1.0, NONE, NONE),
    ]
    for end in ends:
        assert np.isnan(end.probability_met[0])
        assert np.isnan(end.needed_lower[0]) and np.isnan(end.needed_upper[0])


@pytest.mark.parametrize("a_month", [0.0, 1e6, 1e9])
def test_none_and_very_many_without_warnings(a_month):
    forecast, exposure = ahead(np.log(0.010)), np.full((6, 1), a_month / 0.010)
    so_far, low = np.array([6 * a_month]), np.array([11.9 * a_month])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        total = year_end.total_to_come(exposure, forecast, 1.0)
        ends = [
            year_end.of_count(so_far, total, ONE, ONE, low, NONE),
            year_end.of_balance(so_far, total, total, ONE, ONE, low, NONE),
            year_end.of_share(
                so_far / 2, so_far, np.full((6, 1), a_month), ahead(0.0), 1.0, np.array([0.5]), ONE
            ),
            year_end.of_share(NONE, NONE, np.full((6, 1), a_month), ahead(0.0), 1.0, np.array([0.5]), ONE),
        ]
    for end in ends[:2]:
        assert all(np.isfinite(values).all() for values in end.quantiles.values())
    assert np.isfinite(ends[2].quantiles["projected"][0]) == (a_month > 0)


def test_quantiles_are_in_order():
    total = year_end.total_to_come(np.full((6, 1), 400.0), ahead(np.log(0.010)), 1.2)
    end = year_end.of_count(np.array([20.0]), total, ONE, ONE, NONE, NONE)
    in_order = [
        end.quantiles[name][0] for name in ("lower_95", "lower_80", "projected", "upper_80", "upper_95")
    ]
    assert in_order == sorted(in_order)
