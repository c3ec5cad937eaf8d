"""The tables without what is withheld: the one step between the warehouse and everything shown."""

from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from pipeline.reporting.facts.tables import Tables, read_tables
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.rule import (
    FEW_BIRTHS,
    INCOMPLETE,
    KEY,
    Limits,
    has_fewer_births,
    is_small,
    limits_of,
    with_reasons,
)

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
RATES = ("rate", "balance")  # by people who live there, which is public
_COUNTS = (
    "numerator",
    "denominator",
    "events",
    "numerator_last_year",
    "denominator_last_year",
    "events_last_year",
)
# What stays in a row that is withheld: its key, and what is known without the counts.
_PUBLIC = ("area_code", "month", "time_window", "indicator", "method", "factor", "year_share", "months_missing",
           "denominator_concept", "is_denominator_estimated", "reference", "among", "areas", "months_left", "target",
           "target_lower", "target_upper", "progress_due")  # fmt: skip


@dataclass(frozen=True)
class ShownTables(Tables):
    """The same tables after withholding; `indicators` and `outlook` name the reason in `withheld`."""

    limits: Limits


def shown_tables(snapshot: Path, report: ReportContext) -> ShownTables:
    """What may be shown of an edition, for all areas."""
    settings = report.settings
    tables = read_tables(
        snapshot, report.month, settings.reported_levels, report.preferred_sources, settings.windows
    )
    return withhold(tables, limits_of(report))


def withhold(tables: Tables, limits: Limits) -> ShownTables:
    """What is withheld of an indicator is withheld wherever it would come back."""
    judged = with_reasons(tables.indicators, tables.areas, limits)
    reasons = judged.select(*KEY, "withheld")
    since_january = reasons.filter(pl.col("time_window") == "ytd").drop("time_window")
    shown = {field.name: getattr(tables, field.name) for field in fields(tables)}
    shown |= {
        "indicators": _blank(judged, *_COUNTS).drop("hides_counts"),
        "comparisons": _blank(_with_reason(tables.comparisons, reasons)).drop("withheld"),
        "verdicts": shown_verdicts(tables.verdicts, reasons),
        "ranks": _blank(_with_reason(tables.ranks, reasons)).drop("withheld"),
        "outlook": _blank(_with_reason(tables.outlook, since_january)),
        "monthly": _months(tables, limits),
        "years": _blank(_few(tables.years, limits), *_COUNTS).drop("hides_counts"),
        "trends": _trends(tables, reasons, limits),
    }
    return ShownTables(**shown, limits=limits)


def shown_verdicts(verdicts: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """Without those on a figure that is withheld: of a target the year so far, of all else the twelve months.

    Where these are incomplete it is the year that stands in for them.
    """
    is_target = pl.col("question") == "target"
    incomplete = reasons.filter(pl.col("time_window") == "rolling_12", pl.col("withheld") == INCOMPLETE)
    window = (
        pl.when(is_target)
        .then(pl.lit("ytd"))
        .when("is_incomplete")
        .then(pl.lit("year"))
        .otherwise(pl.lit("rolling_12"))
    )
    by_year = incomplete.select("area_code", "indicator", is_incomplete=pl.lit(True))
    verdicts = verdicts.join(by_year, on=["area_code", "indicator"], how="left", maintain_order="left")
    return (
        _with_reason(verdicts.with_columns(time_window=window).drop("is_incomplete"), reasons)
        .filter(pl.col("withheld") == "")
        .drop("time_window", "withheld")
    )


def _with_reason(table: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    on = [name for name in KEY if name in reasons.columns]
    return table.join(reasons, on=on, how="left", maintain_order="left").with_columns(
        pl.col("withheld").fill_null(INCOMPLETE)
    )


def _blank(table: pl.DataFrame, *counts: str) -> pl.DataFrame:
    """The table with its numbers empty in the rows that are withheld; `counts` only where these are hidden as well."""
    is_shown = pl.col("withheld").is_in(("", INCOMPLETE))
    kept = (*_PUBLIC, *counts, "withheld", "hides_counts", "is_uncertain")
    numbers = [name for name in table.columns if name not in kept]
    blanked = [pl.when(is_shown).then(pl.col(name)).alias(name) for name in numbers]
    for name in counts:
        is_public = pl.col("method").is_in(RATES) if name.startswith("denominator") else pl.lit(False)
        blanked.append(pl.when(~pl.col("hides_counts") | is_public).then(pl.col(name)).alias(name))
    return table.with_columns(blanked)


def _months(tables: Tables, limits: Limits) -> pl.DataFrame:
    """The months that may be shown: none of an area whose months are mostly small, else those that are not."""
    vital = pl.col("indicator").is_in(("birth_rate", "death_rate"))
    few = tables.indicators.filter(
        vital, pl.col("time_window") == "rolling_12", pl.col("numerator") < 12 * limits.threshold
    )
    return tables.monthly.join(few.select("area_code").unique(), on="area_code", how="anti").filter(
        ~is_small(pl.col("numerator"), limits).fill_null(False)
    )


def _few(years: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """A calendar year of few births: neither its ratio nor how many there were."""
    is_few = has_fewer_births(limits.fewest)
    reason = pl.when(is_few).then(pl.lit(FEW_BIRTHS)).otherwise(pl.lit(""))
    known = years.filter(pl.col("value").is_not_null())
    return known.with_columns(withheld=reason, hides_counts=is_few, is_uncertain=has_fewer_births(limits.few))


def _trends(tables: Tables, reasons: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Without the sex ratios whose twelve months have too few births: those trends are the level of the areas around.

    `is_borrowed`: so few births that the change of natural growth is that of the areas around.
    """

    def long(rows: pl.DataFrame, indicator: str) -> pl.DataFrame:
        """Those of the twelve months, and of the years that stand in for them."""
        by_year = tables.comparisons.filter(time_window="year", indicator=indicator)["area_code"].implode()
        stands_in = (pl.col("time_window") == "year") & pl.col("area_code").is_in(by_year)
        return rows.filter((pl.col("time_window") == "rolling_12") | stands_in, indicator=indicator)

    is_shown = ~pl.col("withheld").is_in((FEW_BIRTHS, INCOMPLETE))
    shown = long(reasons, SEX_RATIO).filter(is_shown)["area_code"].implode()
    many = (pl.col("numerator") >= limits.fewest.get(SEX_RATIO, 0)) & pl.col("lower_95").is_not_null()
    births = long(tables.indicators, "birth_rate").filter(many)["area_code"].implode()
    return tables.trends.filter(
        (pl.col("series") != SEX_RATIO) | pl.col("area_code").is_in(shown)
    ).with_columns(is_borrowed=(pl.col("series") == GROWTH) & ~pl.col("area_code").is_in(births))
