"""Which rows of the published tables are withheld: the rule of the reports, for CSV and Excel.

A row of `indicators` shows counts of people. Where one, this year's or last year's, is from 1 to below the threshold,
the row is withheld; and where it is the only one among the areas of one parent, so is the next smallest, for the
total above would give it away. What is withheld there is withheld wherever it would come back: in comparisons, ranks
and the outlook of the same area, indicator and window, and in the other rates made of the same births and deaths.
"""

from __future__ import annotations

import polars as pl

from pipeline.reporting.text.wording import withheld

KEY = ("area_code", "time_window", "indicator")
VITAL = ("birth_rate", "death_rate", "natural_growth_rate", "sex_ratio_at_birth")


def withheld_rows(
    indicators: pl.DataFrame, areas: pl.DataFrame, threshold: int, fewest_births: dict[str, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keys of the rows of one month without counts and values, and of those without values only.

    `areas` holds area_code, parent_code; `fewest_births` says below how many births a ratio is not shown.
    """
    small = _small_counts(indicators.join(areas, on="area_code", how="left"), threshold)
    vital = small.filter(pl.col("indicator").is_in(VITAL)).select("area_code", "time_window").unique()
    also = indicators.filter(pl.col("indicator").is_in(VITAL)).join(vital, on=["area_code", "time_window"])
    counts = pl.concat([small, also.select(KEY)]).unique()
    least = pl.col("indicator").replace_strict(fewest_births, default=0, return_dtype=pl.Int64)
    has_few = (pl.col("method") == "sex_ratio") & (pl.col("numerator") + pl.col("denominator") < least)
    few = indicators.filter(has_few.fill_null(False)).select(KEY)
    return counts, pl.concat([counts, few]).unique()


def blank(table: pl.DataFrame, keys: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """The table with these columns empty in the rows of these keys."""
    on = [name for name in KEY if name in table.columns]
    marked = table.join(
        keys.select(on).unique().with_columns(is_withheld=True), on=on, how="left", maintain_order="left"
    )
    is_shown = pl.col("is_withheld").is_null()
    return marked.with_columns(pl.when(is_shown).then(pl.col(name)).alias(name) for name in columns).drop(
        "is_withheld"
    )


def _small_counts(indicators: pl.DataFrame, threshold: int) -> pl.DataFrame:
    hidden = []
    for part in indicators.sort("area_code").partition_by("parent_code", "time_window", "indicator"):
        flags = [withheld(part[column].to_list(), threshold) for column in ("events", "events_last_year")]
        hidden.append(part.filter(pl.Series([any(pair) for pair in zip(*flags, strict=True)])).select(KEY))
    return pl.concat(hidden) if hidden else indicators.select(KEY).clear()
