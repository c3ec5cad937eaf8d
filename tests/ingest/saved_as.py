"""One description of a sheet, saved as .xlsx, .xls, .ods and CSV: what each format can say, it says."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties, TextProperties
from odf.table import CoveredTableCell, Table, TableCell, TableColumn, TableRow
from odf.text import P, Span

FORMATS = ("xlsx", "xls", "ods", "csv")
MIDNIGHT = time(0)
_NEVER_CALCULATED = 918273645  # xlsxwriter always saves a value: this one is taken out again


@dataclass(frozen=True)
class Raised:
    """A text whose last characters are raised, as the mark of a footnote is."""

    text: str
    mark: str


@dataclass(frozen=True)
class Formula:
    """A formula, without the leading =, and its saved value; None for one that was never calculated."""

    text: str
    value: float | str | None = None


Cell = None | str | int | float | bool | date | datetime | Raised | Formula


@dataclass(frozen=True)
class Drawn:
    """A sheet as a list of rows, and what a spreadsheet says beyond its values; numbers are from 1.

    A merged range is its first row, first column, last row and last column.
    """

    rows: Sequence[Sequence[Cell]]
    name: str = "表一"
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = field(default=())

    def cells(self):
        for row, cells in enumerate(self.rows):
            for column, cell in enumerate(cells):
                yield row, column, cell


def saved_as(suffix: str, *sheets: Drawn) -> bytes:
    """The sheets as the bytes of a file; CSV has room for one, without its marks and formulas."""
    return {"xlsx": _xlsx, "xls": _xls, "ods": _ods, "csv": _csv}[suffix](*sheets)


def _moment(cell: date) -> datetime:
    return cell if isinstance(cell, datetime) else datetime.combine(cell, MIDNIGHT)


def _xlsx(*sheets: Drawn) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        above = book.add_format({"font_script": 1})
        for drawn in sheets:
            sheet = book.add_worksheet(drawn.name)
            for first_row, first, last_row, last in drawn.merged:
                sheet.merge_range(first_row - 1, first - 1, last_row - 1, last - 1, "")
            for row, column, cell in drawn.cells():
                if isinstance(cell, Raised):
                    sheet.write_rich_string(row, column, cell.text, above, cell.mark)
                elif isinstance(cell, Formula):
                    value = _NEVER_CALCULATED if cell.value is None else cell.value
                    sheet.write_formula(row, column, f"={cell.text}", None, value)
                elif isinstance(cell, date):
                    sheet.write_datetime(row, column, _moment(cell), day)
                elif isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif cell is not None:
                    sheet.write(row, column, cell)
            for row in drawn.hidden_rows:
                sheet.set_row(row - 1, None, None, {"hidden": True})
            for column in drawn.hidden_columns:
                sheet.set_column(column - 1, column - 1, None, None, {"hidden": True})
            if drawn.is_hidden:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
    return with_part(file.getvalue(), "xl/worksheets/", f"<v>{_NEVER_CALCULATED}</v>", "")


def with_part(workbook: bytes, part: str, found: str, put: str) -> bytes:
    """A zipped workbook with other text in those parts whose names begin so."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name.startswith(part):
                content = content.replace(found.encode(), put.encode())
            new.writestr(name, content)
    return file.getvalue()


def _xls(*sheets: Drawn) -> bytes:
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    above = xlwt.easyfont("escapement superscript")
    for drawn in sheets:
        sheet = book.add_sheet(drawn.name, cell_overwrite_ok=True)
        for first_row, first, last_row, last in drawn.merged:
            sheet.merge(first_row - 1, last_row - 1, first - 1, last - 1)
        for row, column, cell in drawn.cells():
            if isinstance(cell, Raised):
                sheet.write_rich_text(row, column, [cell.text, (cell.mark, above)])
            elif isinstance(cell, Formula):
                # xlwt saves no values: a calculated formula is written as its value
                sheet.write(row, column, xlwt.Formula(cell.text) if cell.value is None else cell.value)
            elif isinstance(cell, date):
                sheet.write(row, column, _moment(cell), day)
            elif cell is not None:
                sheet.write(row, column, cell)
        for row in drawn.hidden_rows:
            sheet.row(row - 1).hidden = True
        for column in drawn.hidden_columns:
            sheet.col(column - 1).hidden = True
        if drawn.is_hidden:
            sheet.visibility = 1
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _ods(*sheets: Drawn) -> bytes:
    document = OpenDocumentSpreadsheet()
    above = Style(name="above", family="text")
    above.addElement(TextProperties(textposition="super 58%"))
    not_shown = Style(name="not_shown", family="table")
    not_shown.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(above)
    document.automaticstyles.addElement(not_shown)
    for drawn in sheets:
        table = Table(name=drawn.name, **({"stylename": not_shown} if drawn.is_hidden else {}))
        document.spreadsheet.addElement(table)
        cells = {(row + 1, column + 1): cell for row, column, cell in drawn.cells()}
        kinds: dict[tuple[int, int], tuple] = {}
        for top, left, bottom, right in drawn.merged:
            size = {"numberrowsspanned": bottom - top + 1, "numbercolumnsspanned": right - left + 1}
            span = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
            kinds |= dict.fromkeys(span, (CoveredTableCell, {})) | {(top, left): (TableCell, size)}
        width = max((column for _, column in [*cells, *kinds]), default=0)
        height = max([*(row for row, _ in [*cells, *kinds]), *drawn.hidden_rows], default=0)
        for column in range(1, max(width, *drawn.hidden_columns, 1) + 1):
            table.addElement(TableColumn(**_collapsed(column in drawn.hidden_columns)))
        for row in range(1, height + 1):
            element = TableRow(**_collapsed(row in drawn.hidden_rows))
            table.addElement(element)
            for column in range(1, width + 1):
                kind, size = kinds.get((row, column), (TableCell, {}))
                element.addElement(_ods_cell(kind, cells.get((row, column)), size, above))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _collapsed(is_hidden: bool) -> dict[str, str]:
    return {"visibility": "collapse"} if is_hidden else {}


def _ods_cell(kind, cell: Cell, about: dict, above: Style):
    if isinstance(cell, Formula):
        about, cell = about | {"formula": f"of:={cell.text}"}, cell.value
    paragraphs = []
    if isinstance(cell, bool):
        about = about | {"valuetype": "boolean", "booleanvalue": str(cell).lower()}
    elif isinstance(cell, int | float):
        about, paragraphs = about | {"valuetype": "float", "value": repr(cell)}, [P(text=str(cell))]
    elif isinstance(cell, date):
        about = about | {"valuetype": "date", "datevalue": _moment(cell).isoformat()}
        paragraphs = [P(text=f"{cell:%d.%m.%Y}")]
    elif isinstance(cell, Raised):
        about, paragraphs = about | {"valuetype": "string"}, [P(text=cell.text)]
        paragraphs[0].addElement(Span(text=cell.mark, stylename=above))
    elif cell is not None:
        about, paragraphs = about | {"valuetype": "string"}, [P(text=line) for line in cell.split("\n")]
    element = kind(**about)
    for paragraph in paragraphs:
        element.addElement(paragraph)
    return element


def _csv(drawn: Drawn) -> bytes:
    """As a spreadsheet program saves it, but with raised digits as what they are."""
    marks = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")

    def text(cell: Cell) -> str:
        if isinstance(cell, Raised):
            return cell.text + cell.mark.translate(marks)
        if isinstance(cell, Formula):
            return f"={cell.text}" if cell.value is None else text(cell.value)
        if isinstance(cell, bool):
            return str(cell).lower()
        if isinstance(cell, date):
            return str(_moment(cell))
        if isinstance(cell, float):
            return f"{cell:.9f}".rstrip("0").rstrip(".")
        return "" if cell is None else str(cell)

    file = io.StringIO()
    width = max(map(len, drawn.rows), default=0)
    padded = [[*row, *[None] * (width - len(row))] for row in drawn.rows]
    csv.writer(file, lineterminator="\r\n").writerows([[text(cell) for cell in row] for row in padded])
    return file.getvalue().encode("utf-8-sig")
