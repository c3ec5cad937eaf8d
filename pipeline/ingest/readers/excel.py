"""Workbooks of Excel since 2007 (.xlsx, .xlsm, .xlsb): values by fastexcel, hidden and merged parts by excel_xml."""

import io
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import fastexcel
import polars as pl
import python_calamine

from pipeline.ingest.readers.excel_xml import ExcelXml, NoSheetError
from pipeline.ingest.readers.kinds import DAMAGED, SEND_AGAIN
from pipeline.ingest.readers.sheet import (
    Sheet,
    SheetMarks,
    refuse_far_cells,
    wanted_sheets,
    with_texts,
    without_empty_texts,
)
from pipeline.problems import Location, ProblemError

_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
}

logging.getLogger("fastexcel").setLevel(logging.ERROR)


def excel_sheets(data: bytes, name: str, patterns: tuple[str, ...], at_most: int) -> Iterator[Sheet]:
    """The sheets of an .xlsx or .xlsm, in the order of their names; charts, dialogs and macros are passed over."""
    with _damage_told(name):
        book = ExcelXml(data)
    wanted = wanted_sheets(list(book.sheets), patterns, at_most, name)
    findings = {}
    for sheet in book.sheets:
        with _damage_told(name, sheet):
            found = findings[sheet] = book.look_at(sheet)
        refuse_far_cells(Location(name, sheet, found.last_row, found.last_column), found.filled)
    with _damage_told(name), _without_messages():
        values = fastexcel.read_excel(data)
    for sheet in sorted(book.sheets):
        with _damage_told(name, sheet):
            with _without_messages():
                grid = _values(values, sheet)
            grid = with_texts(without_empty_texts(grid), findings[sheet].texts)
        yield Sheet(sheet, grid, is_wanted=sheet in wanted, marks=findings[sheet].marks)


def binary_sheets(data: bytes, name: str, patterns: tuple[str, ...], at_most: int) -> Iterator[Sheet]:
    """The sheets of an .xlsb, of which python-calamine knows whether they are hidden, and no more."""
    with _damage_told(name), _without_messages():
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            found = [
                sheet
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
        values = fastexcel.read_excel(data)
    shown = {sheet.name: sheet.visible == python_calamine.SheetVisibleEnum.Visible for sheet in found}
    wanted = wanted_sheets(list(shown), patterns, at_most, name)
    for sheet in sorted(shown):
        with _damage_told(name, sheet), _without_messages():
            grid = without_empty_texts(_values(values, sheet))
        yield Sheet(sheet, grid, is_wanted=sheet in wanted, marks=SheetMarks(is_hidden=not shown[sheet]))


def _values(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    grid = pl.DataFrame(pl.from_arrow(batch))
    grid.columns = [str(info.absolute_index + 1) for info in sheet.available_columns()]
    texts = {}
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        kind = error.detail.rpartition("Error(")[2].partition(")")[0]
        texts[row + 1, int(grid.columns[column])] = _ERRORS.get(kind, f"#{kind.upper()}!")
    return with_texts(grid.with_row_index("row", offset=1), texts)


@contextmanager
def _damage_told(name: str, sheet: str = "") -> Iterator[None]:
    """Turn whatever a library raises on a damaged workbook, a panic of Rust included, into a ProblemError."""
    try:
        yield
    except (ProblemError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError:
        found = "a workbook that needs more memory than there is"
        raise ProblemError(Location(name, sheet), found, "the sheets that count as CSV") from None
    except NoSheetError as error:
        raise ProblemError(Location(name, sheet), str(error), SEND_AGAIN) from None
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ProblemError(Location(name, sheet), DAMAGED, SEND_AGAIN) from None


@contextmanager
def _without_messages() -> Iterator[None]:
    """Keep messages of libraries off the terminal; Rust writes them past Python, so the file descriptor is redirected."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    try:
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
