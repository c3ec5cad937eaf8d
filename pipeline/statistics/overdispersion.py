"""Differences between areas beyond chance: the additive random effects of Spiegelhalter.

Areas differ for reasons that no single report can follow up. Where the areas of a level scatter around their
average by more than chance, the standard deviation τ of what is beyond chance is estimated and added to that of
chance, so that only areas stand out which are unusual among the areas of today.

    z_i = (y_i − θ)/s_i,   s_i the standard error of chance were the area like the average,
    φ = mean of z_i², z winsorised: the lowest 10 % set to the 10 % quantile, the highest 10 % to the 90 % quantile,
    τ² = (I·φ − (I−1)) / (Σw − Σw²/Σw),   w_i = 1/s_i²,   if I·φ > I−1, else 0

on a scale y whose variance hardly depends on the level (p a share, n its size):

| method | y | s² |
|---|---|---|
| sex_ratio | log ratio, with ½ added to either sex | 1/(n·θ·(1−θ)) |
| proportion | arcsin √p | 1/(4n) |
| rate | √value | factor/(4n) |
| balance | value | factor²·events per person-year of the level / n |

Areas in which the average leads to expect fewer than 5 events (or non-events) say nothing of φ: their z is
not normal. With fewer than 10 areas nothing is estimated: one unusual area of four would hide itself.

References: Spiegelhalter, Statistics in Medicine 24, 2005; DerSimonian & Laird, Controlled Clinical Trials 7, 1986.
"""

import numpy as np

from pipeline.statistics.counted import BINOMIAL, Counted

WINSORISED_SHARE = 0.10
FEWEST_AREAS = 10
FEWEST_EXPECTED = 5


def between_areas(areas: Counted, average: Counted) -> float:
    """τ of the areas around their average (of shape (1,)), on the scale above; 0 where none is found."""
    share = average.share
    expected = areas.events if areas.method == "balance" else areas.size * share
    if areas.method in BINOMIAL:
        expected = np.minimum(expected, areas.size * (1 - share))
    with np.errstate(invalid="ignore"):
        telling = areas.is_sound & (expected >= FEWEST_EXPECTED)
    if telling.sum() < FEWEST_AREAS:
        return 0.0
    members = areas.at(telling)
    errors = np.sqrt(chance_variance(members.size, average))
    return additive_sd(on_scale(members), errors, on_scale(average)[0])


def additive_sd(
    estimates: np.ndarray, errors: np.ndarray, centre: float, share: float = WINSORISED_SHARE
) -> float:
    """τ from estimates (I,) with standard errors (I,) around a centre, `share` winsorised at either end."""
    scores = winsorised((estimates - centre) / errors, share)
    areas, total = scores.size, (scores**2).sum()
    if not total > areas - 1:
        return 0.0
    weights = 1 / errors**2
    return float(np.sqrt((total - (areas - 1)) / (weights.sum() - (weights**2).sum() / weights.sum())))


def winsorised(scores: np.ndarray, share: float) -> np.ndarray:
    """The scores, those beyond the quantiles `share` and 1 − `share` drawn in to them."""
    return np.clip(scores, *np.quantile(scores, [share, 1 - share]))


def on_scale(counts: Counted) -> np.ndarray:
    """y of the counts."""
    if counts.method == "sex_ratio":
        return np.log((counts.successes + 0.5) / (counts.size - counts.successes + 0.5))
    if counts.method == "proportion":
        return np.arcsin(np.sqrt(counts.share))
    return counts.value if counts.method == "balance" else np.sqrt(counts.value)


def chance_variance(size: np.ndarray, average: Counted) -> np.ndarray:
    """s² at the sizes, were the area like the average (of shape (1,), or of that of the sizes)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if average.method == "sex_ratio":
            return 1 / (size * average.share * (1 - average.share))
        if average.method == "proportion":
            return 1 / (4 * size)
        if average.method == "balance":
            return average.factor**2 * average.events / average.size / size
        return average.factor / (4 * size)
