"""Total rows held against the rows they add up: all of the table, those above or those below, whichever fits best."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from pipeline.ingest.figures import COUNTED

_SERIES = ["column", "element"]
_SUMS = ["sum", "cells", "refused"]
_SAME = 1e-6

DEVIATIONS = {
    "row": pl.Int64,
    "column": pl.Int64,
    "element": pl.String,
    "area_code": pl.String,
    "period": pl.Date,
    "label": pl.String,
    "stated": pl.Float64,
    "computed": pl.Float64,
    "rows_added": pl.Int64,
}


@dataclass(frozen=True)
class TableTotals:
    """What has been read of one table so far, by series of figures (one element in one column).

    `stated` has a row per cell of a total row, with the sums before it; `sums` a row per series, with the sums of
    the whole table so far; `areas` the areas between one total row and the next (`segment`, from 0).
    """

    stated: pl.DataFrame
    sums: pl.DataFrame
    areas: pl.DataFrame
    total_rows: int


def add_cells(
    before: TableTotals | None, cells: pl.DataFrame, stated: pl.DataFrame, *, areas_by_column: bool
) -> TableTotals:
    """Go on with the next rows of a table.

    `cells` has row, column, element, kind, area_code, period, value and reason (null if accepted); `stated` has row,
    column, element, label and stated, of counted elements only. `areas_by_column`: each column is another area.
    """
    counted = cells.filter(pl.col("kind").is_in(COUNTED))
    is_refused = pl.col("reason").is_not_null()
    events = [
        counted.select(
            "row",
            *_SERIES,
            "kind",
            "period",
            sum=pl.when(~is_refused).then("value").fill_null(0.0),
            cells=pl.lit(1),
            refused=is_refused.cast(pl.Int32),
        ),
        stated.select(
            "row", *_SERIES, "label", "stated", sum=pl.lit(0.0), cells=pl.lit(0), refused=pl.lit(0)
        ),
    ]
    if before is not None:
        events.insert(0, before.sums.with_columns(row=pl.lit(0, pl.Int64)))
    every = pl.concat(events, how="diagonal").sort("row", maintain_order=True)
    running = every.with_columns(
        *(pl.col(name).cum_sum().over(_SERIES) for name in _SUMS),
        pl.col("period").forward_fill().over(_SERIES),
        pl.col("kind").forward_fill().over(_SERIES),
    )
    sums = every.group_by(_SERIES, maintain_order=True).agg(
        *(pl.col(name).sum() for name in _SUMS),
        pl.col("kind").drop_nulls().first(),
        pl.col("period").max(),
        first_period=pl.min_horizontal(
            pl.col("period").min(),
            *([pl.col("first_period").min()] if "first_period" in every.columns else []),
        ),
    )
    marked = running.filter(pl.col("label").is_not_null()) if "label" in running.columns else running.clear()
    total_rows = marked["row"].unique().sort()
    first = before.total_rows if before else 0
    marked = marked.select(
        "row", *_SERIES, "label", "stated", "period", *_SUMS,
        number=pl.col("row").rank("dense").cast(pl.Int64) - 1 + first,
    )  # fmt: skip
    segments = counted.filter(~is_refused).select(
        pl.col("column") if areas_by_column else pl.lit(0, pl.Int64).alias("column"),
        "area_code",
        segment=pl.col("row").cast(pl.Int64),
    )
    segments = segments.with_columns(
        segment=pl.Series(total_rows.search_sorted(segments["segment"]), dtype=pl.Int64) + first
    ).unique(maintain_order=True)
    return TableTotals(
        stated=pl.concat([before.stated, marked]) if before else marked,
        sums=sums,
        areas=pl.concat([before.areas, segments]).unique(maintain_order=True) if before else segments,
        total_rows=first + len(total_rows),
    )


def deviations(totals: TableTotals, holding: Callable[[Iterable[str]], str]) -> pl.DataFrame:
    """The total cells that differ from the sum of their rows, in the columns of DEVIATIONS.

    For each total row the coverage counts under which most of its cells agree. A cell of which a covered cell
    was refused, or that covers none, is passed over; so is a stock over several months. Where a cell was refused that the
    row may stand for, a coverage under which nothing agrees may be the wrong one: it proves nothing.
    """
    if totals.stated.is_empty():
        return pl.DataFrame(schema=DEVIATIONS)
    whole = totals.sums.select(
        *_SERIES,
        *(pl.col(name).alias(f"{name}_whole") for name in _SUMS),
        pl.col("period").alias("last_period"),
        is_summable=(pl.col("kind") != "stock") | (pl.col("first_period") == pl.col("period")),
    )
    marks = totals.stated.sort("row", maintain_order=True).join(
        whole, on=_SERIES, how="left", maintain_order="left"
    )
    every = pl.concat(_coverages(marks), how="vertical").filter("is_summable")
    is_whole = every.group_by("row").agg(is_whole=pl.col("refused").max() == 0)
    covered = every.filter(pl.col("cells") > 0, pl.col("refused") == 0)
    covered = covered.with_columns(deviation=(pl.col("stated") - pl.col("computed")).abs())
    chosen = (
        covered.group_by("row", "coverage")
        .agg(agreeing=(pl.col("deviation") <= _SAME).sum(), deviation=pl.col("deviation").sum())
        .sort("row", -pl.col("agreeing").cast(pl.Int64), "deviation", "coverage")
        .unique("row", keep="first", maintain_order=True)
        .join(is_whole, on="row", maintain_order="left")
        .filter(pl.col("is_whole") | (pl.col("agreeing") > 0))
        .select("row", "coverage")
    )
    found = covered.join(chosen, on=["row", "coverage"]).filter(pl.col("deviation") > _SAME)
    found = found.sort("row", "column", "element")
    covering = found.select("column", "first", "last")
    held = covering.unique(maintain_order=True)
    held = held.with_columns(area_code=pl.Series(_held(totals.areas, held, holding), dtype=pl.String))
    found = found.join(held, on=covering.columns, how="left", maintain_order="left")
    return found.with_columns(
        pl.coalesce("period", "last_period").alias("period"),
        pl.col("cells").alias("rows_added"),
    ).select(pl.col(name).cast(kind) for name, kind in DEVIATIONS.items())


def _coverages(marks: pl.DataFrame) -> list[pl.DataFrame]:
    """What each total cell covers, in order of preference: sums, number of cells, first and last segment."""
    last = pl.col("number").max()

    def between(
        above: list[pl.Expr | int], below: list[pl.Expr], first: pl.Expr, last: pl.Expr
    ) -> list[pl.Expr]:
        sums = [
            (end - start).alias(name)
            for name, start, end in zip(("computed", "cells", "refused"), above, below, strict=True)
        ]
        return [*sums, first.alias("first"), last.alias("last")]

    here = [pl.col(name) for name in _SUMS]
    at_end = [pl.col(f"{name}_whole") for name in _SUMS]
    variants = [between([0, 0, 0], at_end, pl.lit(0, pl.Int64), last + 1)]
    for over in (_SERIES, [*_SERIES, "label"]):
        before = [expr.shift().over(over).fill_null(0) for expr in here]
        after = [pl.coalesce(expr.shift(-1).over(over), end) for expr, end in zip(here, at_end, strict=True)]
        number = pl.col("number")
        previous = number.shift().over(over).fill_null(-1) + 1
        following = pl.coalesce(number.shift(-1).over(over), last + 1)
        variants += [between(before, here, previous, number), between(here, after, number + 1, following)]
    kept = ["row", *_SERIES, "label", "stated", "period", "last_period", "is_summable"]
    return [marks.select(*kept, *variant, coverage=pl.lit(number)) for number, variant in enumerate(variants)]


def _held(areas: pl.DataFrame, covering: pl.DataFrame, holding: Callable[[Iterable[str]], str]) -> list[str]:
    """The lowest area that holds the areas of some segments, for each row of column, first and last segment."""
    codes: dict[tuple[int, int], set[str]] = {}
    for column, code, segment in areas.select("column", "area_code", "segment").iter_rows():
        codes.setdefault((column, segment), set()).add(code)
    by_column = bool((areas["column"] > 0).any())
    cached = lru_cache(maxsize=None)(holding)
    return [
        cached(
            frozenset().union(
                *(codes.get((column * by_column, number), ()) for number in range(first, last + 1))
            )
        )
        for column, first, last in covering.iter_rows()
    ]
