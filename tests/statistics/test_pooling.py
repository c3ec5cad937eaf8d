"""The hyperparameters of a level: the marginal likelihood against dense Gaussians, and known truths."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from pipeline.statistics.growth_trend import VitalRate, seasonal_contrasts
from pipeline.statistics.hierarchy import Tier, fit
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.models import Inherited
from pipeline.statistics.pooling import log_marginal, representative
from pipeline.statistics.posterior import Prior
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth

MONTHS, AREAS = 14, 3


def dense_cov(process, months, area):
    """Covariance of u over all months, by carrying each month's variance ahead."""
    transition, state_cov, initial_cov = (
        np.broadcast_to(part, (*part.shape[:2], AREAS))[..., area]
        for part in (process.transition, process.state_cov, process.initial_cov)
    )
    cov = [initial_cov]
    for _ in range(months - 1):
        cov.append(transition @ cov[-1] @ transition.T + state_cov)
    dense = np.empty((months, months))
    for s in range(months):
        ahead = cov[s]
        for t in range(s, months):
            dense[s, t] = dense[t, s] = ahead[0, 0]
            ahead = transition @ ahead
    return dense


def dense_log_marginal(series, inherited, hyperparameters, pseudo, weights):
    """The same, area by area, as one Gaussian over its months."""
    design, result = series.regressors(MONTHS), 0.0
    model = inherited.model(series, hyperparameters)
    process, prior = model.process, model.prior
    for area in range(AREAS):
        cov = design @ prior.cov[area] @ design.T + dense_cov(process, MONTHS, area)
        cov = cov + np.diag(np.broadcast_to(process.irregular_var, (MONTHS, AREAS))[:, area])
        seen = weights[:, area] > 0
        cov = cov[np.ix_(seen, seen)] + np.diag(series.dispersion(hyperparameters) / weights[seen, area])
        mean = (design @ prior.mean[area] + prior.offset[:, area])[seen]
        result += multivariate_normal.logpdf(pseudo[seen, area], mean, cov)
    return result


@pytest.mark.parametrize("series", [SexRatioAtBirth, VitalRate], ids=["sex_ratio", "growth"])
def test_marginal_likelihood_is_that_of_the_dense_gaussian(series):
    random = np.random.default_rng(2)
    effects, states = len(series.top_mean), 2
    centre = series.top_mean + random.normal(0, 0.05, (AREAS, effects))
    known = random.normal(0, 0.05, (AREAS, effects, effects))
    inherited = Inherited(
        Prior(centre, known @ known.transpose(0, 2, 1), random.normal(0, 0.1, (MONTHS, AREAS))),
        np.eye(states)[:, :, None] * random.gamma(1, 1e-4, AREAS),
        np.eye(states)[:, :, None] * random.gamma(1, 1e-3, AREAS),
        random.gamma(1, 1e-3, (MONTHS, AREAS)),
        np.array([0.0, 0.3, 1.0]),
    )
    pseudo = series.top_mean[0] + random.normal(0, 0.2, (MONTHS, AREAS))
    weights = random.gamma(1, 200, (MONTHS, AREAS))
    weights[3:6, 1] = 0
    medians = series.medians()
    other = {name: value * (2.5 if i % 2 else 0.6) for i, (name, value) in enumerate(medians.items())}
    ours = log_marginal(series, inherited, [medians, other], pseudo, weights)
    dense = [dense_log_marginal(series, inherited, values, pseudo, weights) for values in (medians, other)]
    assert_allclose(ours[0] - ours[1], dense[0] - dense[1], rtol=1e-8)


def estimated(trend, counts):
    return fit(trend, [Tier.alone(counts)])[-1].hyperparameters


def simulate_sex_ratio(random, births, months, between_sd, stationary_sd, yearly_decay):
    rho = np.exp(-yearly_decay / 12)
    sd = stationary_sd * np.sqrt(1 - rho**2)
    u = np.empty((months, len(births)))
    u[0] = random.normal(0, stationary_sd, len(births))
    for t in range(1, months):
        u[t] = rho * u[t - 1] + random.normal(0, sd, len(births))
    logit = np.log(1.1) + random.normal(0, between_sd, len(births)) + u
    trials = random.poisson(births, (months, len(births)))
    males = random.binomial(trials, 1 / (1 + np.exp(-logit))).astype(float)
    return Binomial(males, trials.astype(float))


def test_sex_ratio_hyperparameters_are_found_where_data_are_rich():
    random = np.random.default_rng(21)
    found = estimated(SexRatioAtBirth, simulate_sex_ratio(random, np.full(60, 4_000), 180, 0.05, 0.04, 0.4))
    assert found["between_sd"] == pytest.approx(0.05, rel=0.25)
    assert found["stationary_sd"] == pytest.approx(0.04, rel=0.25)
    assert found["yearly_decay"] == pytest.approx(0.4, rel=0.35)
    assert found["excess_dispersion"] < 0.05


def test_scatter_beyond_binomial_is_found():
    random = np.random.default_rng(22)
    trials = random.poisson(np.repeat([5, 40, 900], 60), (96, 180))
    total = np.maximum(trials - 1, 1) / 0.6 - 1  # beta-binomial of 1.6 times the variance
    share = np.where(trials > 1, random.beta(total * 0.52, total * 0.48), 0.52)
    counts = Binomial(random.binomial(trials, share).astype(float), trials.astype(float))
    assert estimated(SexRatioAtBirth, counts)["excess_dispersion"] == pytest.approx(0.6, abs=0.12)


def test_anchors_stay_where_data_tell_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = estimated(SexRatioAtBirth, Binomial(np.array([[1.0]] * 24), np.array([[1.0]] * 24)))
    for name, anchor in SexRatioAtBirth.anchors.items():
        assert found[name] == pytest.approx(anchor.median, rel=0.1)


def test_growth_hyperparameters_are_found_where_counts_are_small():
    random = np.random.default_rng(31)
    months, areas = 96, 80
    level = np.cumsum(random.normal(0, 0.03, (months, areas)), axis=0)
    pattern = seasonal_contrasts() @ random.normal(0.02, 0.05, (11, areas))
    log_rate = np.log(0.008) + random.normal(0, 0.4, areas) + level + np.tile(pattern, (8, 1))
    log_rate += random.normal(0, 0.1, (months, areas))
    exposure = np.full((months, areas), 15 / 0.008)
    events = random.poisson(exposure * np.exp(log_rate)).astype(float)
    found = estimated(VitalRate, Poisson(events, exposure))
    assert found["level_sd"] == pytest.approx(0.03, rel=0.3)
    assert found["irregular_sd"] == pytest.approx(0.1, rel=0.3)
    assert found["between_sd"] == pytest.approx(0.4, rel=0.25)
    assert found["seasonal_sd"] == pytest.approx(0.05, rel=0.4)
    assert found["slope_sd"] < 0.001


def test_representative_areas_are_the_largest_and_an_even_spread():
    size = np.arange(1000)[::-1]
    chosen = representative(size, 100)
    assert len(set(chosen)) == 100 and set(range(50)) <= set(chosen)
    assert chosen.max() == 999 and np.diff(chosen[50:]).max() < 25
    assert (representative(size[:80], 100) == np.arange(80)).all()
