"""The tables that ingest and the warehouse leave in a staging folder, and whether a cell got lost among them."""

from __future__ import annotations

from pathlib import Path

import polars as pl


def read(staging: Path, table: str) -> pl.DataFrame:
    path = staging / f"{table}.parquet"
    return pl.read_parquet(path / "*.parquet" if path.is_dir() else path)


def cells_lost(staging: Path) -> list[tuple]:
    """Files whose cells read are not those accepted and refused, or not those in the tables."""
    counted = [read(staging, table).group_by("file_id").len(table) for table in ("observations", "rejects")]
    files = read(staging, "files").join(counted[0], "file_id", "left").join(counted[1], "file_id", "left")
    accepted, refused = (pl.col(table).fill_null(0) for table in ("observations", "rejects"))
    is_right = (pl.col("cells_accepted") == accepted) & (pl.col("cells_refused") == refused)
    return files.filter(~is_right | (pl.col("cells_read") != accepted + refused)).rows()
