"""Files to grids: every sheet as a table of texts, with the row and column numbers a spreadsheet shows."""

from __future__ import annotations

import csv
import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import polars as pl

from pipeline.ingest.encodings import DETECT, decoded_blocks, detect_encoding
from pipeline.problems import Place, ProblemError

WORKBOOKS = {".xlsx", ".xls", ".xlsb", ".xlsm", ".ods"}
_LARGEST_WORKBOOK = 300 * 2**20
_EXCEL_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
}

logging.getLogger("fastexcel").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Sheet:
    """One sheet as text, or a block of rows of a long one.

    `grid` has a column `row` (from 1) and one column per sheet column: "1", "2", ...; an empty cell is null. A sheet
    that source.toml does not ask for is not wanted: it is only searched for personal data.
    """

    name: str
    grid: pl.DataFrame
    begins: bool = True
    is_wanted: bool = True


@dataclass(frozen=True)
class Content:
    """What a file holds: the encoding of a text file, and its sheets by name, long ones in blocks of rows."""

    encoding: str
    sheets: Iterator[Sheet]


def read_content(path: Path, encoding: str, sheets: tuple[str, ...], sheets_at_most: int) -> Content:
    """The same of a file that nobody writes to meanwhile."""
    return read_opened(io.BytesIO(path.read_bytes()), path.name, encoding, sheets, sheets_at_most)


def read_opened(
    file: BinaryIO, name: str, encoding: str, sheets: tuple[str, ...], sheets_at_most: int
) -> Content:
    """Read the sheets of a file one after the other; those that fit none of `sheets` are not wanted."""
    path = PurePosixPath(name)
    if path.suffix.lower() in WORKBOOKS:
        return Content("", _workbook_sheets(file, path, sheets, sheets_at_most))
    if encoding == DETECT:
        encoding = detect_encoding(file, path.name)
    return Content(encoding, _text_blocks(file, path, encoding))


def _workbook_sheets(
    file: BinaryIO, path: PurePosixPath, patterns: tuple[str, ...], at_most: int
) -> Iterator[Sheet]:
    import fastexcel

    _refuse_huge_workbook(file, path)
    try:
        workbook = fastexcel.read_excel(file.read())
        wanted = {
            name for name in workbook.sheet_names if any(fnmatchcase(name, pattern) for pattern in patterns)
        }
        if not wanted:
            raise ProblemError(
                path.name,
                f"sheets {', '.join(workbook.sheet_names)}",
                f"a sheet named like {' or '.join(map(repr, patterns))} (source.toml)",
            )
        if len(wanted) > at_most:
            raise ProblemError(
                path.name,
                f"{len(wanted)} sheets to read",
                f"at most {at_most}; narrow `sheets` in source.toml, or raise [limits] sheets",
            )
        for name in sorted(workbook.sheet_names):
            yield Sheet(name, _read_sheet(workbook, name), is_wanted=name in wanted)
    except fastexcel.FastExcelError as error:
        raise ProblemError(
            path.name,
            f"a workbook that cannot be opened ({error})",
            "a whole .xlsx, .xls or .ods file; send it again",
        ) from None


def _refuse_huge_workbook(file: BinaryIO, path: PurePosixPath) -> None:
    """Refuse a workbook that would fill the memory, before a byte of it is unpacked."""
    size = file.seek(0, io.SEEK_END)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            size = max(size, sum(member.file_size for member in archive.infolist()))
    file.seek(0)
    if size > _LARGEST_WORKBOOK:
        raise ProblemError(
            path.name,
            f"a workbook of {size / 2**20:,.0f} MB when unpacked",
            f"at most {_LARGEST_WORKBOOK // 2**20} MB; save the sheets that count as CSV, or ask for the file again",
        )


def _read_sheet(workbook, name: str) -> pl.DataFrame:
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    grid = pl.DataFrame(pl.from_arrow(batch))
    columns = [str(info.absolute_index + 1) for info in sheet.available_columns()]
    grid.columns = columns
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        kind = error.detail.rpartition("Error(")[2].partition(")")[0]
        grid[row, column] = _EXCEL_ERRORS.get(kind, f"#{kind.upper()}!")
    return grid.with_row_index("row", offset=1)


def _text_blocks(file: BinaryIO, path: PurePosixPath, encoding: str) -> Iterator[Sheet]:
    separator, row, width = "", 1, 0
    for text in decoded_blocks(file, encoding, path.name):
        if "\0" in text:
            raise ProblemError(Place(path.name), "binary content", "a text file with separators")
        _refuse_cut_off(text, separator or _separator(text), Place(path.name, row=row + text.count("\n")))
        separator = separator or ("\t" if path.suffix.lower() == ".tsv" else _separator(text))
        grid = _read_delimited(text, separator, Place(path.name, row=row))
        grid = grid.with_columns(pl.lit(None, pl.String).alias(str(n)) for n in range(grid.width, width))
        grid.columns = [str(number) for number in range(1, grid.width + 1)]
        grid = grid.with_row_index("row", offset=row)
        yield Sheet("", grid, begins=row == 1)
        row, width = row + grid.height, grid.width - 1
    if row == 1:
        raise ProblemError(Place(path.name), "an empty file", "a header and at least one row")


def _refuse_cut_off(text: str, separator: str, place: Place) -> None:
    """Refuse a text whose last line has no end and fewer cells than the line before: the rest of it is missing."""
    if text.endswith("\n"):
        return
    before, last = ["", *text.rsplit("\n", 2)][-2:]
    is_note = last.lstrip('" ').startswith(("注", "说明", "备注"))
    if 0 < last.count(separator) < before.count(separator) and not is_note:
        raise ProblemError(
            place,
            "the file ends in the middle of a row",
            "a whole file, whose last row has as many cells as the others; ask for it again",
        )


def _separator(text: str) -> str:
    head = text[:4096]
    return max(",\t;", key=head.count)


def _read_delimited(text: str, separator: str, place: Place) -> pl.DataFrame:
    try:
        return pl.read_csv(
            text.encode(), separator=separator, has_header=False, infer_schema=False, encoding="utf8"
        )
    except pl.exceptions.NoDataError:
        return pl.DataFrame()
    except pl.exceptions.ComputeError:
        return _read_ragged(text, separator, place)


def _read_ragged(text: str, separator: str, place: Place) -> pl.DataFrame:
    """Rows of unequal length, which polars would cut: short ones are filled with nulls, long ones widen the grid."""
    rows: list[list[str | None]] = []
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=separator, strict=True):
            rows.append([cell or None for cell in cells])
    except csv.Error:
        raise ProblemError(
            Place(place.file, row=place.row + len(rows)),
            "a quotation mark that is not closed, or text behind one",
            "quotation marks in pairs around a cell; mend it at the office and send the file again",
        ) from None
    width = max(map(len, rows), default=0)
    filled = [row + [None] * (width - len(row)) for row in rows]
    return pl.DataFrame(
        filled, schema=[str(number) for number in range(width)], orient="row", strict=False
    ).cast(pl.String)
