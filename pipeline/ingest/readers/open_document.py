"""OpenDocument spreadsheets (.ods): values, hidden parts, merged cells, raised runs and formulas without a value.

odfpy lays the document out as objects and leaves the reading of cells, repeats and spans to its caller; calamine gives
errors and times as blanks. So the document is gone through row by row by the standard library.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import repeat
from xml.etree import ElementTree

import msgspec

from pipeline.ingest.readers.cell_texts import (
    FALSE,
    TRUE,
    day_text,
    lowered,
    moment_text,
    number_text,
    raised,
)
from pipeline.ingest.readers.sheet import GridAndMarks, SheetMarks, Workbook, grid_of, refuse_far_cells
from pipeline.problems import Location

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _TEXT, _STYLE, _FO = (
    _NS % name for name in ("table", "office", "text", "style", "xsl-fo-compatible")
)
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_NUMBERS = {"float", "currency", "percentage"}
_ERROR = re.compile(r"#[A-Z/0?!]+[!?]?|#N/A|Err:\d+")
_EXTERNAL = re.compile(r"'.+'#")
_DEEPEST_ROW, _WIDEST = 1_048_576, 16_384
_Row = dict[int, str]


def open_ods(data: bytes, name: str) -> Workbook:
    """The sheets of an .ods; caches of linked files are passed over."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        tables = _Document(name).read(io.BytesIO(archive.read("content.xml")))
    return {table.location.sheet: table.read for table in tables}


class _OpenTable:
    """One sheet while it is read: its cells by row and column, and what is hidden or merged."""

    def __init__(self, location: Location, is_hidden: bool) -> None:
        self.location = location
        self._marks = SheetMarks(is_hidden)
        self._cells: dict[int, _Row] = {}
        self._columns = self._next_row = 0
        self._width = self._filled = 0

    def add_columns(self, number: int, is_hidden: bool) -> None:
        if is_hidden:
            last = min(self._columns + number, _WIDEST)
            self._marks.hidden_columns.update(range(self._columns + 1, last + 1))
        self._columns += number

    def add_rows(self, cells: _Row, spans: list[tuple[int, int, int]], number: int, is_hidden: bool) -> None:
        """Add equal rows, `number` of them; a span is a column, a number of rows and a number of columns."""
        first = self._next_row + 1
        self._next_row += number
        if cells:
            self._filled += len(cells) * number
            self._width = max(self._width, *cells)
            refuse_far_cells(replace(self.location, row=self._next_row, column=self._width), self._filled)
            self._cells.update(zip(range(first, first + number), repeat(cells), strict=False))
        if is_hidden:
            self._marks.hidden_rows.update(range(first, min(first + number, _DEEPEST_ROW + 1)))
        if spans:
            self._marks.merged += [
                (row, column, row + rows - 1, column + columns - 1)
                for row in range(first, first + number)
                for column, rows, columns in spans
            ]

    def read(self) -> GridAndMarks:
        return grid_of(self._cells), self._marks


class _Document:
    """Reads content.xml row by row, and frees each row once it is read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._hidden_styles: set[str] = set()
        self._marking: dict[str, Callable[[str], str]] = {}
        self._tables: list[_OpenTable] = []
        self._open: _OpenTable | None = None
        self._depth = 0

    def read(self, xml: io.BytesIO) -> list[_OpenTable]:
        for event, element in ElementTree.iterparse(xml, ("start", "end")):
            tag = element.tag
            if event == "start":
                if tag in (f"{_TABLE}table", f"{_TABLE}dde-links"):
                    self._depth += 1
                    if self._depth == 1:
                        self._start_table(element)
            elif tag == f"{_TABLE}table-row" and self._depth == 1:
                if self._open:
                    self._add_row(element, self._open)
                element.clear()
            elif tag == f"{_TABLE}table-column" and self._depth == 1 and self._open:
                self._open.add_columns(_number(element, "number-columns-repeated"), _is_hidden(element))
            elif tag == f"{_STYLE}style":
                self._take_style(element)
            elif tag in (f"{_TABLE}table", f"{_TABLE}dde-links"):
                self._depth -= 1
                element.clear()
        return self._tables

    def _start_table(self, element: ElementTree.Element) -> None:
        name = element.get(f"{_TABLE}name", "")
        style = element.get(f"{_TABLE}style-name", "")
        is_cache = element.tag != f"{_TABLE}table" or style == "ta_extref" or _EXTERNAL.match(name)
        self._open = (
            None if is_cache else _OpenTable(Location(self._file, name), style in self._hidden_styles)
        )
        if self._open:
            self._tables.append(self._open)

    def _take_style(self, element: ElementTree.Element) -> None:
        name = element.get(f"{_STYLE}name", "")
        for properties in element:
            if properties.get(f"{_TABLE}display") == "false":
                self._hidden_styles.add(name)
            position = properties.get(f"{_STYLE}text-position", "").split()
            if position and position[0] not in ("0%", "0"):
                is_lowered = position[0] == "sub" or position[0].startswith("-")
                self._marking[name] = lowered if is_lowered else raised

    def _add_row(self, element: ElementTree.Element, table: _OpenTable) -> None:
        cells: _Row = {}
        spans: list[tuple[int, int, int]] = []
        column = 1
        for cell in element:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            number = _number(cell, "number-columns-repeated")
            text = self._text(cell)
            if text:
                if column + number - 1 > _WIDEST:
                    raise ValueError("a row wider than any sheet")
                cells.update(zip(range(column, column + number), repeat(text), strict=False))
            rows, columns = _number(cell, "number-rows-spanned"), _number(cell, "number-columns-spanned")
            if rows > 1 or columns > 1:
                spans.append((column, rows, columns))
            column += number
        table.add_rows(cells, spans, _number(element, "number-rows-repeated"), _is_hidden(element))

    def _text(self, cell: ElementTree.Element) -> str:
        kind = cell.get(f"{_OFFICE}value-type", "")
        formula = cell.get(f"{_TABLE}formula")
        written = "\n".join(self._paragraph(part) for part in cell if part.tag == f"{_TEXT}p")
        if cell.get(f"{_CALC}value-type") == "error" or (formula and _ERROR.fullmatch(written)):
            return written or "#ERROR!"
        if kind in _NUMBERS:
            return number_text(float(cell.get(f"{_OFFICE}value", "")))
        if kind == "date":
            return moment_text(datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", "")))
        if kind == "time":
            return _time(cell.get(f"{_OFFICE}time-value", ""))
        if kind == "boolean":
            return TRUE if cell.get(f"{_OFFICE}boolean-value") == "true" else FALSE
        if formula and not kind and not written:
            return "=" + formula.partition(":=")[2]
        return written or cell.get(f"{_OFFICE}string-value", "")

    def _paragraph(self, element: ElementTree.Element) -> str:
        pieces = [element.text or ""]
        for part in element:
            if part.tag == f"{_TEXT}s":
                pieces.append(" " * _number(part, "c", _TEXT))
            elif part.tag == f"{_TEXT}tab":
                pieces.append("\t")
            elif part.tag == f"{_TEXT}line-break":
                pieces.append("\n")
            elif part.tag not in (f"{_TEXT}ruby-text", f"{_TEXT}note", f"{_OFFICE}annotation"):
                mark = self._marking.get(part.get(f"{_TEXT}style-name", ""), str)
                pieces.append(mark(self._paragraph(part)))
            pieces.append(part.tail or "")
        return "".join(pieces)


def _number(element: ElementTree.Element, name: str, namespace: str = _TABLE) -> int:
    number = int(element.get(f"{namespace}{name}", "1"))
    if not 0 <= number <= _DEEPEST_ROW:
        raise ValueError("more rows or columns than any sheet has")
    return number


def _is_hidden(element: ElementTree.Element) -> bool:
    return element.get(f"{_TABLE}visibility", "visible") != "visible"


def _time(text: str) -> str:
    """A length of time such as PT13H30M00S, as a spreadsheet shows it."""
    try:
        return day_text(msgspec.convert(text, timedelta) / timedelta(1))
    except msgspec.ValidationError:
        return text
