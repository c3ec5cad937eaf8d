"""What is published as CSV and Excel: no small count, no formula, the same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import polars as pl
import pytest

from pipeline.reporting.shown.rule import FEW_BIRTHS, INCOMPLETE
from pipeline.reporting.site import data_files, workbook


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


def sheet_names(path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        return re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())


def number_formats(path, number: int) -> dict[str, str]:
    """Cell -> its number format, of the sheet of this number."""
    with zipfile.ZipFile(path) as book:
        styles = book.read("xl/styles.xml").decode()
        xml = book.read(f"xl/worksheets/sheet{number}.xml").decode()
    own = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', styles))
    own |= {"3": "#,##0", "4": "#,##0.00", "9": "0%", "0": "General"}
    used = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    return {cell: own[used[int(style)]] for cell, style in re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', xml)}


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
        assert cells["A1"] == ("text", "地区代码\nArea code") and cells["B1"] == ("text", "地区\nArea")
        assert cells["A2"][0] == "text", "a code is a text: 010000 keeps its nought"


def test_the_same_tables_give_the_same_bytes(awkward, awkward_tables, report, folder, tmp_path):
    data_files.write_data_files(awkward.current, awkward_tables, tmp_path / "again", report)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_the_first_sheet_says_what_every_column_is_and_where_the_figures_come_from(folder, tables, report):
    assert sheet_names(folder / "tables.xlsx") == ["说明 About", *tables]
    cells = {cell: text for cell, (_kind, text) in sheet_cells(folder / "tables.xlsx", "说明 About").items()}
    said = "\n".join(cells.values())
    assert report.build in said and report.name in said and report.version in said
    assert "空白单元格表示没有该数字" in said and "A blank cell means" in said and "虚构" in said
    listed = [text for cell, text in cells.items() if cell[0] == "B"]
    for table in tables.values():
        assert set(table.columns) <= set(listed)
    rows = {text: cell[1:] for cell, text in cells.items() if cell[0] == "B"}
    rate = rows["birth_rate"]
    assert [cells[f"{column}{rate}"] for column in "CDE"] == ["出生率", "crude birth rate", "‰"]


def test_heads_are_in_both_languages_and_stay_in_sight(folder, tables):
    with zipfile.ZipFile(folder / "tables.xlsx") as book:
        for number, table in enumerate(tables.values(), start=2):
            xml = book.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert 'state="frozen"' in xml and 'topLeftCell="C2"' in xml and "<autoFilter" in xml
            assert len(re.findall("<col ", xml)) >= 1, table.columns
    for name in tables:
        heads = [
            text for cell, (_, text) in sheet_cells(folder / "tables.xlsx", name).items() if cell[1:] == "1"
        ]
        assert len(heads) == tables[name].width
        assert all(re.search("[\u4e00-\u9fff].*\n.*[A-Za-z]", head, re.S) for head in heads), heads


def test_numbers_show_the_decimals_of_their_indicator_and_their_interval_beside_them(folder, tables):
    table = tables["indicators"]
    place = table.columns.index("value")
    assert table.columns[place : place + 3] == ["value", "lower_95", "upper_95"]
    letter = chr(ord("A") + place)
    shown = number_formats(folder / "tables.xlsx", 2)
    for indicator, picture in (
        ("birth_rate", "#,##0.00"),
        ("sex_ratio_at_birth", "#,##0.0"),
        ("checkups_done", "#,##0"),
    ):
        rows = table.with_row_index("row", 2).filter(pl.col("value").is_not_null(), indicator=indicator)[
            "row"
        ]
        assert {shown[f"{letter}{row}"] for row in rows} <= {picture}
        assert rows.len() or indicator == "checkups_done"


def test_a_blank_value_says_why_and_not_which_of_the_withheld_is_small(tables, awkward_tables):
    table = tables["indicators"]
    assert set(table["note"].drop_nulls()) == {"withheld", "few_births", "incomplete"}
    assert table.filter(pl.col("value").is_not_null())["note"].null_count() == table["value"].count()
    assert table.filter(pl.col("value").is_null())["note"].null_count() == 0
    reasons = awkward_tables.indicators.filter(~pl.col("withheld").is_in(("", FEW_BIRTHS, INCOMPLETE)))
    assert reasons["withheld"].n_unique() == 2, "small ones and those that protect them"


def test_the_verdicts_of_the_pages_are_published_and_no_others(awkward, levels, tables):
    """Row by row: what a page says of an area stands in the file, and in the table of the build."""
    key = ["area_code", "indicator", "question"]
    said = {
        (area.area_code, *of): one.verdict
        for areas in levels.values()
        for area in areas
        for of, one in area.verdicts.items()
    }
    published = {tuple(row[:3]): row[3] for row in tables["verdicts"].select(*key, "verdict").iter_rows()}
    assert published == {of: verdict for of, verdict in said.items() if len(of[0]) == 6}
    built = pl.read_parquet(awkward.current / "verdicts.parquet")
    columns = [*key, "month", "verdict", "evidence", "q_value", "is_minor"]
    same = tables["verdicts"].join(built, on=columns, how="semi", nulls_equal=True)
    assert same.height == tables["verdicts"].height > 100
    assert tables["verdicts"]["question"].n_unique() == 4


def test_a_trend_that_no_page_shows_is_not_published(awkward, awkward_tables, tables):
    key = ["area_code", "month", "series"]
    everything = pl.read_parquet(awkward.current / "trends.parquet")
    published, shown = tables["trends"], awkward_tables.trends
    assert published.join(shown, on=key, how="anti").is_empty()
    hidden = everything.join(shown, on=key, how="anti")
    assert hidden.filter(pl.col("area_code").is_in(published["area_code"].unique().implode())).height > 0


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "https://a.b/c", "007"])
def test_a_name_is_no_formula(name, tmp_path, report):
    table = pl.DataFrame({"area_code": ["1"], "area_name": [name]})
    workbook.write_workbook({"t": table}, tmp_path / "t.xlsx", report)
    kind, value = sheet_cells(tmp_path / "t.xlsx", "t")["B2"]
    assert kind == "text" and value.strip() == name.strip()
    data_files._write_csv(table, tmp_path / "t.csv")
    cell = next(csv.DictReader((tmp_path / "t.csv").open(encoding="utf-8-sig", newline="")))["area_name"]
    assert cell[0] not in "=+-@\t"
