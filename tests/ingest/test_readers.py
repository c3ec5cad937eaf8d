"""One sheet in four formats gives the same texts, and what a format says beyond them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.readers import Sheet, read_opened
from pipeline.ingest.readers.sheet import SheetMarks
from tests.examples import examples
from tests.ingest.saved_as import FORMATS, Drawn, Formula, Raised, saved_as

WORKBOOK_FORMATS = FORMATS[:3]


def sheets_of(content: bytes, suffix: str, patterns=("*",)) -> list[Sheet]:
    return list(read_opened(io.BytesIO(content), f"a.{suffix}", "detect", patterns, 100).sheets)


def texts(sheet: Sheet) -> dict[tuple[int, int], str]:
    """What stands where, by row and column."""
    return {
        (row[0], int(name)): cell
        for row in sheet.grid.rows()
        for name, cell in zip(sheet.grid.columns[1:], row[1:], strict=True)
        if cell is not None
    }


ROWS = [
    ["人口统计月报", None, "", 12, 12.0, 12.5, 0.1 + 0.2],
    [date(2024, 8, 1), datetime(2024, 8, 1, 13, 30), date(1999, 12, 31), True, False],
    [],
    [None, "  两 格  ", "1,024", "０", "012", 2 / 3, 1e-7, 123456789012, -5, 1e20],
    [
        Raised("12", "1"),
        Raised("青禾县", "2)"),
        Raised("1", "注"),
        "a\nb",
        Formula("1+1", 2),
        Formula("D1+1"),
    ],
]


def test_the_same_sheet_gives_the_same_texts_in_four_formats():
    seen = {suffix: texts(*sheets_of(saved_as(suffix, Drawn(ROWS)), suffix)) for suffix in FORMATS}
    first = seen["csv"]
    assert first[1, 5] == "12"
    assert first[2, 1] == "2024-08-01 00:00:00"
    assert first[5, 1] == "12¹"
    assert first[5, 6] == "=D1+1"
    assert seen["xlsx"] == first
    assert seen["ods"] == first
    # xlrd does not give the text of a formula
    assert seen["xls"] == first | {(5, 6): "="}


@pytest.mark.parametrize("suffix", WORKBOOK_FORMATS)
def test_marks_of_a_workbook(suffix):
    shown = Drawn(
        [["县", "乡镇", "男"], ["青禾县", "城关镇", 3], [None, "柳溪乡", 4], ["合计", None, 7]],
        hidden_rows=frozenset({3}),
        hidden_columns=frozenset({2}),
        merged=((2, 1, 3, 1), (4, 1, 4, 2)),
    )
    other = replace(
        shown, name="旧表", is_hidden=True, hidden_rows=frozenset(), hidden_columns=frozenset(), merged=()
    )
    old, new = sorted(
        sheets_of(saved_as(suffix, shown, other), suffix), key=lambda sheet: sheet.name, reverse=True
    )[::-1]
    by_name = {old.name: old, new.name: new}
    assert by_name["旧表"].marks == SheetMarks(is_hidden=True)
    marks = by_name["表一"].marks
    assert (marks.is_hidden, marks.hidden_rows, marks.hidden_columns) == (False, {3}, {2})
    assert set(marks.merged) == set(shown.merged)


@pytest.mark.parametrize("suffix", WORKBOOK_FORMATS)
def test_an_ordinary_sheet_has_no_marks(suffix):
    (sheet,) = sheets_of(saved_as(suffix, Drawn([["乡镇", "男"], ["城关镇", Formula("1+2", 3)]])), suffix)
    assert sheet.marks == SheetMarks()
    assert texts(sheet)[2, 2] == "3"


CELLS = st.one_of(
    st.none(),
    st.just(""),
    st.integers(-(10**11), 10**11),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3) + 0.0),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.booleans(),
    st.text(
        st.sampled_from("男女县镇出生合计0123456789０１,.-—/% ()注①²abXYZ\"'&<>;=#"), min_size=1, max_size=8
    ),
    st.builds(
        Raised, st.sampled_from(["12", "1,024", "青禾县", "2024"]), st.sampled_from(["1", "2)", "注1", "*"])
    ),
)
ROWS_OF_CELLS = st.lists(st.lists(CELLS, max_size=5), min_size=1, max_size=6)


def test_any_sheet_gives_the_same_texts_in_three_formats(request):
    @examples(request, part=4)  # three workbooks are written for each example
    @given(ROWS_OF_CELLS)
    def compare(rows):
        drawn = Drawn(rows)
        seen = [texts(*sheets_of(saved_as(suffix, drawn), suffix)) for suffix in WORKBOOK_FORMATS]
        assert seen[0] == seen[1] == seen[2]

    compare()


def test_hidden_and_merged_parts_are_the_same_in_three_formats(request):
    numbers = st.frozensets(st.integers(1, 8), max_size=4)
    merges = st.lists(st.sampled_from([(1, 1, 2, 1), (3, 1, 3, 3), (4, 2, 6, 2), (7, 1, 8, 3)]), unique=True)

    @examples(request, part=8)
    @given(numbers, numbers, merges, st.booleans())
    def compare(rows, columns, merged, is_hidden):
        drawn = Drawn([list(range(4))] * 4, "一", is_hidden, rows, columns, tuple(merged))
        others = Drawn([["县"]], "二")
        expected = SheetMarks(is_hidden, rows, columns, sorted(merged))
        for suffix in WORKBOOK_FORMATS:
            found = {sheet.name: sheet.marks for sheet in sheets_of(saved_as(suffix, drawn, others), suffix)}
            assert replace(found["一"], merged=sorted(found["一"].merged)) == expected, suffix
            assert found["二"] == SheetMarks()

    compare()
