"""Names that stand once on a block of rows: each figure is its true area's, or refused, or left out with its block."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.problems import ProblemError
from tests.examples import examples
from tests.ingest.sheets import read_rows

CODES = {"青禾县": "9901", "松涛县": "9902", "城关镇": "990101", "柳溪乡": "990102"}
LONG = """
[header]
contains = "地区"
[period]
from = "file_name"
[area]
columns = ["地区"]
%s
[rows]
leave_out = "^(市直属|第.页)"
totals = "^合计"
[element]
from = "column"
column = "项目"
value = "人数"
[elements]
births = { header = "计", optional = true }
births_male = { header = "男", optional = true }
births_female = { header = "女", optional = true }
"""
FILLED = LONG % 'fill_down = "all"'
HEAD = ["地区", "项目", "人数"]
SEXES = {"计": "births", "男": "births_male", "女": "births_female"}


def test_a_block_whose_first_row_is_left_out_is_left_out():
    rows = [HEAD, ["青禾县", "男", 5], ["市直属", "男", 9], ["", "女", 7], ["松涛县", "男", 3], ["", "女", 2]]
    result = read_rows(FILLED, rows)
    assert {cell[:2] for cell in result.cells.values()} == {
        ("births_male", "9901"),
        ("births_male", "9902"),
        ("births_female", "9902"),
    }
    assert (result.refused, result.left_out) == ({}, 2)


@pytest.mark.parametrize("block", [1, 2, 3, 4, 10])
def test_the_rows_below_a_total_are_the_total_s(block):
    rows = [HEAD, ["青禾县", "男", 5], ["", "女", 4], ["合计", "男", 5], ["", "女", 4], ["松涛县", "女", 2]]
    result = read_rows(FILLED, rows, block=block)
    assert [cell[1] for cell in result.cells.values()] == ["9901", "9901", "9902"]
    assert (result.refused, result.checked) == ({}, 2)


def test_a_page_mark_inside_a_block_leaves_no_row_to_the_area_above():
    rows = [HEAD, ["青禾县", "男", 5], ["第1页", "", ""], ["", "女", 7]]
    result = read_rows(FILLED, rows)
    assert result.values == {"C2": 5}
    assert result.refused["C4"][0] == "area"


def test_a_name_on_a_total_row_names_the_rows_below_it():
    toml = FILLED.replace('columns = ["地区"]', 'columns = ["地区", "乡镇"]').replace(' = "all"', " = true")
    rows = [
        ["地区", "乡镇", "项目", "人数"],
        ["松涛县", "合计", "男", 12],
        ["", "和平镇", "男", 12],
        ["青禾县", "合计", "男", 7],
        ["", "和平镇", "男", 7],
    ]
    assert [cell[1] for cell in read_rows(toml, rows).cells.values()] == ["990203", "990103"]


MIDDLE = [HEAD] + [
    [name if sex == "男" else "", sex, 10 * number + place]
    for number, name in enumerate(("青禾县", "松涛县", "城关镇"), start=1)
    for place, sex in enumerate(SEXES)
]


def test_names_on_the_middle_row_are_refused_where_nobody_says_so():
    result = read_rows(FILLED, MIDDLE)
    assert [cell[:2] for cell in result.cells.values()] == [
        ("births_male", "9901"),
        ("births_male", "9902"),
        ("births_male", "990101"),
    ]
    assert len(result.refused) == 6
    assert any("block = { rows = 3" in text for text in result.frame["expected"].drop_nulls())


@pytest.mark.parametrize("said", ['"middle"', "2"])
def test_names_on_the_middle_row_where_source_toml_says_so(said):
    result = read_rows(LONG % f"block = {{ rows = 3, name_on = {said} }}", MIDDLE)
    assert [cell[1] for cell in result.cells.values()] == ["9901"] * 3 + ["9902"] * 3 + ["990101"] * 3
    assert result.refused == {}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('{ rows = 2, name_on = "middle" }', "the middle of 2 rows"),
        ("{ rows = 3, name_on = 4 }", "name_on = 4"),
    ],
)
def test_a_block_has_a_row_for_its_name(block, said):
    with pytest.raises(ProblemError, match=said):
        read_rows(LONG % f"block = {block}", MIDDLE)


def test_merged_cells_say_how_far_a_name_reaches():
    merged = tuple((2 + 3 * number, 1, 4 + 3 * number, 1) for number in range(3))
    rows = [HEAD] + [
        [name if sex == "计" else "", sex, 10 * number + place]
        for number, name in enumerate(("青禾县", "", "城关镇"), start=1)
        for place, sex in enumerate(SEXES)
    ]
    result = read_rows(FILLED, rows, marks=SheetMarks(merged=merged))
    assert [cell[1] for cell in result.cells.values()] == ["9901"] * 3 + ["990101"] * 3
    assert set(result.refused) == {"C5", "C6", "C7"}, "an empty merged cell is no one's"


def test_a_row_that_begins_a_block_without_a_name_is_no_row_of_the_block_above():
    rows = [
        HEAD,
        ["青禾县", "计", 9],
        ["", "男", 5],
        ["", "女", 4],
        ["松涛县", "男", 3],
        ["", "计", 20],
        ["", "男", 11],
    ]
    result = read_rows(FILLED, rows)
    assert [cell[1] for cell in result.cells.values()] == ["9901", "9902"]
    assert set(result.refused) == {"C3", "C4", "C6", "C7"}, "where a block begins is not certain"


def test_leave_out_sees_the_whole_of_a_row_without_a_name():
    toml = """
[header]
contains = "地区"
[period]
from = "file_name"
[area]
columns = ["地区"]
[rows]
leave_out = '^$|编制'
[elements]
births_male = "男"
births_female = "女"
"""
    rows = [["地区", "男", "女"], ["青禾县", 5, 4], ["松涛县", 3, 2], ["", "", "市统计局 2024年2月编制"]]
    result = read_rows(toml, rows)
    assert (len(result.cells), result.refused, result.left_out) == (4, {}, 1)
    said = read_rows(toml.replace("^$|编制", "^注"), rows).refused
    assert said == {"C4": ("area", "no name beside 市统计局 2024年2月编制")}


def test_a_remark_makes_no_total_of_a_row_with_a_name():
    toml = FILLED.replace("^合计", "合计").replace('column = "项目"\nvalue', 'column = "项目"\nvalue')
    rows = [[*HEAD, "备注"], ["青禾县", "男", 5, "不含合计"], ["", "女", 4, "合计见后"]]
    assert read_rows(toml, rows).values == {"C2": 5, "C3": 4}


@pytest.mark.parametrize("label", ["合计", "合　计", "ｔｏｔａｌ", "（合计）"])
def test_patterns_of_rows_see_texts_in_half_width_too(label):
    toml = FILLED.replace('totals = "^合计"', "totals = '^(\\(?合计|total)'")
    rows = [HEAD, ["青禾县", "男", 5], [label, "男", 5]]
    result = read_rows(toml, rows)
    assert (result.values, result.checked) == ({"C2": 5}, 1)


@dataclass(frozen=True)
class Block:
    """The rows of one name: which sexes are there, and whether the name counts."""

    name: str
    sexes: tuple[str, ...]


@st.composite
def tables(draw):
    """Blocks, and the row of its block on which each name stands (from 0)."""
    names = draw(st.lists(st.sampled_from([*CODES, "市直属", "合计"]), min_size=1, max_size=6, unique=True))
    on = draw(st.sampled_from([0, 1, 2]))
    blocks = []
    for name in names:
        kept = [True] * 3
        if draw(st.booleans()):
            kept = [at == on or draw(st.booleans()) for at in range(3)]
        blocks.append(Block(name, tuple(sex if keep else "" for sex, keep in zip(SEXES, kept, strict=True))))
    return blocks, on


def _written(blocks: list[Block], on: int) -> tuple[list[list], dict[int, tuple], list[tuple]]:
    """The rows, what each figure is (by its value, which no other has), and the merged range of each block."""
    rows, truth, ranges = [HEAD], {}, []
    for block in blocks:
        start = len(rows) + 1
        for place, sex in enumerate(block.sexes):
            if sex:
                value = 100 + len(rows)
                rows.append([block.name if place == on else "", sex, value])
                truth[value] = (SEXES[sex], CODES.get(block.name))
        ranges.append((start, 1, len(rows), 1))
    return rows, truth, ranges


def _all_true(result, truth) -> bool:
    return all(truth[int(value)] == (element, area) for element, area, _, _, value in result.cells.values())


def _merged(rows: list[list], ranges: list[tuple]) -> list[list]:
    """The rows with each name in the first row of its merged cell."""
    names = {top: next(row[0] for row in rows[top - 1 : bottom] if row[0]) for top, _, bottom, _ in ranges}
    return [[names.get(number, "") if number > 1 else row[0], *row[1:]] for number, row in enumerate(rows, 1)]


def test_no_figure_is_another_area_s(request):
    """Names on any row, rows missing, blocks left out or total, the place of the name said or not."""

    @examples(request, part=2)
    @given(table=tables(), is_said=st.booleans(), block=st.sampled_from([4, 100]))
    def holds(table, is_said, block):
        blocks, on = table
        rows, truth, ranges = _written(blocks, on)
        whole = all(all(block.sexes) for block in blocks)
        key = f"block = {{ rows = 3, name_on = {on + 1} }}" if is_said else 'fill_down = "all"'
        block = 100 if is_said else block
        result = read_rows(LONG % key, rows, block=block)
        known = {value for value, (_, area) in truth.items() if area}
        if (is_said and whole) or on == 0:
            assert _all_true(result, truth)
            assert set(result.values.values()) == known
        elif on and all(block.sexes[0] for block in blocks):
            assert _all_true(result, truth)
        merged = read_rows(FILLED, _merged(rows, ranges), marks=SheetMarks(merged=tuple(ranges)))
        assert _all_true(merged, truth)
        assert set(merged.values.values()) == known

    holds()


def test_no_figure_is_another_area_s_where_blocks_lack_rows(request):
    """Where source.toml says how many rows a block has and one lacks some: refused, or right."""

    @examples(request, part=2)
    @given(table=tables())
    def holds(table):
        blocks, on = table
        rows, truth, _ = _written(blocks, on)
        result = read_rows(LONG % f"block = {{ rows = 3, name_on = {on + 1} }}", rows)
        assert _all_true(result, truth)

    holds()
