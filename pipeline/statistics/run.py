"""The step from `indicator_values` and `vital_events` to `indicators` and `trends`, in the staging folder."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline.statistics.indicators import indicator_table
from pipeline.statistics.trends import trend_table
from pipeline.tables import TABLES, schema


def run(staging: Path, *, reference_upper: float, executor: Executor | None) -> None:
    """Write `indicators.parquet` and `trends.parquet` beside their inputs in `staging`.

    `reference_upper` is the upper end of the normal range of the sex ratio at birth, per 100 females.
    """
    indicator_values = pl.read_parquet(staging / "indicator_values.parquet")
    vital_events = pl.read_parquet(staging / "vital_events.parquet").sort(TABLES["vital_events"].key)

    tables = {
        "indicators": indicator_table(indicator_values),
        "trends": trend_table(vital_events, reference_upper, executor),
    }

    for name, table in tables.items():
        _save(table, name, staging / f"{name}.parquet")


def _save(table: pl.DataFrame, name: str, path: Path) -> None:
    assert table.select(TABLES[name].key).is_duplicated().sum() == 0, f"{name}: two rows of one key"
    arrow = table.select(TABLES[name].column_names).to_arrow().cast(schema(name))
    pq.write_table(arrow, path, compression="zstd")
