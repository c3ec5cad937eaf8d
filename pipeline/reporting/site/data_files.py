"""The published figures, as CSV and for the workbook: report level and above, small counts withheld, no formulas."""

import csv
import io
from pathlib import Path

import polars as pl

from pipeline.reporting.renderers.interface import publish
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.area_names import names_in
from pipeline.reporting.shown.rule import FEW_BIRTHS, INCOMPLETE, PROTECTING, SMALL
from pipeline.reporting.shown.tables import ShownTables
from pipeline.reporting.site.workbook import write_workbook

# What is passed on of each table; whatever else it holds stays here.
_COLUMNS = {
    "indicators": "area_code month time_window indicator numerator denominator value lower_95 upper_95 "
    "lower_998 upper_998 value_last_year target gap",
    "comparisons": "area_code month time_window indicator reference reference_lower reference_upper value "
    "lower_95 upper_95 lower_998 upper_998 verdict q_value is_flagged",
    "verdicts": "area_code month indicator question verdict evidence q_value is_minor",
    "ranks": "area_code month time_window indicator among areas rank rank_lower_95 rank_upper_95 quarter "
    "probability_quarter",
    "outlook": "area_code month indicator months_left numerator_so_far denominator_so_far value_so_far projected "
    "lower_80 upper_80 lower_95 upper_95 target_lower target_upper probability_met progress progress_due",
    "trends": "area_code month series trend lower_80 upper_80 lower_95 upper_95 own_share",
    "completeness": "area_code source month expected actual on_time",
}
FILES = (*(f"{name}.csv" for name in _COLUMNS), "tables.xlsx")
# Why a value is not there; which of the withheld is a small count itself is not said.
_NOTES = {SMALL: "withheld", PROTECTING: "withheld", FEW_BIRTHS: "few_births", INCOMPLETE: "incomplete"}


def write_data_files(snapshot: Path, shown: ShownTables, folder: Path, report: ReportContext) -> None:
    """Write every table as CSV, and `tables.xlsx` with a sheet for each; those of the month are of this month only."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = published_tables(snapshot, shown, report)
    for path in folder.iterdir():
        if path.name not in FILES:
            path.unlink()
    for name, table in tables.items():
        _write_csv(table, folder / f"{name}.csv")
    write_workbook(tables, folder / "tables.xlsx", report)


def published_tables(snapshot: Path, shown: ShownTables, report: ReportContext) -> dict[str, pl.DataFrame]:
    """The tables as they may be passed on: areas with a report, each with its name, of the month what is shown."""
    areas = (
        pl.read_parquet(snapshot / "areas.parquet")
        .filter(pl.col("level").is_in(report.settings.reported_levels))
        .sort("area_code", "valid_from")
        .unique("area_code", keep="last", maintain_order=True)
        .select("area_code", area_name="name")
    )
    if english := names_in(snapshot, "en"):
        areas = areas.with_columns(area_name_en=pl.col("area_code").replace_strict(english, default=None))
    completeness = pl.read_parquet(snapshot / "completeness.parquet")  # which has no small counts
    tables: dict[str, pl.DataFrame] = {}
    for name, columns in _COLUMNS.items():
        all_areas = completeness if name == "completeness" else getattr(shown, name)
        reason = ["withheld"] if name in ("indicators", "outlook") else []
        of_areas = all_areas.filter(pl.col("area_code").is_in(areas["area_code"].implode()))
        table = of_areas.select(*columns.split(), *reason)
        if reason:
            note = pl.col("withheld").replace_strict(_NOTES, default="", return_dtype=pl.String)
            has_value = pl.col("value" if "value" in table.columns else "projected").is_not_null()
            table = table.with_columns(note=pl.when(~has_value).then(note)).drop("withheld")
        named = table.join(areas, on="area_code", how="left", maintain_order="left")
        tables[name] = named.select("area_code", *areas.columns[1:], pl.exclude(areas.columns))
    return tables


def _write_csv(table: pl.DataFrame, path: Path) -> None:
    """UTF-8 with a byte order mark; a text that Excel would take for a formula gets an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_defused(cell) for cell in row] for row in table.iter_rows())
    publish(path, written.getvalue().encode("utf-8-sig"))


def _defused(cell: object) -> object:
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
