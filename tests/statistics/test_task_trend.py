"""Shares and counted tasks: the models fit together, and find what made the figures."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pipeline.statistics.hierarchy import AHEAD, Tier, fit
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.task_trend import TaskCount, TaskShare


@pytest.mark.parametrize("series", [TaskShare, TaskCount])
def test_the_form_is_of_one_piece(series):
    """Every hyperparameter that process and spread ask for has an anchor, and effects have one prior each."""
    process, spread = series.process(series.medians()), series.spread(series.medians())
    assert series.dispersion(series.medians()) > 1
    effects = series.regressors(30).shape[1]
    assert spread.shape == series.top_mean.shape == series.top_sd.shape == (effects,)
    assert series.level_regressors(30).shape == (30, effects)
    assert len(process.transition) == len(series.states)
    assert (np.diagonal(process.initial_cov[..., 0]) >= 0).all()


def test_shares_follow_large_areas_and_shrink_small_ones():
    random = np.random.default_rng(1)
    due = np.tile([3.0, 40, 2_000, 2_000], (36, 1))
    chance = np.array([0.8, 0.8, 0.6, 0.95])
    done = random.binomial(due.astype(int), chance).astype(float)
    done[:, 0] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (fitted,) = fit(TaskShare, [Tier.alone(Binomial(done, due))])
    share = 1 / (1 + np.exp(-fitted.level.mean[35]))
    assert_allclose(share[2:], chance[2:], atol=0.02)
    assert_allclose(share[1], 0.8, atol=0.08)
    assert 0 < share[0] < 0.2


def test_counts_of_a_task_give_its_yearly_number():
    random = np.random.default_rng(2)
    years = np.full((36, 3), 1 / 12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        counts = Poisson(random.poisson([20.0, 300, 5_000], (36, 3)).astype(float), years)
        (fitted,) = fit(TaskCount, [Tier.alone(counts)])
    assert_allclose(np.exp(fitted.level.mean[35]), [240, 3_600, 60_000], rtol=0.15)
    assert fitted.ahead.mean.shape == (AHEAD, 3)


def test_nothing_done_ever_and_all_done():
    due = np.full((18, 2), 50.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (fitted,) = fit(TaskShare, [Tier.alone(Binomial(due * [0, 1], due))])
    assert np.isfinite(fitted.level.mean).all() and (fitted.level.variance > 0).all()
    assert fitted.level.mean[-1, 0] < -2 and fitted.level.mean[-1, 1] > 2
