"""Limits `(lower, upper)` of the difference between two independent periods: now minus a year earlier; NaN is none.

Where the single intervals are good, so is their combination by
square-and-add (MOVER): the distance of each limit from its own estimate is taken, and the two that push in
the same direction are added as squares.

References: Newcombe, Statistics in Medicine 17, 1998 (method 10) and 20, 2001 (logit and sinh⁻¹);
Zou & Donner, Statistics in Medicine 27, 2008.
"""

import numpy as np
from numpy.typing import ArrayLike

from pipeline.statistics import intervals
from pipeline.statistics.intervals import Limits


def square_and_add(now: ArrayLike, limits_now: Limits, before: ArrayLike, limits_before: Limits) -> Limits:
    """MOVER limits of `now − before` from the estimates and their own limits."""
    now, before = np.asarray(now, dtype=float), np.asarray(before, dtype=float)
    difference = now - before
    lower = difference - np.hypot(now - limits_now[0], limits_before[1] - before)
    upper = difference + np.hypot(limits_now[1] - now, before - limits_before[0])
    return lower, upper


def sex_ratio_difference(
    males: ArrayLike,
    females: ArrayLike,
    males_before: ArrayLike,
    females_before: ArrayLike,
    confidence: ArrayLike = 0.95,
    factor: ArrayLike = 100.0,
) -> Limits:
    """Difference of two sex ratios, decided on the log ratio and told in the unit of the ratio.

    A Wilson interval is symmetric on the logit, with half-width a = 2·sinh⁻¹(z/2·√(1/M + 1/F)). The log
    ratio of the two ratios, ρ = log(r₁/r₂), therefore has the limits ρ ± √(a₁² + a₂²). A log ratio ρ stands
    for the difference 2·g·sinh(ρ/2), where g = √(r₁·r₂): at the estimate this is exactly r₁ − r₂, its sign
    is the sign of ρ, and exchanging the periods only changes the sign. NaN where a sex was not born at all.
    """
    counts = [np.asarray(value, dtype=float) for value in (males, females, males_before, females_before)]
    males, females, males_before, females_before = (np.where(value > 0, value, np.nan) for value in counts)
    z = intervals.normal_quantile(confidence)
    half_now = 2 * np.arcsinh(z / 2 * np.sqrt(1 / males + 1 / females))
    half_before = 2 * np.arcsinh(z / 2 * np.sqrt(1 / males_before + 1 / females_before))
    log_now, log_before = np.log(males / females), np.log(males_before / females_before)
    half = np.hypot(half_now, half_before)
    middle = 2 * np.asarray(factor) * np.exp((log_now + log_before) / 2)
    log_ratio = log_now - log_before
    return middle * np.sinh((log_ratio - half) / 2), middle * np.sinh((log_ratio + half) / 2)
