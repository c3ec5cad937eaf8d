"""What a workbook says beyond its values: figures merged over several areas or elements, hidden parts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.readers.sheet import SheetMarks
from tests.examples import examples
from tests.ingest.sheets import SIMPLE, read_rows

ROWS = [
    ["乡镇", "男", "女", "备注"],
    ["青禾县城关镇", 12, 11, ""],
    ["青禾县柳溪乡", 7, 8, ""],
    ["松涛县和平镇", 3, 4, ""],
]
TOWNS = ("青禾县城关镇", "青禾县柳溪乡", "青禾县和平镇", "松涛县和平镇")
LEFT_OUT = 'hidden = "leave_out"\n' + SIMPLE


def _read(marks: SheetMarks, rows: list[list] = ROWS, toml: str = SIMPLE, sheet: str = "表一"):
    return read_rows(toml, rows, path="2024-08.xlsx", sheet=sheet, marks=marks)


@pytest.mark.parametrize(
    ("merged", "refused"),
    [
        ((2, 2, 2, 3), {"B2": ("number", "12, one figure merged over B2:C2")}),
        ((2, 2, 3, 2), {"B2": ("number", "12, one figure merged over B2:B3")}),
        ((2, 2, 4, 3), {"B2": ("number", "12, one figure merged over B2:C4")}),
        ((2, 3, 2, 4), {"C2": ("number", "11, one figure merged over C2:D2")}),
        ((4, 2, 9, 2), {}),
        ((2, 3, 2, 5), {"C2": ("number", "11, one figure merged over C2:E2")}),
        ((2, 1, 3, 1), {}),
        ((1, 2, 1, 3), {}),
    ],
)
def test_one_figure_merged_over_several(merged, refused):
    """A merged cell reaches over another column with a header, or another row of the table; labels may be merged."""
    assert _read(SheetMarks(merged=(merged,))).refused == refused


def test_the_upper_row_of_a_header_reaches_as_far_as_its_merged_cell():
    toml = (
        SIMPLE.replace('"乡镇*"', '"乡镇*"\nrows = 2')
        .replace('"男"', '"出生/男"')
        .replace('"女"', '"出生/女"')
    )
    rows = [["乡镇", "出生", "", ""], ["", "男", "女", "人口"], ["青禾县城关镇", 1, 2, 3]]
    marks = SheetMarks(merged=((1, 2, 1, 3),))
    result = _read(marks, rows, toml + 'population = { header = "人口", optional = true }\n')
    assert [cell[0] for cell in result.cells.values()] == ["births_male", "births_female", "population"]


def test_figures_of_hidden_parts_are_told_of():
    marks = SheetMarks(hidden_rows=frozenset({3}), hidden_columns=frozenset({3}))
    result = _read(marks)
    assert len(result.cells) == 6
    assert result.hidden == '[["表一", 0, 3, 2], ["表一", 3, 0, 2]]'
    assert _read(SheetMarks(is_hidden=True)).hidden == '[["表一", 0, 0, 6]]'
    assert _read(SheetMarks(hidden_rows=frozenset({9}))).hidden == ""


def test_hidden_parts_are_left_out_where_source_toml_says_so():
    result = _read(SheetMarks(hidden_rows=frozenset({3})), toml=LEFT_OUT)
    assert set(result.values) == {"B2", "C2", "B4", "C4"}
    assert (result.left_out, result.hidden) == (1, "")
    both = {"a": ROWS, "b": ROWS}
    result = read_rows(LEFT_OUT, both, path="2024-08.xlsx", marks=SheetMarks(is_hidden=True))
    assert (result.cells, result.left_out) == ({}, 2 * len(ROWS))


@st.composite
def marked_tables(draw):
    """Rows of four townships, merged ranges over any of their cells, hidden rows and columns."""
    rows = [["乡镇", "男", "女"]] + [
        [town, 10 * number + 1, 10 * number + 2] for number, town in enumerate(TOWNS, start=1)
    ]
    merged, taken = [], set()
    for _ in range(draw(st.integers(0, 3))):
        top, left = draw(st.integers(2, 5)), draw(st.integers(1, 4))
        bottom, right = draw(st.integers(top, 6)), draw(st.integers(left, 5))
        cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if len(cells) > 1 and not cells & taken:
            taken |= cells
            merged.append((top, left, bottom, right))
            for row, column in cells - {(top, left)}:
                if row <= len(rows) and column <= 3:
                    rows[row - 1][column - 1] = ""
    hidden_rows = draw(st.frozensets(st.integers(2, 6), max_size=2))
    hidden_columns = draw(st.frozensets(st.integers(3, 4), max_size=1))
    return rows, SheetMarks(False, hidden_rows, hidden_columns, tuple(merged))


def test_no_figure_stands_for_two_and_none_is_hidden_without_a_word(request):
    @examples(request, part=2)
    @given(marked_tables())
    def holds(table):
        rows, marks = table
        truth = {
            f"{'ABC'[column]}{row + 1}": (rows[row][0], rows[row][column])
            for row in range(1, 5)
            for column in (1, 2)
            if rows[row][column] != ""
        }
        for top, left, bottom, right in marks.merged:
            written = [row for row in range(top, min(bottom, 5) + 1) if any(rows[row - 1])]
            if len(written) > 1 or min(right, 3) > left:
                truth.pop(f"{'ABCD'[left - 1]}{top}", None)
        nameless = {place for place, (town, _) in truth.items() if not town}
        result = _read(marks, rows)
        assert result.values == {place: value for place, (_, value) in truth.items() if place not in nameless}
        seen = {
            place
            for place in result.values
            if int(place[1]) not in marks.hidden_rows
            and "ABC".index(place[0]) + 1 not in marks.hidden_columns
        }
        told = sum(figures for *_, figures in json.loads(result.hidden or "[]"))
        assert told == len(result.values) - len(seen)
        left = _read(
            marks,
            rows,
            'hidden = "leave_out"\n' + SIMPLE.replace('"女"', '{ header = "女", optional = true }'),
        )
        assert set(left.values) <= seen
        assert left.hidden == ""

    holds()


def test_a_blank_beside_another_figure_of_its_area_is_kept():
    rows = [
        ["乡镇", "男", "女"],
        ["青禾县城关镇", 12, ""],
        ["青禾县柳溪乡", "", ""],
        ["松涛县和平镇", "—", 4],
        ["某乡", 1, ""],
    ]
    result = read_rows(SIMPLE, rows)
    assert [(row, column, element, area, span) for row, column, element, area, _, span in result.blanks] == [
        (2, 3, "births_female", "990101", "month"),
        (4, 2, "births_male", "990203", "month"),
    ]


def test_several_per_area_is_advised_only_where_the_figures_differ(read):
    from tests.ingest.small_source import HEADER, SOURCE

    said = read({"2024-08.csv": HEADER + "城关镇,1,2\n城关镇,1,3\n"}, SOURCE)["rejects"]
    advised = ["several_per_area" in text for text in said.sort("column")["expected"]]
    assert advised == [False, True]
