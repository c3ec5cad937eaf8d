"""Trend and band of the sex ratio at birth: binomial months around a slowly moving level.

    M_t ~ Bin(B_t, p_t),   logit p_t = log(males/females) = (that of the siblings) + β + u_t + s_month + ε_t,
    β ~ N(0, τ²) between siblings,   u_t a stationary AR(1) with a slow drift,
    s a pattern of two harmonics,   ε_t independent from month to month

The anchor is the natural process of Chao, Gerland, Cook & Alkema (PNAS 116, 2019; Annals of Applied
Statistics 15, 2021): yearly ρ = 0.900 and σ = 0.003575 of the log ratio, between-area SD 0.0091, baseline
1.063. Months follow from years by ρ^(1/12) and the same stationary SD, σ/√(1 − ρ²). The priors around it
are wide enough for areas where the ratio is not left to nature. Drift (a ratio that falls for years), season and
irregular are a few tenths of a per cent: they show in provinces and countries, and nothing else of them does.
"""

import numpy as np
from scipy.special import ndtr, ndtri

from pipeline.statistics.hierarchy import AHEAD, YEAR, Fitted, from_second_year, own_share
from pipeline.statistics.kalman import Process
from pipeline.statistics.likelihoods import Binomial
from pipeline.statistics.models import Anchor, Hyperparameters, LatentSeries

YEARLY_RHO, YEARLY_SIGMA = 0.900, 0.003575
ANCHORS = {
    "stationary_sd": Anchor(YEARLY_SIGMA / np.sqrt(1 - YEARLY_RHO**2), 0.8),
    "yearly_decay": Anchor(-np.log(YEARLY_RHO), 0.5),
    "drift_sd": Anchor(0.0001, 1.0),
    "irregular_sd": Anchor(0.001, 1.0),
    "between_sd": Anchor(0.00914, 0.8),
    "seasonal_sd": Anchor(0.0005, 1.0),
    "excess_dispersion": Anchor(0.01, 1.5),
}
DRIFT_MEMORY = 60  # months
HARMONICS = 2
TOP_SEASONAL_SD = 0.005
BASELINE_LOG_RATIO, BASELINE_SD = np.log(1.063), 0.05


class SexRatioAtBirth(LatentSeries):
    """The log ratio of males to females (logit of the male proportion) of one area: `Binomial(males, births)`."""

    anchors = ANCHORS
    likelihood = Binomial
    states = ("deviation", "drift")
    top_mean = np.array([BASELINE_LOG_RATIO] + [0.0] * (2 * HARMONICS))
    top_sd = np.array([BASELINE_SD] + [TOP_SEASONAL_SD] * (2 * HARMONICS))

    @classmethod
    def process(cls, hyperparameters: Hyperparameters) -> Process:
        """The monthly AR(1) with its drift, stationary from the start."""
        rho = np.exp(-hyperparameters["yearly_decay"] / YEAR)
        kept = np.exp(-1 / DRIFT_MEMORY)
        variance, drift = hyperparameters["stationary_sd"] ** 2, hyperparameters["drift_sd"] ** 2
        return Process.shared(
            [[rho, 1.0], [0.0, kept]],
            np.diag([variance * (1 - rho**2), drift * (1 - kept**2)]),
            np.diag([variance, drift]),
            hyperparameters["irregular_sd"] ** 2,
        )

    @classmethod
    def regressors(cls, months: int) -> np.ndarray:
        """The constant, and cosine and sine of the year and of its half, (T, 5)."""
        angle = 2 * np.pi * np.arange(months)[:, None] * np.arange(1, HARMONICS + 1) / YEAR
        return np.hstack([np.ones((months, 1)), np.cos(angle), np.sin(angle)])


def trend_columns(
    counts: dict[str, np.ndarray], fitted: Fitted, reference_upper: float
) -> dict[str, np.ndarray]:
    """Columns of the `trends` table, each (months, areas), per 100 females; NaN is null.

    The log ratio is Gaussian, so median, limits and probabilities of the ratio are exact transforms of it.
    """
    males, females = counts["births_male"], counts["births_female"]
    mean, variance = fitted.level.mean[:-AHEAD], fitted.level.variance[:-AHEAD]
    sd = np.sqrt(variance)
    observed = 100 * np.divide(males, females, out=np.full(males.shape, np.nan), where=females > 0)
    columns = {
        "observed": observed,
        "adjusted": observed / np.exp(fitted.season)[np.arange(len(males)) % YEAR],
        "trend": 100 * np.exp(mean),
        "probability_above_reference": ndtr((mean - np.log(reference_upper / 100)) / sd),
    }
    for name, probability in (("80", 0.9), ("95", 0.975)):
        columns[f"lower_{name}"] = 100 * np.exp(mean - ndtri(probability) * sd)
        columns[f"upper_{name}"] = 100 * np.exp(mean + ndtri(probability) * sd)
    rise = mean[YEAR:] - mean[:-YEAR]
    rise_variance = variance[YEAR:] + variance[:-YEAR] - 2 * fitted.level.lagged_cov[: len(rise)]
    after, before = fitted.deviation, fitted.prior_deviation
    months = len(males)
    return columns | {
        "change_12_months": from_second_year(columns["trend"][YEAR:] - columns["trend"][:-YEAR], months),
        "probability_rising": from_second_year(ndtr(rise / np.sqrt(rise_variance)), months),
        "own_share": own_share(after.variance, before.variance)[:-AHEAD],
        "own_share_of_change": from_second_year(
            own_share(after.change_variance, before.change_variance)[:-AHEAD], months
        ),
    }
