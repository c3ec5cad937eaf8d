"""Mode and covariance against a dense computation: Newton on the exact log posterior of the whole series."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.special import expit

from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.posterior import Model, Prior, ahead_posterior, find_mode, level_posterior, one_step
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth

MONTHS, LAG = 30, 12
NO_OFFSET = np.zeros((MONTHS, 1))


def dense_process_cov(process, months):
    """Covariance of u over all months, from the state recursion written out."""
    transition, state_cov = process.transition[..., 0], process.state_cov[..., 0]
    states = len(transition)
    cov = np.zeros((months, states, months, states))
    cov[0, :, 0] = process.initial_cov[..., 0]
    for t in range(1, months):
        for s in range(t):
            cov[t, :, s] = transition @ cov[t - 1, :, s]
            cov[s, :, t] = cov[t, :, s].T
        cov[t, :, t] = transition @ cov[t - 1, :, t - 1] @ transition.T + state_cov
    return cov[:, 0, :, 0]


def dense_posterior(log_density, process, design, level_design, prior_mean, prior_cov):
    """Mode of the latent series of one area, and mean and covariance of its level, by dense matrices.

    `log_density(latent)` gives the log-likelihood with its gradient and (diagonal) Hessian.
    """
    months = len(design)
    process_cov = dense_process_cov(process, months)
    cov = design @ prior_cov @ design.T + process_cov + process.irregular_var[0, 0] * np.eye(months)
    precision, mean = np.linalg.inv(cov), design @ prior_mean
    found = minimize(
        lambda x: -log_density(x)[0] + (x - mean) @ precision @ (x - mean) / 2,
        mean,
        jac=lambda x: -log_density(x)[1] + precision @ (x - mean),
        hess=lambda x: -np.diag(log_density(x)[2]) + precision,
        method="trust-exact",
        options={"gtol": 1e-9},
    )
    hessian = precision - np.diag(log_density(found.x)[2])
    shared = level_design @ prior_cov @ design.T + process_cov
    level_mean = level_design @ prior_mean + shared @ precision @ (found.x - mean)
    level_cov = level_design @ prior_cov @ level_design.T + process_cov
    level_cov += shared @ (precision @ np.linalg.inv(hessian) @ precision - precision) @ shared.T
    return found.x, level_mean, level_cov


def binomial_density(successes, trials):
    seen = np.where(np.isfinite(successes) & (trials > 0), 1.0, 0.0)
    y, n = np.nan_to_num(successes) * seen, np.nan_to_num(trials) * seen

    def log_density(x):
        p = expit(x)
        return (y * x - n * np.logaddexp(0, x)).sum(), y - n * p, -n * p * (1 - p)

    return log_density


def poisson_density(events, exposure):
    seen = np.where(np.isfinite(events) & (exposure > 0), 1.0, 0.0)
    y, e = np.nan_to_num(events) * seen, np.nan_to_num(exposure) * seen

    def log_density(x):
        return (y * x - e * np.exp(x)).sum(), y - e * np.exp(x), -e * np.exp(x)

    return log_density


def assert_same(mode, level, area, dense):
    latent, level_mean, level_cov = dense
    assert_allclose(mode.latent[:, area], latent, atol=1e-6)
    assert_allclose(level.mean[:, area], level_mean, atol=1e-6)
    assert_allclose(level.variance[:, area], np.diag(level_cov), rtol=1e-6)
    assert_allclose(level.lagged_cov[:, area], np.diag(level_cov, LAG), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("births_a_month", [0.7, 3, 40, 3_000, 1e6])
def test_sex_ratio_mode_and_covariance(births_a_month):
    random = np.random.default_rng(3)
    trials = random.poisson(births_a_month, (MONTHS, 2)).astype(float)
    successes = random.binomial(trials.astype(int), 0.53).astype(float)
    successes[4:9, 1] = trials[4:9, 1] = np.nan
    process = SexRatioAtBirth.process(
        {"stationary_sd": 0.05, "yearly_decay": 0.2, "drift_sd": 0.001, "irregular_sd": 0.0}
    )
    design = np.ones((MONTHS, 1))
    prior_mean, prior_cov = np.array([0.06]), np.array([[0.03**2]])
    prior = Prior(prior_mean[None].repeat(2, 0), prior_cov[None].repeat(2, 0), NO_OFFSET)
    mode = find_mode(Binomial(successes, trials), Model(process, prior, design, np.ones(1)))
    level = level_posterior(mode, design, LAG)
    for area in range(2):
        density = binomial_density(successes[:, area], trials[:, area])
        assert_same(
            mode, level, area, dense_posterior(density, process, design, design, prior_mean, prior_cov)
        )


@pytest.mark.parametrize("events_a_month", [0.4, 5, 300, 1e5])
def test_growth_mode_and_covariance(events_a_month):
    random = np.random.default_rng(5)
    exposure = np.full((MONTHS, 2), 100.0 * events_a_month)
    events = random.poisson(
        events_a_month * np.exp(0.3 * np.sin(np.arange(MONTHS)))[:, None], (MONTHS, 2)
    ).astype(float)
    events[3:11, 1] = np.nan
    exposure[20, 1] = np.nan
    process = VitalRate.process({"irregular_sd": 0.05, "level_sd": 0.02, "slope_sd": 0.002})
    design, level_design = VitalRate.regressors(MONTHS), VitalRate.level_regressors(MONTHS)
    prior_mean = np.append(-4.4, np.full(11, 0.01))
    prior_cov = np.diag(np.append(0.4, np.full(11, 0.08)) ** 2)
    prior = Prior(prior_mean[None].repeat(2, 0), prior_cov[None].repeat(2, 0), NO_OFFSET)
    mode = find_mode(Poisson(events, exposure), Model(process, prior, design, np.ones(1)))
    level = level_posterior(mode, level_design, LAG)
    for area in range(2):
        density = poisson_density(events[:, area], exposure[:, area])
        assert_same(
            mode, level, area, dense_posterior(density, process, design, level_design, prior_mean, prior_cov)
        )


def test_an_area_is_the_same_alone_and_in_company():
    random = np.random.default_rng(8)
    trials = random.poisson([[2, 900, 15]], (MONTHS, 3)).astype(float)
    successes = random.binomial(trials.astype(int), 0.52).astype(float)
    process = SexRatioAtBirth.process(
        {"stationary_sd": 0.02, "yearly_decay": 0.1, "drift_sd": 0.0005, "irregular_sd": 0.0}
    )
    design = np.ones((MONTHS, 1))

    prior = Prior(np.full((3, 1), 0.06), np.full((3, 1, 1), 1e-3), NO_OFFSET)
    model = Model(process, prior, design, np.ones(1))
    together = find_mode(Binomial(successes, trials), model).latent
    second = slice(1, 2)
    alone = find_mode(Binomial(successes, trials).of(second), model.of(second))
    assert_allclose(together[:, 1:2], alone.latent, atol=1e-12)


def test_an_offset_and_a_dispersion_are_what_they_say():
    """A rate e^o times as high is the same area with e^o times the exposure; φ-fold scatter is φ-fold less data."""
    random = np.random.default_rng(9)
    exposure = np.full((MONTHS, 1), 4_000.0)
    offset = 0.4 * np.sin(np.arange(MONTHS) / 5)[:, None]
    events = random.poisson(exposure * 0.01 * np.exp(offset)).astype(float)
    design = VitalRate.regressors(MONTHS)
    process = VitalRate.process({"irregular_sd": 0.0, "level_sd": 0.02, "slope_sd": 0.002})
    effects = np.append(np.log(0.01), np.zeros(11))[None], np.diag([0.3] + [0.05] * 11)[None] ** 2

    def mode(counts, offset=NO_OFFSET, dispersion=1.0):
        return find_mode(counts, Model(process, Prior(*effects, offset), design, np.array([dispersion])))

    moved = mode(Poisson(events, exposure), offset)
    scaled = Poisson(events, exposure * np.exp(offset))
    plain = mode(scaled)
    assert_allclose(moved.latent - offset, plain.latent, atol=1e-8)
    scattered = mode(scaled, dispersion=2.0)
    halved = Poisson(events / 2, scaled.exposure / 2)
    assert_allclose(scattered.latent, mode(halved).latent, atol=1e-8)


def test_months_to_come_and_one_step_are_those_of_the_dense_gaussian():
    random = np.random.default_rng(10)
    exposure = np.full((MONTHS, 1), 5_000.0)
    events = random.poisson(exposure * 0.01).astype(float)
    events[-6:] = np.nan
    design = VitalRate.regressors(MONTHS)
    process = VitalRate.process({"irregular_sd": 0.05, "level_sd": 0.02, "slope_sd": 0.002})
    mean, cov = np.append(np.log(0.01), np.zeros(11)), np.diag([0.3] + [0.05] * 11) ** 2
    prior = Prior(mean[None], cov[None], NO_OFFSET)
    mode = find_mode(Poisson(events, exposure), Model(process, prior, design, np.ones(1)))

    def dense(seen, wanted):
        latent = design @ cov @ design.T + dense_process_cov(process, MONTHS)
        observed = latent + np.diag(0.05**2 + 1 / np.maximum(mode.weights[:, 0], 1e-300))
        gain = latent[np.ix_(wanted, seen)] @ np.linalg.inv(observed[np.ix_(seen, seen)])
        centre = design @ mean
        left = latent[np.ix_(wanted, wanted)] - gain @ latent[np.ix_(seen, wanted)]
        return centre[wanted] + gain @ (mode.pseudo[seen, 0] - centre[seen]), left

    expected, expected_cov = dense(np.arange(MONTHS - 6), np.arange(MONTHS - 6, MONTHS))
    ahead = ahead_posterior(mode, 6)
    assert_allclose(ahead.mean[:, 0], expected, atol=1e-8)
    assert_allclose(ahead.cov[0], expected_cov, rtol=1e-6)
    judged = range(15, MONTHS - 6)
    step = one_step(mode, judged)
    for row, month in enumerate(judged):
        expected, expected_cov = dense(np.arange(month), np.array([month]))
        assert_allclose(step.mean[row], expected, atol=1e-8)
        assert_allclose(step.variance[row], expected_cov[0], rtol=1e-6)
