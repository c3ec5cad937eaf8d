"""Damage to single cells: what slips of the hand, spreadsheets and copying make of a figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.damage.kinds import (
    Choose,
    Files,
    Hit,
    Kinds,
    all_files,
    later_files,
    later_workbooks,
    text_files,
    workbooks,
)
from tests.damage.table_file import Cell

KINDS = Kinds("cells")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_NUMERALS = "零一二三四五六七八九"


def _is_count(cell: Cell) -> bool:
    return isinstance(cell, int) and cell >= 0


def _has_two_digits(cell: Cell) -> bool:
    return _is_count(cell) and cell > 9


def _cell(
    name: str,
    meaning: str,
    change: Callable[[Choose, Cell], Cell],
    must_be="",
    fits=_is_count,
    files: Files = all_files,
):
    """A kind that changes one cell of a figure."""

    def harm(hit: Hit) -> None:
        row, column = hit.cell(fits)
        hit.grid[row][column] = change(hit.choose, hit.grid[row][column])

    KINDS.add(name, meaning, harm, must_be=must_be, files=files)


def _number(text: str) -> Cell:
    """A number where the text is one, as Excel would take it."""
    return int(text) if text.lstrip("-").isdigit() and str(int(text)) == text else text


def _cut(choose: Choose, cell: Cell, first: int = 0, last: int = 0, but: int = -1) -> tuple[str, str]:
    """The digits before and behind a place that is drawn, `last` places before the end at most."""
    text = str(cell)
    at = choose([at for at in range(first, len(text) - last) if at != len(text) - but])
    return text[:at], text[at:]


def _other_digit(choose: Choose, text: str) -> str:
    at = choose([at for at, digit in enumerate(text) if digit != "."])
    return text[:at] + choose([digit for digit in "9876543210" if digit != text[at]]) + text[at + 1 :]


def _digit_dropped(choose: Choose, cell: Cell) -> Cell:
    before, behind = _cut(choose, cell)
    return _number(before + behind[1:])


def _digit_doubled(choose: Choose, cell: Cell) -> Cell:
    before, behind = _cut(choose, cell)
    return _number(before + behind[0] + behind)


def _digits_swapped(choose: Choose, cell: Cell) -> Cell:
    before, behind = _cut(choose, cell, last=1)
    return _number(before + behind[1] + behind[0] + behind[2:])


def _two_figures(choose: Choose, cell: Cell) -> Cell:
    first = choose(range(cell + 1))
    return f"{first}{choose(['+', '-', '/', '～', '、', ' '])}{cell - first}"


def _spaces_around(choose: Choose, cell: Cell) -> Cell:
    space = choose([" ", "\u00a0", "　", "\t", "\u202f", "\ufeff"])
    return f"{space}{cell}{space}"


def _put(*options: Cell) -> Callable[[Choose, Cell], Cell]:
    """One of these for the figure."""
    return lambda choose, _: choose(options)


def _written(*patterns: str) -> Callable[[Choose, Cell], Cell]:
    """The figure as one of these patterns has it."""
    return lambda choose, cell: choose(patterns).format(cell)


def _replaced(digit: str, others: str) -> Callable[[Choose, Cell], Cell]:
    return lambda choose, cell: str(cell).replace(digit, choose(others))


_cell("digit_changed", "One digit is another", lambda choose, cell: _number(_other_digit(choose, str(cell))))
_cell(
    "digit_of_a_printed_rate_changed",
    "One digit of a printed rate is another",
    lambda choose, cell: float(_other_digit(choose, f"{cell:.2f}")),
    fits=lambda cell: isinstance(cell, float),
    files=workbooks,
)
_cell("digit_dropped", "One digit is left out", _digit_dropped, fits=_has_two_digits)
_cell("digit_doubled", "One digit stands twice", _digit_doubled)
_cell("digits_swapped", "Two neighbouring digits are swapped", _digits_swapped, fits=_has_two_digits)
_cell("zero_appended", "A zero is appended", lambda _, cell: _number(f"{cell}0"))
_cell("sign", "A minus stands before the figure", lambda _, cell: -cell)
_cell(
    "brackets",
    "The figure stands in brackets, which accountants read as negative",
    _written("({})", "（{}）"),
)
_cell(
    "decimal_point",
    "A decimal point has come in",
    lambda choose, cell: ".".join(_cut(choose, cell, first=1)),
    fits=_has_two_digits,
)
_cell(
    "thousand_separator_misplaced",
    "A thousand separator stands where none belongs",
    lambda choose, cell: ",".join(_cut(choose, cell, first=1, but=3)),
    fits=_has_two_digits,
)
_cell(
    "thousand_separators",
    "Thousand separators in their places, with a number stored as text",
    lambda choose, cell: f"{cell:,}".replace(",", choose([",", "，", " ", "\u00a0"])),
    must_be="harmless",
    fits=lambda cell: _is_count(cell) and cell > 999,
    files=workbooks,
)
_cell(
    "letter_o_for_zero",
    "The letter O stands for a zero",
    _replaced("0", "OoＯ"),
    fits=lambda cell: _is_count(cell) and "0" in str(cell),
)
_cell(
    "letter_l_for_one",
    "The letter l stands for a one",
    _replaced("1", "lI丨"),
    fits=lambda cell: _is_count(cell) and "1" in str(cell),
)
_cell(
    "full_width", "The digits are in full width", lambda _, cell: str(cell).translate(_FULL_WIDTH), "harmless"
)
_cell("unit_of_persons", "The unit stands behind the figure: 12人", _written("{}人", "{} 人"), "harmless")
_cell("unit_of_ten_thousands", "The figure is in ten-thousands: 1.2万", lambda _, cell: f"{cell / 10000:g}万")
_cell("per_cent", "A sign of per cent or per mille stands behind the figure", _written("{}%", "{}％", "{}‰"))
_cell(
    "about",
    "The figure is said to be rough: 约12, 12左右, >12",
    _written("约{}", "{}左右", ">{}", "{}+", "近{}", "~{}"),
)
_cell(
    "remark_behind",
    "A remark stands behind the figure: 12(含流动3)",
    _written("{}(含流动3)", "{}（含双胞胎1对）", "{}*", "{}①", "{}?"),
)
_cell("sum_in_words", "A sum, a range or two figures stand in the cell: 5+7, 10-12, 5/7", _two_figures)
_cell("blank", "The figure is missing, or only spaces stand there", _put(None, " ", "　"))
_cell("dash", "A dash or the like stands for the figure", _put(*"-—－/…"))
_cell(
    "word_for_nothing",
    "A word stands for the figure: 无, 缺, 同上, 未报",
    _put("无", "缺", "同上", "未报", "N/A", "null", "nan", "inf", "×", "."),
)
_cell("zero", "A zero stands for the figure", _put(0))
_cell("spreadsheet_error", "The formula of the cell has failed", _put("#REF!", "#N/A", "#VALUE!", "#DIV/0!"))
_cell("day", "A date stands in the cell", _put("2024-08-05", "2024/8/5", "8月5日", "5-Aug", date(2024, 8, 5)))
_cell(
    "formatted_as_date",
    "The number is formatted as a date, as Excel does by itself",
    lambda _, cell: date(1899, 12, 31) + timedelta(cell),
    fits=lambda cell: isinstance(cell, int) and 0 < cell < 1_000_000,
    files=workbooks,
)
_cell("scientific", "The figure is written in powers of ten: 1E+02", _written("{:.0E}", "{:.1E}", "{:.2E}"))
_cell(
    "space_inside",
    "A space stands between the digits",
    lambda choose, cell: choose([" ", "　", "\u00a0", "\n"]).join(_cut(choose, cell, first=1, but=3)),
    fits=_has_two_digits,
)
_cell("spaces_around", "Spaces of any kind stand around the figure", _spaces_around, "harmless")
_cell(
    "chinese_numeral",
    "The figure is written in Chinese numerals",
    lambda _, cell: "".join(_NUMERALS[int(digit)] for digit in str(cell)),
)
_cell("formula_as_text", "A formula stands in the cell as text", _put("=B3+B4", "=SUM(D4:E4)", "+D4+E4"))
_cell("truth_value", "TRUE or FALSE stands in the cell", _put(True, False))
_cell("apostrophe", "An apostrophe stands before the digits", _written("'{}", "’{}", "`{}"))
_cell("leading_zero", "A zero stands before the digits", _written("0{}"), "harmless")


@KINDS.kind()
def cells_swapped_in_a_row(hit: Hit) -> None:
    """Two figures of a row are swapped."""
    row, first = hit.grid[hit.row()], hit.column()
    second = hit.choose([column for column in hit.table.figures if column != first])
    row[first], row[second] = row[second], row[first]


@KINDS.kind()
def cells_swapped_in_a_column(hit: Hit) -> None:
    """Two figures of a column are swapped."""
    column, first = hit.column(), hit.row()
    second = hit.choose([row for row in hit.table.body if row != first])
    hit.grid[first][column], hit.grid[second][column] = hit.grid[second][column], hit.grid[first][column]


@KINDS.kind()
def value_above_copied(hit: Hit) -> None:
    """The figure of the row above stands again."""
    at, column = hit.choose(range(1, len(hit.table.body))), hit.column()
    hit.grid[hit.table.body[at]][column] = hit.grid[hit.table.body[at - 1]][column]


@KINDS.kind(files=later_files)
def value_of_last_month_copied(hit: Hit) -> None:
    """A figure of last month's file stands again."""
    row, column = hit.row(), hit.column()
    hit.grid[row][column] = hit.previous.grid[row][column]


@KINDS.kind(must_be="found", files=later_workbooks)
def cumulative_figure_falls(hit: Hit) -> None:
    """A figure since January is below that of the month before."""
    row, column = hit.row(), hit.choose(hit.table.figures[3:7])
    hit.grid[row][column] = hit.choose(range(hit.previous.grid[row][column] or 1))


@KINDS.kind(files=text_files)
def unquoted_thousand_separator(hit: Hit) -> None:
    """A thousand separator without quotation marks cuts a cell of a CSV in two."""
    row, column = hit.cell(_has_two_digits)
    hit.grid[row][column : column + 1] = _cut(hit.choose, hit.grid[row][column], first=1)
    if hit.choose([True, False]):
        hit.grid[row].pop()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_damage_is_told(kind, assert_told):
    assert_told(kind)
