"""Files to grids: every sheet as a table of texts, with the row and column numbers a spreadsheet shows."""

from __future__ import annotations

import csv
import io
import logging
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from pipeline.ingest.source import SourceDescription
from pipeline.problems import Place, ProblemError

WORKBOOKS = {".xlsx", ".xls", ".xlsb", ".xlsm", ".ods"}
ENCODINGS = ("utf-8-sig", "gb18030", "big5", "cp949")
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
    """One sheet as text. `grid` has a column `row` (from 1) and one column per sheet column: "1", "2", ..."""

    name: str
    grid: pl.DataFrame


def read_sheets(path: Path, source: SourceDescription) -> tuple[list[Sheet], str]:
    """All sheets of a file that the source asks for, and the encoding of a text file."""
    if path.suffix.lower() in WORKBOOKS:
        return _read_workbook(path, source.sheets), ""
    text, encoding = _decode(path, source.encoding)
    return [Sheet("", _read_delimited(text, path))], encoding


def _read_workbook(path: Path, pattern: str) -> list[Sheet]:
    import fastexcel

    try:
        workbook = fastexcel.read_excel(path)
        names = [name for name in workbook.sheet_names if fnmatchcase(name, pattern)]
        if not names:
            raise ProblemError(
                path.name,
                f"sheets {', '.join(workbook.sheet_names)}",
                f"a sheet named like {pattern!r} (source.toml)",
            )
        return [Sheet(name, _read_sheet(workbook, name)) for name in names]
    except fastexcel.FastExcelError as error:
        raise ProblemError(
            path.name,
            f"a workbook that cannot be opened ({error})",
            "a whole .xlsx, .xls or .ods file; send it again",
        ) from None


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


def _decode(path: Path, encoding: str) -> tuple[str, str]:
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tried: tuple[str, ...] = ("utf-16",)
    else:
        tried = ENCODINGS if encoding == "detect" else (encoding,)
    for name in tried:
        try:
            return content.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    raise ProblemError(
        Place(path.name),
        f"bytes that are not {' or '.join(tried)}",
        "a text file; name its encoding in source.toml",
    )


def _read_delimited(text: str, path: Path) -> pl.DataFrame:
    if "\0" in text:
        raise ProblemError(Place(path.name), "binary content", "a text file with separators")
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(text)
    try:
        grid = pl.read_csv(
            text.encode(), separator=separator, has_header=False, infer_schema=False, encoding="utf8"
        )
    except pl.exceptions.NoDataError:
        raise ProblemError(Place(path.name), "an empty file", "a header and at least one row") from None
    except pl.exceptions.ComputeError:
        grid = _read_ragged(text, separator)
    grid.columns = [str(number) for number in range(1, grid.width + 1)]
    return grid.with_row_index("row", offset=1)


def _separator(text: str) -> str:
    head = text[:4096]
    return max(",\t;", key=head.count)


def _read_ragged(text: str, separator: str) -> pl.DataFrame:
    """Rows of unequal length, which polars would cut: short ones are filled with nulls, long ones widen the grid."""
    rows = [[cell or None for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator)]
    width = max(map(len, rows), default=0)
    filled = [row + [None] * (width - len(row)) for row in rows]
    return pl.DataFrame(
        filled, schema=[str(number) for number in range(width)], orient="row", strict=False
    ).cast(pl.String)
