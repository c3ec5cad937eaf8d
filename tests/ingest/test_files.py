"""Whole files of one small source, good and bad, through the step itself."""

from __future__ import annotations

import base64
import zlib
from datetime import date

import pytest
import xlsxwriter

from pipeline.ingest.files.privacy import is_identity_number
from tests.ingest.small_source import HEADER, write_workbook


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_good_file_in_any_encoding(read, encoding):
    tables = read(
        {"2024-08.csv": (HEADER + "城关镇,3,4\n柳溪乡,０,—\n合计,3,4\n注：无,,\n").encode(encoding)}
    )
    observed = (
        tables["observations"].select("area_code", "element", "period", "value", "row", "column").rows()
    )
    assert observed == [
        ("990101", "births_male", date(2024, 8, 1), 3, 2, 2),
        ("990101", "births_female", date(2024, 8, 1), 4, 2, 3),
        ("990102", "births_male", date(2024, 8, 1), 0, 3, 2),
    ]
    assert tables["rejects"].is_empty()
    assert tables["files"].select("cells_blank", "rows_left_out").rows() == [(1, 2)]


def test_bad_cells_are_refused_one_by_one(read):
    tables = read({"2024-08.csv": HEADER + "城关镇,约3,4.5\n火星镇,1,2\n柳溪乡,-1,2\n柳溪乡,5,6\n"})
    refused = {
        (row["row"], row["column"]): (row["reason"], row["found"])
        for row in tables["rejects"].iter_rows(named=True)
    }
    assert refused == {
        (2, 2): ("number", "约3"),
        (2, 3): ("number", "4.5"),
        (3, 2): ("area", "火星镇"),
        (3, 3): ("area", "火星镇"),
        (4, 2): ("number", "-1"),
        (5, 3): ("duplicate", "6"),
    }
    assert tables["observations"]["value"].to_list() == [2, 5]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("2024-08.csv", b"", "empty"),
        ("2024-08.csv", b"\xff\xff\xff\x81", "bytes that are not"),
        ("2024-08.csv", "地区,数\n城关镇,3\n".encode(), "no header"),
        ("2024-08.csv", "乡镇,男,男,女\n城关镇,3,3,4\n".encode(), "all called like"),
        ("august.csv", (HEADER + "城关镇,3,4\n").encode(), "no month in the file name"),
        ("2024-08.xlsx", b"PK\x03\x04 cut in half", "cannot be opened"),
        ("2024-08.xls", b"no workbook at all", "text named .xls"),
        ("2024-08.csv", HEADER.encode() + b"\0\0\0", "binary"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_the_others_go_on(read, name, content, found):
    tables = read({name: content, "2024-09.csv": HEADER + "城关镇,3,4\n"})
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert reject["path"] == name
    assert found in reject["found"]
    assert reject["expected"]
    assert tables["observations"].height == 2


def test_a_column_that_is_not_there_is_refused_and_the_others_count(read):
    tables = read({"2024-08.csv": "乡镇,男,数\n城关镇,3,4\n"})
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert (reject["reason"], reject["found"]) == ("column", "columns 乡镇, 男, 数")
    assert tables["observations"]["element"].to_list() == ["births_male"]


@pytest.mark.parametrize("text", ["9" * 30, "1e300", "1000000000000"])
def test_a_count_beyond_all_counts_is_refused(read, text):
    tables = read({"2024-08.csv": HEADER + f"城关镇,{text},4\n"})
    assert tables["rejects"]["found"].to_list() == [text]


def test_rows_of_unequal_length_lose_nothing(read):
    tables = read({"2024-08.csv": "乡镇,男,女\n城关镇,3,4,,\n柳溪乡,5\n"})
    assert tables["observations"]["value"].to_list() == [3, 4, 5]


def test_a_workbook_keeps_its_rows_and_columns(read, tmp_path):
    rows = [
        [],
        ["", "月报"],
        [],
        ["", "乡镇", "男", "女"],
        ["", "城关镇", 3, "４"],
        ["", "柳溪乡", 12.0, "1,024"],
    ]
    content = write_workbook(tmp_path / "book.xlsx", rows)
    observed = read({"2024年8月.xlsx": content})["observations"]
    assert observed.select("sheet", "row", "column", "value").rows() == [
        ("表一", 5, 3, 3),
        ("表一", 5, 4, 4),
        ("表一", 6, 3, 12),
        ("表一", 6, 4, 1024),
    ]


# a workbook of Excel 97: 出生月报 of two townships and a total row, packed
XLS = (
    "c-rk)O=uHQ5dPlorb%m>CbccJLJb9@)*fmt*h?D~G$%u&LRCafY^c(bO4=Uupw$`>L=dD0#Y>?c^icKU4=U)*gV>@6K@b`}dJ=yS"
    "X}iu$b}`W$8qi{8zva!&n>XLiynR3WGcz5Sow(DG#V_cBjs>$EWqCG5rQELgLG7l=s(toQF&!)`lzV6(%UpO^`P|K8$m5-bhTFzd"
    "lE6DE2XGwG!BjH1gxDrI#1-ezNmAh&S$wFMtg1yG5xG+2E%AILa*J3litHrcS+yV2;b?P*HH-IZP15EAU-zDH-iT!*YVnL`@##w{"
    "=j+1O^s)HBzuC}ecrghYw@5OTOveXiQ9}bbi7#dl_-wD#Cqc))v~~rue=D@Ri`Xw~1~3ZquuSj_y!fhfi>8jAM|2LmWlQC<0;&zI"
    "XhS=O4|c%Q_dT|H#M5^@LBx18GOnODkB}JJr$fEy8Hz>5N%_=wGZl}zXkNFpwzZS1XV1ii3f{$K)%y!peWk1hFUek1i5`$O;im-V"
    "ZhU;XGtnJBB$iQ0Dfc{B!(D)hGt3~ePg-0exi8Ja*dX$(Ty>S`4I*pElg^>;T1(k6CO+q+HAHbX30{TQ=IQH5&wPm8Z_K<8uP1#f"
    "l08{7^*TI(CVD>g5}%JTw5S$!^$O!b*gh+3?|3V+{<nR^qxr4Anbt$E3iGHCH6W5bl=QC9Lx~5=T+P0Jxtc~b-C}D+*qX5UUOtu#"
    "ne7u>HBSiP=|y<D__(Y%y6|{3Pib7^sC8CUqX^p&w%dwo<f8i77Lur4S~c!+YP6^RL<Jl;aNxj!0|yQqELSLb&&$258`hgUzdyRI"
    "|2p$j7M$NC|1EZ5kd9&cFx`$6ozpl`()_7|OWD^_i{#k<3mH8WJ&k@OB#-`*=P!LLsr>#dn&|&?OQ_WN3#H`wm*f8cr3}}_"
)


def test_a_workbook_of_excel_97(read):
    content = zlib.decompress(base64.b85decode(XLS))
    tables = read({"2024年8月.xls": content})
    assert tables["observations"].select("sheet", "row", "column", "value", "text").rows() == [
        ("表一", 3, 2, 3, None),
        ("表一", 3, 3, 4, None),
        ("表一", 4, 2, 1024, "1,024"),
        ("表一", 4, 3, 5, None),
    ]
    assert tables["rejects"].is_empty()


def test_an_error_of_excel_is_refused_and_not_taken_for_a_blank(read, tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("表一")
        sheet.write_row(0, 0, ["乡镇", "男", "女"])
        sheet.write(1, 0, "城关镇")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write(1, 2, 4)
    tables = read({"2024-08.xlsx": path.read_bytes()})
    assert tables["rejects"].select("row", "column", "found").rows() == [(2, 2, "#DIV/0!")]


def test_a_sheet_that_stands_twice_in_a_workbook_is_not_counted_twice(read, tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name in ("表一", "表一 (2)"):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, ["乡镇", "男", "女"])
            sheet.write_row(1, 0, ["城关镇", 3, 4])
    tables = read({"2024-08.xlsx": path.read_bytes()})
    assert tables["observations"]["value"].to_list() == [3, 4]
    assert tables["rejects"].select("sheet", "reason").unique().rows() == [("表一 (2)", "duplicate")]


def test_merged_headers_and_names_that_stand_once(read, tmp_path):
    source = """
name.zh = "出生"
files = "*.xlsx"
[header]
rows = 2
contains = "乡镇"
[period]
from = "cell"
contains = "*统计月报*"
[area]
columns = ["县", "乡镇"]
fill_down = true
[rows]
leave_out = "^(小计|合计)"
[elements]
births_male = { header = "*累计出生/男", span = "ytd" }
births_female = { header = "*累计出生/女", span = "ytd" }
"""
    rows = [
        ["人口统计月报（2024年8月）"],
        ["县", "乡镇", "1—8月累计出生", ""],
        ["", "", "男", "女"],
        ["青禾县", "城关镇", 3, 4],
        ["", "和平镇", 5, 6],
        ["", "小计", 8, 10],
        ["松涛县", "和平镇", 7, 8],
    ]
    observed = read({"a.xlsx": write_workbook(tmp_path / "book.xlsx", rows)}, source)["observations"]
    assert observed.select("area_code", "element", "span", "period", "value").rows() == [
        ("990101", "births_male", "ytd", date(2024, 8, 1), 3),
        ("990101", "births_female", "ytd", date(2024, 8, 1), 4),
        ("990103", "births_male", "ytd", date(2024, 8, 1), 5),
        ("990103", "births_female", "ytd", date(2024, 8, 1), 6),
        ("990203", "births_male", "ytd", date(2024, 8, 1), 7),
        ("990203", "births_female", "ytd", date(2024, 8, 1), 8),
    ]


PERSONAL = [
    ("乡镇,男,女,经办人\n城关镇,3,4,{}\n", "11010519491231002X", "resident identity numbers", 4),
    ("乡镇,男,女,备注\n城关镇,3,4,证号{}。\n", "110105194912310038", "resident identity numbers", 4),
    ("乡镇,男,女,备注\n城关镇,3,4,{}\n", "１３８００１３８０００", "mobile numbers", 4),
    ("乡镇,男,女,母亲 姓名\n城关镇,3,4,{}\n", "王小红", "names or numbers of persons", 4),
]


@pytest.mark.parametrize(("content", "secret", "what", "column"), PERSONAL)
def test_a_file_with_personal_data_is_refused_whole_and_never_echoed(read, content, secret, what, column):
    tables = read({"2024-08.csv": content.format(secret), "2024-09.csv": HEADER + "城关镇,3,4\n"})
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert (reject["path"], reject["column"], reject["reason"]) == ("2024-08.csv", column, "personal data")
    assert what in reject["found"]
    assert secret not in str(reject)
    assert tables["observations"].height == 2


def test_check_digits_are_those_of_the_standard():
    """The two examples of GB 11643-1999, and ISO 7064 MOD 11-2: the sum of digit × 2^place leaves 1."""
    assert is_identity_number("11010519491231002X")
    assert is_identity_number("440524188001010014")
    for serial in range(100):
        numbers = [f"11010519491231{serial:03d}{digit}" for digit in "0123456789X"]
        values = [[10 if digit == "X" else int(digit) for digit in number] for number in numbers]
        sums = [sum(value << place for place, value in enumerate(reversed(digits))) % 11 for digits in values]
        assert [is_identity_number(number) for number in numbers] == [total == 1 for total in sums]


@pytest.mark.parametrize(
    "cell", ["110105194912310021", "65000010001", "2024年8月补报", "12345678901234567890", "13800138000人"]
)
def test_codes_and_long_numbers_are_no_personal_data(read, cell):
    tables = read({"2024-08.csv": f"乡镇,男,女,备注\n城关镇,3,4,{cell}\n"})
    assert tables["rejects"].is_empty()


def test_counts_of_identity_numbers_entered_are_no_personal_data(read):
    tables = read({"2024-08.csv": "乡镇,男,女,已录入身份证号记录数\n城关镇,3,4,9500\n"})
    assert tables["rejects"].is_empty()
