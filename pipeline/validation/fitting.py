"""The model as the validation sees it, and the only module here that knows the model."""

from dataclasses import dataclass

import numpy as np

from pipeline.statistics.growth_trend import VitalRate, adjusted_log_rate
from pipeline.statistics.hierarchy import AHEAD, Tier
from pipeline.statistics.hierarchy import fit as fit_tiers
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth
from pipeline.validation.counts import Counts
from pipeline.validation.forecasts import LatentNormal, dispersed

MONTH_OF_YEARLY = 6


@dataclass(frozen=True)
class Fit:
    """The areas of a level fitted together, on the log scale (log ratio; log rate per person-year).

    `level` is the seasonally adjusted level of the months fitted (months, areas); `ahead` the latent value of the
    counts of coming months, season and irregular included (12 months, areas; one year if yearly); `one_step` the
    same of the last of them, each from the months before and the siblings' same month. Mean and standard
    deviation each.
    """

    level: tuple[np.ndarray, np.ndarray]
    ahead: tuple[np.ndarray, np.ndarray]
    one_step: tuple[np.ndarray, np.ndarray]
    dispersion: float

    def forecast(self, coming: Counts) -> LatentNormal:
        """The forecast of counts of the first coming months, given their size."""
        months = len(coming.size)
        mean, sd = self.ahead
        return dispersed(mean[:months], sd[:months], coming.size, self.dispersion, coming.is_binomial)

    def nowcast(self, last: Counts) -> LatentNormal:
        """The forecast of each of the last months fitted, given its size."""
        months = len(last.size)
        mean, sd = self.one_step
        return dispersed(mean[-months:], sd[-months:], last.size, self.dispersion, last.is_binomial)


def fit(counts: Counts) -> Fit:
    """All areas of a level as one tier, as the reports fit them.

    A yearly series is to the model a monthly one with a figure in one month of the year, so that its
    hyperparameters mean what they mean to the others.
    """
    if counts.period == 1:
        return _each_year(_fit_months(_spread_over_months(counts)))
    return _fit_months(counts)


def _fit_months(counts: Counts) -> Fit:
    if counts.is_binomial:
        fitted = fit_tiers(SexRatioAtBirth, [Tier.alone(Binomial(counts.events, counts.size))])[-1]
        level = fitted.level
    else:
        fitted = fit_tiers(VitalRate, [Tier.alone(Poisson(counts.events, counts.size))])[-1]
        level = adjusted_log_rate(fitted)
    months = len(counts.events)
    variance = np.diagonal(fitted.ahead.cov, axis1=1, axis2=2).T
    return Fit(
        (level.mean[:months], np.sqrt(level.variance[:months])),
        (fitted.ahead.mean, np.sqrt(variance)),
        (fitted.one_step.mean, np.sqrt(fitted.one_step.variance)),
        fitted.dispersion,
    )


def _spread_over_months(counts: Counts) -> Counts:
    years, areas = counts.events.shape
    events, size = np.full((2, years * AHEAD, areas), np.nan)
    events[MONTH_OF_YEARLY::AHEAD], size[MONTH_OF_YEARLY::AHEAD] = counts.events, counts.size
    return Counts(events, size, counts.is_binomial)


def _each_year(fitted: Fit) -> Fit:
    def in_year(pair: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        return pair[0][MONTH_OF_YEARLY::AHEAD], pair[1][MONTH_OF_YEARLY::AHEAD]

    return Fit(in_year(fitted.level), in_year(fitted.ahead), in_year(fitted.one_step), fitted.dispersion)
