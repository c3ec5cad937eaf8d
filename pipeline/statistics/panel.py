"""Counts of all areas as arrays: one block (months, areas) a level, from the top down, each area with its parent."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.months import months_from
from pipeline.statistics.hierarchy import Fitted, Tier, fit
from pipeline.statistics.likelihoods import Likelihood
from pipeline.statistics.models import LatentSeries

Counts = dict[str, np.ndarray]

SIGNIFICANT_DIGITS = 10


@dataclass(frozen=True)
class Block:
    """The areas of one `level` that have data, in the order of their codes; counts (months, areas), NaN unknown.

    `parent_tier` and `parent` (areas,) give block and position of the nearest area above that has data, or −1.
    """

    level: str
    months: pl.Series
    area_codes: np.ndarray
    counts: Counts
    parent_tier: np.ndarray
    parent: np.ndarray

    def rows(self, columns: Counts) -> pl.DataFrame:
        """A row for each area and each of the last months, from columns (months, areas) to ten significant digits."""
        number, areas = next(iter(columns.values())).shape
        return pl.DataFrame(
            {
                "area_code": np.repeat(self.area_codes, number),
                "month": pl.concat([self.months.tail(number)] * areas),
                **{name: significant(values).T.ravel() for name, values in columns.items()},
            },
            schema_overrides={"area_code": pl.String},
        )


@dataclass(frozen=True)
class Series:
    """A series to be fitted: its name and form, its levels from the top down, and how their counts are read."""

    name: str
    form: type[LatentSeries]
    blocks: list[Block]
    read: Callable[[Counts], Likelihood]

    def fit(self, executor: Executor | None) -> list[tuple[Block, Fitted]]:
        """Every level with its fit."""
        tiers = [Tier(self.read(block.counts), block.parent_tier, block.parent) for block in self.blocks]
        return list(zip(self.blocks, fit(self.form, tiers, executor) if tiers else [], strict=True))


def calendar(months: pl.Series) -> pl.Series:
    """Every month up to the last, from the first after a year or more without any.

    A series begins anew after them: nothing is known of the time between, and it would cost as much as if it were.
    """
    known = months.unique().sort()
    begins = known.filter((known.shift(1) < known.dt.offset_by("-1y")).fill_null(True))
    return pl.Series("month", months_from(begins[-1], known[-1]))


def blocks(
    table: pl.DataFrame, names: tuple[str, ...], has_data: Callable[[Counts], np.ndarray]
) -> list[Block]:
    """The levels of a table of (area_code, month, level, parent_code, *names), highest first.

    `has_data` says of the counts of one level which of its areas are to be in, (areas,).
    """
    if table.is_empty():
        return []
    months = calendar(table["month"])
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
        result.append(Block(level, months, codes, counts, above[:, 0], above[:, 1]))
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


def significant(values: np.ndarray, digits: int = SIGNIFICANT_DIGITS) -> np.ndarray:
    """Values to so many significant decimal digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    decimals = digits - 1 - np.where(np.isfinite(magnitude), magnitude, 0)
    up, down = 10.0 ** np.clip(decimals, 0, 300), 10.0 ** np.clip(-decimals, 0, 300)
    return np.rint(values * up / down) / up * down
