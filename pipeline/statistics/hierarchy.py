"""From the top down: every area is held against its siblings, and they against theirs.

The latent series of an area is that of its siblings (the other areas of the same parent, taken together) plus
its own deviation. The siblings' series is estimated first, from the counts of all of them, with the process of the
parent's level and with what the parent itself takes over from *its* siblings. So births that fall everywhere at
once, a zodiac year or an early New Year are known from the others; a township is drawn towards its county and not
towards the country; and its own counts are used once, because they are never among its siblings'.

What the siblings leave open goes back to the area: the uncertainty of their effects widens the prior of the area's,
and the part of their process that their counts do not determine (all of it, for an only child) is added to
the area's own process. For the months to come, where the siblings have no figures either, the uncertainty of their
forecast is added.

Areas without a parent are the children of one aggregate of them all; its effects have the anchors as prior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.statistics.by_area import AREAS_FIRST, ByArea
from pipeline.statistics.kalman import Process, predicted_cov, smooth_cov
from pipeline.statistics.likelihoods import Likelihood
from pipeline.statistics.models import Hyperparameters, Inherited, LatentSeries
from pipeline.statistics.pooling import areas_enough, estimate, representative
from pipeline.statistics.posterior import (
    Ahead,
    Level,
    Mode,
    OneStep,
    Prior,
    ahead_posterior,
    filter_with_regressors,
    find_shifts,
    level_posterior,
    one_step,
    process_posterior,
)
from pipeline.statistics.smoother_check import Smoothed, areas_to_check, smooth_again

YEAR = 12
AHEAD = 12
JUDGED = 24
AREAS_PER_CHUNK = 48


@dataclass(frozen=True)
class Tier:
    """Areas of one level: their counts (months, areas), and the position of each one's parent.

    `parent_tier` and `parent` (areas,) say which area of which earlier tier is the parent; −1 is none.
    """

    counts: Likelihood
    parent_tier: np.ndarray
    parent: np.ndarray

    @classmethod
    def alone(cls, counts: Likelihood) -> Tier:
        none = np.full(counts.events.shape[1], -1)
        return cls(counts, none, none)


@dataclass(frozen=True)
class FromSiblings(ByArea):
    """What the areas take over, over T months of which the last `AHEAD` are to come.

    `level` and `irregular` (T, A or 1) are the movement of the siblings, `open` what it leaves to the area, and
    `variance` (T, ·), `lagged_cov`, `ahead_cov` (A or 1, H, H) the uncertainty of the movement.
    """

    level: np.ndarray
    irregular: np.ndarray
    open: Inherited
    variance: np.ndarray
    lagged_cov: np.ndarray
    ahead_cov: np.ndarray = field(metadata=AREAS_FIRST)
    irregular_var: np.ndarray  # (A or 1,) variance of the irregular of all above


@dataclass(frozen=True)
class Fitted(ByArea):
    """The areas of one tier, T months of figures, H ahead, the last J judged by what came before.

    Every series is of the log rate (log ratio). `level` (T + H months) is free of season and irregular; `ahead`
    and `one_step` contain them. `season` (12, A) is the pattern from the first month on, `irregular_var` (A,) the
    variance of the irregular, by which a mean month is above the median one; `shifts` (T + H, A) are the months
    after which the level of the area jumped. `checked` are a few areas, by position, that statsmodels
    has smoothed as well.
    """

    hyperparameters: Hyperparameters
    dispersion: float
    level: Level
    ahead: Ahead
    one_step: OneStep
    season: np.ndarray
    irregular_var: np.ndarray
    shifts: np.ndarray
    checked: dict[int, Smoothed]


def fit(series: type[LatentSeries], tiers: list[Tier], executor: Executor | None = None) -> list[Fitted]:
    """All areas of all tiers, from the top down; `series` is the form of their series.

    Work fans out over chunks of a fixed number of areas, so neither the order of areas within a tier (beyond
    rounding) nor the number of workers shows in the result.
    """
    run = map if executor is None else executor.map
    months = len(tiers[0].counts.events) + AHEAD
    number = len(tiers)
    tiers = _with_one_top(tiers)
    counts = [tier.counts.padded(AHEAD) for tier in tiers]
    inherited: list[FromSiblings] = []
    estimates: list[Hyperparameters] = []
    results: list[Fitted] = []
    for tier, own in zip(tiers, counts, strict=True):
        if (tier.parent < 0).all():
            context = _of_the_top(series, months)
        else:
            context = _inherit(series, tier, own, inherited, estimates, run)
        chosen = representative(own.size, areas_enough(months))
        sample = (series, own.of(chosen), context.open.of(chosen))
        (hyperparameters,) = run(_estimate, [sample])
        checked = areas_to_check(own.size)
        jobs = [
            (series, own.of(areas), context.of(areas), hyperparameters, areas.start, checked)
            for areas in _chunks(own)
        ]
        results.append(Fitted.side_by_side(list(run(_fit, jobs))))
        inherited.append(context)
        estimates.append(hyperparameters)
    return results[len(results) - number :]


def _with_one_top(tiers: list[Tier]) -> list[Tier]:
    """The tiers below one top: if several areas have no parent, an aggregate of them is put above."""
    without = [tier.parent < 0 for tier in tiers]
    if sum(int(top.sum()) for top in without) == 1:
        return tiers
    everything = [
        tier.counts.together(np.where(top, 0, -1), 1)
        for tier, top in zip(tiers, without, strict=True)
        if top.any()
    ]
    kind = type(everything[0])
    above = kind(
        np.sum([part.events for part in everything], axis=0),
        np.sum([part.exposure for part in everything], axis=0),
    )
    below = [
        Tier(tier.counts, np.where(top, 0, tier.parent_tier + 1), np.where(top, 0, tier.parent))
        for tier, top in zip(tiers, without, strict=True)
    ]
    return [Tier.alone(above), *below]


def _of_the_top(series: type[LatentSeries], months: int) -> FromSiblings:
    """Nothing from siblings, and the anchors as prior of the effects."""
    return FromSiblings(
        level=np.zeros((months, 1)),
        irregular=np.zeros((months, 1)),
        open=Inherited.nothing(series, months),
        variance=np.zeros((months, 1)),
        lagged_cov=np.zeros((months - YEAR, 1)),
        ahead_cov=np.zeros((1, AHEAD, AHEAD)),
        irregular_var=np.zeros(1),
    )


def _inherit(
    series: type[LatentSeries],
    tier: Tier,
    counts: Likelihood,
    inherited: list[FromSiblings],
    estimates: list[Hyperparameters],
    run: Callable[..., Iterable[Any]],
) -> FromSiblings:
    """What every area of a tier takes over; areas whose parents are of different tiers in turn."""
    families = np.unique(np.stack([tier.parent_tier, tier.parent]), axis=1, return_inverse=True)[1].ravel()
    siblings, concentration = counts.siblings(families), counts.concentration(families)
    parts, positions = [], []
    for above in np.unique(tier.parent_tier):
        areas = np.flatnonzero(tier.parent_tier == above)
        of_parents = inherited[above].of(tier.parent[areas])
        within = siblings.of(areas)
        jobs = [
            (
                series,
                within.of(chunk),
                concentration[areas][chunk],
                of_parents.of(chunk),
                estimates[above],
            )
            for chunk in _chunks(within)
        ]
        parts += list(run(_from_siblings, jobs))
        positions.append(areas)
    order = np.argsort(np.concatenate(positions))
    return FromSiblings.side_by_side(parts).of(order)


def _from_siblings(
    job: tuple[type[LatentSeries], Likelihood, np.ndarray, FromSiblings, Hyperparameters],
) -> FromSiblings:
    series, siblings, concentration, parents, hyperparameters = job
    months, areas = siblings.events.shape
    design = series.regressors(months)
    process, prior = parents.open.model(series, hyperparameters)
    mode, shifts = find_shifts(
        siblings,
        process,
        design,
        prior,
        series.dispersion(hyperparameters),
        parents.open.may_shift,
    )
    moved = process_posterior(mode, YEAR)
    left_open = _share_left_open(mode, process, months - AHEAD)
    known = 1 - left_open
    level, irregular = parents.level + shifts.steps + moved.mean, parents.irregular + mode.irregular
    own_irregular = series.process(hyperparameters).irregular_var[0]
    return FromSiblings(
        level=level,
        irregular=irregular,
        open=Inherited(
            Prior(mode.effects, mode.effects_cov, level + irregular),
            process.state_cov * left_open,
            process.initial_cov * left_open,
            np.broadcast_to(mode.irregular_left, (months, areas)),
            concentration,
        ),
        variance=(moved.variance + parents.variance) * known,
        lagged_cov=(moved.lagged_cov + parents.lagged_cov) * known,
        ahead_cov=(predicted_cov(mode.filtered, slice(-AHEAD, None)) + parents.ahead_cov)
        * known[:, None, None],
        irregular_var=np.broadcast_to(parents.irregular_var + own_irregular, (areas,)),
    )


def _share_left_open(mode: Mode, process: Process, observed: int) -> np.ndarray:
    """How much of a process its counts do not determine, (A,): 0 nothing, 1 all.

    The variance of the change over a year (less in a short series), a posteriori over a priori, on average.
    """
    lag = max(min(YEAR, observed // 2), 1)
    no_data = filter_with_regressors(
        process, np.zeros((len(mode.latent), 0)), np.zeros_like(mode.pseudo), np.zeros_like(mode.weights)
    )
    spread = []
    for filtered in (mode.filtered, no_data):
        variance, lagged_cov = smooth_cov(filtered, lag)
        change = variance[lag:] + variance[:-lag] - 2 * lagged_cov
        spread.append(change[: max(observed - lag, 1)].mean(axis=0))
    return np.clip(spread[0] / spread[1], 0, 1)


def _estimate(job: tuple[type[LatentSeries], Likelihood, Inherited]) -> Hyperparameters:
    series, counts, inherited = job
    return estimate(series, counts, inherited)


def _fit(
    job: tuple[type[LatentSeries], Likelihood, FromSiblings, Hyperparameters, int, list[int]],
) -> Fitted:
    series, counts, siblings, hyperparameters, first, checked = job
    months, areas = counts.events.shape
    design = series.regressors(months)
    dispersion = series.dispersion(hyperparameters)
    process, prior = siblings.open.model(series, hyperparameters)
    mode, shifts = find_shifts(counts, process, design, prior, dispersion, siblings.open.may_shift)
    taken_over = siblings.level + shifts.steps
    level = level_posterior(mode, series.level_regressors(months), YEAR)
    left_open = _share_left_open(mode, process, months - AHEAD)
    to_come = slice(months - AHEAD, None)
    ahead = ahead_posterior(mode, design, AHEAD)
    irregular = np.broadcast_to(process.irregular_var, (months, areas))
    judged = range(max(months - AHEAD - JUDGED, 0), months - AHEAD)
    single = one_step(mode, design, prior, judged)
    own_irregular = series.process(hyperparameters).irregular_var[0]
    smoothed_again = {
        area: smooth_again(series, hyperparameters, siblings.open, mode, shifts, level, area - first)
        for area in checked
        if first <= area < first + areas
    }
    return Fitted(
        hyperparameters,
        dispersion,
        Level(
            level.mean + taken_over,
            level.variance + siblings.variance * left_open,
            level.lagged_cov + siblings.lagged_cov * left_open,
        ),
        Ahead(
            ahead.mean + taken_over[to_come] + siblings.irregular[to_come],
            ahead.cov + siblings.ahead_cov + irregular[to_come].T[:, :, None] * np.eye(AHEAD),
        ),
        OneStep(
            single.mean + (taken_over + siblings.irregular)[judged.start : judged.stop],
            single.variance + (irregular + siblings.variance)[judged.start : judged.stop],
        ),
        (design - series.level_regressors(months))[:YEAR] @ mode.effects.T,
        np.broadcast_to(siblings.irregular_var + own_irregular, (areas,)),
        shifts.months,
        smoothed_again,
    )


def _chunks(counts: Likelihood) -> list[slice]:
    areas = counts.events.shape[1]
    return [slice(start, start + AREAS_PER_CHUNK) for start in range(0, areas, AREAS_PER_CHUNK)]
