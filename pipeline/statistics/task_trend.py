"""Trends of other figures with a target: shares (check-ups done of those due) and counted tasks.

Administrative figures move more than births do, and their counts are more scattered than chance alone: the
anchors are ours, and wide. A share is binomial with the process of the sex ratio, a count Poisson with the process
of births; both take over from siblings as these do.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.hierarchy import Fitted, Tier, fit
from pipeline.statistics.pooling import Anchor, Structure

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
TOP_SEASONAL_SD = 0.3
TOP_LOG_COUNT, TOP_LOG_COUNT_SD = np.log(1000.0), 4.0
TOP_SEASONAL_SD = 0.3


def share_structure(months: int) -> Structure:
    ratio = sex_ratio_trend.structure(months)
    top_mean, top_sd = np.zeros_like(ratio.top_mean), np.full_like(ratio.top_sd, TOP_SEASONAL_SD)
    top_mean[0], top_sd[0] = TOP_LOGIT, TOP_LOGIT_SD
    return replace(ratio, anchors=SHARE_ANCHORS, top_mean=top_mean, top_sd=top_sd)


def count_structure(months: int) -> Structure:
    """Of the log of a yearly count, or of a rate per person-year."""
    return _moved(growth_trend.structure(months), COUNT_ANCHORS, TOP_LOG_COUNT, TOP_LOG_COUNT_SD)


def fit_shares(tiers: list[Tier], executor: Executor | None = None) -> list[Fitted]:
    """The logit of a share; the counts of a tier are `Binomial(done, due)`."""
    return fit(share_structure, tiers, executor)


def fit_counts(tiers: list[Tier], executor: Executor | None = None) -> list[Fitted]:
    """The log of a yearly count; the counts of a tier are `Poisson(count, years)`, or of person-years."""
    return fit(count_structure, tiers, executor)


def _moved(structure: Structure, anchors: dict[str, Anchor], level: float, level_sd: float) -> Structure:
    """The same model with other anchors, the level of the top and its season as wide as figures may be."""
    mean, sd = structure.top_mean.copy(), np.full(len(structure.top_sd), TOP_SEASONAL_SD)
    mean[0], sd[0] = level, level_sd
    return replace(structure, anchors=anchors, top_mean=mean, top_sd=sd)
