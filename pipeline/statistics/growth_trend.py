"""Trend and band of natural growth: births and deaths, each a Poisson series with a seasonal pattern.

    Y_t ~ Poisson(person_years_t · λ_t),   log λ_t = (that of the siblings) + β₀ + u_t + s_month + ε_t,
    u_t: level and slope, each a random walk (local linear trend) from 0,
    ε_t: independent from month to month (holidays, working days of the registry, a heat wave),
    β₀ ~ N(0, spread²), s = contrasts·γ with γ ~ N(0, spread²·I) between siblings

The seasonal pattern sums to zero over twelve months and is fixed over time; its contrasts are orthonormal
(trigonometric), so the prior treats all months alike. The seasonally adjusted rate is that of the mean month
of the pattern and of the irregular, e^(β₀+u)·mean(e^s)·E(e^ε), so that twelve months of it give the year.

What all areas do together, a zodiac year or an epidemic, goes as it came: it is no new level, as a step of a single
area is that is not followed by its siblings.
"""

from functools import cache

import numpy as np
from scipy.special import ndtr, ndtri

from pipeline.statistics.hierarchy import AHEAD, YEAR, Fitted, from_second_year, own_share
from pipeline.statistics.kalman import Process
from pipeline.statistics.likelihoods import Poisson
from pipeline.statistics.models import Anchor, Hyperparameters, LatentSeries
from pipeline.statistics.posterior import Level

PER_MILLE = 1000.0
ANCHORS = {
    "irregular_sd": Anchor(0.03, 0.7),
    "level_sd": Anchor(0.005, 1.0),
    "slope_sd": Anchor(0.0005, 1.0),
    "between_sd": Anchor(0.3, 0.5),
    "seasonal_sd": Anchor(0.03, 0.7),
    "excess_dispersion": Anchor(0.02, 1.5),
}
MONTHS_BEFORE = 240  # the slope is that of a random walk begun twenty years before
TOP_LOG_RATE, TOP_LOG_RATE_SD = np.log(0.010), 1.0
TOP_SEASONAL_SD = 0.3


@cache
def seasonal_contrasts() -> np.ndarray:
    """Orthonormal trigonometric contrasts of 12 months, (12, 11); each column sums to zero."""
    angle = 2 * np.pi * np.arange(YEAR)[:, None] * np.arange(1, 7) / YEAR
    waves = np.hstack([np.cos(angle), np.sin(angle[:, :-1])])
    return waves / np.linalg.norm(waves, axis=0)


class VitalRate(LatentSeries):
    """The log rate per person-year of births, or of deaths, of one area: `Poisson(events, person_years)`."""

    anchors = ANCHORS
    likelihood = Poisson
    states = ("level", "slope")
    top_mean = np.array([TOP_LOG_RATE] + [0.0] * (YEAR - 1))
    top_sd = np.array([TOP_LOG_RATE_SD] + [TOP_SEASONAL_SD] * (YEAR - 1))
    top_may_shift = False

    @classmethod
    def process(cls, hyperparameters: Hyperparameters) -> Process:
        """The local linear trend: level from 0 (an area's own is an effect), and its slope."""
        slope_var = hyperparameters["slope_sd"] ** 2
        return Process.shared(
            [[1.0, 1.0], [0.0, 1.0]],
            np.diag([hyperparameters["level_sd"] ** 2, slope_var]),
            np.diag([0.0, MONTHS_BEFORE * slope_var]),
            hyperparameters["irregular_sd"] ** 2,
        )

    @classmethod
    def regressors(cls, months: int) -> np.ndarray:
        """The constant and the contrasts of each month by its position modulo 12, (T, 12)."""
        return np.hstack([np.ones((months, 1)), seasonal_contrasts()[np.arange(months) % YEAR]])


def adjusted_log_rate(fitted: Fitted) -> Level:
    """The seasonally adjusted log rate of the months with figures.

    The mean of e^s is taken at its posterior mode; to first order it does not vary, as s sums to zero.
    """
    level = fitted.level
    mean = level.mean[:-AHEAD] + _mean_month(fitted)
    return Level(mean, level.variance[:-AHEAD], level.lagged_cov[: max(len(mean) - YEAR, 0)])


def _mean_month(fitted: Fitted) -> np.ndarray:
    return np.log(np.exp(fitted.season).mean(axis=0)) + fitted.irregular_var / 2


def _season_factor(fitted: Fitted, months: int) -> np.ndarray:
    """How much of its mean month each month is, (months, A): above 1 in the months of many events."""
    return np.exp(fitted.season - _mean_month(fitted) + fitted.irregular_var / 2)[np.arange(months) % YEAR]


def trend_columns(
    counts: dict[str, np.ndarray], births_fitted: Fitted, deaths_fitted: Fitted
) -> dict[str, np.ndarray]:
    """Columns of the `trends` table, each (months, areas), per mille of a year; NaN is null.

    Both rates are log-normal and independent. The limits of their difference add the distances of the single
    quantiles from the medians as squares (MOVER, Zou & Donner 2008); the change over twelve months is judged
    by its first-order variance, covariance across the twelve months included.
    """
    births, deaths, person_years = (counts[name] for name in ("births", "deaths", "person_years"))
    levels = [adjusted_log_rate(fitted) for fitted in (births_fitted, deaths_fitted)]
    birth_rate, death_rate = rates = [PER_MILLE * np.exp(level.mean) for level in levels]
    trend = birth_rate - death_rate
    exposed = np.where(person_years > 0, person_years, np.nan)
    without_season = births / _season_factor(births_fitted, len(births))
    without_season -= deaths / _season_factor(deaths_fitted, len(deaths))
    columns = {
        "observed": PER_MILLE * (births - deaths) / exposed,
        "adjusted": PER_MILLE * without_season / exposed,
        "trend": trend,
        "probability_above_reference": np.full(trend.shape, np.nan),
    }
    for name, probability in (("80", 0.9), ("95", 0.975)):
        reach = [ndtri(probability) * np.sqrt(level.variance) for level in levels]
        births_down, deaths_down = (rate * -np.expm1(-z) for rate, z in zip(rates, reach, strict=True))
        births_up, deaths_up = (rate * np.expm1(z) for rate, z in zip(rates, reach, strict=True))
        columns[f"lower_{name}"] = trend - np.hypot(births_down, deaths_up)
        columns[f"upper_{name}"] = trend + np.hypot(births_up, deaths_down)
    change = trend[YEAR:] - trend[:-YEAR]
    variance = np.zeros(change.shape)
    for level, rate in zip(levels, rates, strict=True):
        now, before = rate[YEAR:], rate[:-YEAR]
        variance += now**2 * level.variance[YEAR:] + before**2 * level.variance[:-YEAR]
        variance -= 2 * now * before * level.lagged_cov
    columns["change_12_months"] = from_second_year(change, len(trend))
    columns["probability_rising"] = from_second_year(ndtr(change / np.sqrt(variance)), len(trend))
    return columns | _own_shares(rates, births_fitted, deaths_fitted)


def _own_shares(rates: list[np.ndarray], *fitted: Fitted) -> dict[str, np.ndarray]:
    """`own_share` of growth and of its change: births and deaths by what they add to its variance, to first order."""
    months = len(rates[0])
    level, change = ([np.zeros(rates[0].shape), np.zeros(rates[0].shape)] for _ in range(2))
    for rate, series in zip(rates, fitted, strict=True):
        for side, deviation in enumerate((series.deviation, series.prior_deviation)):
            level[side] += rate**2 * deviation.variance[:months]
            change[side][YEAR:] += (rate**2)[YEAR:] * deviation.change_variance[: max(months - YEAR, 0)]
    return {"own_share": own_share(*level), "own_share_of_change": own_share(*change)}
