"""Exact coverage of the single-window intervals: sums over every possible count, nothing simulated.

Coverage of a discrete count jumps with the truth, so it is averaged over truths (Brown, Cai & DasGupta,
Statistical Science 16, 2001).
"""

import numpy as np
from scipy.stats import binom, poisson

from pipeline.statistics import intervals

SEX_RATIOS = np.linspace(100, 125, 51)
AROUND_COUNT = np.linspace(0.8, 1.25, 51)
UNREMARKABLE, RAISED = 106.3, 120.0
NORMAL_RANGE = (103.0, 107.0)
FLAG_CONFIDENCE = 0.998


def wilson_coverage(births: int, confidence: float = 0.95) -> float:
    """Share of Wilson intervals of the sex ratio that hold the truth, at so many births."""
    males = np.arange(births + 1)
    truth = SEX_RATIOS[:, None] / (100 + SEX_RATIOS[:, None])
    return _held(intervals.wilson(males, births, confidence), truth, binom.pmf(males, births, truth))


def count_coverage(expected: float, confidence: float = 0.95) -> float:
    """Share of intervals of a Poisson count (exact below 10, Byar from 10 on) that hold its mean."""
    truth = expected * AROUND_COUNT[:, None]
    events = np.arange(int(truth.max() + 12 * np.sqrt(truth.max())) + 20)
    return _held(intervals.count(events, confidence), truth, poisson.pmf(events, truth))


def _held(limits: tuple[np.ndarray, np.ndarray], truth: np.ndarray, probability: np.ndarray) -> float:
    """The mean over truths (truths, 1) of the probability (truths, counts) that the limits of a count hold the truth."""
    lower, upper = limits
    return float((probability * ((lower <= truth) & (truth <= upper))).sum(axis=1).mean())


def flagged_share(births: int, sex_ratio: float) -> tuple[float, float]:
    """Probability that the 99.8 % interval lies below, and above, the normal range 103–107."""
    males = np.arange(births + 1)
    lower, upper = intervals.sex_ratio(males, births - males, FLAG_CONFIDENCE)
    probability = binom.pmf(males, births, sex_ratio / (100 + sex_ratio))
    below, above = (probability[where].sum() for where in (upper < NORMAL_RANGE[0], lower > NORMAL_RANGE[1]))
    return float(below), float(above)


def false_flag_share(areas: int = 300, fewest: int = 500, most: int = 20_000) -> float:
    """Mean probability of a flag over areas that are all at 106.3, their births spread evenly in the log."""
    births = np.geomspace(fewest, most, areas).round().astype(int)
    return float(np.mean([sum(flagged_share(number, UNREMARKABLE)) for number in births]))
