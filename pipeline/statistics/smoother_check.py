"""statsmodels' own smoother on a few areas of each level, held against the batched recursion of `kalman`.

Every build smooths the largest, the median and the smallest area of each level (by events) once more, by
`models.LatentSeries` and statsmodels alone. The level's mean and standard deviation must be the same in every month.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.statistics.models import Hyperparameters, Inherited, LatentSeries
from pipeline.statistics.posterior import Level, Mode

if TYPE_CHECKING:
    from pipeline.statistics.panel import Block

LARGEST_DIFFERENCE = 1e-6
SMALLEST_NOTED = 1e-9


class SmootherError(ArithmeticError):
    """The batched recursion and statsmodels differ; names series, level, area, month and both values."""


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
) -> np.ndarray:
    """Mean and standard deviation of the level of the area at this position, (2, T): by `level` (offset apart), and by
    statsmodels, (2, 2, T)."""
    shifted = replace(inherited.prior, offset=mode.model.prior.offset)
    own = replace(inherited, prior=shifted, shift_var=mode.model.process.shift_var).of(np.array([area]))
    model = series.of_mode(mode, area, own)
    params = [hyperparameters[name] for name in series.anchors]
    batched = level.mean[:, area] + own.prior.offset[:, 0], np.sqrt(level.variance[:, area])
    return np.array([batched, model.level(model.smooth(params, return_ssm=True))])


def largest_difference(series: str, block: "Block", checked: dict[int, np.ndarray]) -> float:
    """Of the areas of one level, by position, in the months with figures; refused beyond `LARGEST_DIFFERENCE`."""
    largest, months = 0.0, block.months
    for area, smoothed in checked.items():
        batched, theirs = smoothed[:, :, : len(months)]
        difference = np.abs(batched - theirs)
        if not difference.max() <= LARGEST_DIFFERENCE:
            value, month = np.unravel_index(
                np.argmax(np.nan_to_num(difference, nan=np.inf)), difference.shape
            )
            what = ("mean", "standard deviation")[value]
            raise SmootherError(
                f"{series}, {block.level} {block.area_codes[area]}, {months[int(month)]:%Y-%m}: {what} of the level "
                f"{batched[value, month]:.9g}, by statsmodels {theirs[value, month]:.9g}"
            )
        largest = max(largest, float(difference.max()))
    return largest


def noted(difference: float) -> float:
    """The power of ten that a difference stays below, 1e-9 at least: the same on every machine."""
    return float(f"1e{np.ceil(np.log10(max(difference, SMALLEST_NOTED))):.0f}")
