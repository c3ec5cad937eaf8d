"""Pooling over areas: the marginal likelihood against dense Gaussians, leave-one-out priors, known truths."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.kalman import run_filter
from pipeline.statistics.pooling import log_marginal, representative

MONTHS, AREAS = 14, 3


def dense_cov(process, months):
    """Covariance of u over all months, by carrying each month's variance ahead."""
    transition, cov = process.transition, [process.initial_cov]
    for _ in range(months - 1):
        cov.append(transition @ cov[-1] @ transition.T + process.state_cov)
    dense = np.empty((months, months))
    for s in range(months):
        ahead = cov[s]
        for t in range(s, months):
            dense[s, t] = dense[t, s] = ahead[0, 0]
            ahead = transition @ ahead
    return dense


def dense_log_marginal(structure, hyperparameters, pseudo, weights):
    """The same as one Gaussian over all areas and months; what is unknown of the centre joins them."""
    process, design = structure.process_of(hyperparameters), structure.design
    within = design @ np.diag(structure.spread_of(hyperparameters) ** 2) @ design.T + dense_cov(
        process, MONTHS
    )
    within += process.irregular_var * np.eye(MONTHS)
    shared = design @ np.diag(structure.centre_sd**2) @ design.T
    cov = np.kron(np.ones((AREAS, AREAS)), shared) + np.kron(np.eye(AREAS), within)
    flat = weights.T.ravel() > 0
    noise = np.diag(1 / weights.T.ravel()[flat])
    mean = np.tile(design @ structure.centre_mean, AREAS)[flat]
    return multivariate_normal.logpdf(pseudo.T.ravel()[flat], mean, cov[np.ix_(flat, flat)] + noise)


@pytest.mark.parametrize("trend", [sex_ratio_trend, growth_trend], ids=["sex_ratio", "growth"])
def test_marginal_likelihood_is_that_of_the_dense_gaussian(trend):
    random = np.random.default_rng(2)
    structure = trend.structure(MONTHS)
    pseudo = structure.centre_mean[0] + random.normal(0, 0.2, (MONTHS, AREAS))
    weights = random.gamma(1, 200, (MONTHS, AREAS))
    weights[3:6, 1] = 0
    medians = {name: float(anchor.median) for name, anchor in structure.anchors.items()}
    other = {name: value * (2.5 if i % 2 else 0.6) for i, (name, value) in enumerate(medians.items())}
    ours = [log_marginal(structure, values, pseudo, weights) for values in (medians, other)]
    dense = [dense_log_marginal(structure, values, pseudo, weights) for values in (medians, other)]
    assert_allclose(ours[0] - ours[1], dense[0] - dense[1], rtol=1e-8)


def simulate_sex_ratio(random, births, months, between_sd, stationary_sd, yearly_decay):
    process = sex_ratio_trend.process_of({"stationary_sd": stationary_sd, "yearly_decay": yearly_decay})
    rho, sd = process.transition[0, 0], np.sqrt(process.state_cov[0, 0])
    u = np.empty((months, len(births)))
    u[0] = random.normal(0, stationary_sd, len(births))
    for t in range(1, months):
        u[t] = rho * u[t - 1] + random.normal(0, sd, len(births))
    logit = np.log(1.1) + random.normal(0, between_sd, len(births)) + u
    trials = random.poisson(births, (months, len(births)))
    males = random.binomial(trials, 1 / (1 + np.exp(-logit))).astype(float)
    return males, trials - males


def test_sex_ratio_hyperparameters_are_found_where_data_are_rich():
    random = np.random.default_rng(21)
    males, females = simulate_sex_ratio(random, np.full(60, 4_000), 180, 0.05, 0.04, 0.4)
    pooled = sex_ratio_trend.estimate_level(males, females)
    assert pooled.hyperparameters["between_sd"] == pytest.approx(0.05, rel=0.25)
    assert pooled.hyperparameters["stationary_sd"] == pytest.approx(0.04, rel=0.25)
    assert pooled.hyperparameters["yearly_decay"] == pytest.approx(0.4, rel=0.35)
    assert_allclose(pooled.prior_mean, np.log(1.1), atol=0.02)


def test_anchors_stay_where_data_tell_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pooled = sex_ratio_trend.estimate_level(np.array([[1.0]] * 24), np.array([[0.0]] * 24))
    for name, anchor in sex_ratio_trend.ANCHORS.items():
        assert pooled.hyperparameters[name] == pytest.approx(anchor.median, rel=0.1)


def test_a_single_area_is_held_against_the_anchor_alone():
    pooled = sex_ratio_trend.estimate_level(np.full((48, 1), 530.0), np.full((48, 1), 470.0))
    assert_allclose(pooled.prior_mean, [[sex_ratio_trend.BASELINE_LOG_RATIO]], atol=1e-8)
    spread = sex_ratio_trend.spread_of(pooled.hyperparameters)[0]
    assert_allclose(pooled.prior_cov, [[[sex_ratio_trend.BASELINE_SD**2 + spread**2]]], rtol=1e-8)


def test_prior_of_an_area_does_not_contain_its_own_data():
    males, females = simulate_sex_ratio(np.random.default_rng(4), np.full(6, 800), 60, 0.02, 0.01, 0.1)
    usual = sex_ratio_trend.estimate_level(males, females)
    centre = sex_ratio_trend.structure(60)
    others = np.arange(1, 6)
    process = sex_ratio_trend.process_of(usual.hyperparameters)
    spread2 = sex_ratio_trend.spread_of(usual.hyperparameters)[0] ** 2
    share = (males / (males + females))[:, others]
    weights = (males + females)[:, others] * share * (1 - share)
    columns = np.stack([np.log(share / (1 - share)), np.ones_like(share)], axis=1)
    products = run_filter(process, weights, columns).products()
    level, variance = products[:, 1, 0] / products[:, 1, 1], 1 / products[:, 1, 1] + spread2
    precision = 1 / centre.centre_sd[0] ** 2 + (1 / variance).sum()
    mean = (centre.centre_mean[0] / centre.centre_sd[0] ** 2 + (level / variance).sum()) / precision
    assert_allclose(usual.prior_mean[0, 0], mean, atol=2e-4)
    assert_allclose(usual.prior_cov[0, 0, 0], spread2 + 1 / precision, rtol=1e-3)


def test_growth_hyperparameters_are_found_where_counts_are_small():
    random = np.random.default_rng(31)
    months, areas = 96, 80
    level = np.cumsum(random.normal(0, 0.03, (months, areas)), axis=0)
    pattern = growth_trend.seasonal_contrasts() @ random.normal(0.02, 0.05, (11, areas))
    log_rate = np.log(0.008) + random.normal(0, 0.4, areas) + level + np.tile(pattern, (8, 1))
    log_rate += random.normal(0, 0.1, (months, areas))
    exposure = np.full((months, areas), 15 / 0.008)
    found = growth_trend.estimate_level(random.poisson(exposure * np.exp(log_rate)).astype(float), exposure)
    assert found.hyperparameters["level_sd"] == pytest.approx(0.03, rel=0.3)
    assert found.hyperparameters["irregular_sd"] == pytest.approx(0.1, rel=0.3)
    assert found.hyperparameters["between_sd"] == pytest.approx(0.4, rel=0.25)
    assert found.hyperparameters["seasonal_sd"] == pytest.approx(0.05, rel=0.4)
    assert found.hyperparameters["slope_sd"] < 0.001


def test_representative_areas_are_the_largest_and_an_even_spread():
    size = np.arange(1000)[::-1]
    chosen = representative(size, 100)
    assert len(set(chosen)) == 100 and set(range(50)) <= set(chosen)
    assert chosen.max() == 999 and np.diff(chosen[50:]).max() < 25
    assert (representative(size[:80], 100) == np.arange(80)).all()
