"""Damage to single cells: what slips of the hand, spreadsheets and copying make of a figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps

from tests.damage.kinds import (
    Choose,
    Damage,
    Kinds,
    Tables,
    copied,
    damaged,
    text_files,
    with_previous,
    workbooks,
)
from tests.damage.table_file import Cell

KINDS = Kinds("cells")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_NUMERALS = "零一二三四五六七八九"
Change = Callable[[Choose, Cell], Cell]


def _is_count(cell: Cell) -> bool:
    return isinstance(cell, int) and cell >= 0


def in_cell(must_be: str = "", fits: Callable[[Cell], bool] = _is_count, files=None):
    """Makes a kind of a function that changes one cell of a figure."""

    def make(change: Change) -> Change:
        @wraps(change)
        def strike(choose: Choose, tables: Tables) -> Damage:
            table = choose(files(tables) if files else list(tables.values()))
            places = [(row, column) for row in table.body for column in table.figures]
            row, column = choose([place for place in places if fits(table.grid[place[0]][place[1]])])
            grid = copied(table)
            grid[row][column] = change(choose, grid[row][column])
            return damaged(table, grid)

        KINDS.kind(must_be)(strike)
        return change

    return make


def _cell(text: str) -> Cell:
    """A number where the text is one, as Excel would take it."""
    return int(text) if text.lstrip("-").isdigit() and str(int(text)) == text else text


def _holds(*digits: str) -> Callable[[Cell], bool]:
    return lambda cell: _is_count(cell) and any(digit in str(cell) for digit in digits)


@in_cell()
def digit_changed(choose: Choose, cell: Cell) -> Cell:
    """One digit is another."""
    text = str(cell)
    at = choose(range(len(text)))
    return _cell(text[:at] + choose([digit for digit in "9876543210" if digit != text[at]]) + text[at + 1 :])


@in_cell(fits=lambda cell: isinstance(cell, float), files=workbooks)
def digit_of_a_printed_rate_changed(choose: Choose, cell: Cell) -> Cell:
    """One digit of a printed rate is another."""
    text = f"{cell:.2f}"
    at = choose([at for at, digit in enumerate(text) if digit != "."])
    return float(text[:at] + choose([digit for digit in "9876543210" if digit != text[at]]) + text[at + 1 :])


@in_cell(fits=lambda cell: _is_count(cell) and cell > 9)
def digit_dropped(choose: Choose, cell: Cell) -> Cell:
    """One digit is left out."""
    text = str(cell)
    at = choose(range(len(text)))
    return _cell(text[:at] + text[at + 1 :])


@in_cell()
def digit_doubled(choose: Choose, cell: Cell) -> Cell:
    """One digit stands twice."""
    text = str(cell)
    at = choose(range(len(text)))
    return _cell(text[: at + 1] + text[at:])


@in_cell(fits=lambda cell: _is_count(cell) and cell > 9)
def digits_swapped(choose: Choose, cell: Cell) -> Cell:
    """Two neighbouring digits are swapped."""
    text = str(cell)
    at = choose(range(len(text) - 1))
    return _cell(text[:at] + text[at + 1] + text[at] + text[at + 2 :])


@in_cell()
def zero_appended(_: Choose, cell: Cell) -> Cell:
    """A zero is appended."""
    return _cell(f"{cell}0")


@in_cell()
def sign(_: Choose, cell: Cell) -> Cell:
    """A minus stands before the figure."""
    return -cell


@in_cell()
def brackets(choose: Choose, cell: Cell) -> Cell:
    """The figure stands in brackets, which accountants read as negative."""
    return choose(["({})", "（{}）"]).format(cell)


@in_cell(fits=lambda cell: _is_count(cell) and cell > 9)
def decimal_point(choose: Choose, cell: Cell) -> Cell:
    """A decimal point has come in."""
    text = str(cell)
    at = choose(range(1, len(text)))
    return f"{text[:at]}.{text[at:]}"


@in_cell(fits=lambda cell: _is_count(cell) and cell > 9)
def thousand_separator_misplaced(choose: Choose, cell: Cell) -> Cell:
    """A thousand separator stands where none belongs."""
    text = str(cell)
    at = choose([at for at in range(1, len(text)) if at != len(text) - 3])
    return f"{text[:at]},{text[at:]}"


@in_cell(must_be="harmless", fits=lambda cell: _is_count(cell) and cell > 999, files=workbooks)
def thousand_separators(choose: Choose, cell: Cell) -> Cell:
    """Thousand separators in their places, with a number stored as text."""
    return f"{cell:,}".replace(",", choose([",", "，", " ", "\u00a0"]))


@in_cell(fits=_holds("0"))
def letter_o_for_zero(choose: Choose, cell: Cell) -> Cell:
    """The letter O stands for a zero."""
    return str(cell).replace("0", choose("OoＯ"))


@in_cell(fits=_holds("1"))
def letter_l_for_one(choose: Choose, cell: Cell) -> Cell:
    """The letter l stands for a one."""
    return str(cell).replace("1", choose("lI丨"))


@in_cell(must_be="harmless")
def full_width(_: Choose, cell: Cell) -> Cell:
    """The digits are in full width."""
    return str(cell).translate(_FULL_WIDTH)


@in_cell(must_be="harmless")
def unit_of_persons(choose: Choose, cell: Cell) -> Cell:
    """The unit stands behind the figure: 12人."""
    return choose(["{}人", "{} 人"]).format(cell)


@in_cell()
def unit_of_ten_thousands(_: Choose, cell: Cell) -> Cell:
    """The figure is in ten-thousands: 1.2万."""
    return f"{cell / 10000:g}万"


@in_cell()
def per_cent(choose: Choose, cell: Cell) -> Cell:
    """A sign of per cent or per mille stands behind the figure."""
    return f"{cell}{choose('%％‰')}"


@in_cell()
def about(choose: Choose, cell: Cell) -> Cell:
    """The figure is said to be rough: 约12, 12左右, >12."""
    return choose(["约{}", "{}左右", ">{}", "{}+", "近{}", "~{}"]).format(cell)


@in_cell()
def remark_behind(choose: Choose, cell: Cell) -> Cell:
    """A remark stands behind the figure: 12(含流动3)."""
    return f"{cell}{choose(['(含流动3)', '（含双胞胎1对）', '*', '①', '?'])}"


@in_cell()
def sum_in_words(choose: Choose, cell: Cell) -> Cell:
    """A sum, a range or two figures stand in the cell: 5+7, 10-12, 5/7."""
    first = choose(range(cell + 1))
    return f"{first}{choose(['+', '-', '/', '～', '、', ' '])}{cell - first}"


@in_cell()
def blank(choose: Choose, _: Cell) -> Cell:
    """The figure is missing, or only spaces stand there."""
    return choose([None, " ", "　"])


@in_cell()
def dash(choose: Choose, _: Cell) -> Cell:
    """A dash or the like stands for the figure."""
    return choose("-—－/…")


@in_cell()
def word_for_nothing(choose: Choose, _: Cell) -> Cell:
    """A word stands for the figure: 无, 缺, 同上, 未报."""
    return choose(["无", "缺", "同上", "未报", "N/A", "null", "nan", "inf", "×", "."])


@in_cell()
def zero(_: Choose, __: Cell) -> Cell:
    """A zero stands for the figure."""
    return 0


@in_cell()
def spreadsheet_error(choose: Choose, _: Cell) -> Cell:
    """The formula of the cell has failed."""
    return choose(["#REF!", "#N/A", "#VALUE!", "#DIV/0!"])


@in_cell()
def day(choose: Choose, _: Cell) -> Cell:
    """A date stands in the cell."""
    return choose(["2024-08-05", "2024/8/5", "8月5日", "5-Aug", date(2024, 8, 5)])


@in_cell(fits=lambda cell: isinstance(cell, int) and 0 < cell < 1_000_000, files=workbooks)
def formatted_as_date(_: Choose, cell: Cell) -> Cell:
    """The number is formatted as a date, as Excel does by itself."""
    return date(1899, 12, 31) + timedelta(cell)


@in_cell()
def scientific(choose: Choose, cell: Cell) -> Cell:
    """The figure is written in powers of ten: 1E+02."""
    return f"{cell:.{choose(range(3))}E}"


@in_cell(fits=lambda cell: _is_count(cell) and cell > 9)
def space_inside(choose: Choose, cell: Cell) -> Cell:
    """A space stands between the digits."""
    text = str(cell)
    at = choose([at for at in range(1, len(text)) if at != len(text) - 3])
    return text[:at] + choose([" ", "　", "\u00a0", "\n"]) + text[at:]


@in_cell(must_be="harmless")
def spaces_around(choose: Choose, cell: Cell) -> Cell:
    """Spaces of any kind stand around the figure."""
    space = choose([" ", "\u00a0", "　", "\t", "\u202f", "\ufeff"])
    return f"{space}{cell}{space}"


@in_cell()
def chinese_numeral(_: Choose, cell: Cell) -> Cell:
    """The figure is written in Chinese numerals."""
    return "".join(_NUMERALS[int(digit)] for digit in str(cell))


@in_cell()
def formula_as_text(choose: Choose, _: Cell) -> Cell:
    """A formula stands in the cell as text."""
    return choose(["=B3+B4", "=SUM(D4:E4)", "+D4+E4"])


@in_cell()
def truth_value(choose: Choose, _: Cell) -> Cell:
    """TRUE or FALSE stands in the cell."""
    return choose([True, False])


@in_cell()
def apostrophe(choose: Choose, cell: Cell) -> Cell:
    """An apostrophe stands before the digits."""
    return choose("'’`") + str(cell)


@in_cell(must_be="harmless")
def leading_zero(_: Choose, cell: Cell) -> Cell:
    """A zero stands before the digits."""
    return f"0{cell}"


@KINDS.kind()
def cells_swapped_in_a_row(choose: Choose, tables: Tables) -> Damage:
    """Two figures of a row are swapped."""
    table = choose(list(tables.values()))
    row, first = choose(table.body), choose(table.figures)
    second = choose([column for column in table.figures if column != first])
    grid = copied(table)
    grid[row][first], grid[row][second] = grid[row][second], grid[row][first]
    return damaged(table, grid)


@KINDS.kind()
def cells_swapped_in_a_column(choose: Choose, tables: Tables) -> Damage:
    """Two figures of a column are swapped."""
    table = choose(list(tables.values()))
    column, first = choose(table.figures), choose(table.body)
    second = choose([row for row in table.body if row != first])
    grid = copied(table)
    grid[first][column], grid[second][column] = grid[second][column], grid[first][column]
    return damaged(table, grid)


@KINDS.kind()
def value_above_copied(choose: Choose, tables: Tables) -> Damage:
    """The figure of the row above stands again."""
    table = choose(list(tables.values()))
    row, column = choose(table.body[1:]), choose(table.figures)
    grid = copied(table)
    grid[row][column] = grid[table.body[table.body.index(row) - 1]][column]
    return damaged(table, grid)


@KINDS.kind()
def value_of_last_month_copied(choose: Choose, tables: Tables) -> Damage:
    """A figure of last month's file stands again."""
    previous, table = choose(with_previous(tables))
    row, column = choose(table.body), choose(table.figures)
    grid = copied(table)
    grid[row][column] = previous.grid[row][column]
    return damaged(table, grid)


@KINDS.kind(must_be="found")
def cumulative_figure_falls(choose: Choose, tables: Tables) -> Damage:
    """A figure since January is below that of the month before."""
    pairs = [pair for pair in with_previous(tables) if pair[1].is_workbook]
    previous, table = choose(pairs)
    row, column = choose(table.body), choose(table.figures[3:7])
    grid = copied(table)
    below = previous.grid[row][column] or 1
    grid[row][column] = choose(range(below)) if previous.grid[row][column] else 0
    return damaged(table, grid)


@KINDS.kind()
def unquoted_thousand_separator(choose: Choose, tables: Tables) -> Damage:
    """A thousand separator without quotation marks cuts a cell of a CSV in two."""
    table = choose(text_files(tables))
    places = [(row, column) for row in table.body for column in table.figures]
    row, column = choose([at for at in places if _is_count(cell := table.grid[at[0]][at[1]]) and cell > 9])
    text = str(table.grid[row][column])
    cut = choose(range(1, len(text)))
    grid = copied(table)
    grid[row][column : column + 1] = [text[:cut], text[cut:]]
    grid[row] = grid[row][: len(table.grid[row])] if choose([True, False]) else grid[row]
    return damaged(table, grid)
