"""Workbooks of Excel since 2007 (.xlsx, .xlsm, .xlsb): values by fastexcel, hidden and merged parts by excel_xml."""

import io
import logging
from functools import partial

import fastexcel
import polars as pl
import python_calamine

from pipeline.ingest.readers.excel_xml import ExcelXml
from pipeline.ingest.readers.sheet import (
    GridAndMarks,
    SheetMarks,
    Workbook,
    refuse_far_cells,
    with_texts,
    without_empty_texts,
)
from pipeline.problems import Location

_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
}

logging.getLogger("fastexcel").setLevel(logging.ERROR)


def open_excel(data: bytes, name: str) -> Workbook:
    """The sheets of an .xlsx or .xlsm; charts, dialogs and macros are passed over."""
    book, values = ExcelXml(data), fastexcel.read_excel(data)

    def read(sheet: str) -> GridAndMarks:
        found = book.look_at(sheet)
        refuse_far_cells(Location(name, sheet, found.last_row, found.last_column), found.filled)
        return with_texts(_values(values, sheet), found.texts), found.marks

    return {sheet: partial(read, sheet) for sheet in book.sheets}


def open_excel_binary(data: bytes, _: str) -> Workbook:
    """The sheets of an .xlsb, of which python-calamine knows whether they are hidden, and no more."""
    values = fastexcel.read_excel(data)

    def read(sheet: str, *, is_hidden: bool) -> GridAndMarks:
        return _values(values, sheet), SheetMarks(is_hidden)

    with python_calamine.load_workbook(io.BytesIO(data)) as book:
        return {
            sheet.name: partial(
                read, sheet.name, is_hidden=sheet.visible != python_calamine.SheetVisibleEnum.Visible
            )
            for sheet in book.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        }


def _values(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """The grid of a sheet, with errors as a spreadsheet shows them."""
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    grid = pl.DataFrame(pl.from_arrow(batch))
    grid.columns = [str(info.absolute_index + 1) for info in sheet.available_columns()]
    texts = {}
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        kind = error.detail.rpartition("Error(")[2].partition(")")[0]
        texts[row + 1, int(grid.columns[column])] = _ERRORS.get(kind, f"#{kind.upper()}!")
    return without_empty_texts(with_texts(grid.with_row_index("row", offset=1), texts))
