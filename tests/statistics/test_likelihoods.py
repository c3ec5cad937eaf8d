"""Counts as pseudo-observations, and counts of families and siblings added up."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit

from pipeline.statistics.likelihoods import Binomial, Poisson

FAMILY = np.array([0, 0, 1, 0, 2])  # area 2 and area 4 are alone


def counts(kind, seed=1, months=24):
    random = np.random.default_rng(seed)
    exposure = random.integers(50, 900, (months, 5)).astype(float)
    events = np.floor(exposure * random.uniform(0.2, 0.6, (1, 5)))
    return kind(events, exposure)


@pytest.mark.parametrize("kind", [Binomial, Poisson])
def test_pseudo_observations_have_slope_and_curvature_of_the_likelihood(kind):
    given = counts(kind)
    latent = np.random.default_rng(2).normal(-0.5, 0.3, given.events.shape)

    def log_density(x):
        if kind is Binomial:
            return given.events * np.log(expit(x)) + (given.exposure - given.events) * np.log(expit(-x))
        return given.events * x - given.exposure * np.exp(x)

    h = 1e-3
    slope = (log_density(latent + h) - log_density(latent - h)) / (2 * h)
    curvature = (log_density(latent + h) - 2 * log_density(latent) + log_density(latent - h)) / h**2
    pseudo, weights = given.linearise(latent)
    assert_allclose(weights, -curvature, rtol=1e-4)
    assert_allclose(weights * (pseudo - latent), slope, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("kind", [Binomial, Poisson])
def test_months_without_a_figure_have_no_weight(kind):
    events = np.array([[np.nan, 3.0, 0.0, np.nan, 5.0]]).T
    exposure = np.array([[10.0, np.nan, 0.0, 0.0, 10.0]]).T
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pseudo, weights = kind(events, exposure).linearise(np.zeros((5, 1)))
    assert (weights[:4] == 0).all() and weights[4] > 0
    assert np.isfinite(pseudo).all()


@pytest.mark.parametrize("kind", [Binomial, Poisson])
def test_a_family_together_has_the_sums(kind):
    given = counts(kind)
    together = given.together(FAMILY, 3)
    for family in range(3):
        members = family == FAMILY
        assert_allclose(together.events[:, family], given.events[:, members].sum(1))
    if kind is Binomial:
        assert_allclose(together.exposure[:, 0], given.exposure[:, FAMILY == 0].sum(1))
    else:  # weighted by rates, but over all months with the same number of events to expect
        members = FAMILY == 0
        rate = given.events[:, members].sum() / given.exposure[:, members].sum()
        assert_allclose(together.exposure[:, 0].sum() * rate, given.events[:, members].sum(), rtol=1e-3)


def test_none_is_in_no_family():
    given = counts(Binomial)
    together = given.together(np.array([-1, 0, -1, 0, -1]), 1)
    assert_allclose(together.events[:, 0], given.events[:, [1, 3]].sum(1))


@pytest.mark.parametrize("kind", [Binomial, Poisson])
def test_siblings_are_the_others_of_the_family(kind):
    given = counts(kind)
    siblings = given.siblings(FAMILY)
    assert_allclose(siblings.events[:, 0], given.events[:, [1, 3]].sum(1))
    assert (siblings.events[:, [2, 4]] == 0).all() and (siblings.exposure[:, [2, 4]] == 0).all()


@pytest.mark.parametrize("kind", [Binomial, pytest.param(Poisson)])
def test_siblings_do_not_know_the_area(kind):
    """Whatever an area reports, its siblings' events and exposure, and so their rate, stay."""
    given = counts(kind)
    events, exposure = given.events.copy(), given.exposure.copy()
    events[:, 0], exposure[:, 0] = 7 * events[::-1, 0], 9 * exposure[:, 0]
    events[3:6, 0] = np.nan
    before, after = given.siblings(FAMILY), kind(events, exposure).siblings(FAMILY)
    assert_allclose(after.events[:, 0], before.events[:, 0])
    assert_allclose(after.exposure[:, 0], before.exposure[:, 0], rtol=1e-9)
    assert not np.allclose(after.events[:, 1], before.events[:, 1])


def test_siblings_rate_is_their_own_rate():
    """Of constant rates 0.01 and 0.03 at equal exposure, the first area's sibling has 0.03."""
    exposure = np.full((12, 2), 10_000.0)
    siblings = Poisson(exposure * [0.01, 0.03], exposure).siblings(np.array([0, 0]))
    rate = siblings.events.sum(0) / siblings.exposure.sum(0)
    assert_allclose(rate, [0.03, 0.01], rtol=0.01)


def test_a_missing_month_of_an_area_with_a_high_rate_does_not_move_the_family():
    exposure = np.full((12, 3), 10_000.0)
    events = exposure * [0.005, 0.01, 0.04]
    whole = Poisson(events, exposure).together(np.zeros(3, int), 1)
    holed = events.copy()
    holed[4, 2] = np.nan
    with_hole = Poisson(holed, exposure).together(np.zeros(3, int), 1)
    rate = with_hole.events / with_hole.exposure
    assert_allclose(rate[4], rate[3], rtol=0.01)
    assert_allclose(rate[3], (whole.events / whole.exposure)[3], rtol=0.05)


def test_concentration_is_that_of_the_others():
    events = np.array([[10.0, 10, 10, 20, 0]])
    given = Binomial(events, events + 1)
    assert_allclose(given.concentration(np.zeros(5, int)), [0.375, 0.375, 0.375, 1 / 3, 0.28])
    assert_allclose(given.concentration(np.array([0, 0, 1, 1, 2])), [1, 1, 1, 1, 0])


def test_padded_months_have_no_figures():
    padded = counts(Poisson).padded(12)
    assert padded.events.shape == (36, 5) and not padded.is_observed[24:].any()


@pytest.mark.parametrize("kind", [Binomial, Poisson])
def test_no_data_at_all_gives_finite_starts(kind):
    nothing = kind(np.full((3, 2), np.nan), np.zeros((3, 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(nothing.crude()).all()
        assert (nothing.siblings(np.zeros(2, int)).exposure == 0).all()
        assert (nothing.concentration(np.zeros(2, int)) == 0).all()
