"""Where a year will end: what is counted so far, and the forecast of the months to come.

Every function takes arrays over areas (A,): counts so far, and of the H months left exposures or trials (H, A) and
the latent forecast (`Ahead`), of which these months are the first. The uncertainty of the forecast is that of the
log rate, common to all its months, and that of counting, `dispersion` times binomial or Poisson.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri
from scipy.stats import nbinom

from pipeline.statistics.posterior import Ahead

QUANTILES = {"projected": 0.5, "lower_80": 0.1, "upper_80": 0.9, "lower_95": 0.025, "upper_95": 0.975}
POISSON_EXCESS = 1e-6
LARGEST_SHARE = 1 - 1e-9


@dataclass(frozen=True)
class Total:
    """A count of the remaining months: its mean and variance, (A,) each."""

    mean: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class YearEnd:
    """The whole year: quantiles of `QUANTILES`, P(within the target), and the rest expected and needed, (A,)."""

    quantiles: dict[str, np.ndarray]
    probability_met: np.ndarray
    expected_rest: np.ndarray
    needed_lower: np.ndarray
    needed_upper: np.ndarray


def total_to_come(exposure: np.ndarray, ahead: Ahead, dispersion: float) -> Total:
    """Mean Σ mₕ and variance Σₕₖ mₕ·mₖ·(e^Covₕₖ − 1) + dispersion·Σ mₕ, with mₕ = exposure·e^(mean + var/2)."""
    mean, cov = _first(ahead, len(exposure))
    variance = np.diagonal(cov, axis1=1, axis2=2).T
    monthly = exposure * np.exp(mean + variance / 2)
    joint = np.einsum("ha,ahk,ka->a", monthly, np.expm1(cov), monthly)
    return Total(monthly.sum(axis=0), joint + dispersion * monthly.sum(axis=0))


def of_count(
    so_far: np.ndarray,
    rest: Total,
    scale: np.ndarray,
    rest_scale: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> YearEnd:
    """A count over the year, times `scale` (a rate: factor/population; a count: 1).

    The rest is negative binomial of its mean and variance; alone it is shown times `rest_scale` (annualised).
    `low` and `high` are the target, NaN where open.
    """
    excess = np.maximum(rest.variance / np.maximum(rest.mean, POISSON_EXCESS) - 1, POISSON_EXCESS)
    size, chance = np.maximum(rest.mean, POISSON_EXCESS) / excess, 1 / (1 + excess)
    is_over = rest.mean <= 0
    quantiles = {
        name: scale * (so_far + np.where(is_over, 0, nbinom.ppf(q, size, chance)))
        for name, q in QUANTILES.items()
    }
    most, least = np.floor(high / scale - so_far + 1e-9), np.ceil(low / scale - so_far - 1e-9)
    up_to = np.where(is_over, most >= 0, nbinom.cdf(most, size, chance))
    before = np.where(is_over, least >= 1, nbinom.cdf(least - 1, size, chance))
    return YearEnd(
        quantiles,
        _within(up_to, before, low, high),
        rest.mean * rest_scale,
        np.maximum(low / scale - so_far, 0) * rest_scale,
        np.maximum(high / scale - so_far, 0) * rest_scale,
    )


def of_balance(
    so_far: np.ndarray,
    births: Total,
    deaths: Total,
    scale: np.ndarray,
    rest_scale: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> YearEnd:
    """Births less deaths over the year, times `scale`; the rest is normal, births and deaths independent."""
    mean = so_far + births.mean - deaths.mean
    sd = np.sqrt(births.variance + deaths.variance)
    quantiles = {name: scale * (mean + ndtri(q) * sd) for name, q in QUANTILES.items()}
    return YearEnd(
        quantiles,
        _within(_normal(high / scale, mean, sd), 1 - _normal(-low / scale, -mean, sd), low, high),
        (births.mean - deaths.mean) * rest_scale,
        (low / scale - so_far) * rest_scale,
        (high / scale - so_far) * rest_scale,
    )


def of_share(
    done: np.ndarray,
    due: np.ndarray,
    due_to_come: np.ndarray,
    ahead: Ahead,
    dispersion: float,
    low: np.ndarray,
    high: np.ndarray,
) -> YearEnd:
    """A share over the year, in [0, 1]: `done` of `due` so far, and of (H, A) to come.

    The year's logit is normal, its variance by the delta method: that of counting the months to come, and that of
    their logits, weighted by what they contribute. `low` and `high` are shares.
    """
    mean, cov = _first(ahead, len(due_to_come))
    chance = expit(mean)
    information = due_to_come * chance * (1 - chance)
    rest, all_due = due_to_come.sum(axis=0), due + due_to_come.sum(axis=0)
    mean_rest = (due_to_come * chance).sum(axis=0)
    all_due = np.where(all_due > 0, all_due, np.nan)
    share = np.clip((done + mean_rest) / all_due, 1 - LARGEST_SHARE, LARGEST_SHARE)
    variance = dispersion * information.sum(axis=0)
    variance += np.einsum("ha,ahk,ka->a", information, cov, information)
    sd = np.sqrt(variance) / all_due / (share * (1 - share))
    middle = logit(share)
    quantiles = {name: expit(middle + ndtri(q) * sd) for name, q in QUANTILES.items()}
    for name in quantiles:
        quantiles[name] = np.where(rest > 0, quantiles[name], done / all_due)
    with np.errstate(divide="ignore", invalid="ignore"):
        up_to = _normal(_logit(high), middle, sd)
        before = 1 - _normal(-_logit(low), -middle, sd)
        per_rest = np.where(rest > 0, 1 / np.where(rest > 0, rest, 1), np.nan)
    return YearEnd(
        quantiles,
        _within(up_to, before, low, high),
        mean_rest * per_rest,
        (low * all_due - done) * per_rest,
        (high * all_due - done) * per_rest,
    )


def _first(ahead: Ahead, months: int) -> tuple[np.ndarray, np.ndarray]:
    return ahead.mean[:months], ahead.cov[:, :months, :months]


def _logit(share: np.ndarray) -> np.ndarray:
    """Of a share kept off 0 and 1, so that all and none are finite and equal to themselves."""
    return logit(np.clip(share, 1 - LARGEST_SHARE, LARGEST_SHARE))


def _normal(limit: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """P(≤ limit); where nothing is left to chance, whether the mean is."""
    certain = (mean <= limit + 1e-12).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sd > 0, ndtr((limit - mean) / np.where(sd > 0, sd, 1)), certain)


def _within(up_to: np.ndarray, before: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """P(low ≤ · ≤ high) from P(≤ high) and P(< low), an end that is NaN open; NaN without any."""
    inside = np.where(np.isnan(high), 1.0, up_to) - np.where(np.isnan(low), 0.0, before)
    return np.where(np.isnan(low) & np.isnan(high), np.nan, np.clip(inside, 0, 1))
