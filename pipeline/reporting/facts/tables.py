"""The published tables as far as reports need them: each read once, for all areas, with every number there is.

Nobody but `shown` reads from here. Its tables have the same rows, and small counts are no longer in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.months import last_end, last_months

# Trends of the areas within are read for so many of them; a whole country's townships would not fit in memory.
MOST_SMALL_MULTIPLES = 2000


@dataclass(frozen=True)
class Tables:
    """Rows of one edition. Rates by month, years, trends, sources and breaks are those of areas with a report."""

    month: date
    areas: pl.DataFrame  # of today: area_code, name, level, parent_code
    # of the month, in every window, for all areas; years in the place of twelve months, and windows that ended before
    indicators: pl.DataFrame
    comparisons: pl.DataFrame  # of the month, and of these years
    verdicts: pl.DataFrame  # of the month
    ranks: pl.DataFrame  # the same
    outlook: pl.DataFrame  # of the month
    monthly: pl.DataFrame  # birth and death rate of every month
    years: pl.DataFrame  # the sex ratio of every calendar year
    trends: pl.DataFrame  # also those of the areas within an area with a report
    disagreements: pl.DataFrame  # sources beside each other over twelve months
    breaks: pl.DataFrame
    completeness: pl.DataFrame  # of twelve months
    returns_short: (
        pl.DataFrame
    )  # of twelve months: how many came late or not at all, by area within and source
    findings: pl.DataFrame  # of twelve months
    counts: pl.DataFrame  # of twelve months; of areas without a report those of the month only
    substitutes: pl.DataFrame  # counts of twelve months that are not from the first source of their element
    revisions: pl.DataFrame  # of twelve months, by area of today, with the path of the newer file


def read_tables(
    snapshot: Path,
    month: date,
    levels: tuple[str, ...],
    preferred: Mapping[str, str],
    windows: Sequence[str] = (),
) -> Tables:
    """`levels` are those with reports, `preferred` is the first source of each element.

    Of `windows` there are the last that have ended, be it before the month: the quarter before, in May.
    """

    def scan(name: str) -> pl.LazyFrame:
        return pl.scan_parquet(snapshot / f"{name}.parquet")

    history = pl.read_parquet(snapshot / "areas.parquet")
    areas = areas_of(history, month)
    reported = areas.filter(pl.col("level").is_in(levels))["area_code"].implode()
    within = areas.filter(pl.col("parent_code").is_in(reported) & ~pl.col("area_code").is_in(reported))
    with_trend = areas["area_code"].implode() if within.height <= MOST_SMALL_MULTIPLES else reported
    has_report, of_month = pl.col("area_code").is_in(reported), pl.col("month") == month
    is_recent = pl.col("month").is_between(last_months(month, 12)[0], month)
    is_preferred = pl.col("source") == pl.col("element").replace_strict(preferred, default=pl.col("source"))
    indicators, counts = scan("indicators"), scan("counts").filter(is_recent)
    completeness = scan("completeness").filter(is_recent)
    # a year that stands in for twelve months has ended with a month of its own
    of_edition = of_month | (pl.col("time_window") == "year")
    comparisons = scan("comparisons").filter(of_edition).collect()
    of_years = comparisons.filter(pl.col("month") != month).select(
        "area_code", "month", "time_window", "indicator"
    )
    last_years = indicators.join(of_years.unique().lazy(), on=of_years.columns, how="semi")
    ended = [indicators.filter(month=last_end(one, month), time_window=one) for one in windows]

    def of(indicators_named: tuple[str, ...], window: str) -> pl.DataFrame:
        is_one = pl.col("indicator").is_in(indicators_named) & (pl.col("time_window") == window)
        return indicators.filter(has_report, is_one).collect()

    return Tables(
        month=month,
        areas=areas,
        indicators=pl.concat([indicators.filter(of_month), last_years, *ended])
        .unique(maintain_order=True)
        .collect(),
        comparisons=comparisons,
        verdicts=scan("verdicts").filter(of_month).collect(),
        ranks=scan("ranks").filter(of_edition).collect(),
        outlook=scan("outlook").filter(of_month).collect(),
        monthly=of(("birth_rate", "death_rate"), "month"),
        years=of(("sex_ratio_at_birth",), "year"),
        trends=scan("trends").filter(pl.col("area_code").is_in(with_trend)).collect(),
        disagreements=scan("disagreements")
        .filter(has_report, of_month, pl.col("time_window") == "rolling_12")
        .collect(),
        breaks=scan("breaks").filter(has_report).collect(),
        completeness=completeness.filter(has_report).collect(),
        returns_short=_returns_short(completeness, areas.filter(pl.col("parent_code").is_in(reported))),
        findings=scan("findings").filter(is_recent).collect(),
        counts=counts.filter(has_report | of_month).collect(),
        substitutes=counts.filter(~is_preferred).collect(),
        revisions=_revisions(snapshot, history, month, is_preferred),
    )


def _returns_short(completeness: pl.LazyFrame, areas: pl.DataFrame) -> pl.DataFrame:
    of_areas = completeness.filter(pl.col("area_code").is_in(areas["area_code"].implode()))
    late, missing = pl.col("actual") - pl.col("on_time"), pl.col("expected") - pl.col("actual")
    return (
        of_areas.group_by("area_code", "source")
        .agg(late=late.sum(), missing=missing.sum())
        .filter((pl.col("late") > 0) | (pl.col("missing") > 0))
        .sort("area_code", "source")
        .collect()
    )


def areas_of(history: pl.DataFrame, month: date) -> pl.DataFrame:
    """The areas that there were in a month, by code."""
    is_valid = (pl.col("valid_from") <= month) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= month)
    )
    return history.filter(is_valid).select("area_code", "name", "level", "parent_code").sort("area_code")


def counted_elements(snapshot: Path, month: date) -> dict[str, tuple[str, ...]]:
    """The elements of which any area has a figure in any month so far, with the sources of those of the last year."""
    is_known = pl.col("value").is_not_null() | pl.col("value_ytd").is_not_null()
    is_recent = pl.col("month") >= last_months(month, 12)[0]
    sources = pl.col("source").filter(is_recent).drop_nulls().unique().sort()
    counts = pl.scan_parquet(snapshot / "counts.parquet").filter(pl.col("month") <= month, is_known)
    found = counts.group_by("element").agg(sources).sort("element").collect()
    return {element: tuple(names) for element, names in found.iter_rows()}


def _revisions(snapshot: Path, history: pl.DataFrame, month: date, is_preferred: pl.Expr) -> pl.DataFrame:
    today = dict(history.sort("valid_from").select("area_code", "current_code").iter_rows())
    paths = dict(pl.read_parquet(snapshot / "files.parquet").select("file_id", "path").iter_rows())
    is_recent = pl.col("period").is_between(last_months(month, 12)[0], month)
    revisions = pl.read_parquet(snapshot / "revisions.parquet").filter(is_recent, is_preferred)
    return revisions.with_columns(
        pl.col("area_code").replace_strict(today, default=None),
        path=pl.col("file_id").replace_strict(paths, default=""),
    ).drop_nulls("area_code")
