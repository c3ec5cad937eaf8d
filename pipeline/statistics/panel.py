"""Counts of all areas as arrays: one block (months, areas) a level, from the top down, each area with its parent."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.months import months_from
from pipeline.statistics.hierarchy import Tier
from pipeline.statistics.likelihoods import Likelihood

Counts = dict[str, np.ndarray]


@dataclass(frozen=True)
class Block:
    """The areas of one `level` that have data, in the order of their codes; counts (months, areas), NaN unknown.

    `parent_tier` and `parent` (areas,) give block and position of the nearest area above that has data, or −1.
    """

    level: str
    area_codes: np.ndarray
    counts: Counts
    parent_tier: np.ndarray
    parent: np.ndarray

    def tier(self, likelihood: Callable[[Counts], Likelihood]) -> Tier:
        return Tier(likelihood(self.counts), self.parent_tier, self.parent)


def calendar(months: pl.Series) -> pl.Series:
    """Every month up to the last, from the first after a year or more without any.

    A series begins anew after them: nothing is known of the time between, and it would cost as much as if it were.
    """
    known = months.unique().sort()
    begins = known.filter((known.shift(1) < known.dt.offset_by("-1y")).fill_null(True))
    return pl.Series("month", months_from(begins[-1], known[-1]))


def blocks(
    table: pl.DataFrame, months: pl.Series, names: tuple[str, ...], has_data: Callable[[Counts], np.ndarray]
) -> list[Block]:
    """The levels of a table of (area_code, month, level, parent_code, *names), highest first.

    `has_data` says of the counts of one level which of its areas are to be in, (areas,).
    """
    parents = dict(table.select("area_code", "parent_code").unique("area_code").iter_rows())
    depth = {code: _depth(code, parents) for code in sorted(parents)}
    levels = table.group_by("level").agg(pl.col("area_code").unique().sort())
    in_order = sorted(levels.iter_rows(), key=lambda row: (min(depth[code] for code in row[1]), row[0]))
    position_of: dict[str, tuple[int, int]] = {}
    result: list[Block] = []
    for level, codes in in_order:
        counts = _counts(table.filter(pl.col("level") == level), codes, months, names)
        kept = has_data(counts)
        if not kept.any():
            continue
        codes = np.array(codes)[kept]
        above = np.array([_nearest(code, parents, position_of) for code in codes]).reshape(-1, 2)
        counts = {name: values[:, kept] for name, values in counts.items()}
        result.append(Block(level, codes, counts, above[:, 0], above[:, 1]))
        position_of |= {code: (len(result) - 1, position) for position, code in enumerate(codes)}
    return result


def _counts(level: pl.DataFrame, codes: list[str], months: pl.Series, names: tuple[str, ...]) -> Counts:
    grid = pl.DataFrame({"area_code": codes}).join(pl.DataFrame({"month": months}), how="cross")
    filled = grid.join(level, on=["area_code", "month"], how="left", maintain_order="left", validate="1:1")
    return {
        name: filled[name].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(len(codes), len(months)).T
        for name in names
    }


def _depth(code: str, parents: dict[str, str | None]) -> int:
    parent = parents.get(code)
    return 0 if parent is None else 1 + _depth(parent, parents)


def _nearest(
    code: str, parents: dict[str, str | None], position_of: dict[str, tuple[int, int]]
) -> tuple[int, int]:
    parent = parents.get(code)
    if parent is None:
        return -1, -1
    return position_of.get(parent) or _nearest(parent, parents, position_of)
