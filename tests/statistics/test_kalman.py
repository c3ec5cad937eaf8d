"""The batched filter and smoother against statsmodels' own, on the same pseudo-observations without effects."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.kalman import Process, predicted_cov, run_filter, smooth_cov, smooth_mean
from pipeline.statistics.models import LatentSeries
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth

AR1 = Process.shared([[np.exp(-0.5 / 12)]], [[0.01 * -np.expm1(-1 / 12)]], [[0.01]])
DRIFTING = SexRatioAtBirth.process(
    {"stationary_sd": 0.1, "yearly_decay": 0.5, "drift_sd": 0.004, "irregular_sd": 0.02}
)
LOCAL_TREND = VitalRate.process({"irregular_sd": 0.07, "level_sd": 0.05, "slope_sd": 0.004})
MONTHS, AREAS = 40, 3


def by_statsmodels(process, pseudo, weights):
    """One area smoothed by statsmodels, as a series of this process that has no effects."""
    names = ("u", "v")[: len(process.transition)]

    class WithoutEffects(LatentSeries):
        anchors, states = {"excess_dispersion": None}, names
        top_mean = top_sd = np.zeros(1)

        @classmethod
        def process(cls, _):
            return process

        @classmethod
        def spread(cls, _):
            return np.zeros(1)

        @classmethod
        def regressors(cls, months):
            return np.zeros((months, 1))

    variance = np.divide(1, weights, out=np.full(MONTHS, np.inf), where=weights > 0)
    return WithoutEffects(pseudo, variance).smooth([0.0], return_ssm=True)


def observations():
    random = np.random.default_rng(11)
    weights = random.gamma(1.0, 40.0, (MONTHS, AREAS))
    weights[random.random((MONTHS, AREAS)) < 0.2] = 0
    weights[15:30, 1] = 0
    return random.normal(0, 0.3, (MONTHS, AREAS)), weights


@pytest.mark.parametrize("process", [AR1, DRIFTING, LOCAL_TREND], ids=["ar1", "drifting", "local_trend"])
def test_agrees_with_statsmodels(process):
    pseudo, weights = observations()
    filtered = run_filter(process, weights, pseudo[:, None])
    mean = smooth_mean(filtered)[:, 0]
    variance, lagged_cov = smooth_cov(filtered, 12)
    quadratic = filtered.products()[:, 0, 0]
    for area in range(AREAS):
        result = by_statsmodels(process, pseudo[:, area], weights[:, area])
        assert_allclose(mean[:, area], result.smoothed_state[0], atol=1e-10)
        assert_allclose(variance[:, area], result.smoothed_state_cov[0, 0], rtol=1e-9)
        theirs = [result.smoothed_state_autocovariance(lag=12, t=t)[0, 0] for t in range(12, MONTHS)]
        assert_allclose(lagged_cov[:, area], theirs, rtol=1e-8, atol=1e-12)
        seen = weights[:, area] > 0
        ours = -0.5 * (
            seen.sum() * np.log(2 * np.pi)
            + filtered.log_variance[area]
            - np.log(weights[seen, area]).sum()
            + quadratic[area]
        )
        assert_allclose(ours, result.llf_obs.sum(), rtol=1e-10)


def test_columns_are_smoothed_as_if_alone_or_mixed():
    pseudo, weights = observations()
    columns = np.stack([pseudo, np.ones_like(pseudo), pseudo**2], axis=1)
    combine = np.array([[1.0, 0.5, 2.0], [-0.3, 0.0, 1.0], [0.1, 0.2, 0.3]])
    filtered = run_filter(LOCAL_TREND, weights, columns)
    together = smooth_mean(filtered)
    alone = smooth_mean(run_filter(LOCAL_TREND, weights, columns[:, 2:]))
    assert_allclose(together[:, 2:], alone, atol=1e-12)
    assert_allclose(
        smooth_mean(filtered, combine)[:, 0], np.einsum("tca,ca->ta", together, combine), atol=1e-12
    )


def test_each_area_has_its_own_scale():
    pseudo, weights = observations()
    scale = np.array([0.5, 1.0, 7.0])
    parts = (
        AR1.transition,
        AR1.state_cov * scale,
        AR1.initial_cov * scale,
        np.full((MONTHS, 3), 0.01) * scale,
    )
    together = run_filter(Process(*parts), weights, pseudo[:, None])
    for area in range(AREAS):
        alone = run_filter(Process(*parts).of([area]), weights[:, [area]], pseudo[:, None, [area]])
        for ours, theirs in zip(smooth_cov(together, 12), smooth_cov(alone, 12), strict=True):
            assert_allclose(ours[:, [area]], theirs, rtol=1e-12)
        assert_allclose(smooth_mean(together)[..., [area]], smooth_mean(alone), atol=1e-14)


@pytest.mark.parametrize("process", [DRIFTING, LOCAL_TREND], ids=["drifting", "local_trend"])
def test_covariance_of_months_to_come_is_that_of_statsmodels(process):
    pseudo, weights = observations()
    weights[-14:] = 0
    ours = predicted_cov(run_filter(process, weights, pseudo[:, None]), slice(-14, None))
    result = by_statsmodels(process, pseudo[:, 0], weights[:, 0])
    for start, end in ((0, 0), (0, 13), (5, 9), (13, 13)):
        t = MONTHS - 14 + end
        theirs = (
            result.smoothed_state_cov[0, 0, t]
            if start == end
            else result.smoothed_state_autocovariance(lag=end - start, t=t)[0, 0]
        )
        assert_allclose(ours[0, start, end], theirs, rtol=1e-8)
    assert_allclose(ours, ours.transpose(0, 2, 1))


def test_without_data_the_prior_stays():
    filtered = run_filter(AR1, np.zeros((30, 1)), np.zeros((30, 1, 1)))
    variance, lagged_cov = smooth_cov(filtered, 12)
    assert_allclose(variance, 0.01)
    assert_allclose(lagged_cov, 0.01 * np.exp(-0.5))


def test_series_shorter_than_the_lag():
    pseudo, weights = observations()
    variance, lagged_cov = smooth_cov(run_filter(AR1, weights[:5], pseudo[:5, None]), 12)
    assert variance.shape == (5, AREAS) and lagged_cov.shape == (0, AREAS)
