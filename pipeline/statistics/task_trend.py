"""Trends of other figures with a target: shares (check-ups done of those due) and counted tasks.

Administrative figures move more than births do, and their counts are more scattered than chance alone: the
anchors are ours, and wide. A share is binomial with the process of the sex ratio, a count Poisson with the process
of births; both take over from siblings as these do.
"""

import numpy as np

from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.models import Anchor
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth

SHARE_ANCHORS = {
    "stationary_sd": Anchor(0.3, 1.0),
    "yearly_decay": Anchor(0.5, 0.7),
    "drift_sd": Anchor(0.005, 1.0),
    "irregular_sd": Anchor(0.1, 1.0),
    "between_sd": Anchor(0.5, 1.0),
    "seasonal_sd": Anchor(0.1, 1.0),
    "excess_dispersion": Anchor(0.5, 1.5),
}
COUNT_ANCHORS = {
    "irregular_sd": Anchor(0.1, 1.0),
    "level_sd": Anchor(0.02, 1.0),
    "slope_sd": Anchor(0.001, 1.0),
    "between_sd": Anchor(0.5, 1.0),
    "seasonal_sd": Anchor(0.1, 1.0),
    "excess_dispersion": Anchor(0.5, 1.5),
}
TOP_LOGIT, TOP_LOGIT_SD = 1.0, 2.0
TOP_LOG_COUNT, TOP_LOG_COUNT_SD = np.log(1000.0), 4.0
TOP_SEASONAL_SD = 0.3


def _top(first: float, others: float, like: np.ndarray) -> np.ndarray:
    """The first value for the level, the other for the season, of the length of `like`."""
    return np.array([first] + [others] * (len(like) - 1))


class TaskShare(SexRatioAtBirth):
    """The logit of a share of one area: `Binomial(done, due)`."""

    anchors = SHARE_ANCHORS
    top_mean = _top(TOP_LOGIT, 0.0, SexRatioAtBirth.top_mean)
    top_sd = _top(TOP_LOGIT_SD, TOP_SEASONAL_SD, SexRatioAtBirth.top_sd)


class TaskCount(VitalRate):
    """The log of a yearly count of one area: `Poisson(count, years)`."""

    anchors = COUNT_ANCHORS
    top_mean = _top(TOP_LOG_COUNT, 0.0, VitalRate.top_mean)
    top_sd = _top(TOP_LOG_COUNT_SD, TOP_SEASONAL_SD, VitalRate.top_sd)
