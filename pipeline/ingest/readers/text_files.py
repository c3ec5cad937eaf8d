"""Text files with separators to grids, in blocks of whole rows."""

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import BinaryIO

import polars as pl

from pipeline.ingest.readers.encodings import decoded_blocks
from pipeline.ingest.readers.kinds import separator_of
from pipeline.ingest.readers.sheet import Sheet, without_empty_texts
from pipeline.problems import Location, ProblemError, column_letters

_WIDEST = 16_384  # columns of a spreadsheet


def text_sheets(file: BinaryIO, encoding: str, name: str) -> Iterator[Sheet]:
    """The only sheet of a text file in blocks of rows."""
    separator, row, width = "", 1, 0
    is_tsv = PurePosixPath(name).suffix.lower() == ".tsv"
    for text in decoded_blocks(file.read, encoding, name):
        if "\0" in text:
            raise ProblemError(Location(name), "binary content", "a text file with separators")
        separator = separator or ("\t" if is_tsv else separator_of(text))
        _refuse_cut_off(text, separator, Location(name, row=row + text.count("\n")))
        grid = _read_delimited(text, separator, Location(name, row=row))
        grid = grid.with_columns(pl.lit(None, pl.String).alias(str(n)) for n in range(grid.width, width))
        grid.columns = [str(number) for number in range(1, grid.width + 1)]
        grid = grid.with_row_index("row", offset=row)
        yield Sheet("", without_empty_texts(grid), begins=row == 1)
        row, width = row + grid.height, grid.width - 1
    if row == 1:
        raise ProblemError(Location(name), "an empty file", "a header and at least one row")


def _refuse_cut_off(text: str, separator: str, location: Location) -> None:
    """Refuse a text that was cut off: its last line has no line break and fewer cells than the line before."""
    if text.endswith("\n"):
        return
    before, last = ["", *text.rsplit("\n", 2)][-2:]
    is_note = last.lstrip('" ').startswith(("注", "说明", "备注"))
    if 0 < last.count(separator) < before.count(separator) and not is_note:
        wish = "a whole file, whose last row has as many cells as the others; ask for it again"
        raise ProblemError(location, "the file ends in the middle of a row", wish)


def _read_delimited(text: str, separator: str, location: Location) -> pl.DataFrame:
    _refuse_broad(text[: text.find("\n") + 1 or len(text)].count(separator) + 1, location)
    try:
        return pl.read_csv(
            text.encode(), separator=separator, has_header=False, infer_schema=False, encoding="utf8"
        )
    except pl.exceptions.NoDataError:
        return pl.DataFrame()
    except pl.exceptions.ComputeError:
        return _read_ragged(text, separator, location)


def _refuse_broad(width: int, location: Location) -> None:
    if width > _WIDEST:
        wish = f"at most {_WIDEST:,}, up to {column_letters(_WIDEST)}; ask for a whole table as CSV"
        raise ProblemError(location, f"{width:,} columns", wish)


def _read_ragged(text: str, separator: str, location: Location) -> pl.DataFrame:
    """Rows of unequal length, which polars would cut: short ones are filled with nulls, long ones widen the grid."""
    rows: list[list[str | None]] = []
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=separator, strict=True):
            rows.append([cell or None for cell in cells])
    except csv.Error:
        found = "a quotation mark that is not closed, or text behind one"
        wish = "quotation marks in pairs around a cell; mend it at the office and send the file again"
        raise ProblemError(Location(location.file, row=location.row + len(rows)), found, wish) from None
    _refuse_broad(max(map(len, rows), default=0), location)
    columns = enumerate(zip_longest(*rows))
    return pl.DataFrame([pl.Series(str(number), cells, pl.String) for number, cells in columns])
