"""What is published as CSV and Excel: no small count, no formula, the same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import polars as pl
import pytest

from pipeline.reporting.site import data_files


@pytest.fixture(scope="module")
def report(awkward_report):
    return awkward_report


@pytest.fixture(scope="module")
def tables(awkward, awkward_tables, report):
    return data_files.published_tables(awkward.current, awkward_tables, report)


@pytest.fixture(scope="module")
def folder(awkward, awkward_tables, report, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    data_files.write_data_files(awkward.current, awkward_tables, folder, report)
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


def test_the_same_tables_give_the_same_bytes(awkward, awkward_tables, report, folder, tmp_path):
    data_files.write_data_files(awkward.current, awkward_tables, tmp_path / "again", report)
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
