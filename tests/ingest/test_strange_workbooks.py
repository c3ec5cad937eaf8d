"""Workbooks as programs and offices really write them: read right, or refused in words, and never anything else."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from xlwt.CompoundDoc import XlsDoc

from pipeline.ingest.readers import read_opened
from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.problems import ProblemError
from tests.examples import examples
from tests.ingest.saved_as import Drawn, Formula, Raised, saved_as, with_part
from tests.ingest.small_source import HEADER, WORKBOOKS
from tests.ingest.test_readers import sheets_of, texts

TABLE = Drawn([["乡镇", "男", "女"], ["城关镇", 3, 4], ["柳溪乡", 5, 6]])
SHEET = "xl/worksheets/sheet1.xml"
END = "</sheetData>"


def refusal(content: bytes, name: str) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        list(read_opened(io.BytesIO(content), name, "detect", ("*",), 100).sheets)
    return caught.value


def test_a_far_cell_is_refused_and_the_other_files_count(read):
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>.</t></is></c></row></sheetData>'
    content = with_part(saved_as("xlsx", TABLE), SHEET, END, far)
    tables = read({"2024-08.xlsx": content, "2024-07.csv": HEADER + "城关镇,1,2\n"})
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert (reject["path"], reject["sheet"]) == ("2024-08.xlsx", "表一")
    assert "as far as XFD1048576, though only 10 hold anything" in reject["found"]
    assert tables["observations"]["value"].to_list() == [1, 2]


def test_a_far_cell_that_only_has_a_format_is_passed_over():
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    (sheet,) = sheets_of(with_part(saved_as("xlsx", TABLE), SHEET, END, far), "xlsx")
    assert texts(sheet) == texts(*sheets_of(saved_as("xlsx", TABLE), "xlsx"))


def test_rows_repeated_to_the_end_of_an_ods():
    def repeated(cell: str) -> bytes:
        row = f'<table:table-row table:number-rows-repeated="1048000">{cell}</table:table-row></table:table>'
        return with_part(saved_as("ods", TABLE), "content.xml", "</table:table>", row)

    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    (sheet,) = sheets_of(repeated(empty), "ods")
    assert sheet.grid.height == 3
    full = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    )
    assert refusal(repeated(full), "a.ods").found


def damaged_xls(change) -> bytes:
    """A workbook with a formula beside its figures, the record of which is changed."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("表一")
    for row, cells in enumerate(TABLE.rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.write(1, 5, xlwt.Formula("B2+C2"))
    stream = bytearray(book.get_biff_data())
    place = 0
    while struct.unpack_from("<H", stream, place)[0] != 0x06:
        place += 4 + struct.unpack_from("<H", stream, place + 2)[0]
    change(stream, place + 4)
    file = io.BytesIO()
    XlsDoc().save(file, bytes(stream))
    return file.getvalue()


def shared_formula_cut_short(stream: bytearray, record: int) -> None:
    struct.pack_into("<HB", stream, record + 20, 3, 1)


def formula_longer_than_its_record(stream: bytearray, record: int) -> None:
    struct.pack_into("<H", stream, record + 20, 500)


@pytest.mark.parametrize("change", [shared_formula_cut_short, formula_longer_than_its_record])
def test_a_damaged_formula_is_refused_and_the_other_files_count(read, change, capfd):
    tables = read({"2024-08.xls": damaged_xls(change), "2024-07.csv": HEADER + "城关镇,1,2\n"})
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert (reject["path"], "a formula is cut short" in reject["found"]) == ("2024-08.xls", True)
    assert tables["observations"]["value"].to_list() == [1, 2]
    assert "panic" not in capfd.readouterr().err


def test_sheets_of_charts_are_passed_over():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("表一")
        sheet.write_row(0, 0, ["乡镇", 3])
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=表一!$B$1"})
        book.add_chartsheet("图").set_chart(chart)
    (sheet,) = sheets_of(file.getvalue(), "xlsx")
    assert (sheet.name, texts(sheet)) == ("表一", {(1, 1): "乡镇", (1, 2): "3"})


def test_caches_of_linked_files_are_passed_over():
    cache = (
        '<table:table table:name="\'file:///home/x/b.ods\'#$表" table:style-name="ta_extref"><table:table-row>'
        '<table:table-cell office:value-type="float" office:value="99"/></table:table-row></table:table>'
        "<table:dde-links><table:dde-link><table:table><table:table-row>"
        '<table:table-cell office:value-type="float" office:value="98"/>'
        "</table:table-row></table:table></table:dde-link></table:dde-links></office:spreadsheet>"
    )
    content = with_part(saved_as("ods", TABLE), "content.xml", "</office:spreadsheet>", cache)
    assert [sheet.name for sheet in sheets_of(content, "ods")] == ["表一"]


def test_a_sheet_that_no_menu_shows_is_hidden():
    content = saved_as("xlsx", TABLE, Drawn([["旧", 1]], "旧表", is_hidden=True))
    content = with_part(content, "xl/workbook.xml", 'state="hidden"', 'state="veryHidden"')
    assert {sheet.name: sheet.marks.is_hidden for sheet in sheets_of(content, "xlsx")} == {
        "表一": False,
        "旧表": True,
    }


def test_a_binary_workbook_says_whether_a_sheet_is_hidden():
    (sheet,) = sheets_of((WORKBOOKS / "hidden.xlsb").read_bytes(), "xlsb")
    assert texts(sheet) == {(1, 1): "乡镇", (2, 2): "12"}
    assert sheet.marks == SheetMarks(is_hidden=True)


def test_an_empty_text_is_a_blank_wherever_it_is_kept():
    shared = with_part(
        saved_as("xlsx", Drawn([["月", "县"], ["2024-01", "x"]])), "xl/sharedStrings.xml", ">x<", "><"
    )
    inline = with_part(
        saved_as("xlsx", Drawn([["月", "县"], ["2024-01", 918]])),
        SHEET,
        '<c r="B2"><v>918</v></c>',
        '<c r="B2" t="inlineStr"><is><t></t></is></c>',
    )
    for content, suffix in ((shared, "xlsx"), (inline, "xlsx"), ('月,县\n2024-01,""\n'.encode(), "csv")):
        (sheet,) = sheets_of(content, suffix)
        assert sheet.grid.rows() == [(1, "月", "县"), (2, "2024-01", None)]


def test_a_figure_merged_of_empty_texts_is_filled_down(read):
    source = """
name.zh = "出生"
files = "*.xlsx"
[header]
contains = "月份"
[period]
from = "column"
column = "月份"
fill_down = true
[area]
columns = ["乡镇"]
[elements]
births_male = "男"
"""
    rows = [
        ["月份", "乡镇", "男"],
        ["2024年1月", "城关镇", 3],
        ["EMPTY", "柳溪乡", 5],
        ["EMPTY", "和平镇", 7],
    ]
    content = with_part(saved_as("xlsx", Drawn(rows)), "xl/sharedStrings.xml", ">EMPTY<", "><")
    observed = read({"a.xlsx": content}, source)["observations"]
    assert observed["value"].to_list() == [3, 5]


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>", "<v>0</v>", "<v>0.0</v>"])
def test_a_formula_that_its_program_did_not_calculate(value):
    """A zero in its place is what xlsxwriter saves, in a workbook that asks to be calculated when it is opened."""
    content = saved_as("xlsx", Drawn([["男", 3, Formula("B1+4")]]))
    content = with_part(content, SHEET, "<f>B1+4</f>", f"<f>B1+4</f>{value}")
    assert texts(*sheets_of(content, "xlsx"))[1, 3] == "=B1+4"


def test_a_formula_with_an_empty_text_or_a_zero_for_value():
    content = saved_as("xlsx", Drawn([["男", Formula("A1", ""), Formula("1-1", 0), Formula("1+1", 2)]]))
    content = with_part(content, "xl/workbook.xml", 'fullCalcOnLoad="1"', "")
    content = with_part(content, SHEET, '<c r="B1">', '<c r="B1" t="str">')
    assert texts(*sheets_of(content, "xlsx")) == {(1, 1): "男", (1, 3): "0", (1, 4): "2"}


def test_runs_of_rich_text():
    runs = (
        "<si><r><t>12</t></r><r><rPr><vertAlign val='subscript'/></rPr><t>2</t></r>"
        "<rPh sb='0' eb='1'><t>ジュウニ</t></rPh></si>"
    )
    content = with_part(
        saved_as("xlsx", Drawn([["x", 1]])), "xl/sharedStrings.xml", "<si><t>x</t></si>", runs
    )
    content = with_part(
        content,
        SHEET,
        '<c r="B1"><v>1</v></c>',
        f'<c t="inlineStr"><is>{runs[4:-5].replace("sub", "super")}</is></c>',
    )
    assert texts(*sheets_of(content, "xlsx")) == {(1, 1): "12₂", (1, 2): "12²"}


def test_errors_of_a_spreadsheet_are_no_blanks():
    error = (
        '<table:table-row><table:table-cell table:formula="of:=1/0" office:value-type="string" '
        'office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
        "<text:p>Err:502</text:p></table:table-cell></table:table-row></table:table>"
    )
    content = with_part(saved_as("ods", TABLE), "content.xml", "</table:table>", error)
    namespace = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = with_part(
        content, "content.xml", "<office:document-content ", f"<office:document-content {namespace} "
    )
    found = texts(*sheets_of(content, "ods"))
    assert (found[4, 1], found[4, 2]) == ("#DIV/0!", "Err:502")


STRANGE = Drawn(
    [
        ["县", "乡镇", "男"],
        ["青禾县", "城关镇", Raised("12", "1")],
        [None, "柳溪乡", Formula("1+2", 3)],
        ["合计", None, 15],
    ],
    hidden_rows=frozenset({3}),
    merged=((2, 1, 3, 1),),
)


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_workbook_with_damaged_bytes_is_read_or_refused(suffix, request, capfd):
    content = saved_as(suffix, STRANGE)

    @examples(request, part=2)
    @given(st.data())
    def damage(data):
        changed = bytearray(content)
        for _ in range(data.draw(st.integers(1, 3))):
            changed[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
        read_or_refused(bytes(changed), suffix)

    damage()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_a_workbook_with_damaged_parts_is_read_or_refused(suffix, request, capfd):
    content = saved_as(suffix, STRANGE)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if archive.read(name)}

    @examples(request, part=2)
    @given(st.data())
    def damage(data):
        name = data.draw(st.sampled_from(sorted(parts)))
        part = bytearray(parts[name])
        start = data.draw(st.integers(0, len(part) - 1))
        part[start : start + data.draw(st.integers(0, 9))] = data.draw(
            st.sampled_from([b"", b"\0", b"<", b'"', b"99999999999", b"-1", b"&x;", b"A", "注".encode()])
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for other, whole in parts.items():
                archive.writestr(other, bytes(part) if other == name else whole)
        read_or_refused(file.getvalue(), suffix)

    damage()
    assert capfd.readouterr() == ("", "")


def read_or_refused(content: bytes, suffix: str) -> None:
    try:
        sheets = sheets_of(content, suffix)
    except ProblemError as problem:
        assert problem.found
        assert problem.expected
    else:
        assert all(sheet.grid.columns[0] == "row" for sheet in sheets)
