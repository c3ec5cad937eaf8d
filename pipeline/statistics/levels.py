"""The average of the areas of each level, for one indicator and window: all their counts added up."""

import numpy as np
import polars as pl

from pipeline.statistics.counted import Counted
from pipeline.statistics.overdispersion import between_areas


def level_members(group: pl.DataFrame, kept: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """For every level the rows (of `group`) of all its areas, and of those that are kept."""
    levels = group["level"].to_numpy()
    return [
        (np.flatnonzero(levels == level), np.flatnonzero((levels == level) & kept))
        for level in np.unique(levels)
    ]


def average_of_levels(
    own: Counted, members: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[Counted, np.ndarray, np.ndarray]:
    """For every area: the counts of all areas of its level, τ between them (NaN where none), Σ size²."""
    totals = np.full((3, own.size.size), np.nan)
    dispersion, squares = np.full(own.size.shape, np.nan), np.full(own.size.shape, np.nan)
    for everyone, kept in members:
        average = total(own.at(kept))
        totals[:, everyone] = np.stack([average.successes, average.size, average.events])
        squares[everyone] = (own.size[kept] ** 2).sum()
        dispersion[everyone] = between_areas(own.at(kept), average) or np.nan
    return Counted(own.method, own.factor, *totals), dispersion, squares


def total(areas: Counted) -> Counted:
    """The counts of all areas added up, of shape (1,)."""
    factor = areas.factor[:1] if areas.factor.size else np.ones(1)
    added = (np.atleast_1d(counts.sum()) for counts in (areas.successes, areas.size, areas.events))
    return Counted(areas.method, factor, *added)
