"""Confidence intervals of counts, proportions, ratios and rates.

Every function takes arrays (or scalars) of one common shape, broadcasts them, and returns the pair
`(lower, upper)` of that shape. NaN means "no such limit": nothing was counted, the figures contradict
each other, or the limit is infinite. `confidence` is two-sided, 0.95 or 0.998, and may be an array like the counts.

References: Wilson, JASA 22, 1927; Byar in Breslow & Day II, 1987, p. 69; Garwood, Biometrika 28, 1936;
Public Health England, Technical Guide: Confidence Intervals.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

Limits = tuple[np.ndarray, np.ndarray]

EXACT_BELOW_EVENTS = 10


def normal_quantile(confidence: ArrayLike) -> np.ndarray:
    """The z of a two-sided interval: 1.96 for 0.95, 3.09 for 0.998."""
    return ndtri(0.5 + np.asarray(confidence) / 2)


def _as_arrays(*values: ArrayLike) -> list[np.ndarray]:
    return list(np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in values)))


def wilson(successes: ArrayLike, trials: ArrayLike, confidence: ArrayLike = 0.95) -> Limits:
    """Wilson score interval of a proportion, in [0, 1].

    (x + z²/2 ± z·√(x(n−x)/n + z²/4)) / (n + z²). No limits (NaN) where trials are 0 or successes are
    outside 0..trials.
    """
    successes, trials = _as_arrays(successes, trials)
    valid = (trials > 0) & (successes >= 0) & (successes <= trials)
    x, n = np.where(valid, successes, 0), np.where(valid, trials, 1)
    lower, upper = proportion_confint(x, n, alpha=1 - np.asarray(confidence), method="wilson")
    lower = np.where(x == 0, 0.0, np.clip(lower, 0, 1))
    upper = np.where(x == n, 1.0, np.clip(upper, 0, 1))
    return np.where(valid, lower, np.nan), np.where(valid, upper, np.nan)


def sex_ratio(
    males: ArrayLike, females: ArrayLike, confidence: ArrayLike = 0.95, factor: ArrayLike = 100.0
) -> Limits:
    """Interval of the ratio factor·males/females: Wilson limits p of the male proportion, as factor·p/(1−p).

    Without females the upper limit is infinite and is returned as NaN; without births both are NaN.
    """
    males, females = _as_arrays(males, females)
    lower, upper = wilson(males, males + females, confidence)
    with np.errstate(divide="ignore"):
        ratio_upper = np.where(upper < 1, upper / (1 - upper), np.nan)
    return np.multiply(factor, lower) / (1 - lower), np.multiply(factor, ratio_upper)


def byar(events: ArrayLike, confidence: ArrayLike = 0.95) -> Limits:
    """Byar's approximation for a Poisson count.

    Lower O·(1 − 1/(9O) − z/(3√O))³, upper the same of O+1 with +z. A negative lower limit (a single
    event at 99.8 %) is NaN.
    """
    (events,) = _as_arrays(events)
    z = normal_quantile(confidence)
    count = np.where(events >= 0, events, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = count * (1 - 1 / (9 * count) - z / (3 * np.sqrt(count))) ** 3
    more = count + 1
    upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return np.where(lower >= 0, lower, np.nan), upper


def exact_count(events: ArrayLike, confidence: ArrayLike = 0.95) -> Limits:
    """Exact (Garwood) interval of a Poisson count: ½χ²(α/2; 2O) and ½χ²(1−α/2; 2O+2)."""
    (events,) = _as_arrays(events)
    valid = events >= 0
    known = np.where(valid, events, 1)
    lower, upper = confint_poisson(known, 1, method="exact-c", alpha=1 - np.asarray(confidence))
    lower = np.where(known == 0, 0.0, lower)
    return np.where(valid, lower, np.nan), np.where(valid, upper, np.nan)


def count(events: ArrayLike, confidence: ArrayLike = 0.95) -> Limits:
    """Interval of a Poisson count: exact below 10 events, Byar from 10 on."""
    events, confidence = _as_arrays(events, confidence)
    lower, upper = (np.array(limit) for limit in byar(events, confidence))
    small = events < EXACT_BELOW_EVENTS
    lower[small], upper[small] = exact_count(events[small], confidence[small])
    return lower, upper


def rate(
    events: ArrayLike, exposure: ArrayLike, confidence: ArrayLike = 0.95, factor: ArrayLike = 1000.0
) -> Limits:
    """Interval of factor·events/exposure: that of the count, over the exposure (person-years) as known."""
    events, exposure = _as_arrays(events, exposure)
    scale = _scale(factor, exposure)
    lower, upper = count(events, confidence)
    return lower * scale, upper * scale


def balance(
    difference: ArrayLike,
    events: ArrayLike,
    exposure: ArrayLike,
    confidence: ArrayLike = 0.95,
    factor: ArrayLike = 1000.0,
) -> Limits:
    """Interval of a balance of two Poisson counts, as natural growth: factor·(B−D)/P.

    Normal limits with variance (B+D)·(factor/P)²; `difference` is B−D, `events` is B+D.
    """
    difference, events, exposure = _as_arrays(difference, events, exposure)
    scale = _scale(factor, exposure)
    counted = np.where((events >= 0) & (np.abs(difference) <= events), events, np.nan)
    half = normal_quantile(confidence) * np.sqrt(counted)
    return (difference - half) * scale, (difference + half) * scale


def _scale(factor: ArrayLike, exposure: np.ndarray) -> np.ndarray:
    return np.asarray(factor) / np.where(exposure > 0, exposure, np.nan)
