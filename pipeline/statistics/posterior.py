"""The posterior of the latent series of many areas, given the process and the prior of their effects.

Latent series of an area: ηₜ = xₜ′β + uₜ + εₜ, with u the process of `kalman` and ε its irregular, x the
regressors shared by all areas (a constant for the level, seasonal contrasts) and β ~ N(prior mean, prior
covariance) of the area. The irregular is integrated out: it adds to the variance of a pseudo-observation.
The mode is found by repeating: linearise the likelihood at η, filter the pseudo-observations and the
regressors together, solve for β, smooth u. That is Newton's method on the exact log posterior; the
covariance is that of the last linearisation, the inverse Hessian at the mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.statistics.kalman import Filtered, Process, run_filter, smooth_cov, smooth_mean
from pipeline.statistics.likelihoods import Likelihood

PriorOf = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

LONGEST_STEP = 2.0
SMALLEST_STEP = 1e-9
ROUNDING_STEP = 1e-4
MOST_STEPS = 60


@dataclass(frozen=True)
class Mode:
    """The mode: latent (T, A), effects (A, k) with covariance (A, k, k), the last linearisation (T, A)."""

    latent: np.ndarray
    effects: np.ndarray
    effects_cov: np.ndarray
    filtered: Filtered
    pseudo: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Level:
    """The latent level of selected regressors: mean and variance (T, A), lagged covariance (T − lag, A)."""

    mean: np.ndarray
    variance: np.ndarray
    lagged_cov: np.ndarray


def messages(filtered: Filtered) -> tuple[np.ndarray, np.ndarray]:
    """What the data of each area say of its effects: precision (A, k, k) and information (A, k)."""
    products = filtered.products()
    return products[:, 1:, 1:], products[:, 1:, 0]


def filter_with_regressors(
    process: Process, design: np.ndarray, pseudo: np.ndarray, weights: np.ndarray
) -> Filtered:
    """The filter over pseudo-observations (column 0) and the regressors `design` (T, k)."""
    months, areas = pseudo.shape
    columns = np.empty((months, 1 + design.shape[1], areas))
    columns[:, 0] = pseudo
    columns[:, 1:] = design[:, :, None]
    return run_filter(process, weights, columns)


def find_mode(
    likelihood: Likelihood,
    process: Process,
    design: np.ndarray,
    prior_of: PriorOf,
    start: np.ndarray | None = None,
) -> Mode:
    """Posterior mode of all areas.

    `prior_of` gives the prior mean (A, k) and covariance (A, k, k) of the effects from the `messages`.

    A step of an area is shortened to `LONGEST_STEP`, so that a far start cannot overshoot. The search
    ends when the longest step is below `SMALLEST_STEP`, or, with counts beyond a thousand million, when
    it is below `ROUNDING_STEP` and rounding keeps it from shrinking further.
    """
    latent = start
    if latent is None:
        latent = np.repeat(likelihood.crude()[None, :], len(design), axis=0)
    longest = np.inf
    for _ in range(MOST_STEPS):
        pseudo, weights = likelihood.linearise(latent)
        filtered = filter_with_regressors(process, design, pseudo, weights)
        precision, information = messages(filtered)
        prior_mean, prior_cov = prior_of(precision, information)
        prior_precision = np.linalg.inv(prior_cov)
        effects_cov = np.linalg.inv(precision + prior_precision)
        pull = information + np.einsum("ajk,ak->aj", prior_precision, prior_mean)
        effects = np.einsum("ajk,ak->aj", effects_cov, pull)
        combine = np.concatenate([np.ones((1, len(effects))), -effects.T])
        fitted = smooth_mean(filtered, combine)[:, 0] + design @ effects.T
        aim = fitted + process.irregular_share(weights) * (pseudo - fitted)
        step = aim - latent
        of_area = np.abs(step).max(axis=0)
        latent = latent + step * np.minimum(1, LONGEST_STEP / np.maximum(of_area, LONGEST_STEP))
        before, longest = longest, of_area.max(initial=0)
        if longest < SMALLEST_STEP or before / 2 < longest < ROUNDING_STEP:
            return Mode(latent, effects, effects_cov, filtered, pseudo, weights)
    raise ArithmeticError(f"the posterior mode was not reached in {MOST_STEPS} steps (last {longest:.2g})")


def level_posterior(mode: Mode, design: np.ndarray, lag: int) -> Level:
    """Posterior of cₜ′β + uₜ, where c (T, k) is the design with all but the level's regressors zero.

    Given β, u is Gaussian with mean (smoothed data) − (smoothed regressors)·β; so the variance is that of u
    given β plus (c − smoothed regressors)′·Cov(β)·(c − smoothed regressors), and the same across months.
    """
    smoothed = smooth_mean(mode.filtered)
    variance, lagged_cov = smooth_cov(mode.filtered, lag)
    open_part = (design[:, :, None] - smoothed[:, 1:]).transpose(2, 0, 1)  # (A, T, k)
    mean = smoothed[:, 0] + np.einsum("atk,ak->ta", open_part, mode.effects)
    spread = open_part @ mode.effects_cov
    variance = variance + np.einsum("atk,atk->ta", spread, open_part)
    later = open_part[:, lag:]
    lagged_cov = lagged_cov + np.einsum("atk,atk->ta", spread[:, : later.shape[1]], later)
    return Level(mean, variance, lagged_cov)
