"""Make a workspace of the household registration statistics of Taiwan: `python assemble.py DATA WORKSPACE`.

DATA holds births_deaths/YYYY/MM/data.csv and population/population.csv. The area table is made from the
newest file (codes and names of today) and from reference/renamed.csv (what they were called before).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import polars as pl

HERE = Path(__file__).parent
REGION = "00000"


def assemble(data: Path, workspace: Path, months: list[str] | None = None) -> None:
    """Write the workspace; `months` ("2024/06") narrows the files of births and deaths."""
    shutil.copytree(HERE / "reference", workspace / "data" / "reference")
    for source in ("births_deaths", "population"):
        (workspace / "data" / "raw" / source).mkdir(parents=True)
        shutil.copy(HERE / source / "source.toml", workspace / "data" / "raw" / source)
        for file in sorted((data / source).rglob("*.csv")):
            relative = file.relative_to(data / source)
            if months is None or source == "population" or relative.parent.as_posix() in months:
                _place(file, workspace / "data" / "raw" / source / relative)
    newest = max((data / "births_deaths").rglob("data.csv"))
    _areas(newest).write_csv(workspace / "data" / "reference" / "areas.csv")


def _place(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except OSError:
        shutil.copy(file, target)


def _areas(newest: Path) -> pl.DataFrame:
    """Region, counties and townships of today: the code of a township is the first 8 digits of its villages'."""
    villages = pl.read_csv(newest, infer_schema=False).select(code="區域別代碼", name="區域別")
    townships = villages.with_columns(pl.col("code").str.strip_chars().str.head(8)).unique(
        "code", keep="last", maintain_order=True
    )
    counties = townships.select(pl.col("code").str.head(5), pl.col("name").str.head(3)).unique(
        "code", keep="last", maintain_order=True
    )
    renamed = pl.read_csv(HERE / "reference" / "renamed.csv", infer_schema=False)
    aliases = renamed.group_by("area", maintain_order=True).agg(aliases=pl.col("written").str.join("|"))
    areas = pl.concat(
        [
            pl.DataFrame({"code": REGION, "name": "台灣", "level": "region", "parent_code": None}),
            counties.with_columns(level=pl.lit("county"), parent_code=pl.lit(REGION)),
            townships.with_columns(level=pl.lit("township"), parent_code=pl.col("code").str.head(5)),
        ],
        how="vertical_relaxed",
    )
    of_today = areas.join(aliases, left_on="name", right_on="area", how="left", maintain_order="left")
    own = pl.when(level="township").then(pl.col("name").str.slice(3)).otherwise("name")
    return of_today.select(
        pl.col("code").alias("area_code"), own.alias("name"), "level", "parent_code", "aliases",
        *(pl.lit(None).alias(column) for column in ("valid_from", "valid_to", "successor_codes")),
    )  # fmt: skip


if __name__ == "__main__":
    assemble(Path(sys.argv[1]), Path(sys.argv[2]))
