"""The posterior against computations that share nothing with it: an exact grid, and importance sampling."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.special import expit

from pipeline.statistics import hierarchy
from pipeline.statistics.hierarchy import AHEAD, Tier
from pipeline.statistics.kalman import Process
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.models import LatentSeries
from pipeline.statistics.posterior import Model, Prior, find_mode, level_posterior

QUANTILES = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
NORMAL = np.array([-1.959963984540054, -1.2815515655446004, 0.0, 1.2815515655446004, 1.959963984540054])
MISSING = np.nan


def log_likelihood(kind, events, exposure, latent):
    """Sum over the last axis, and slope and curvature, written out."""
    seen = np.isfinite(events) & (np.nan_to_num(exposure) > 0)
    y, n = np.where(seen, events, 0), np.where(seen, exposure, 0)
    if kind is Binomial:
        p = expit(latent)
        return (y * latent - n * np.logaddexp(0, latent)).sum(-1), y - n * p, -n * p * (1 - p)
    rate = n * np.exp(latent)
    return (y * latent - rate).sum(-1), y - rate, -rate


def newton(kind, events, exposure, mean, cov):
    """Mode and covariance (inverse Hessian) under the prior N(mean, cov), by Newton's method."""
    precision, latent = np.linalg.inv(cov), mean.copy()
    for _ in range(200):
        _, slope, curvature = log_likelihood(kind, events, exposure, latent)
        hessian = precision - np.diag(curvature)
        step = np.linalg.solve(hessian, slope - precision @ (latent - mean))
        latent = latent + step / max(1.0, np.abs(step).max())
        if np.abs(step).max() < 1e-12:
            break
    return latent, np.linalg.inv(hessian)


def exact_quantiles(kind, events, exposure, mean, cov):
    """Quantiles of the last of three months, by summing the exact posterior over a three-dimensional grid.

    The grid lies along the Cholesky factor of the Newton covariance with the last month first, so its first axis is
    that month; it reaches nine standard deviations.
    """
    mode, spread = newton(kind, events, exposure, mean, cov)
    factor = np.linalg.cholesky(spread[::-1, ::-1])
    axes = np.linspace(-9, 9, 201), np.linspace(-9, 9, 51), np.linspace(-9, 9, 51)
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1) @ factor.T
    latent = points[..., ::-1] + mode
    off = latent - mean
    density = log_likelihood(kind, events, exposure, latent)[0]
    density -= np.einsum("...i,...i->...", off @ np.linalg.inv(cov), off) / 2
    marginal = np.exp(density - density.max()).sum((1, 2))
    fine = np.linspace(-9, 9, 40_001)
    cumulated = CubicSpline(axes[0], marginal).antiderivative()(fine)
    return mode[2] + factor[0, 0] * np.interp(QUANTILES, cumulated / cumulated[-1], fine)


def our_quantiles(kind, events, exposure, process, mean, between_sd):
    design = np.ones((3, 1))
    prior = Prior(np.array([[mean]]), np.array([[[between_sd**2]]]), np.zeros((3, 1)))
    counts = kind(np.array(events, float)[:, None], np.array(exposure, float)[:, None])
    level = level_posterior(find_mode(counts, Model(process, prior, design, np.ones(1))), design, 1)
    return level.mean[2, 0] + NORMAL * np.sqrt(level.variance[2, 0])


def both(kind, events, exposure, process_sd, rho, mean, between_sd):
    """Quantiles of the last month's ratio (rate): exact, and ours. The process is an AR(1), or a random walk (ρ = 1)."""
    months = np.arange(3)
    lag = np.abs(months[:, None] - months)
    if rho < 1:
        cov = process_sd**2 * rho**lag
        process = Process.shared([[rho]], [[process_sd**2 * (1 - rho**2)]], [[process_sd**2]])
    else:
        cov = process_sd**2 * np.minimum(months[:, None], months)
        process = Process.shared([[1.0]], [[process_sd**2]], [[0.0]])
    cov = cov + between_sd**2
    exact = exact_quantiles(
        kind, np.array(events, float), np.array(exposure, float), np.full(3, mean), cov + 1e-14 * np.eye(3)
    )
    return np.exp(exact), np.exp(our_quantiles(kind, events, exposure, process, mean, between_sd))


SEX_RATIO_CASES = {
    "no births": ([0, 0, 0], [0, 0, 0]),
    "3 births, boys alone": ([3, 3, 3], [3, 3, 3]),
    "3 births, one boy": ([1, 1, 1], [3, 3, 3]),
    "40 births": ([26, 17, 29], [40, 40, 40]),
    "40 births, a month missing": ([26, MISSING, 29], [40, MISSING, 40]),
    "40 births, the last month missing": ([26, 29, MISSING], [40, 40, MISSING]),
    "a million births": ([517_000, 519_000, 523_000], [1e6, 1e6, 1e6]),
}


@pytest.mark.parametrize("case", SEX_RATIO_CASES)
def test_sex_ratio_to_three_digits(case):
    """Between-area SD 0.009, and the natural process: median and limits agree to 3 digits with the exact posterior."""
    exact, ours = both(Binomial, *SEX_RATIO_CASES[case], 0.0082, 0.991, np.log(1.063), 0.009)
    assert np.abs(ours / exact - 1).max() < 5e-4


RATE = 0.010
RATE_CASES = {
    "no person-years": ([0, 0, 0], [0, 0, 0]),
    "none of 3 expected": ([0, 0, 0], [300, 300, 300]),
    "7 of 3 expected": ([7, 6, 8], [300, 300, 300]),
    "12 events": ([9, 16, 11], [1_200, 1_200, 1_200]),
    "40 events": ([30, 49, 41], [4_000, 4_000, 4_000]),
    "40 events, a month missing": ([30, MISSING, 41], [4_000, MISSING, 4_000]),
    "a million events": ([1.01e6, 0.99e6, 1e6], [1e8, 1e8, 1e8]),
}


@pytest.mark.parametrize("case", RATE_CASES)
def test_rates_of_areas_with_siblings_to_three_digits(case):
    """Between-area SD 0.05: half a unit of the third digit of the median, twice that of the limits."""
    exact, ours = both(Poisson, *RATE_CASES[case], 0.01, 1.0, np.log(RATE), 0.05)
    assert np.abs(ours / exact - 1)[2] < 5e-4
    assert np.abs(ours / exact - 1).max() < 1e-3


# The largest relative error of (median, limits) of the Gaussian approximation where it is not good to 3 digits.
WIDE_RATE_BOUNDS = {
    "no person-years": (1e-4, 1e-4),
    "none of 3 expected": (0.008, 0.022),
    "7 of 3 expected": (0.008, 0.024),
    "12 events": (0.006, 0.018),
    "40 events": (0.003, 0.008),
    "40 events, a month missing": (0.004, 0.012),
    "a million events": (5e-4, 5e-4),
}


@pytest.mark.parametrize("case", RATE_CASES)
def test_rates_under_a_wide_prior_are_off_by_a_known_amount(case):
    """Between-area SD 0.3 and counts of a few months: how far the mode is from the median, and the limits."""
    exact, ours = both(Poisson, *RATE_CASES[case], 0.01, 1.0, np.log(RATE), 0.3)
    error = np.abs(ours / exact - 1)
    of_median, of_limits = WIDE_RATE_BOUNDS[case]
    assert error[2] < of_median and error.max() < of_limits


TOP = {"level_sd": 0.03, "between_sd": 0.3, "excess_dispersion": 0.0}
CHILDREN = {"level_sd": 0.02, "between_sd": 0.1, "excess_dispersion": 0.0}
TOP_SD = 1.0
MONTHS, DRAWS = 12, 40_000


class LocalLevel(LatentSeries):
    """A level that walks, without season and irregular: small enough to be written down as one Gaussian."""

    anchors = dict.fromkeys(TOP)
    states = ("level",)
    top_mean, top_sd = np.array([np.log(RATE)]), np.array([TOP_SD])

    @classmethod
    def process(cls, hyperparameters):
        return Process.shared([[1.0]], [[hyperparameters["level_sd"] ** 2]], [[0.0]])

    @classmethod
    def spread(cls, hyperparameters):
        return np.array([hyperparameters["between_sd"]])

    @classmethod
    def regressors(cls, months):
        return np.ones((months, 1))


def joint_posterior(events, exposure):
    """Mean and SD of each child's log rate, (months, children), under children = common + own, by sampling.

    Importance sampling from a multivariate t around the mode of all children's months together.
    """
    months, children = events.shape
    walk = np.minimum(np.arange(months)[:, None], np.arange(months))
    common = TOP_SD**2 + TOP["level_sd"] ** 2 * walk
    own = CHILDREN["between_sd"] ** 2 + CHILDREN["level_sd"] ** 2 * walk
    cov = np.kron(np.ones((children, children)), common) + np.kron(np.eye(children), own)
    mean = np.full(len(cov), np.log(RATE))
    y, n = events.T.ravel(), exposure.T.ravel()
    mode, spread = newton(Poisson, y, n, mean, cov)
    random, degrees = np.random.default_rng(5), 50
    normal = random.normal(size=(DRAWS, len(cov))) * np.sqrt(degrees / random.chisquare(degrees, (DRAWS, 1)))
    latent = mode + normal @ np.linalg.cholesky(spread).T
    off = latent - mean
    log_weight = log_likelihood(Poisson, y, n, latent)[0]
    log_weight -= ((off @ np.linalg.inv(cov)) * off).sum(1) / 2
    log_weight += (degrees + len(cov)) / 2 * np.log1p((normal**2).sum(1) / degrees)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    assert 1 / (weight**2).sum() > 0.2 * DRAWS, "too few effective draws"
    average = weight @ latent
    sd = np.sqrt(weight @ (latent - average) ** 2)
    return average.reshape(children, months).T, sd.reshape(children, months).T


def apart_and_wider(monkeypatch, sizes):
    """Over months and children: how far our median is from the joint one in its SDs, and the ratio of the SDs."""
    random = np.random.default_rng(17)
    exposure = np.tile(np.array(sizes) / RATE, (MONTHS, 1))
    common = np.cumsum(random.normal(0, TOP["level_sd"], (MONTHS, 1)), axis=0) + 0.2
    own = random.normal(0, CHILDREN["between_sd"], len(sizes)) + np.cumsum(
        random.normal(0, CHILDREN["level_sd"], (MONTHS, len(sizes))), axis=0
    )
    events = random.poisson(exposure * RATE * np.exp(common + own)).astype(float)
    given = iter([TOP, CHILDREN])
    monkeypatch.setattr(hierarchy, "estimate", lambda *_: next(given))
    (fitted,) = hierarchy.fit(LocalLevel, [Tier.alone(Poisson(events, exposure))])
    theirs, sd = joint_posterior(events, exposure)
    return (fitted.level.mean[:-AHEAD] - theirs) / sd, np.sqrt(fitted.level.variance[:-AHEAD]) / sd


SIZES = [(60, 60, 60), (20, 60, 180), (2_000, 2_000, 2_000)]


@pytest.mark.parametrize("sizes", SIZES, ids=["equal", "unequal", "large"])
def test_children_are_where_the_joint_model_has_them(monkeypatch, sizes):
    """Three children of one parent, hyperparameters given: from the top down, against all of them at once.

    The siblings' movement is plugged in where the joint model weighs it month by month against the child's own.
    """
    apart, wider = apart_and_wider(monkeypatch, sizes)
    assert np.sqrt(np.mean(apart**2)) < 0.3
    assert np.abs(apart).max() < 0.6
    assert wider.min() > 0.9


@pytest.mark.parametrize(
    "sizes",
    [SIZES[0], pytest.param(SIZES[1]), pytest.param(SIZES[2])],
    ids=["equal", "unequal", "large"],
)
def test_children_are_known_as_well_as_in_the_joint_model(monkeypatch, sizes):
    _, wider = apart_and_wider(monkeypatch, sizes)
    assert np.abs(wider.mean(axis=0) - 1).max() < 0.15
