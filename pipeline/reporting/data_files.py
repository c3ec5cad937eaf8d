"""The published figures as CSV: report level and above, small counts withheld, safe to open in Excel."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl

_COLUMNS = {
    "indicators": (
        "area_code",
        "month",
        "time_window",
        "indicator",
        "numerator",
        "denominator",
        "value",
        "lower_95",
        "upper_95",
        "lower_998",
        "upper_998",
        "value_last_year",
        "target",
        "gap",
    ),
    "trends": ("area_code", "month", "series", "trend", "lower_80", "upper_80", "lower_95", "upper_95"),
    "completeness": ("area_code", "source", "month", "expected", "actual", "on_time"),
}
_COUNTS = ("numerator", "denominator")
_RATIOS = tuple(name for name in _COLUMNS["indicators"][6:] if name != "target")


def write_data_files(
    snapshot: Path,
    folder: Path,
    month: date,
    levels: tuple[str, ...],
    threshold: int,
    fewest_births: dict[str, int],
) -> None:
    """Write `indicators.csv` (of the month), `trends.csv` and `completeness.csv` for areas of these levels.

    Counts from 1 to below `threshold` are withheld, and ratios of fewer births than `fewest_births` says.
    """
    folder.mkdir(exist_ok=True)
    areas = pl.read_parquet(snapshot / "areas.parquet").filter(pl.col("level").is_in(levels))["area_code"]
    for name, columns in _COLUMNS.items():
        table = pl.scan_parquet(snapshot / f"{name}.parquet").filter(
            pl.col("area_code").is_in(areas.implode())
        )
        if name == "indicators":
            of_month = table.filter(pl.col("month") == month)
            table = _without_few_births(_without_small_counts(of_month, threshold), fewest_births)
        _write_csv(table.select(columns).collect(), folder / f"{name}.csv")


def _without_small_counts(table: pl.LazyFrame, threshold: int) -> pl.LazyFrame:
    """Blank the rows whose count, this year's or last year's, is from 1 to below the threshold."""
    counts = (pl.col("events"), pl.col("events_last_year"))
    is_small = pl.any_horizontal(count.is_between(1, threshold - 1).fill_null(False) for count in counts)
    return table.with_columns(
        pl.when(~is_small).then(pl.col(name)).alias(name) for name in (*_COUNTS, *_RATIOS)
    )


def _without_few_births(table: pl.LazyFrame, fewest: dict[str, int]) -> pl.LazyFrame:
    """Blank the ratios of two counts that together are below the number for their indicator."""
    least = pl.col("indicator").replace_strict(fewest, default=0, return_dtype=pl.Int64)
    has_few = (pl.col("method") == "sex_ratio") & (pl.col("numerator") + pl.col("denominator") < least)
    return table.with_columns(
        pl.when(~has_few.fill_null(False)).then(pl.col(name)).alias(name) for name in _RATIOS
    )


def _write_csv(table: pl.DataFrame, path: Path) -> None:
    """UTF-8 with a byte order mark; a text that Excel would take for a formula gets an apostrophe."""
    beside = path.with_suffix(".partial")
    with beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows([_defused(cell) for cell in row] for row in table.iter_rows())
    beside.replace(path)


def _defused(cell: object) -> object:
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
