"""The posterior of the latent series of many areas, given the process and the prior of their effects.

Latent series of an area: ηₜ = oₜ + xₜ′β + uₜ + εₜ, with o known (what is taken over from the area's siblings), u
the process of `kalman` and ε its irregular, x the regressors shared by all areas (a constant for the level,
seasonal contrasts) and β ~ N(prior mean, prior covariance) of the area. The irregular is integrated out: it
adds to the variance of a pseudo-observation. Counts vary `dispersion` times as much as binomial or Poisson ones
(quasi-likelihood): the weight of a month is divided by it.

The mode is found by repeating: linearise the likelihood at η, filter the pseudo-observations and the
regressors together, solve for β, smooth u. That is Newton's method on the exact log posterior; the
covariance is that of the last linearisation, the inverse Hessian at the mode.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.statistics.by_area import AREAS_FIRST, SHARED, ByArea
from pipeline.statistics.kalman import (
    Filtered,
    Process,
    predicted_cov,
    run_filter,
    shift_scores,
    smooth_cov,
    smooth_mean,
)
from pipeline.statistics.likelihoods import Likelihood

LONGEST_STEP = 2.0
SMALLEST_STEP = 1e-9
ROUNDING_STEP = 1e-4
MOST_STEPS = 60
SHIFT_SCORE = 5.0
SHIFT_SD = 0.5
MOST_SHIFTS = 3
LASTING = 3  # months
TAKEN_BACK = 0.7


@dataclass(frozen=True)
class Prior(ByArea):
    """Effects of each area: mean (A, k) and covariance (A, k, k); and the offset o, (T, A) or (T, 1)."""

    mean: np.ndarray = field(metadata=AREAS_FIRST)
    cov: np.ndarray = field(metadata=AREAS_FIRST)
    offset: np.ndarray


@dataclass(frozen=True)
class Model(ByArea):
    """What is known of areas before their counts: process, prior, regressors x (T, k), dispersion of counts (1 or A,)."""

    process: Process
    prior: Prior
    design: np.ndarray = field(metadata=SHARED)
    dispersion: np.ndarray


@dataclass(frozen=True)
class Mode:
    """The mode: latent (T, A), effects (A, k) with covariance (A, k, k), the last linearisation (T, A)."""

    model: Model
    latent: np.ndarray
    effects: np.ndarray
    effects_cov: np.ndarray
    irregular: np.ndarray  # (T, A) E(ε | data)
    irregular_left: np.ndarray  # (T, A) Var(ε | data, u)
    filtered: Filtered
    pseudo: np.ndarray
    weights: np.ndarray  # divided by the dispersion


@dataclass(frozen=True)
class Level(ByArea):
    """A latent series: mean and variance (T, A), lagged covariance (T − lag, A)."""

    mean: np.ndarray
    variance: np.ndarray
    lagged_cov: np.ndarray

    @property
    def change_variance(self) -> np.ndarray:
        """Of the change over the lag, (T − lag, A), by its last month."""
        lag = len(self.variance) - len(self.lagged_cov)
        return self.variance[lag:] + self.variance[: len(self.lagged_cov)] - 2 * self.lagged_cov


@dataclass(frozen=True)
class Ahead(ByArea):
    """The latent series of H months to come: mean (H, A) and covariance across months (A, H, H)."""

    mean: np.ndarray
    cov: np.ndarray = field(metadata=AREAS_FIRST)


@dataclass(frozen=True)
class OneStep(ByArea):
    """The latent series of the last J months, each from the months before: mean and variance (J, A)."""

    mean: np.ndarray
    variance: np.ndarray


def filter_with_regressors(model: Model, pseudo: np.ndarray, weights: np.ndarray) -> Filtered:
    """The filter over pseudo-observations, the offset taken from them (column 0), and the regressors."""
    months, areas = pseudo.shape
    columns = np.empty((months, 1 + model.design.shape[1], areas))
    columns[:, 0] = pseudo
    columns[:, 1:] = model.design[:, :, None]
    return run_filter(model.process, weights, columns)


def find_mode(likelihood: Likelihood, model: Model, start: np.ndarray | None = None) -> Mode:
    """Posterior mode of all areas.

    A step of an area is shortened to `LONGEST_STEP`, so that a far start cannot overshoot. The search
    ends when the longest step is below `SMALLEST_STEP`, or, with counts beyond a thousand million, when
    it is below `ROUNDING_STEP` and rounding keeps it from shrinking further.
    """
    process, prior, design = model.process, model.prior, model.design
    offset = prior.offset
    latent = np.repeat(likelihood.crude()[None, :], len(design), axis=0) if start is None else start
    prior_precision = np.linalg.inv(prior.cov)
    prior_pull = np.einsum("ajk,ak->aj", prior_precision, prior.mean)
    longest = np.inf
    for _ in range(MOST_STEPS):
        pseudo, weights = likelihood.linearise(latent)
        weights = weights / model.dispersion
        filtered = filter_with_regressors(model, pseudo - offset, weights)
        products = filtered.products()
        effects_cov = np.linalg.inv(products[:, 1:, 1:] + prior_precision)
        effects = np.einsum("ajk,ak->aj", effects_cov, products[:, 1:, 0] + prior_pull)
        combine = _of_data(effects)
        fitted = offset + smooth_mean(filtered, combine)[:, 0] + design @ effects.T
        share = weights * process.irregular_var / (1 + weights * process.irregular_var)
        irregular = share * (pseudo - fitted)
        step = fitted + irregular - latent
        of_area = np.abs(step).max(axis=0)
        latent = latent + step * np.minimum(1, LONGEST_STEP / np.maximum(of_area, LONGEST_STEP))
        before, longest = longest, of_area.max(initial=0)
        if longest < SMALLEST_STEP or before / 2 < longest < ROUNDING_STEP:
            left = process.irregular_var * (1 - share)
            return Mode(model, latent, effects, effects_cov, irregular, left, filtered, pseudo, weights)
    raise ArithmeticError(f"the posterior mode was not reached in {MOST_STEPS} steps (last {longest:.2g})")


@dataclass(frozen=True)
class Shifts:
    """Sudden changes of level: `months` (T, A) marks the last month before each, `steps` (T, A) is what the level has
    moved by since the first month."""

    months: np.ndarray
    steps: np.ndarray


def find_shifts(likelihood: Likelihood, model: Model, may_shift: bool = True) -> tuple[Mode, Shifts]:
    """The mode, once the sudden changes of level that are found on the way are let through.

    A step from one month to the next that is beyond `SHIFT_SCORE` standard errors of what the process allows, and
    lasts, is taken for a new level (a source was replaced, a rule changed): it is moved to the offset, so that a
    process which returns to its level returns to the new one, and the process may jump there by `SHIFT_SD`. The
    largest of each area comes first, up to `MOST_SHIFTS`. Otherwise a step would be smoothed over, and the process
    taken for livelier than it is.
    """
    mode = find_mode(likelihood, model)
    shape = mode.latent.shape
    shifts = Shifts(np.zeros(shape, bool), np.zeros(shape))
    for _ in range(MOST_SHIFTS if may_shift else 0):
        asked = shift_scores(mode.filtered, _of_data(mode.effects))
        scores = np.abs(_lasting(asked, mode.weights, shifts.months))
        largest, areas = scores.argmax(axis=0), np.arange(shape[1])
        jumps = scores[largest, areas] > SHIFT_SCORE
        if not jumps.any():
            break
        months = shifts.months.copy()
        months[largest[jumps], areas[jumps]] = True
        free = replace(model.process, shift_var=np.where(months, SHIFT_SD**2, 0))
        mode = find_mode(likelihood, replace(mode.model, process=free), mode.latent)
        moved = smooth_mean(mode.filtered, _of_data(mode.effects))[:, 0]
        jump = np.where(months[:-1], np.diff(moved, axis=0), 0)
        shifts = Shifts(months, shifts.steps + np.vstack([np.zeros((1, shape[1])), jump.cumsum(axis=0)]))
        prior = replace(model.prior, offset=model.prior.offset + shifts.steps)
        mode = find_mode(likelihood, replace(mode.model, prior=prior), mode.latent)
    return mode, shifts


def _lasting(scores: np.ndarray, weights: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """The scores of steps that may be new levels, 0 elsewhere.

    A new level must last for `LASTING` known months, begin as far from another, and not be taken back at once: a single odd
    month is none.
    """
    known_after: np.ndarray = np.cumsum((weights > 0)[::-1], axis=0)[::-1] - (weights > 0)
    may = known_after >= LASTING
    for lag in range(1, LASTING):
        nearby = np.zeros(scores.shape)
        nearby[:-lag] = scores[lag:]
        may &= ~((nearby * scores < 0) & (np.abs(nearby) > TAKEN_BACK * np.abs(scores)))
        nearby[:], nearby[lag:] = 0, scores[:-lag]
        may &= ~((nearby * scores < 0) & (np.abs(nearby) > TAKEN_BACK * np.abs(scores)))
        may[:-lag] &= ~shifts[lag:]
        may[lag:] &= ~shifts[:-lag]
    return np.where(may & ~shifts, scores, 0)


def _of_data(effects: np.ndarray) -> np.ndarray:
    """The mix of columns that leaves the data without the regressors, (1 + k, A)."""
    return np.concatenate([np.ones((1, len(effects))), -effects.T])


def process_posterior(mode: Mode, lag: int) -> Level:
    """Posterior of uₜ given the effects at their mode."""
    variance, lagged_cov = smooth_cov(mode.filtered, lag)
    return Level(smooth_mean(mode.filtered, _of_data(mode.effects))[:, 0], variance, lagged_cov)


def level_posterior(mode: Mode, design: np.ndarray, lag: int) -> Level:
    """Posterior of cₜ′β + uₜ, where c (T, k) is the design with all but the level's regressors zero.

    Given β, u is Gaussian with mean (smoothed data) − (smoothed regressors)·β; so the variance is that of u
    given β plus (c − smoothed regressors)′·Cov(β)·(c − smoothed regressors), and the same across months.
    """
    smoothed = smooth_mean(mode.filtered)
    variance, lagged_cov = smooth_cov(mode.filtered, lag)
    open_part = (design[:, :, None] - smoothed[:, 1:]).transpose(2, 0, 1)  # (A, T, k)
    mean = smoothed[:, 0] + np.einsum("atk,ak->ta", open_part, mode.effects)
    spread = open_part @ mode.effects_cov
    variance = variance + np.einsum("atk,atk->ta", spread, open_part)
    later = open_part[:, lag:]
    lagged_cov = lagged_cov + np.einsum("atk,atk->ta", spread[:, : later.shape[1]], later)
    return Level(mean, variance, lagged_cov)


def ahead_posterior(mode: Mode, horizon: int) -> Ahead:
    """xₜ′β + uₜ of the last `horizon` months, which have no figures; irregular and offset apart."""
    design = mode.model.design
    months = slice(len(design) - horizon, None)
    predicted = mode.filtered.predicted[months]
    open_part = (design[months, :, None] - predicted[:, 1:]).transpose(2, 0, 1)  # (A, H, k)
    mean = predicted[:, 0] + np.einsum("ahk,ak->ha", open_part, mode.effects)
    cov = predicted_cov(mode.filtered, months) + open_part @ mode.effects_cov @ open_part.transpose(0, 2, 1)
    return Ahead(mean, cov)


def one_step(mode: Mode, months: range) -> OneStep:
    """xₜ′β + uₜ of each of `months`, β and u from the months before it; irregular and offset apart."""
    filtered, prior, design = mode.filtered, mode.model.prior, mode.model.design
    precision = np.linalg.inv(prior.cov)
    pull = np.einsum("ajk,ak->aj", precision, prior.mean)
    products = filtered.products(slice(0, months.start))
    precision, pull = precision + products[:, 1:, 1:], pull + products[:, 1:, 0]
    mean, variance = np.empty((2, len(months), len(pull)))
    for row, t in enumerate(months):
        effects_cov = np.linalg.inv(precision)
        effects = np.einsum("ajk,ak->aj", effects_cov, pull)
        open_part = (design[t][:, None] - filtered.predicted[t, 1:]).T  # (A, k)
        mean[row] = filtered.predicted[t, 0] + np.einsum("ak,ak->a", open_part, effects)
        variance[row] = filtered.cov[t, 0, 0] + np.einsum("aj,ajk,ak->a", open_part, effects_cov, open_part)
        products = filtered.products(slice(t, t + 1))
        precision, pull = precision + products[:, 1:, 1:], pull + products[:, 1:, 0]
    return OneStep(mean, variance)
