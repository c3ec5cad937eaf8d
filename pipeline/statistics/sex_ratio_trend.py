"""Trend and band of the sex ratio at birth: binomial months around a slowly moving level.

    M_t ~ Bin(B_t, p_t),   logit p_t = log(males/females) = β + u_t,
    β ~ N(β̄, τ²) over the areas of a level,   u_t a stationary AR(1)

The anchor is the natural process of Chao, Gerland, Cook & Alkema (PNAS 116, 2019; Annals of Applied
Statistics 15, 2021): yearly ρ = 0.900 and σ = 0.003575 of the log ratio, between-area SD 0.0091, baseline
1.063. Months follow from years by ρ^(1/12) and the same stationary SD, σ/√(1 − ρ²). The priors around it
are wide enough for areas where the ratio is not left to nature.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from pipeline.statistics.kalman import Process
from pipeline.statistics.likelihoods import Binomial
from pipeline.statistics.pooling import Anchor, Pooled, Structure, estimate
from pipeline.statistics.posterior import Level, find_mode, level_posterior

MONTHS = 12
YEARLY_RHO, YEARLY_SIGMA = 0.900, 0.003575
ANCHORS = {
    "stationary_sd": Anchor(YEARLY_SIGMA / np.sqrt(1 - YEARLY_RHO**2), 0.8),
    "yearly_decay": Anchor(-np.log(YEARLY_RHO), 0.5),
    "between_sd": Anchor(0.00914, 0.8),
}
BASELINE_LOG_RATIO, BASELINE_SD = np.log(1.063), 0.05


def process_of(hyperparameters: dict[str, float]) -> Process:
    """The monthly AR(1), stationary from the start."""
    rho = np.exp(-hyperparameters["yearly_decay"] / MONTHS)
    variance = hyperparameters["stationary_sd"] ** 2
    return Process(np.array([[rho]]), np.array([[variance * (1 - rho**2)]]), np.array([[variance]]))


def spread_of(hyperparameters: dict[str, float]) -> np.ndarray:
    return np.array([hyperparameters["between_sd"]])


def structure(months: int) -> Structure:
    return Structure(
        ANCHORS,
        process_of,
        spread_of,
        np.ones((months, 1)),
        np.array([BASELINE_LOG_RATIO]),
        np.array([BASELINE_SD]),
    )


def estimate_level(males: np.ndarray, females: np.ndarray) -> Pooled:
    """Hyperparameters and priors of the areas of one level, from counts (months, areas); NaN is missing."""
    births = males + females
    return estimate(
        structure(len(births)),
        lambda areas: Binomial(males[:, areas], births[:, areas]),
        np.nansum(births, axis=0),
    )


def log_ratio(males: np.ndarray, females: np.ndarray, pooled: Pooled) -> Level:
    """Posterior of log(males/females), counts (months, areas); `pooled` holds the priors of these areas."""
    model = structure(len(males))
    mode = find_mode(
        Binomial(males, males + females),
        process_of(pooled.hyperparameters),
        model.design,
        lambda *_: (pooled.prior_mean, pooled.prior_cov),
    )
    return level_posterior(mode, model.design, MONTHS)


def trend_figures(
    males: np.ndarray, females: np.ndarray, pooled: Pooled, reference_upper: float
) -> dict[str, np.ndarray]:
    """Columns of the `trends` table, each (months, areas), per 100 females; NaN is null.

    The log ratio is Gaussian, so median, limits and probabilities of the ratio are exact transforms of it.
    """
    level = log_ratio(males, females, pooled)
    sd = np.sqrt(level.variance)
    figures = {
        "observed": 100 * np.divide(males, females, out=np.full(males.shape, np.nan), where=females > 0),
        "trend": 100 * np.exp(level.mean),
        "probability_above_reference": ndtr((level.mean - np.log(reference_upper / 100)) / sd),
    }
    for name, probability in (("80", 0.9), ("95", 0.975)):
        figures[f"lower_{name}"] = 100 * np.exp(level.mean - ndtri(probability) * sd)
        figures[f"upper_{name}"] = 100 * np.exp(level.mean + ndtri(probability) * sd)
    rise = level.mean[MONTHS:] - level.mean[:-MONTHS]
    rise_variance = level.variance[MONTHS:] + level.variance[:-MONTHS] - 2 * level.lagged_cov
    figures["change_12_months"] = np.full(males.shape, np.nan)
    figures["change_12_months"][MONTHS:] = figures["trend"][MONTHS:] - figures["trend"][:-MONTHS]
    figures["probability_rising"] = np.full(males.shape, np.nan)
    figures["probability_rising"][MONTHS:] = ndtr(rise / np.sqrt(rise_variance))
    return figures
