"""Forecast distributions and their score, against integrals, double sums and closed forms of others."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats
from scipy.special import expit

from pipeline.validation import ranked_probability
from pipeline.validation.forecasts import Conjugate, Gaussian, LatentNormal, dispersed, position


def one(value):
    return np.array([[float(value)]])


def pmf_of(forecast, most):
    return np.diff(forecast.table(most)[:, 0, 0], prepend=0)


@pytest.mark.parametrize(("mean", "sd", "size"), [(0.1, 0.2, 7), (-0.5, 0.8, 40)])
def test_binomial_around_a_gaussian_logit_is_the_integral(mean, sd, size):
    pmf = pmf_of(LatentNormal(one(mean), one(sd), one(size), True), size)
    for count in (0, size // 2, size):
        expected, _ = integrate.quad(
            lambda x, k=count: stats.binom.pmf(k, size, expit(x)) * stats.norm.pdf(x, mean, sd),
            mean - 8 * sd,
            mean + 8 * sd,
        )
        assert_allclose(pmf[count], expected, rtol=2e-5, atol=2e-7)


def test_poisson_around_a_gaussian_log_rate_is_the_integral():
    forecast = LatentNormal(one(np.log(0.01)), one(0.3), one(1500), False)
    pmf = pmf_of(forecast, 80)
    for count in (0, 15, 30):
        expected, _ = integrate.quad(
            lambda x, k=count: stats.poisson.pmf(k, 1500 * np.exp(x)) * stats.norm.pdf(x, np.log(0.01), 0.3),
            np.log(0.01) - 2.4,
            np.log(0.01) + 2.4,
        )
        assert_allclose(pmf[count], expected, rtol=2e-5, atol=2e-7)
    mean, sd = forecast.moments()
    assert_allclose(mean, 15 * np.exp(0.045), rtol=1e-5)
    assert_allclose(sd**2, mean + mean**2 * np.expm1(0.09), rtol=1e-4)


@pytest.mark.parametrize("is_binomial", [True, False])
def test_known_latent_value_leaves_the_plain_distribution(is_binomial):
    size = 12 if is_binomial else 1200
    forecast = LatentNormal(one(-1 if is_binomial else np.log(0.01)), one(0), one(size), is_binomial)
    plain = stats.binom(12, expit(-1)) if is_binomial else stats.poisson(12)
    counts = np.arange(40.0)[:, None, None]
    assert_allclose(forecast.table(39), plain.cdf(counts), rtol=1e-9)
    assert_allclose(forecast.cdf(counts), plain.cdf(counts), rtol=1e-9)
    assert forecast.cdf(one(-1)) == 0


@pytest.mark.parametrize("size", [30_000, 100_000])
def test_wide_forecast_of_many_is_that_of_the_rate(size):
    forecast = LatentNormal(one(np.log(0.5)), one(0.05), one(2 * size), False)
    for quantile in (0.025, 0.5, 0.9):
        count = np.floor(size * np.exp(0.05 * stats.norm.ppf(quantile)))
        assert_allclose(forecast.cdf(one(count)), quantile, atol=0.002)


def test_counts_given_counts_are_the_integral_over_the_posterior():
    of_sexes = Conjugate(one(7), one(12), one(9), True)
    of_events = Conjugate(one(7), one(700), one(300), False)
    for count in (0, 4, 9):
        binomial, _ = integrate.quad(
            lambda p, k=count: stats.binom.pmf(k, 9, p) * stats.beta.pdf(p, 7.5, 5.5), 0, 1
        )
        poisson, _ = integrate.quad(
            lambda rate, k=count: (
                stats.poisson.pmf(k, 300 * rate) * stats.gamma.pdf(rate, 7.5, scale=1 / 700)
            ),
            0,
            0.2,
        )
        assert_allclose(pmf_of(of_sexes, 9)[count], binomial, rtol=1e-7)
        assert_allclose(pmf_of(of_events, 60)[count], poisson, rtol=1e-7)
    for forecast, most in ((of_sexes, 9), (of_events, 200)):
        counts, pmf = np.arange(most + 1), pmf_of(forecast, most)
        mean, sd = forecast.moments()
        assert_allclose(mean, counts @ pmf, rtol=1e-7)
        assert_allclose(sd**2, (counts - mean[0]) ** 2 @ pmf, rtol=1e-6)


def test_moments_of_a_normal_share_and_of_a_normal_log_rate():
    assert_allclose(np.ravel(Gaussian(one(0.52), one(0.03), one(200), True).moments()), [104, 6])
    mean, sd = Gaussian(one(np.log(0.01)), one(0.2), one(5000), False).moments()
    assert_allclose(mean + 0.5, stats.lognorm(0.2, scale=50).mean())
    assert_allclose(sd, stats.lognorm(0.2, scale=50).std())
    table = Gaussian(one(0.5), one(0.5), one(4), True).table(4)
    assert table[-1] == 1, "a share cannot exceed one"


def test_dispersion_is_the_variance_of_the_count():
    _, plain = LatentNormal(one(np.log(0.01)), one(0), one(3000), False).moments()
    mean, sd = dispersed(one(np.log(0.01)), one(0), one(3000), 1.5, False).moments()
    assert_allclose(mean, 30, rtol=1e-6)
    assert_allclose(sd**2 / plain**2, 1.5, rtol=1e-4)
    _, plain = LatentNormal(one(0.06), one(0), one(300), True).moments()
    _, sd = dispersed(one(0.06), one(0), one(300), 1.5, True).moments()
    assert_allclose(sd**2 / plain**2, 1.5, rtol=0.01)
    same = dispersed(one(0.06), one(0.1), one(3), 1.0, True)
    assert same.sd == 0.1


def test_summed_score_is_the_expected_distance_less_half_the_spread():
    """E|X − y| − ½·E|X − X′| (Gneiting & Raftery 2007, equation 21), by a double sum."""
    for forecast, most, y in (
        (LatentNormal(one(0.1), one(0.3), one(20), True), 20, 13.0),
        (Conjugate(one(3), one(400), one(500), False), 400, 9.0),
        (LatentNormal(one(np.log(0.01)), one(0.2), one(4000), False), 400, 0.0),
    ):
        counts, pmf = np.arange(most + 1), pmf_of(forecast, most)
        distance = np.abs(counts - y) @ pmf
        spread = pmf @ np.abs(counts[:, None] - counts) @ pmf
        assert_allclose(ranked_probability.crps(forecast, one(y)), distance - spread / 2, rtol=1e-6)


def test_closed_scores_are_the_integral():
    assert_allclose(ranked_probability.normal(0.0, 1.0, 0.0), (np.sqrt(2) - 1) / np.sqrt(np.pi))
    normal, log_normal = stats.norm(50, 7), stats.lognorm(0.3, scale=np.exp(4))
    for plain, closed in ((normal, ranked_probability.normal), (log_normal, ranked_probability.log_normal)):
        for y in (35.0, 52.0, 90.0):
            below, _ = integrate.quad(lambda x, of=plain: of.cdf(x) ** 2, -200, y, limit=200)
            above, _ = integrate.quad(lambda x, of=plain: of.sf(x) ** 2, y, 800, limit=200)
            assert_allclose(closed(plain.mean(), plain.std(), y), below + above, rtol=1e-6)


@pytest.mark.parametrize("is_binomial", [True, False])
def test_closed_score_continues_the_sum(is_binomial):
    """On average over the counts of the forecast, to the 0.2 % that the score promises at 100 events."""
    size = one(100 if is_binomial else 10_000)
    forecast = LatentNormal(one(0.06 if is_binomial else np.log(0.01)), one(0.05), size, is_binomial)
    pmf = pmf_of(forecast, 100 if is_binomial else 200)
    counts = np.arange(len(pmf), dtype=float)
    closed = ranked_probability.normal if is_binomial else ranked_probability.log_normal
    every = forecast.at((0, np.zeros(len(pmf), int)))
    summed = pmf @ ranked_probability.summed(every, counts)
    assert_allclose(
        summed, pmf @ closed(*(float(moment[0, 0]) for moment in forecast.moments()), counts), rtol=2e-3
    )


@pytest.mark.parametrize("is_binomial", [True, False])
def test_position_of_a_calibrated_forecast_is_uniform(is_binomial):
    random = np.random.default_rng(4)
    size = np.repeat([[1.0], [3], [40], [3000], [100_000]], 5000, axis=1) * (1 if is_binomial else 100)
    mean, sd = np.full(size.shape, 0.1 if is_binomial else np.log(0.01)), np.full(size.shape, 0.05)
    latent = random.normal(mean, sd)
    drawn = (
        random.binomial(size.astype(int), expit(latent))
        if is_binomial
        else random.poisson(size * np.exp(latent))
    )
    where = position(LatentNormal(mean, sd, size, is_binomial), drawn, random)
    for of_size in where:
        assert_allclose(np.histogram(of_size, 10, (0, 1))[0] / 5000, 0.1, atol=0.02)
        assert_allclose(np.mean((of_size < 0.025) | (of_size > 0.975)), 0.05, atol=0.012)
    too_sure = position(LatentNormal(mean, sd / 4, size, is_binomial), drawn, random)[-2]
    assert np.mean((too_sure < 0.025) | (too_sure > 0.975)) > 0.15
