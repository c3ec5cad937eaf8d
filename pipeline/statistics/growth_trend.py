"""Trend and band of natural growth: births and deaths, each a Poisson series with a seasonal pattern.

    Y_t ~ Poisson(person_years_t · λ_t),   log λ_t = β₀ + u_t + s_month + ε_t,
    u_t: level and slope, each a random walk (local linear trend) from 0,
    ε_t: independent from month to month (holidays, working days of the registry, a heat wave),
    β₀ ~ N(β̄₀, spread²), s = contrasts·γ with γ ~ N(γ̄, spread²·I) over the areas of a level

The seasonal pattern sums to zero over twelve months and is fixed over time; its contrasts are orthonormal
(trigonometric), so the prior treats all months alike. The seasonally adjusted rate is that of the mean month
of the pattern and of the irregular, e^(β₀+u)·mean(e^s)·E(e^ε), so that twelve months of it give the year.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from pipeline.statistics.kalman import Process
from pipeline.statistics.likelihoods import Poisson
from pipeline.statistics.pooling import Anchor, Pooled, Structure, estimate
from pipeline.statistics.posterior import Level, find_mode, level_posterior

MONTHS = 12
PER_MILLE = 1000.0
ANCHORS = {
    "irregular_sd": Anchor(0.03, 0.7),
    "level_sd": Anchor(0.005, 1.0),
    "slope_sd": Anchor(0.0005, 1.0),
    "between_sd": Anchor(0.3, 0.5),
    "seasonal_sd": Anchor(0.03, 0.7),
}
INITIAL_SLOPE_SD = 0.01
CENTRE_LOG_RATE, CENTRE_LOG_RATE_SD = np.log(0.010), 1.0
CENTRE_SEASONAL_SD = 0.3


def seasonal_contrasts() -> np.ndarray:
    """Orthonormal trigonometric contrasts of 12 months, (12, 11); each column sums to zero."""
    angle = 2 * np.pi * np.arange(MONTHS)[:, None] * np.arange(1, 7) / MONTHS
    waves = np.hstack([np.cos(angle), np.sin(angle[:, :-1])])
    return waves / np.linalg.norm(waves, axis=0)


def process_of(hyperparameters: dict[str, float]) -> Process:
    """The local linear trend: level from 0 (an area's own is an effect), slope from N(0, 0.01²) a month."""
    return Process(
        np.array([[1.0, 1.0], [0.0, 1.0]]),
        np.diag([hyperparameters["level_sd"] ** 2, hyperparameters["slope_sd"] ** 2]),
        np.diag([0.0, INITIAL_SLOPE_SD**2]),
        hyperparameters["irregular_sd"] ** 2,
    )


def spread_of(hyperparameters: dict[str, float]) -> np.ndarray:
    return np.array([hyperparameters["between_sd"]] + [hyperparameters["seasonal_sd"]] * (MONTHS - 1))


def structure(months: int) -> Structure:
    """The model of one series; a month's place in the pattern is its position modulo 12."""
    seasonal = seasonal_contrasts()[np.arange(months) % MONTHS]
    centre_mean = np.zeros(MONTHS)
    centre_mean[0] = CENTRE_LOG_RATE
    centre_sd = np.array([CENTRE_LOG_RATE_SD] + [CENTRE_SEASONAL_SD] * (MONTHS - 1))
    return Structure(
        ANCHORS, process_of, spread_of, np.hstack([np.ones((months, 1)), seasonal]), centre_mean, centre_sd
    )


def estimate_level(events: np.ndarray, person_years: np.ndarray) -> Pooled:
    """Hyperparameters and priors of the areas of one level, from counts and exposure (months, areas)."""
    return estimate(
        structure(len(events)),
        lambda areas: Poisson(events[:, areas], person_years[:, areas]),
        np.where(person_years > 0, np.nan_to_num(events), 0).sum(axis=0),
    )


def adjusted_log_rate(events: np.ndarray, person_years: np.ndarray, pooled: Pooled) -> Level:
    """Posterior of the seasonally adjusted log rate (per person-year), counts and exposure (months, areas).

    The mean of e^s is taken at its posterior mode; to first order it does not vary, as s sums to zero.
    """
    model = structure(len(events))
    mode = find_mode(
        Poisson(events, person_years),
        process_of(pooled.hyperparameters),
        model.design,
        lambda *_: (pooled.prior_mean, pooled.prior_cov),
    )
    level_only = np.zeros_like(model.design)
    level_only[:, 0] = 1
    level = level_posterior(mode, level_only, MONTHS)
    pattern = seasonal_contrasts() @ mode.effects[:, 1:].T
    mean_month = np.log(np.exp(pattern).mean(axis=0)) + mode.filtered.process.irregular_var / 2
    return Level(level.mean + mean_month, level.variance, level.lagged_cov)


def trend_figures(
    births: np.ndarray,
    deaths: np.ndarray,
    person_years: np.ndarray,
    births_pooled: Pooled,
    deaths_pooled: Pooled,
) -> dict[str, np.ndarray]:
    """Columns of the `trends` table, each (months, areas), per mille of a year; NaN is null.

    Both rates are log-normal and independent. The limits of their difference add the distances of the single
    quantiles from the medians as squares (MOVER, Zou & Donner 2008); the change over twelve months is judged
    by its first-order variance, covariance across the twelve months included.
    """
    levels = [
        adjusted_log_rate(births, person_years, births_pooled),
        adjusted_log_rate(deaths, person_years, deaths_pooled),
    ]
    birth_rate, death_rate = rates = [PER_MILLE * np.exp(level.mean) for level in levels]
    trend = birth_rate - death_rate
    shape = trend.shape
    exposed = np.where(person_years > 0, person_years, np.nan)
    figures = {
        "observed": PER_MILLE * (births - deaths) / exposed,
        "trend": trend,
        "probability_above_reference": np.full(shape, np.nan),
        "change_12_months": np.full(shape, np.nan),
        "probability_rising": np.full(shape, np.nan),
    }
    for name, probability in (("80", 0.9), ("95", 0.975)):
        reach = [ndtri(probability) * np.sqrt(level.variance) for level in levels]
        births_down, deaths_down = (rate * -np.expm1(-z) for rate, z in zip(rates, reach, strict=True))
        births_up, deaths_up = (rate * np.expm1(z) for rate, z in zip(rates, reach, strict=True))
        figures[f"lower_{name}"] = trend - np.hypot(births_down, deaths_up)
        figures[f"upper_{name}"] = trend + np.hypot(births_up, deaths_down)
    change = trend[MONTHS:] - trend[:-MONTHS]
    variance = np.zeros(change.shape)
    for level, rate in zip(levels, rates, strict=True):
        now, before = rate[MONTHS:], rate[:-MONTHS]
        variance += now**2 * level.variance[MONTHS:] + before**2 * level.variance[:-MONTHS]
        variance -= 2 * now * before * level.lagged_cov
    figures["change_12_months"][MONTHS:] = change
    figures["probability_rising"][MONTHS:] = ndtr(change / np.sqrt(variance))
    return figures
