"""Workbooks of Excel 97 and before (.xls), by xlrd: values, hidden parts, merged cells and raised runs."""

import io
from collections.abc import Set
from functools import partial
from typing import Any

import xlrd

from pipeline.ingest.readers.cell_texts import FALSE, TRUE, day_text, lowered, number_text, raised
from pipeline.ingest.readers.excel_97_formulas import unsaved_formulas
from pipeline.ingest.readers.passwords import protected
from pipeline.ingest.readers.sheet import GridAndMarks, SheetMarks, Workbook, grid_of

_RAISED, _LOWERED = 1, 2


def open_excel_97(data: bytes, name: str) -> Workbook:
    """The sheets of an .xls; charts, macros and caches of linked sheets are passed over."""
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO(), ragged_rows=True
        )
    except Exception as error:
        if "encrypted" in str(error).lower():
            raise protected(name) from None
        raise
    unsaved = dict(enumerate(unsaved_formulas(data)))
    return {
        sheet.name: partial(_read, sheet, unsaved.get(number, set()), book)
        for number, sheet in enumerate(book.sheets())
    }


def _read(sheet: xlrd.sheet.Sheet, unsaved: Set[tuple[int, int]], book: xlrd.Book) -> GridAndMarks:
    """`unsaved` are the rows and columns, from 0, of formulas without a value."""
    cells: dict[int, dict[int, str]] = {}
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            text = _text(kind, value, book.datemode == 1)
            if text and (runs := sheet.rich_text_runlist_map.get((row, column))):
                text = _with_marks(text, runs, book)
            if not text and (row, column) in unsaved:
                text = "="
            if text:
                cells.setdefault(row + 1, {})[column + 1] = text
    return grid_of(cells), _marks(sheet, max(cells, default=0))


def _text(kind: int, value: Any, is_from_1904: bool) -> str:
    if kind == xlrd.XL_CELL_TEXT:
        return value
    if kind == xlrd.XL_CELL_NUMBER:
        return number_text(value)
    if kind == xlrd.XL_CELL_DATE:
        return day_text(value, is_from_1904=is_from_1904)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return TRUE if value else FALSE
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#ERROR!")
    return ""


def _with_marks(text: str, runs: list[tuple[int, int]], book: xlrd.Book) -> str:
    """A text with its superscript and subscript runs written as marks; `runs` are pairs of offset and font."""
    ends = [offset for offset, _ in runs[1:]] + [len(text)]
    pieces = [text[: runs[0][0]]]
    for (start, font), end in zip(runs, ends, strict=True):
        escapement = book.font_list[font].escapement
        pieces.append({_RAISED: raised, _LOWERED: lowered}.get(escapement, str)(text[start:end]))
    return "".join(pieces)


def _marks(sheet: xlrd.sheet.Sheet, height: int) -> SheetMarks:
    hidden = {row + 1 for row, about in sheet.rowinfo_map.items() if about.hidden}
    if sheet.default_row_hidden:
        hidden |= {row + 1 for row in range(height) if row not in sheet.rowinfo_map}
    columns = {column + 1 for column, about in sheet.colinfo_map.items() if about.hidden and column < 256}
    merged = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    return SheetMarks(sheet.visibility != 0, hidden, columns, merged)
