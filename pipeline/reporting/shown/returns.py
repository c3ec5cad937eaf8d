"""Returns due and come, by area and month or all together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Returns:
    """Returns due and come; `on_time` is None where no date of receipt is known."""

    expected: int
    actual: int
    on_time: int | None


def returns_by_month(
    snapshot: Path, codes: Iterable[str], months: list[date]
) -> dict[str, dict[date, Returns]]:
    """Returns of all sources together, by area and month."""
    table = (
        pl.scan_parquet(snapshot / "completeness.parquet")
        .filter(pl.col("area_code").is_in(list(codes)), pl.col("month").is_in(months))
        .group_by("area_code", "month")
        .agg(*_sums())
        .sort("area_code", "month")
        .collect()
    )
    found: dict[str, dict[date, Returns]] = {code: {} for code in codes}
    for row in table.iter_rows(named=True):
        found[row["area_code"]][row["month"]] = Returns(row["expected"], row["actual"], row["on_time"])
    return found


def all_returns(snapshot: Path, codes: Iterable[str], months: list[date]) -> Returns:
    table = pl.scan_parquet(snapshot / "completeness.parquet").filter(
        pl.col("area_code").is_in(list(codes)), pl.col("month").is_in(months)
    )
    return Returns(**table.select(*_sums()).collect().row(0, named=True))


def _sums() -> list[pl.Expr]:
    on_time = pl.col("on_time")
    return [
        pl.col("expected").sum(),
        pl.col("actual").sum(),
        pl.when(on_time.null_count() == 0).then(on_time.sum()).alias("on_time"),
    ]
