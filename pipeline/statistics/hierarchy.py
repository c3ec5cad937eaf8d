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

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pipeline.statistics.by_area import AREAS_FIRST, ByArea
from pipeline.statistics.kalman import Filtered, predicted_cov, run_filter, smooth_cov
from pipeline.statistics.likelihoods import Likelihood
from pipeline.statistics.models import Hyperparameters, Inherited, LatentSeries
from pipeline.statistics.pooling import areas_enough, estimate, representative
from pipeline.statistics.posterior import (
    Ahead,
    Level,
    Mode,
    OneStep,
    Prior,
    Shifts,
    ahead_posterior,
    find_shifts,
    level_posterior,
    one_step,
    process_posterior,
)
from pipeline.statistics.smoother_check import areas_to_check, smooth_again

YEAR = 12
AHEAD = 12
JUDGED = 24
AREAS_PER_CHUNK = 48


@dataclass(frozen=True)
class Tier(ByArea):
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
    after which the level of the area jumped. `deviation` is what the level differs from that of the siblings, and
    `prior_deviation` the same before the area's own counts were seen. `checked` are a few areas, by position, that
    statsmodels has smoothed as well.
    """

    hyperparameters: Hyperparameters
    dispersion: float
    level: Level
    ahead: Ahead
    one_step: OneStep
    season: np.ndarray
    irregular_var: np.ndarray
    shifts: np.ndarray
    deviation: Level
    prior_deviation: Level
    checked: dict[int, np.ndarray]


def own_share(after: np.ndarray | float, before: np.ndarray | float) -> np.ndarray:
    """Share of what is known of a deviation that the area's own counts tell: 1 − variance after ÷ variance before them.

    0 is all taken over from the siblings, 1 all its own: the reliability of small-area estimation (Rao & Molina,
    Small Area Estimation, 2015, ch. 5).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(1 - after / before, 0, 1)


def from_second_year(changes: np.ndarray, months: int) -> np.ndarray:
    """Changes over twelve months (months − 12, A) in their places among the months, NaN in the first year."""
    return np.vstack([np.full((months - len(changes), changes.shape[1]), np.nan), changes])


def fit(series: type[LatentSeries], tiers: list[Tier], executor: Executor | None = None) -> list[Fitted]:
    """All areas of all tiers, from the top down; `series` is the form of their series.

    Work fans out over chunks of a fixed number of areas, so neither the order of areas within a tier (beyond
    rounding) nor the number of workers shows in the result. A tier waits for what the one above takes over and for
    its hyperparameters, not for its fits.
    """
    run: Callable[..., Iterable[Any]] = map if executor is None else executor.map
    levels: list[_Areas] = []
    fitted: list[Iterable[Fitted]] = []
    for tier in _with_one_top(tiers):
        counts = tier.counts.padded(AHEAD)
        months, number = counts.events.shape
        is_top = (tier.parent < 0).all()
        above = _nothing_above(series, months) if is_top else _from_above(tier, counts, levels, run)
        chosen = representative(counts.size, areas_enough(months))
        (hyperparameters,) = run(estimate, [series], [counts.of(chosen)], [above.open.of(chosen)])
        level = _Areas(series, hyperparameters, counts, above, np.arange(number), areas_to_check(counts.size))
        fitted.append(run(_fit, level.chunks()))
        levels.append(level)
    return [Fitted.side_by_side(list(chunks)) for chunks in fitted[-len(tiers) :]]


@dataclass(frozen=True)
class _Areas(ByArea):
    """Areas to be fitted: their counts, what they take over, and their `position` (A,) among those of their level.

    `checked` are the positions of those that statsmodels is to smooth as well.
    """

    series: type[LatentSeries]
    hyperparameters: Hyperparameters
    counts: Likelihood
    above: FromSiblings
    position: np.ndarray
    checked: Sequence[int] = ()

    def chunks(self) -> list[_Areas]:
        starts = range(0, len(self.position), AREAS_PER_CHUNK)
        return [self.of(slice(start, start + AREAS_PER_CHUNK)) for start in starts]

    def solve(self) -> tuple[Mode, Shifts, Filtered, np.ndarray]:
        """Mode and shifts, the filter of the same process had no month a figure, and the share left open, (A,)."""
        model = self.above.open.model(self.series, self.hyperparameters)
        mode, shifts = find_shifts(self.counts, model, self.above.open.may_shift)
        weights = np.zeros_like(mode.weights)
        nothing = run_filter(model.process, weights, weights[:, None])
        return mode, shifts, nothing, _share_left_open(mode.filtered, nothing, len(weights) - AHEAD)


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


def _nothing_above(series: type[LatentSeries], months: int) -> FromSiblings:
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


def _from_above(
    tier: Tier, counts: Likelihood, levels: list[_Areas], run: Callable[..., Iterable[Any]]
) -> FromSiblings:
    """What every area of a tier takes over; areas whose parents are of different tiers in turn."""
    families = np.unique(np.stack([tier.parent_tier, tier.parent]), axis=1, return_inverse=True)[1].ravel()
    siblings = counts.siblings(families)
    parts, positions = [], []
    for number in np.unique(tier.parent_tier):
        areas, level = np.flatnonzero(tier.parent_tier == number), levels[number]
        of_parents = level.above.of(tier.parent[areas])
        family = replace(level, counts=siblings.of(areas), above=of_parents, position=areas)
        parts += list(run(_from_siblings, family.chunks()))
        positions.append(areas)
    above = FromSiblings.side_by_side(parts).of(np.argsort(np.concatenate(positions)))
    return replace(above, open=replace(above.open, concentration=counts.concentration(families)))


def _from_siblings(siblings: _Areas) -> FromSiblings:
    """What areas take over from their siblings, whose counts these are, and from what their parents take over."""
    parents, shape = siblings.above, siblings.counts.events.shape
    mode, shifts, _, left_open = siblings.solve()
    moved = process_posterior(mode, YEAR)
    known = 1 - left_open
    level, irregular = parents.level + shifts.steps + moved.mean, parents.irregular + mode.irregular
    process = mode.model.process
    own_irregular = siblings.series.process(siblings.hyperparameters).irregular_var[0]
    return FromSiblings(
        level=level,
        irregular=irregular,
        open=Inherited(
            Prior(mode.effects, mode.effects_cov, level + irregular),
            process.state_cov * left_open,
            process.initial_cov * left_open,
            np.broadcast_to(mode.irregular_left, shape),
            np.zeros(shape[1]),
        ),
        variance=(moved.variance + parents.variance) * known,
        lagged_cov=(moved.lagged_cov + parents.lagged_cov) * known,
        ahead_cov=(predicted_cov(mode.filtered, slice(-AHEAD, None)) + parents.ahead_cov)
        * known[:, None, None],
        irregular_var=np.broadcast_to(parents.irregular_var + own_irregular, shape[1:]),
    )


def _share_left_open(known: Filtered, nothing: Filtered, observed: int) -> np.ndarray:
    """How much of a process its counts do not determine, (A,): 0 nothing, 1 all. `nothing` is the filter without them.

    The variance of the change over a year (less in a short series), a posteriori over a priori, on average.
    """
    lag = max(min(YEAR, observed // 2), 1)
    spread = []
    for filtered in (known, nothing):
        variance, lagged_cov = smooth_cov(filtered, lag)
        change = variance[lag:] + variance[:-lag] - 2 * lagged_cov
        spread.append(change[: max(observed - lag, 1)].mean(axis=0))
    return np.clip(spread[0] / spread[1], 0, 1)


def _prior_deviation(nothing: Filtered, prior: Prior) -> Level:
    """β₀ + u before any count of the area itself."""
    variance, lagged_cov = smooth_cov(nothing, YEAR)
    constant = prior.cov[:, 0, 0]
    return Level(np.zeros_like(variance), variance + constant, lagged_cov + constant)


def _fit(areas: _Areas) -> Fitted:
    series, above, (months, number) = areas.series, areas.above, areas.counts.events.shape
    mode, shifts, nothing, left_open = areas.solve()
    model = mode.model
    taken_over = above.level + shifts.steps
    level_design = series.level_regressors(months)
    level = level_posterior(mode, level_design, YEAR)
    ahead = ahead_posterior(mode, AHEAD)
    irregular = np.broadcast_to(model.process.irregular_var, (months, number))
    judged = slice(max(months - AHEAD - JUDGED, 0), months - AHEAD)
    to_come = slice(months - AHEAD, None)
    single = one_step(mode, range(months)[judged])
    own_irregular = series.process(areas.hyperparameters).irregular_var[0]
    return Fitted(
        areas.hyperparameters,
        series.dispersion(areas.hyperparameters),
        Level(
            level.mean + taken_over,
            level.variance + above.variance * left_open,
            level.lagged_cov + above.lagged_cov * left_open,
        ),
        Ahead(
            ahead.mean + taken_over[to_come] + above.irregular[to_come],
            ahead.cov + above.ahead_cov + irregular[to_come].T[:, :, None] * np.eye(AHEAD),
        ),
        OneStep(
            single.mean + (taken_over + above.irregular)[judged],
            single.variance + (irregular + above.variance)[judged],
        ),
        (model.design - level_design)[:YEAR] @ mode.effects.T,
        np.broadcast_to(above.irregular_var + own_irregular, (number,)),
        shifts.months,
        level,
        _prior_deviation(nothing, model.prior),
        {
            int(position): smooth_again(series, areas.hyperparameters, above.open, mode, level, area)
            for area, position in enumerate(areas.position)
            if position in areas.checked
        },
    )
