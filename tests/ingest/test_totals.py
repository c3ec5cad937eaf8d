"""Total rows: which rows they add up, which of their cells do not fit, and what is passed over."""

from __future__ import annotations

import pytest

from tests.ingest.sheets import SIMPLE, read_rows

TOTALS = SIMPLE + '[rows]\ntotals = "^(合计|总计|小计|本页)"\nleave_out = "^注"\n'
HEADER = ["乡镇", "男", "女"]


def deviations(result) -> list[tuple]:
    """Row, column, stated, computed, number of rows and area of each total cell that does not fit."""
    columns = ("row", "column", "stated", "computed", "rows_added", "area_code")
    return result.extracts[-1].totals.select(columns).rows()


def test_a_total_below_all_rows():
    result = read_rows(TOTALS, [HEADER, ["城关镇", 1, 2], ["柳溪乡", 3, 4], ["合　计", 4, 7]])
    assert deviations(result) == [(4, 3, 7, 6, 2, "9901")]
    assert result.extracts[0].totals.select("element", "label", "period").rows()[0][:2] == (
        "births_female",
        "合　计",
    )
    assert result.values == {"B2": 1, "C2": 2, "B3": 3, "C3": 4}
    assert (result.checked, result.left_out) == (2, 0)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([["合计", 9, 12], ["城关镇", 1, 2], ["柳溪乡", 2, 2], ["松涛县和平镇", 6, 8]], []),
        ([["合计", 9, 13], ["城关镇", 1, 2], ["柳溪乡", 2, 2], ["松涛县和平镇", 6, 8]], [(2, 3, 13, 12, 3)]),
        ([["小计", 3, 4], ["城关镇", 1, 2], ["柳溪乡", 2, 2], ["小计", 6, 9], ["松涛县和平镇", 6, 8]], [(5, 3, 9, 8, 1)]),
        ([["城关镇", 1, 2], ["柳溪乡", 2, 2], ["小计", 3, 5], ["松涛县和平镇", 6, 8], ["小计", 6, 8], ["总计", 9, 12]],
         [(4, 3, 5, 4, 2)]),
        ([["总计", 9, 12], ["小计", 3, 4], ["城关镇", 1, 2], ["柳溪乡", 2, 2], ["小计", 6, 8], ["松涛县和平镇", 6, 8]], []),
        ([["城关镇", 1, 2], ["本页小计", 1, 2], ["柳溪乡", 2, 2], ["本页小计", 2, 2], ["合计", 3, 4],
          ["青禾县和平镇", 5, 5], ["本页小计", 5, 5], ["合计", 5, 6], ["总计", 8, 9]], [(9, 3, 6, 5, 1)]),
    ],
)  # fmt: skip
def test_a_total_covers_what_fits_it_best(rows, wrong):
    assert [row[:5] for row in deviations(read_rows(TOTALS, [HEADER, *rows]))] == wrong


def test_rows_that_were_refused_do_not_make_another_coverage_right():
    """和平镇 alone fits two counties: its rows are refused, and no total row that may stand for them proves anything."""
    block = [
        ["城关镇", 1, 2],
        ["柳溪乡", 3, 4],
        ["小计", 4, 6],
        ["和平镇", 7, 8],
        ["小计", 7, 8],
        ["合计", 11, 14],
    ]
    result = read_rows(TOTALS, [HEADER, *block, ["城关镇", 9, 9], ["小计", 9, 9], ["合计", 9, 9]])
    assert {reason for reason, _ in result.refused.values()} >= {"area"}
    assert deviations(result) == []


def test_the_area_is_the_lowest_that_holds_all_rows():
    rows = [
        HEADER,
        ["城关镇", 1, 2],
        ["小计", 2, 2],
        ["柳溪乡", 2, 2],
        ["青禾县和平镇", 2, 2],
        ["小计", 4, 5],
    ]
    assert [row[5] for row in deviations(read_rows(TOTALS, rows))] == ["990101", "9901"]


def test_a_total_over_a_refused_cell_or_over_blanks_says_nothing():
    rows = [HEADER, ["城关镇", "约1", "—"], ["柳溪乡", 2, ""], ["合计", 9, 9]]
    result = read_rows(TOTALS, rows)
    assert deviations(result) == []
    assert result.checked == 2


def test_a_total_that_is_no_number_is_no_reject():
    result = read_rows(TOTALS, [HEADER, ["城关镇", 1, 2], ["合计", "见附表", 3], ["注：合计含外地", "", ""]])
    assert [row[:4] for row in deviations(result)] == [(3, 3, 3, 2)]
    assert (result.refused, result.checked, result.left_out) == ({}, 2, 1)


def test_percentages_and_stocks_over_several_months_are_not_added_up():
    toml = """
[header]
contains = "月份"
[period]
from = "column"
column = "月份"
[area]
fixed = "990101"
[rows]
totals = "^合计"
[elements]
births = "出生"
population = "人口"
paid_rate_printed = "完成率"
"""
    rows = [
        ["月份", "出生", "人口", "完成率"],
        ["2024-07", 3, 500, "98%"],
        ["2024-08", 4, 510, "99%"],
        ["合计", 8, 510, "98.5%"],
    ]
    result = read_rows(toml, rows)
    assert deviations(result) == [(4, 2, 8, 7, 2, "990101")]
    assert result.checked == 2


def test_each_table_has_totals_of_its_own():
    rows = [HEADER, ["城关镇", 1, 2], ["合计", 1, 2], ["女", "男", "乡镇"], [5, 4, "城关镇"], [5, 4, "合计"]]
    toml = TOTALS.replace('"乡镇*"', '"男"')
    result = read_rows(toml, rows)
    assert deviations(result) == []
    assert result.checked == 4


def test_a_total_in_a_long_table_is_of_its_element():
    toml = """
[header]
contains = "区划"
[period]
from = "file_name"
[area]
columns = ["区划"]
[rows]
totals = "^合计"
[element]
from = "column"
column = "指标"
value = "数值"
[elements]
births_male = "男"
births_female = "女"
"""
    rows = [["区划", "指标", "数值"], ["城关镇", "男", 1], ["柳溪乡", "男", 2], ["合计", "男", 3],
            ["城关镇", "女", 4], ["柳溪乡", "女", 5], ["合计", "女", 8]]  # fmt: skip
    result = read_rows(toml, rows)
    assert deviations(result) == [(7, 3, 8, 9, 2, "9901")]
    columns = result.extracts[0].totals.select("element", "label").rows()
    assert columns == [("births_female", "合计")]
