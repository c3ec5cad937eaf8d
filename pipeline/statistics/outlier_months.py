"""Months that no model should learn from: counts that neither the months before nor those after make believable.

A figure typed ten times too large would otherwise be taken for a jump there and back, and, through the siblings, make
all other areas of the month look odd. Such a month is set aside from the fit, as if it were missing; what is
expected of it is then judged against the figure as it stands.
"""

import numpy as np

MONTHS_AROUND = 6
FEWEST_AROUND = 3
TIMES = 3.0
SCORE = 6.0


def outlier_months(events: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """Which counts (months, areas) are off by more than `TIMES` and `SCORE` standard errors on either side.

    Each is held against the median rate of up to six months before, and of up to six after; a side with fewer than
    three known months says nothing, and at least one side must speak.
    """
    known = (exposure > 0) & np.isfinite(events)
    count, exposed = np.where(known, events, 0), np.where(known, exposure, 0)
    rate = np.divide(count, exposed, out=np.full(count.shape, np.nan), where=known)
    is_off, is_judged = known.copy(), np.zeros(known.shape, bool)
    for before in (True, False):
        usual = _medians_before(rate) if before else _medians_before(rate[::-1])[::-1]
        judged = np.isfinite(usual)
        expected = np.where(judged, usual, 0) * exposed
        times = (count + 0.5) / (expected + 0.5)
        score = (count - expected) / np.sqrt(expected + 1)
        beyond = (np.maximum(times, 1 / times) > TIMES) & (np.abs(score) > SCORE)
        is_off &= beyond | ~judged
        is_judged |= judged
    return is_off & is_judged


def _medians_before(rate: np.ndarray) -> np.ndarray:
    """Median of the known rates among the six months before each, (months, areas); NaN of fewer than three."""
    unknown = np.full((MONTHS_AROUND, rate.shape[1]), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(np.vstack([unknown, rate])[:-1], MONTHS_AROUND, axis=0)
    is_enough = np.isfinite(windows).sum(axis=-1) >= FEWEST_AROUND
    result = np.full(rate.shape, np.nan)
    result[is_enough] = np.nanmedian(windows[is_enough], axis=-1)
    return result
