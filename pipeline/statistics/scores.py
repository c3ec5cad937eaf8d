"""How far a figure lies from another, in standard deviations of chance: signed z-scores and p-values.

Against a value known without error the score is that confidence at which the published interval of the figure
just touches the value. So p < 0.05 exactly where the 95 % interval excludes the value, and p < 0.002 where the
99.8 % interval does:

| method | interval | score |
|---|---|---|
| sex_ratio, proportion | Wilson | (x − n·θ)/√(n·θ·(1−θ)) |
| rate, count | Byar, exact below 10 events | Byar's formula solved for z; the Poisson tail below 10 events |
| balance | normal | (value − reference)/its standard error |

One exception: with fewer than 10 successes, or failures, of a proportion or sex ratio, the binomial tail must
agree. Wilson limits are short of their promise there, and thousands of small areas would be flagged by it; so
the p-value may exceed 0.05 although the interval excludes the value, never the other way round.

Two figures that are both uncertain are compared by the pooled score (of rates: given their sum, which is
binomial), under the same rule for few events.

References: Wilson, JASA 22, 1927; Przyborowski & Wilenski, Biometrika 31, 1940; Breslow & Day II, 1987, p. 69.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammainc, gammaincc, ndtr, ndtri

from pipeline.statistics.counted import BINOMIAL, Counted, share_of_value
from pipeline.statistics.intervals import EXACT_BELOW_EVENTS, Limits

# The normal tail beyond this is zero in double precision.
FURTHEST_TAIL = 37.5
FURTHEST_BISECTED = 8.0
BISECTIONS = 48


def p_value(score: ArrayLike) -> np.ndarray:
    """Two-sided p of a z-score; NaN stays NaN."""
    return 2 * ndtr(-np.abs(score))


def score_against_value(own: Counted, value: ArrayLike) -> np.ndarray:
    """z of the counts against a value in the unit of the indicator: positive where the figure is higher."""
    share = share_of_value(own.method, value, own.factor)
    if own.method in BINOMIAL:
        return binomial_score(own.successes, own.size, share)
    if own.method == "balance":
        return _ratio(own.successes - own.size * share, np.sqrt(np.maximum(own.events, 0)))
    return poisson_score(own.successes, own.size * share)


def score_between(own: Counted, other: Counted) -> np.ndarray:
    """z of the difference of two independent figures: positive where `own` is higher."""
    successes, size = own.successes + other.successes, own.size + other.size
    with np.errstate(divide="ignore", invalid="ignore"):
        if own.method == "balance":
            error = np.sqrt(own.events / own.size**2 + other.events / other.size**2)
            return _ratio(own.share - other.share, error)
        own_part = own.size / size
        if own.method not in BINOMIAL:
            return binomial_score(own.successes, successes, own_part)
        share = successes / size
        error = np.sqrt(share * (1 - share) * (1 / own.size + 1 / other.size))
    score = _ratio(own.share - other.share, error)
    failures, other_failures = own.size - own.successes, other.size - other.successes
    few = np.minimum(own.successes, other.successes) < EXACT_BELOW_EVENTS
    score = np.where(few, _nearer(score, binomial_score(own.successes, successes, own_part)), score)
    few = np.minimum(failures, other_failures) < EXACT_BELOW_EVENTS
    return np.where(few, _nearer(score, -binomial_score(failures, size - successes, own_part)), score)


def score_of_limits(limits_of: Callable[[np.ndarray], Limits], estimates: np.ndarray) -> np.ndarray:
    """z at which an interval just touches zero, found by bisection; of the sign of the estimates (n,).

    `limits_of` gives the limits at a confidence for each. Scores end at 8, p-values at 1e-15. NaN where an
    estimate has no limits.
    """
    inside, outside = np.full(estimates.shape, FURTHEST_BISECTED), np.zeros(estimates.shape)
    for _ in range(BISECTIONS):
        middle = (inside + outside) / 2
        lower, upper = limits_of(1 - 2 * ndtr(-middle))
        with np.errstate(invalid="ignore"):
            excludes = (lower > 0) | (upper < 0)
        outside = np.where(excludes, middle, outside)
        inside = np.where(excludes, inside, middle)
    has_limits = ~(np.isnan(lower) | np.isnan(upper))
    return np.where(has_limits, np.sign(estimates) * outside, np.nan)


def binomial_score(successes: ArrayLike, trials: ArrayLike, share: ArrayLike) -> np.ndarray:
    """Score of successes against a known share, held back by the exact tail where either outcome is rare."""
    x, n, share = (np.asarray(a, dtype=float) for a in np.broadcast_arrays(successes, trials, share))
    inside = np.clip(share, 0, 1)
    # Without trials a share may be infinite: 0 · inf.
    with np.errstate(invalid="ignore"):
        score = _ratio(x - n * share, np.sqrt(np.maximum(n, 0) * inside * (1 - inside)))
    few = (np.minimum(x, n - x) < EXACT_BELOW_EVENTS) & (x >= 0) & (x <= n)
    score[few] = _nearer(score[few], _binomial_tail_score(x[few], n[few], inside[few]))
    return score


def poisson_score(events: ArrayLike, expected: ArrayLike) -> np.ndarray:
    """Score of a count against a known expectation: exact below 10 events, Byar's formula from 10 on."""
    x, mu = (np.asarray(a, dtype=float) for a in np.broadcast_arrays(events, expected))
    mu = np.where(mu < 0, 0.0, mu)
    is_few = x < EXACT_BELOW_EVENTS
    with np.errstate(divide="ignore", invalid="ignore"):
        count, more = np.where(is_few, np.nan, x), x + 1
        byar_above = 3 * np.sqrt(count) * (1 - 1 / (9 * count) - np.cbrt(mu / count))
        byar_below = 3 * np.sqrt(more) * (np.cbrt(mu / more) - 1 + 1 / (9 * more))
        exact_above = _tail_score(gammainc(np.maximum(x, 1e-300), mu))
        exact_below = _tail_score(gammaincc(x + 1, mu))
        above = np.where(is_few, exact_above, byar_above)
        below = np.where(is_few, exact_below, byar_below)
        score = np.where(x > mu, np.maximum(above, 0), -np.maximum(below, 0))
    return np.where(np.isnan(x) | np.isnan(mu), np.nan, score)


def _binomial_tail_score(x: np.ndarray, n: np.ndarray, share: np.ndarray) -> np.ndarray:
    """z whose two-sided p is twice the binomial tail beyond x, x itself included (Clopper & Pearson)."""
    failures = n - x
    with np.errstate(invalid="ignore"):
        above = _tail_score(betainc(np.maximum(x, 1e-300), failures + 1, share))
        below = _tail_score(betainc(np.maximum(failures, 1e-300), x + 1, 1 - share))
        return np.where(x > n * share, above, -below)


def _tail_score(tail: np.ndarray) -> np.ndarray:
    return np.clip(-ndtri(tail), 0, FURTHEST_TAIL)


def _nearer(score: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The less extreme of two scores of one sign."""
    return np.where(np.abs(other) < np.abs(score), other, score)


def _ratio(difference: np.ndarray, error: np.ndarray) -> np.ndarray:
    """difference / error; no difference is 0 even where there is no error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, difference / error)
