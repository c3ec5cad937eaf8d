"""The figures of one edition, by window and indicator: what is compared, ranked and drawn as a funnel."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import polars as pl

from pipeline.statistics.counted import Counted, read_counts
from pipeline.statistics.rules import Rule

WINDOWS, YEAR = ("ytd", "rolling_12"), "year"


@dataclass(frozen=True)
class Figures:
    """The areas of one window and indicator, by code: rows of `indicators` with `level` and `parent_code`; arrays (n,).

    Whole is a figure that is known, with its interval: only for its whole window, where a cumulative one bridges months
    that have none of their own, as that of a year does all twelve. Comparable is one that is also counted on enough events.
    """

    rows: pl.DataFrame
    rule: Rule
    counts: Counted
    is_whole: np.ndarray
    is_comparable: np.ndarray

    @classmethod
    def of(cls, rows: pl.DataFrame, rule: Rule) -> Self:
        counts = read_counts(rows, rows["method"][0])
        known = rows.select(pl.all_horizontal(pl.col("value", "lower_95", "upper_95").is_not_null()))
        is_whole = known.to_series().to_numpy() & counts.is_sound
        return cls(rows, rule, counts, is_whole, is_whole & (counts.observations >= rule.withhold_below))

    def levels(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """For every level the positions of all its areas, and of those whose figure is whole."""
        levels = self.rows["level"].to_numpy()
        for level in np.unique(levels):
            is_of_level = levels == level
            yield np.flatnonzero(is_of_level), np.flatnonzero(is_of_level & self.is_whole)


def figures_of_edition(
    indicators: pl.DataFrame, areas: pl.DataFrame, rules: dict[str, Rule], month: date
) -> list[Figures]:
    """The figures of a month in the windows compared.

    `indicators` is the published table; `areas` has `area_code`, `level` and `parent_code`, one row an area of
    today; `rules` has a rule for every indicator.

    Of an indicator that no area of a level has over twelve months, its last whole year stands in for them, under the
    month that it ended with: a source that reports by year is as old as its last year.
    """
    december = month if month.month == 12 else date(month.year - 1, 12, 1)
    rows = indicators.filter(
        (pl.col("month") == month) & pl.col("time_window").is_in(WINDOWS)
        | (pl.col("month") == december) & (pl.col("time_window") == YEAR)
    ).join(areas.select("area_code", "level", "parent_code"), on="area_code")
    has_count = (pl.col("numerator").is_not_null() & (pl.col("time_window") == "rolling_12")).any()
    has_year = (pl.col("numerator").is_not_null() & (pl.col("time_window") == YEAR)).any()
    stands_in = (~has_count & has_year).over("indicator", "level")
    rows = rows.filter((pl.col("time_window") != YEAR) | stands_in).sort(
        "time_window", "indicator", "area_code"
    )
    groups = rows.partition_by("time_window", "indicator", maintain_order=True)
    return [Figures.of(group, rules[group["indicator"][0]]) for group in groups]
