"""Layouts that offices send, first those of docs/sources.md, each with what must come out, cell by cell."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

import msgspec
import polars as pl
import pytest
import xlsxwriter

from pipeline.ingest import source_toml
from pipeline.ingest.readers import read_content
from pipeline.ingest.tables.extract import extract
from pipeline.problems import Location, ProblemError
from pipeline.workspace import CHECKOUT
from tests.ingest.sheets import HEAD, SIMPLE, Read, area_names, described, read_rows

DOCS = (CHECKOUT / "docs" / "sources.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^### (\d+\. .*?)\n(.*?)(?=^##)", DOCS, re.DOTALL | re.MULTILINE))


def table_after(text: str, header: str) -> list[list[str]]:
    """The rows of the first Markdown table whose header row begins so."""
    lines = text[text.index(header) :].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    end = next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return rows[2:end]


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_of_the_docs_reads_as_the_docs_say(title):
    example = EXAMPLES[title]
    path, sheet = re.match(r"\n`([^`]+)`(?:, sheet `([^`]+)`)?", example).groups()
    rows = [row[1:] for row in table_after(example, "|   | A |")]
    toml = re.search(r"```toml\n(.*?)```", example, re.DOTALL)[1]
    result = read_rows(toml, rows, path, sheet or "")
    expected = {
        place: (element, area, period, span, float(value) if "-" not in value else days(value))
        for place, element, area, period, span, value in table_after(example, "| cell |")
    }
    assert result.cells == expected
    refused = result.frame.filter(pl.col("reason").is_not_null()).iter_rows(named=True)
    messages = [
        str(
            ProblemError(
                Location(path, sheet or "", row["row"], row["column"]), row["found"], row["expected"]
            )
        )
        for row in refused
    ]
    written = re.search(r"```text\n(.*?)```", example, re.DOTALL)
    assert messages == (written[1].splitlines() if written else [])
    assert result.problems == []
    assert all(part.totals.is_empty() for part in result.extracts)


def days(text: str) -> float:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def structs_in(hint: object) -> list[type[msgspec.Struct]]:
    """The structures that a type hint speaks of: Block in `Block | None`."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [struct for part in get_args(hint) for struct in structs_in(part)]


def assert_documented(struct: type[msgspec.Struct], rows: list[str], known: set[type]) -> None:
    """Each key stands between backticks in one of the rows; those of a structure below it in the same row."""
    for field in msgspec.structs.fields(struct):
        names_it = [
            row for row in rows if field.encode_name in re.findall(r"\w+", " ".join(row.split("`")[1::2]))
        ]
        assert names_it, f"{field.encode_name} of {struct.__name__} is not in docs/sources.md"
        for below in structs_in(field.type):
            if below not in known:
                known.add(below)
                assert_documented(below, names_it, known)


def test_the_docs_have_twelve_examples_and_name_every_key():
    assert len(EXAMPLES) == 12
    keys = DOCS[DOCS.index("## All keys") : DOCS.index("**Periods**")]
    rows = [line for line in keys.splitlines() if line.startswith("| `")]
    known: set[type] = set()
    for field in msgspec.structs.fields(source_toml.Source):
        own = [row for row in rows if re.match(rf"\| `\[*{field.encode_name}\b", row)]
        assert own, f"{field.encode_name} is not in docs/sources.md"
        for struct in structs_in(field.type):
            known.add(struct)
            assert_documented(struct, own, known)
    every = {entry for entry in vars(source_toml).values() if isinstance(entry, type) and structs_in(entry)}
    every -= {entry.__base__ for entry in every}
    assert known >= every - {source_toml.Source}


def test_the_message_of_the_docs_on_a_missing_column():
    toml = SIMPLE.replace('"女"', '["女", "女婴"]')
    result = read_rows(toml, [["乡镇", "男", "女孩"], ["城关镇", 3, 4]], path="出生/2024-08.csv")
    assert result.problems[0] in DOCS
    assert result.values == {"B2": 3}


def test_a_file_in_blocks_of_any_size_reads_like_the_whole():
    toml = """
[period]
from = "cell"
contains = "*年*月*"
[area]
columns = ["县", "乡镇"]
fill_down = true
[rows]
totals = "^合计"
leave_out = "^注"
[[parts]]
header.contains = "出生男"
elements = { births_male = "出生男", births_female = "出生女" }
[[parts]]
header = { contains = "死亡*", rows = 2 }
elements = { deaths_male = "死亡/男", deaths_female = "死亡/女" }
"""
    rows = [
        ["2024年8月人口变动"],
        [],
        ["县", "乡镇", "出生男", "出生女"],
        ["青禾县", "城关镇", 1, 2],
        ["", "柳溪乡", 3, "—"],
        ["县", "乡镇", "出生男", "出生女"],
        ["", "和平镇", 5, "约6"],
        ["合计", "", 9, 11],
        ["松涛县", "和平镇", 7, 8],
        ["合计", "", 16, 19],
        ["表二"],
        ["县", "乡镇", "死亡", ""],
        ["", "", "男", "女"],
        ["青禾县", "城关镇", 4, 3],
        ["合计", "", 4, 5],
        ["注：无"],
    ]
    whole = read_rows(toml, rows)
    assert whole.values == {"C4": 1, "D4": 2, "C5": 3, "C7": 5, "C9": 7, "D9": 8, "C14": 4, "D14": 3}
    assert whole.cells["C7"][1] == "990103"
    assert whole.refused == {"D7": ("number", "约6")}
    assert whole.problems == []
    assert whole.extracts[-1].totals.select("row", "column", "stated", "computed").rows() == [(15, 4, 5, 3)]
    for block in range(3, 16):
        blocks = read_rows(toml, rows, block=block)
        assert blocks.frame.equals(whole.frame), block
        assert (blocks.blank, blocks.left_out, blocks.checked) == (whole.blank, whole.left_out, whole.checked)
        assert blocks.extracts[-1].totals.equals(whole.extracts[-1].totals), block
        assert (blocks.problems, blocks.unread) == (whole.problems, whole.unread)


@pytest.mark.parametrize(
    ("rows", "values", "problem"),
    [
        ([["乡镇名", "男", "女"], ["城关镇", 1, 2], ["乡镇", "男", "女"], ["柳溪乡", 3, 4]], [3, 4],
         "row 1: found columns 乡镇名, 男, 女"),
        ([["城关镇", 1, 2], ["乡镇", "男", "女"], ["柳溪乡", 3, 4]], [3, 4], "row 1: found figures without a header"),
        ([["乡镇", "男", "女"], ["城关镇", 1, 2], ["乡镇", "男性", "女性"], ["柳溪乡", 3, 4]], [1, 2],
         "row 3: found columns 乡镇, 男性, 女性"),
        ([["乡镇", "男", "女"], ["城关镇", 1, 2], ["乡镇", "男", "数"], ["柳溪乡", 3, 4]], [1, 2, 3],
         "row 3: found columns 乡镇, 男, 数"),
        ([["乡镇", "男", "女", "女"], ["城关镇", 1, 2, 3]], [], "columns C, D all called like '女'"),
        ([["地区", "男", "女"], ["城关镇", 1, 2]], [], "no header: the sheet begins with '地区 | 男 | 女'"),
    ],
)  # fmt: skip
def test_a_header_that_is_not_right_is_named_and_nothing_is_read_below_it(rows, values, problem):
    result = read_rows(SIMPLE, rows)
    assert list(result.values.values()) == values
    assert len(result.problems) == 1
    assert problem in result.problems[0]


def test_columns_that_change_their_places_after_a_page_break():
    rows = [["乡镇", "男", "女"], ["城关镇", 1, 2], ["第2页"], ["女", "乡镇", "男"], [4, "柳溪乡", 3]]
    assert {place: cell[0] for place, cell in read_rows(SIMPLE, rows).cells.items()} == {
        "B2": "births_male", "C2": "births_female", "A5": "births_female", "C5": "births_male",
    }  # fmt: skip


def test_a_row_that_only_sounds_like_a_header_is_a_row():
    toml = SIMPLE.replace('"乡镇*"', '"*镇*"')
    result = read_rows(
        toml, [["乡镇", "男", "女"], ["城关镇", 1, 2], ["柳溪乡", "—", ""], ["和平镇（合）", "-", ""]]
    )
    assert (list(result.values.values()), result.blank, result.problems) == ([1, 2], 4, [])


def test_a_month_in_the_title_of_each_table():
    toml = SIMPLE.replace('from = "file_name"', 'from = "cell"\ncontains = "*年*月"')
    rows = [
        ["2024年7月"],
        ["乡镇", "男", "女"],
        ["城关镇", 1, 2],
        ["2024年8月"],
        ["乡镇", "男", "女"],
        ["城关镇", 3, 4],
    ]
    assert [cell[2] for cell in read_rows(toml, rows).cells.values()] == ["2024-07"] * 2 + ["2024-08"] * 2


WIDE = """
[header]
contains = "乡镇"
[period]
from = "header"
[area]
columns = ["乡镇"]
[elements]
births = "*"
population = { header = "年末*", optional = true }
"""


@pytest.mark.parametrize(
    ("headers", "periods", "refused", "unread"),
    [
        (["2024-07", "202408", "45536", "11310"], ["2024-07", "2024-08", "2024-09", "2024-10"], 0, []),
        (["2024年7月", "2024年13月", "合计"], ["2024-07"], 1, ["合计"]),
        (["2024年10月", "2024年11月", "四季度", "全年"], ["2024-10", "2024-11"], 0, ["四季度", "全年"]),
        (["2024.1", "2024.11"], ["2024-11"], 1, []),
        (["7月", "2024年8月"], ["2024-08"], 1, []),
        (["Jul 2024", "Aug 2024", "2024"], ["2024-07", "2024-08"], 0, ["2024"]),
    ],
)
def test_headers_that_name_months(headers, periods, refused, unread):
    toml = WIDE.replace("population = ", "# population = ")
    result = read_rows(toml, [["乡镇", *headers], ["城关镇", *range(1, len(headers) + 1)]])
    assert [cell[2] for cell in result.cells.values()] == periods
    assert [reason for reason, _ in result.refused.values()] == ["period"] * refused
    assert result.unread == unread


def test_two_columns_of_one_month_are_not_both_read():
    toml = WIDE.replace("population = ", "# population = ")
    result = read_rows(toml, [["乡镇", "2024年8月", "2024年8月"], ["城关镇", 1, 2]])
    assert result.values == {}
    assert "columns B, C all called '2024年8月'" in result.problems[0]


def test_a_stock_by_year():
    toml = WIDE.replace('births = "*"', "").replace(
        '{ header = "年末*", optional = true }', '{ header = "*年末", span = "year" }'
    )
    result = read_rows(toml, [["乡镇", "2022年末", "2023年末", "2024年6月末"], ["城关镇", 510, 520, 530]])
    assert result.cells == {
        "B2": ("population", "990101", "2022-12", "month", 510),
        "C2": ("population", "990101", "2023-12", "month", 520),
    }


LONG = """
[header]
contains = "指标"
[period]
from = "file_name"
[area]
columns = ["县", "乡镇"]
fill_down = "all"
[element]
from = "column"
column = "指标"
value = "数值"
[elements]
births_male = "男*"
births_female = "女*"
"""


def test_long_with_names_that_stand_once():
    rows = [
        ["县", "乡镇", "指标", "数值"],
        ["青禾县", "城关镇", "男婴", 1],
        ["", "", "女婴", 2],
        ["", "和平镇", "男婴", 3],
        ["松涛县", "", "男婴", 4],
        ["", "和平镇", "女婴", 5],
    ]
    result = read_rows(LONG, rows)
    areas = {place: cell[1] for place, cell in result.cells.items()}
    assert areas == {"D2": "990101", "D3": "990101", "D4": "990103", "D5": "9902", "D6": "990203"}


def test_a_text_that_names_two_elements():
    toml = LONG.replace('"女*"', '"*婴"')
    result = read_rows(toml, [["县", "乡镇", "指标", "数值"], ["青禾县", "城关镇", "男婴", 1]])
    assert "'男婴', which fits births_male and births_female" in result.problems[0]
    assert result.values == {}


def test_an_element_that_no_row_names():
    result = read_rows(
        LONG, [["县", "乡镇", "指标", "数值"], ["青禾县", "城关镇", "男婴", 1], ["", "", "双胞胎", 1]]
    )
    assert result.unread == ["双胞胎"]
    (problem,) = result.problems
    assert "no row of births_female; expected a text in column 指标 like '女*'" in problem


def test_rows_are_elements_and_columns_areas():
    toml = """
[header]
contains = "指标"
[period]
from = "cell"
contains = "*年*月"
[columns]
leave_out = "^(合计|单位)$"
[area]
from = "header"
[element]
from = "column"
column = "指标"
[elements]
births_male = "男婴"
births_female = "女婴"
"""
    rows = [
        ["2024年8月"],
        ["指标", "单位", "城关镇", "柳溪", "合计"],
        ["男婴", "人", 1, 2, 3],
        ["女婴", "人", 4, 5, 9],
    ]
    result = read_rows(toml, rows)
    assert {place: cell[:2] for place, cell in result.cells.items()} == {
        "C3": ("births_male", "990101"), "D3": ("births_male", "990102"),
        "C4": ("births_female", "990101"), "D4": ("births_female", "990102"),
    }  # fmt: skip
    wrong = [
        ["2024年8月"],
        ["指标", "单位", "城关镇", "火星乡", "合计"],
        ["男婴", "人", 1, 2, 3],
        ["女婴", "人", 4, 5, 9],
    ]
    assert read_rows(toml, wrong).refused == {"D3": ("area", "火星乡"), "D4": ("area", "火星乡")}


@pytest.mark.parametrize(
    ("area", "path", "sheet"),
    [
        ('from = "sheet_name"', "2024-08.xlsx", "青禾县"),
        ('from = "file_name"\npattern = "^([^_]+)_"', "青禾县_2024-08.csv", ""),
        ('from = "path"\npattern = "^([^/]+)/"', "青禾县/2024-08.csv", ""),
        ('from = "cell"\ncontains = "填报单位*"', "2024-08.csv", ""),
        ('fixed = "9901"', "2024-08.csv", ""),
    ],
)
def test_the_whole_sheet_is_of_one_area(area, path, sheet):
    toml = SIMPLE.replace('columns = ["乡镇"]', area).replace('"乡镇*"', '"男"')
    result = read_rows(toml, [["填报单位（盖章）：", "青禾县"], ["男", "女"], [1, 2]], path, sheet)
    assert {cell[1] for cell in result.cells.values()} == {"9901"}
    assert len(result.cells) == 2


def test_an_area_in_a_title_that_nobody_knows_refuses_its_cells():
    toml = SIMPLE.replace('columns = ["乡镇"]', 'from = "cell"\ncontains = "填报单位*"').replace(
        '"乡镇*"', '"男"'
    )
    result = read_rows(toml, [["填报单位：火星县"], ["男", "女"], [1, 2]])
    assert result.refused == {"A3": ("area", "火星县"), "B3": ("area", "火星县")}


PARTS = """
[period]
from = "file_name"
[area]
columns = ["乡镇"]
[[parts]]
sheets = "出生*"
elements = { births_male = "男", births_female = "女" }
[[parts]]
sheets = "死亡*"
elements = { deaths_male = "男", deaths_female = "女" }
"""
TABLE = [["乡镇", "男", "女"], ["城关镇", 1, 2]]


def test_parts_in_sheets_of_their_own():
    result = read_rows(PARTS, {"出生": TABLE, "死亡人口": TABLE}, "2024-08.xlsx")
    assert result.frame["element"].to_list() == [
        "births_male",
        "births_female",
        "deaths_male",
        "deaths_female",
    ]
    assert result.problems == []


def test_a_part_that_is_missing():
    (problem,) = read_rows(PARTS, {"出生": TABLE}, "2024-08.xlsx").problems
    assert "no table with a header like '*'; expected part 2 (死亡*)" in problem
    optional = PARTS.replace('sheets = "死亡*"', 'sheets = "死亡*"\noptional = true')
    assert read_rows(optional, {"出生": TABLE}, "2024-08.xlsx").problems == []


def test_elements_may_be_spread_over_the_tables_of_a_part():
    toml = SIMPLE.replace('births_female = "女"', 'births_female = "女"\ndeaths_male = "亡"')
    spread = [["乡镇", "男", "女"], ["城关镇", 1, 2], ["乡镇", "亡"], ["城关镇", 3]]
    assert read_rows(toml, spread).problems == []
    assert "for deaths_male" in read_rows(toml, spread[:2]).problems[0]


def test_units_of_ten_thousand_come_out_whole():
    toml = SIMPLE.replace('births_male = "男"', 'births_male = { header = "男", times = 10000 }')
    result = read_rows(
        toml, [["乡镇", "男", "女"], ["城关镇", "0.0007", 4], ["柳溪乡", "5.12345", 4], ["青禾县", "0.57", 5]]
    )
    assert result.values == {"B2": 7, "C2": 4, "C3": 4, "B4": 5700, "C4": 5}
    assert result.refused == {"B3": ("number", "5.12345")}


def test_a_quarter_is_no_month():
    toml = SIMPLE.replace('births_female = "女"', 'births_female = { header = "女", span = "quarter" }')
    result = read_rows(toml, [["乡镇", "男", "女"], ["城关镇", 1, 2]], "2024年三季度.csv")
    assert result.cells == {"C2": ("births_female", "990101", "2024-09", "quarter", 2)}
    assert result.refused == {"B2": ("period", "2024年三季度.csv")}
    month = read_rows(toml, [["乡镇", "男", "女"], ["城关镇", 1, 2]], "2024年8月.csv")
    assert month.refused == {"C2": ("period", "2024年8月.csv")}


def test_a_real_workbook_with_merged_cells_and_dates(tmp_path):
    """As Excel writes it: merged header cells, a month as a date, numbers as numbers and as text."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("分乡镇")
        month = workbook.add_format({"num_format": "yyyy年m月"})
        sheet.merge_range("A1:E1", "分乡镇出生统计表")
        sheet.merge_range("A2:A3", "乡镇\n名称")
        for place, first in (("B2:C2", date(2024, 7, 1)), ("D2:E2", date(2024, 8, 1))):
            sheet.merge_range(place, "", month)
            sheet.write_datetime(place[:2], first, month)
        sheet.write_row("B3", ["男", "女", "男", "女"])
        sheet.write_row("A4", ["城关镇", 4, 3, "６", 5.0])
        sheet.write_row("A5", ["合计", 4, 3, 6, 7])
    toml = """
[header]
rows = 2
contains = "乡镇名称"
[period]
from = "header"
[area]
columns = ["乡镇名称"]
[rows]
totals = "^合计"
[elements]
births_male = "*/男"
births_female = "*/女"
"""
    source = described(tmp_path / "births", toml)
    extracts = [
        extract(sheet, path.name, source, area_names)
        for sheet in read_content(path, source.toml.encoding, source.sheets, source.toml.limits.sheets).sheets
    ]
    result = Read(source, path.name, extracts)
    assert result.problems == []
    assert [(place, cell[0], cell[2], cell[4]) for place, cell in result.cells.items()] == [
        ("B4", "births_male", "2024-07", 4),
        ("C4", "births_female", "2024-07", 3),
        ("D4", "births_male", "2024-08", 6),
        ("E4", "births_female", "2024-08", 5),
    ]
    assert extracts[0].totals.select("row", "column", "stated", "computed").rows() == [(5, 5, 7, 5)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (('files = "*"', 'files = "/data/*.csv"'), "'/data/*.csv'"),
        (('files = "*"', 'files = ["*.csv", "../*.csv"]'), "'../*.csv'"),
        (('columns = ["乡镇"]', ""), "[area]: found nothing"),
        (('columns = ["乡镇"]', 'columns = ["乡镇"]\nfixed = "9901"'), "`columns` and `fixed`"),
        (('from = "file_name"', 'from = "column"'), "[period]: found no `column`"),
        (('births_male = "男"', 'twins = "男"'), "found twins"),
        (('births_male = "男"', 'births_male = [{ header = "男" }, { header = "男婴" }]'), "span 'month' twice"),
        (("[elements]", '[rows]\nleave_out = "^(城"\n[elements]'), "'^(城', which breaks off"),
        (("[elements]", '[element]\nfrom = "column"\ncolumn = "指标"\n[elements]'), "no `value`"),
        (("[elements]", '[[parts]]\nrows = { several_per_area = "sum" }\n[elements]'), "several_per_area"),
        (("[period]", "[periods]"), "unknown field `periods`"),
    ],
)  # fmt: skip
def test_a_slip_in_source_toml_is_named(tmp_path, change, found):
    with pytest.raises(ProblemError) as raised:
        described(tmp_path / "births", ('files = "*"\n' + HEAD + SIMPLE).replace(*change))
    assert found in str(raised.value)
    assert "births/source.toml" in str(raised.value)


def test_what_else_a_source_says(tmp_path):
    source = described(
        tmp_path / "births",
        'files = ["*.csv", "*/*.xlsx"]\nsheets = "分乡镇"\n' + SIMPLE + """
[due]
day = 10
level = "township"
every = "quarter"
[received]
from = "path"
pattern = '收(\\d{8})'
[limits]
columns = 20
""",
    )  # fmt: skip
    assert source.toml.files == ("*.csv", "*/*.xlsx")
    assert source.sheets == ("分乡镇",)
    due, limits = source.toml.due, source.toml.limits
    assert (due.day, due.months_after, due.level, due.every) == (10, 1, "township", "quarter")
    assert source.levels == {"township"}
    assert source.toml.received.cut("收20240912/a.csv") == "20240912"
    assert (limits.sheets, limits.columns) == (100, 20)


def test_a_total_in_the_column_of_the_county_is_no_county():
    toml = (
        SIMPLE.replace('["乡镇"]', '["县", "乡镇"]\nfill_down = true')
        + '[rows]\ntotals = "计$"\nleave_out = "^其中"\n'
    )
    rows = [
        ["县", "乡镇", "男", "女"],
        ["青禾县", "城关镇", 1, 2],
        ["小计", "", 1, 2],
        ["", "柳溪乡", 3, 4],
        ["其中：城镇", "", 3, 4],
        ["", "和平镇", 5, 6],
    ]
    result = read_rows(toml, rows)
    assert [cell[1] for cell in result.cells.values()] == ["990101"] * 2 + ["990102"] * 2
    assert result.refused == {"C6": ("area", "和平镇"), "D6": ("area", "和平镇")}, (
        "there are two of that name"
    )
