"""The rule: which numbers are not shown, and why. It stands here and nowhere else.

- `small`: a count of people from 1 to below the threshold, this year or last. The count is withheld, and what is computed
  from it.
- `protecting`: where an area is the only small one of its parent, the next in size is withheld as well, or the total above
  would give the small one away.
- `few_births`: a ratio of fewer births than its indicator asks for. The ratio is withheld, the births only where those of
  one sex are small.
- `incomplete`: months missing, or no denominator. There is no value to show; the counts that are known are shown.

Births, deaths, their difference and the sex ratio give each other away: in one window all are withheld or none. Where
they are withheld since January, few births are not counted in the other windows either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from pipeline.reporting.report_context import ReportContext

SMALL, PROTECTING, FEW_BIRTHS, INCOMPLETE = "small", "protecting", "few_births", "incomplete"
WITHOUT_COUNTS = (SMALL, PROTECTING)
# Why a cell of a table may have no number, beside what is withheld.
NO_LAST_YEAR, NOT_APPLICABLE, TOO_FEW_AREAS = "no_last_year", "not_applicable", "too_few_areas"
NOTHING_DUE, NO_RECEIPTS, NOT_SHOWN = "nothing_due", "no_receipts", "not_shown"
VITAL = ("birth_rate", "death_rate", "natural_growth_rate", "sex_ratio_at_birth")
KEY = ("area_code", "time_window", "indicator")

Count = TypeVar("Count", int, float, pl.Expr)


@dataclass(frozen=True)
class Limits:
    """Below how many a count is small; below how many births a ratio is not computed, and uncertain, by indicator."""

    threshold: int
    fewest: Mapping[str, int] = field(default_factory=dict)
    few: Mapping[str, int] = field(default_factory=dict)


def limits_of(report: ReportContext) -> Limits:
    """What the workspace asks for: of any count, and of the births of each indicator."""
    indicators = report.indicators
    return Limits(
        report.settings.withhold_counts_below,
        {name: spec.withhold_below for name, spec in indicators.items()},
        {name: spec.uncertain_below for name, spec in indicators.items()},
    )


def is_small(count: Count, limits: Limits) -> Count:
    """Whether a count is from 1 to below the threshold: of a number, or of a column."""
    return (count > 0) & (count < limits.threshold)


def has_fewer_births(least_of: Mapping[str, int]) -> pl.Expr:
    """Of rows of `indicators`: whether it is a ratio of fewer births than its indicator asks for."""
    least = pl.col("indicator").replace_strict(least_of, default=0, return_dtype=pl.Int64)
    births = pl.col("numerator") + pl.col("denominator")
    return ((pl.col("method") == "sex_ratio") & (births < least)).fill_null(False)


def with_reasons(indicators: pl.DataFrame, areas: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Rows of `indicators` of one month with the reason why they are `withheld`, empty where they are not.

    `hides_counts` says whether that goes for the counts too, `is_uncertain` whether a ratio is to be set in grey.
    `areas` holds area_code and parent_code.
    """
    is_vital, is_few = pl.col("indicator").is_in(VITAL), has_fewer_births(limits.fewest)
    is_complete = pl.all_horizontal(pl.col("value", "lower_95", "upper_95").is_not_null()) | (
        (pl.col("method") == "count") & pl.col("value").is_not_null()
    )
    has_small_part = pl.any_horizontal(is_small(pl.col("numerator", "denominator"), limits).fill_null(False))
    rows = indicators.with_columns(unit=pl.when(is_vital).then(pl.lit("vital")).otherwise("indicator"))
    reasons = _reasons(
        rows.join(areas.select("area_code", "parent_code"), on="area_code", how="left"), limits
    )
    rows = rows.join(
        reasons, on=["area_code", "time_window", "unit"], how="left", maintain_order="left"
    ).with_columns(pl.col("counts").fill_null(""))
    hides = pl.col("counts") != ""
    since_january = (hides & is_vital & (pl.col("time_window") == "ytd")).any().over("area_code")
    return rows.with_columns(
        withheld=pl.when(is_few)
        .then(pl.lit(FEW_BIRTHS))
        .when(hides)
        .then("counts")
        .when(~is_complete)
        .then(pl.lit(INCOMPLETE))
        .otherwise(pl.lit("")),
        hides_counts=hides | (is_few & (since_january | has_small_part)),
        is_uncertain=has_fewer_births(limits.few),
    ).drop("unit", "counts")


def _reasons(rows: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """`small`, `protecting` or nothing for each area, window and unit: what is withheld or shown together.

    The area that protects the only small one of its parent is the next in size of those that count anybody at all.
    """
    counts = pl.col("events", "events_last_year")
    units = (
        rows.filter(pl.col("method") != "sex_ratio")  # its counts are births of one sex
        .group_by("area_code", "parent_code", "time_window", "unit")
        .agg(
            pl.any_horizontal(is_small(counts, limits).fill_null(False)).any().alias("small"),
            pl.col("events").max().alias("size"),
            pl.min_horizontal(counts).min().alias("least"),
        )
        .sort("area_code")
    )
    among = ("parent_code", "time_window", "unit")
    others = pl.when(~pl.col("small") & (pl.col("least") > 0)).then("size")
    is_next = (others.rank("ordinal").over(among) == 1).fill_null(False)
    protects = is_next & (pl.col("small").sum().over(among) == 1)
    reason = (
        pl.when("small").then(pl.lit(SMALL)).when(protects).then(pl.lit(PROTECTING)).otherwise(pl.lit(""))
    )
    return units.select("area_code", "time_window", "unit", counts=reason)
