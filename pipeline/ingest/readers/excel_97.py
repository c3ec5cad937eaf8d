"""Workbooks of Excel 97 and before (.xls), by xlrd: values, hidden parts, merged cells and raised runs."""

import io
import struct
from collections.abc import Iterator
from typing import Any

import xlrd

from pipeline.ingest.readers.cell_texts import FALSE, TRUE, day_text, lowered, number_text, raised
from pipeline.ingest.readers.excel_97_formulas import DamagedFormulaError, unsaved_formulas
from pipeline.ingest.readers.kinds import DAMAGED, SEND_AGAIN
from pipeline.ingest.readers.passwords import protected
from pipeline.ingest.readers.sheet import Sheet, SheetMarks, grid_of, wanted_sheets
from pipeline.problems import ProblemError

_RAISED, _LOWERED = 1, 2


def excel_97_sheets(data: bytes, name: str, patterns: tuple[str, ...], at_most: int) -> Iterator[Sheet]:
    """The sheets of an .xls in the order of their names; charts, macros and caches of linked sheets are passed over."""
    book = _opened(data, name)
    sheets = {sheet.name: sheet for sheet in book.sheets()}
    wanted = wanted_sheets(list(sheets), patterns, at_most, name)
    try:
        unsaved = dict(zip(sheets, unsaved_formulas(data), strict=False))
    except DamagedFormulaError as error:
        raise ProblemError(name, f"{DAMAGED} ({error})", SEND_AGAIN) from None
    except (IndexError, struct.error, OSError):
        raise ProblemError(name, DAMAGED, SEND_AGAIN) from None
    for sheet_name in sorted(sheets):
        try:
            rows = _rows(sheets[sheet_name], book)
            for row, column in unsaved.get(sheet_name, ()):
                if row < len(rows) and column < len(rows[row]) and rows[row][column] is None:
                    rows[row][column] = "="
            grid, marks = grid_of(_trimmed(rows)), _marks(sheets[sheet_name], len(rows))
        except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
            raise ProblemError(name, DAMAGED, SEND_AGAIN) from None
        yield Sheet(sheet_name, grid, is_wanted=sheet_name in wanted, marks=marks)


def _opened(data: bytes, name: str) -> xlrd.Book:
    try:
        return xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO(), ragged_rows=True
        )
    except MemoryError:
        raise
    except Exception as error:  # xlrd raises all sorts on damaged bytes: assertions, struct errors, its own
        if "encrypted" in str(error).lower():
            raise protected(name) from None
        raise ProblemError(name, DAMAGED, SEND_AGAIN) from None


def _rows(sheet: xlrd.sheet.Sheet, book: xlrd.Book) -> list[list[str | None]]:
    is_from_1904 = book.datemode == 1
    rows: list[list[str | None]] = []
    for row in range(sheet.nrows):
        cells = zip(sheet.row_types(row), sheet.row_values(row), strict=True)
        rows.append([_text(kind, value, is_from_1904) for kind, value in cells])
    for (row, column), runs in sheet.rich_text_runlist_map.items():
        if row < len(rows) and column < len(rows[row]) and (text := rows[row][column]):
            rows[row][column] = _with_marks(text, runs, book)
    return rows


def _text(kind: int, value: Any, is_from_1904: bool) -> str | None:
    if kind == xlrd.XL_CELL_TEXT:
        return value or None
    if kind == xlrd.XL_CELL_NUMBER:
        return number_text(value)
    if kind == xlrd.XL_CELL_DATE:
        return day_text(value, is_from_1904=is_from_1904)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return TRUE if value else FALSE
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#ERROR!")
    return None


def _with_marks(text: str, runs: list[tuple[int, int]], book: xlrd.Book) -> str:
    """A text with its superscript and subscript runs written as marks; `runs` are pairs of offset and font."""
    ends = [offset for offset, _ in runs[1:]] + [len(text)]
    pieces = [text[: runs[0][0]]]
    for (start, font), end in zip(runs, ends, strict=True):
        escapement = book.font_list[font].escapement
        pieces.append({_RAISED: raised, _LOWERED: lowered}.get(escapement, str)(text[start:end]))
    return "".join(pieces)


def _trimmed(rows: list[list[str | None]]) -> list[list[str | None]]:
    """Rows without the empty cells at their ends, and without empty rows at the end."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _marks(sheet: xlrd.sheet.Sheet, height: int) -> SheetMarks:
    hidden = {row + 1 for row, about in sheet.rowinfo_map.items() if about.hidden}
    if sheet.default_row_hidden:
        hidden |= {row + 1 for row in range(height) if row not in sheet.rowinfo_map}
    columns = {column + 1 for column, about in sheet.colinfo_map.items() if about.hidden and column < 256}
    merged = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    return SheetMarks(sheet.visibility != 0, hidden, columns, merged)
