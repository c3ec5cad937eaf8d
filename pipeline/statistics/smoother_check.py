"""statsmodels' own smoother on a few areas of each level, held against the batched recursion of `kalman`.

Every build smooths the largest, the median and the smallest area of each level (by events) once more, by
`models.LatentSeries` and statsmodels alone. The level's mean and standard deviation must be the same in every month.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.statistics.models import Hyperparameters, Inherited, LatentSeries
from pipeline.statistics.posterior import Level, Mode

LARGEST_DIFFERENCE = 1e-6
SMALLEST_NOTED = 1e-9


class SmootherError(ArithmeticError):
    """The batched recursion and statsmodels differ; names series, level, area, month and both values."""


@dataclass(frozen=True)
class Smoothed:
    """An area smoothed twice: mean and standard deviation of its level on the log scale, (2, T) each."""

    batched: np.ndarray
    by_statsmodels: np.ndarray


def areas_to_check(size: np.ndarray) -> list[int]:
    """Positions of the largest, the median and the smallest area by events (areas,)."""
    by_size = np.argsort(-size, kind="stable").tolist()
    return sorted({by_size[0], by_size[len(by_size) // 2], by_size[-1]})


def smooth_again(
    series: type[LatentSeries],
    hyperparameters: Hyperparameters,
    inherited: Inherited,
    mode: Mode,
    level: Level,
    area: int,
) -> Smoothed:
    """The area at this position of a chunk by statsmodels, beside its level by the batched recursion (offset apart)."""
    shifted = replace(inherited.prior, offset=mode.model.prior.offset)
    own = replace(inherited, prior=shifted, shift_var=mode.model.process.shift_var).of(np.array([area]))
    model = series.of_mode(mode, area, own)
    params = [hyperparameters[name] for name in series.anchors]
    mean, sd = model.level(model.smooth(params, return_ssm=True))
    batched = level.mean[:, area] + own.prior.offset[:, 0], np.sqrt(level.variance[:, area])
    return Smoothed(np.stack(batched), np.stack([mean, sd]))


def largest_difference(
    series: str, level: str, area_codes: np.ndarray, months: pl.Series, checked: dict[int, Smoothed]
) -> float:
    """Of the areas of one level, by position, in the months with figures; refused beyond `LARGEST_DIFFERENCE`."""
    largest = 0.0
    for area, smoothed in checked.items():
        batched, theirs = smoothed.batched[:, : len(months)], smoothed.by_statsmodels[:, : len(months)]
        difference = np.abs(batched - theirs)
        if not difference.max() <= LARGEST_DIFFERENCE:
            value, month = np.unravel_index(
                np.argmax(np.nan_to_num(difference, nan=np.inf)), difference.shape
            )
            what = ("mean", "standard deviation")[value]
            raise SmootherError(
                f"{series}, {level} {area_codes[area]}, {months[int(month)]:%Y-%m}: {what} of the level "
                f"{batched[value, month]:.9g}, by statsmodels {theirs[value, month]:.9g}"
            )
        largest = max(largest, float(difference.max()))
    return largest


def noted(difference: float) -> float:
    """The power of ten that a difference stays below, 1e-9 at least: the same on every machine."""
    return float(f"1e{np.ceil(np.log10(max(difference, SMALLEST_NOTED))):.0f}")
