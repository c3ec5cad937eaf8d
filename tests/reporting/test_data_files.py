"""What is published as CSV and Excel: no small count, no formula, the same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from pipeline.commands.report import edition_of
from pipeline.reference import read_reference
from pipeline.reporting.shown.withholding import withheld_rows
from pipeline.reporting.site import data_files
from pipeline.workspace import read_settings

MONTH = date(2026, 6, 1)


@pytest.fixture(scope="module")
def report(awkward):
    snapshot = SimpleNamespace(month=MONTH, fingerprint="build")
    return edition_of(awkward, snapshot, read_reference(awkward, read_settings(awkward).levels))


@pytest.fixture(scope="module")
def tables(awkward, report):
    return data_files.published_tables(awkward.current, report)


@pytest.fixture(scope="module")
def folder(awkward, report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    data_files.write_data_files(awkward.current, folder, report)
    return folder


def sheet_cells(path, name: str) -> dict[str, tuple[str, str]]:
    """Cell -> (type, value) of a sheet, strings looked up."""
    with zipfile.ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        xml = book.read(f"xl/worksheets/sheet{names.index(name) + 1}.xml").decode()
        shared = re.findall(r"<si><t[^>]*>(.*?)</t></si>", book.read("xl/sharedStrings.xml").decode(), re.S)
    assert "<f>" not in xml
    found = {}
    for cell, attributes, value in re.findall(r'<c r="([A-Z]+\d+)"([^>]*)><v>(.*?)</v>', xml):
        is_text = 't="s"' in attributes
        found[cell] = ("text" if is_text else "number", shared[int(value)] if is_text else value)
    return found


def indicators(rows: list[tuple[str, str, int | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(code, "ytd", indicator, count, None, "rate", count, 1000) for code, indicator, count in rows],
        schema={"area_code": pl.String, "time_window": pl.String, "indicator": pl.String, "events": pl.Int64,
                "events_last_year": pl.Int64, "method": pl.String, "numerator": pl.Int64,
                "denominator": pl.Int64},
        orient="row",
    )  # fmt: skip


def test_a_single_small_count_takes_the_next_smallest_with_it():
    areas = pl.DataFrame({"area_code": ["a", "b", "c", "d"], "parent_code": ["p", "p", "p", "q"]})
    table = indicators(
        [("a", "checkups", 3), ("b", "checkups", 20), ("c", "checkups", 9), ("d", "checkups", 50)]
    )
    counts, values = withheld_rows(table, areas, 5, {})
    assert sorted(counts["area_code"]) == ["a", "c"]
    assert sorted(values["area_code"]) == ["a", "c"]


def test_births_withheld_are_withheld_in_every_rate_made_of_them():
    areas = pl.DataFrame({"area_code": ["a"], "parent_code": ["p"]})
    table = indicators([("a", "birth_rate", 3), ("a", "death_rate", 900), ("a", "natural_growth_rate", 903)])
    counts, _ = withheld_rows(table, areas, 5, {})
    assert sorted(counts["indicator"]) == ["birth_rate", "death_rate", "natural_growth_rate"]


def test_no_small_count_stands_in_any_table(awkward, tables):
    raw = pl.read_parquet(awkward.current / "indicators.parquet").filter(month=MONTH)
    small = raw.filter(pl.col("events").is_between(1, 4)).select("area_code", "time_window", "indicator")
    shown = tables["indicators"].join(small, on=["area_code", "time_window", "indicator"])
    assert shown.height
    for column in ("numerator", "denominator", "value", "lower_95", "upper_95", "gap"):
        assert shown[column].null_count() == shown.height
    again = tables["comparisons"].join(small, on=["area_code", "time_window", "indicator"])
    for column in ("value", "verdict", "reference_lower"):
        assert again[column].null_count() == again.height


def test_ratios_of_few_births_are_withheld_and_their_counts_are_not(awkward, tables, report):
    least = report.indicators["sex_ratio_at_birth"].withhold_below
    raw = pl.read_parquet(awkward.current / "indicators.parquet").filter(
        pl.col("numerator") + pl.col("denominator") < least,
        pl.col("events") >= 5,
        month=MONTH,
        indicator="sex_ratio_at_birth",
    )
    shown = tables["indicators"].join(raw.select("area_code", "time_window", "indicator"),
                                      on=["area_code", "time_window", "indicator"])  # fmt: skip
    assert shown["value"].null_count() == shown.height


def test_only_levels_with_reports_and_every_area_by_name(tables):
    for table in tables.values():
        assert table["area_name"].null_count() == 0
        assert table["area_code"].str.len_chars().max() == 6


def test_there_is_a_file_for_every_table_and_a_sheet(folder, tables):
    assert {path.name for path in folder.iterdir()} == set(data_files.FILES)
    for name, table in tables.items():
        rows = list(csv.reader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8-sig"))))
        assert len(rows) == table.height + 1 and rows[0] == table.columns
        cells = sheet_cells(folder / "tables.xlsx", name)
        assert cells["A1"] == ("text", "area_code") and cells["B1"] == ("text", "area_name")
        assert cells["A2"][0] == "text", "a code is a text: 010000 keeps its nought"


def test_the_same_tables_give_the_same_bytes(awkward, report, folder, tmp_path):
    data_files.write_data_files(awkward.current, tmp_path / "again", report)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "https://a.b/c", "007"])
def test_a_name_is_no_formula(name, tmp_path, report):
    table = pl.DataFrame({"area_code": ["1"], "area_name": [name]})
    data_files._write_workbook({"t": table}, tmp_path / "t.xlsx", report)
    kind, value = sheet_cells(tmp_path / "t.xlsx", "t")["B2"]
    assert kind == "text" and value.strip() == name.strip()
    data_files._write_csv(table, tmp_path / "t.csv")
    cell = next(csv.DictReader((tmp_path / "t.csv").open(encoding="utf-8-sig", newline="")))["area_name"]
    assert cell[0] not in "=+-@\t"
