"""The published figures as CSV and as one workbook: report level and above, small counts withheld, no formulas."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import polars as pl

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.tables import ShownTables

_COLUMNS: dict[str, tuple[str, ...]] = {
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
    "comparisons": (
        "area_code",
        "month",
        "time_window",
        "indicator",
        "reference",
        "reference_lower",
        "reference_upper",
        "value",
        "lower_95",
        "upper_95",
        "lower_998",
        "upper_998",
        "verdict",
        "q_value",
        "is_flagged",
    ),
    "ranks": (
        "area_code",
        "month",
        "time_window",
        "indicator",
        "among",
        "areas",
        "rank",
        "rank_lower_95",
        "rank_upper_95",
        "quarter",
        "probability_quarter",
    ),
    "outlook": (
        "area_code",
        "month",
        "indicator",
        "months_left",
        "numerator_so_far",
        "denominator_so_far",
        "value_so_far",
        "projected",
        "lower_80",
        "upper_80",
        "lower_95",
        "upper_95",
        "target_lower",
        "target_upper",
        "probability_met",
        "progress",
        "progress_due",
    ),
    "trends": ("area_code", "month", "series", "trend", "lower_80", "upper_80", "lower_95", "upper_95"),
    "completeness": ("area_code", "source", "month", "expected", "actual", "on_time"),
}
FILES = (*(f"{name}.csv" for name in _COLUMNS), "tables.xlsx")
_OF_THE_MONTH = ("indicators", "comparisons", "ranks", "outlook")


def write_data_files(snapshot: Path, shown: ShownTables, folder: Path, report: ReportContext) -> None:
    """Write every table as CSV, and `tables.xlsx` with a sheet for each; those of the month are of this month only."""
    folder.mkdir(exist_ok=True)
    tables = published_tables(snapshot, shown, report)
    for path in folder.iterdir():
        if path.name not in FILES:
            path.unlink()
    for name, table in tables.items():
        _write_csv(table, folder / f"{name}.csv")
    _write_workbook(tables, folder / "tables.xlsx", report)


def published_tables(snapshot: Path, shown: ShownTables, report: ReportContext) -> dict[str, pl.DataFrame]:
    """The tables as they may be passed on: areas with a report, each with its name, of the month what is shown."""
    areas = (
        pl.read_parquet(snapshot / "areas.parquet")
        .filter(pl.col("level").is_in(report.settings.reported_levels))
        .sort("area_code", "valid_from")
        .unique("area_code", keep="last", maintain_order=True)
        .select("area_code", area_name="name")
    )
    tables: dict[str, pl.DataFrame] = {}
    for name, columns in _COLUMNS.items():
        all_areas = (
            getattr(shown, name).lazy()
            if name in _OF_THE_MONTH
            else pl.scan_parquet(snapshot / f"{name}.parquet")
        )
        table = (
            all_areas.filter(pl.col("area_code").is_in(areas["area_code"].implode()))
            .select(columns)
            .collect()
        )
        named = table.join(areas, on="area_code", how="left", maintain_order="left")
        tables[name] = named.select("area_code", "area_name", *columns[1:])
    return tables


def _write_csv(table: pl.DataFrame, path: Path) -> None:
    """UTF-8 with a byte order mark; a text that Excel would take for a formula gets an apostrophe."""
    beside = path.with_suffix(".partial")
    with beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows([_defused(cell) for cell in row] for row in table.iter_rows())
    beside.replace(path)


def _defused(cell: object) -> object:
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _write_workbook(tables: dict[str, pl.DataFrame], path: Path, report: ReportContext) -> None:
    """A sheet a table: its header frozen and filtered, columns as wide as what they hold; texts are written as texts."""
    import xlsxwriter

    beside = path.with_suffix(".partial")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(beside, {"constant_memory": False, **options}) as book:
        book.set_properties(
            {"title": f"{report.settings.name.zh} {report.name}", "created": datetime(2000, 1, 1)}
        )
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        month = book.add_format({"num_format": "yyyy-mm"})
        value = book.add_format({"num_format": "#,##0.00"})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            for place, (column, kind) in enumerate(table.schema.items()):
                sheet.write_string(0, place, column, head)
                cells = table[column].to_list()
                shape = month if kind == pl.Date else value if kind == pl.Float64 else None
                sheet.set_column(place, place, _width(column, cells[:1000], kind), shape)
                for row, cell in enumerate(cells, start=1):
                    _write_cell(sheet, row, place, cell)
            sheet.freeze_panes(1, 2)
            sheet.autofilter(0, 0, table.height, table.width - 1)
            sheet.repeat_rows(0)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
    beside.replace(path)


def _write_cell(sheet, row: int, place: int, cell: object) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day))
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, str(cell))


def _width(column: str, cells: list[object], kind: pl.DataType) -> float:
    """Width in characters; a Chinese one takes two. Long names of columns wrap at the underscore's place."""
    if kind == pl.String:
        widest = max(
            (sum(2 if ord(char) > 0x2E80 else 1 for char in str(cell)) for cell in cells if cell), default=0
        )
        return min(40, max(widest, 9) + 2)
    return max(10, min(len(column), 13) + 2)
