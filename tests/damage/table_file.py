"""A file with one table, of which damage knows where its parts stand, and how it is written as CSV or workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise, takewhile

import xlsxwriter

Cell = str | int | float | bool | date | None
Grid = list[list[Cell]]


@dataclass(frozen=True)
class Table:
    """A file with one table, and where its parts stand (rows and columns from 0).

    `path` is below data/raw. The first two columns are the area's names, upper first; `body` are the rows of areas;
    `encoding` is empty for a workbook. Rows of one area stand together; there are `rows_of_area` of them.
    """

    path: str
    grid: Grid
    header: tuple[int, ...]
    figures: tuple[int, ...]
    body: tuple[int, ...]
    totals: tuple[int, ...]
    encoding: str = ""
    rows_of_area: int = 1
    sheet: str = "分乡镇"
    names: tuple[int, int] = (0, 1)

    @property
    def source(self) -> str:
        return self.path.partition("/")[0]

    @property
    def month(self) -> int:
        """The month of the year; 1 of a file of the whole year."""
        found = re.search(r"2024(\d\d)", self.path)
        return int(found[1]) if found else 1

    @property
    def is_workbook(self) -> bool:
        return not self.encoding

    def with_grid(self, grid: Grid) -> Table:
        return replace(self, grid=grid)

    def content(self) -> bytes:
        """The bytes of the file."""
        return workbook({self.sheet: self.grid}) if self.is_workbook else self.text().encode(self.encoding)

    def text(self) -> str:
        """The text of a CSV file."""
        written = io.StringIO()
        csv.writer(written, lineterminator="\r\n").writerows(self.grid)
        return written.getvalue()


def workbook(sheets: dict[str, Grid]) -> bytes:
    """An .xlsx file; names that stand once above or before empty cells are merged over them."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2024, 9, 1)})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(grid):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), day)
                    elif isinstance(cell, str) and cell.startswith("#"):
                        sheet.write_formula(number, column, f"={cell}", None, cell)
                    elif isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write(number, column, cell)
            for merged in _merged(grid):
                sheet.merge_range(*merged, grid[merged[0]][merged[1]])
    return written.getvalue()


def _merged(grid: Grid) -> Iterable[tuple[int, int, int, int]]:
    """First row, first column, last row and last column of what is merged: a name over the empty cells below, as far as
    the next column is filled; a text over the empty cells to its right, as far as texts stand below.
    """
    for at, row in enumerate(grid):
        is_name = len(row) > 1 and row[0] and row[1]
        below = (
            list(takewhile(lambda other: other[0] is None and other[1], grid[at + 1 :])) if is_name else []
        )
        if below:
            yield at, 0, at + len(below), 0
    for at, (row, texts) in enumerate(pairwise(grid)):
        for first, cell in enumerate(row):
            behind = zip(row[first + 1 :], texts[first + 1 :], strict=False)
            empty = list(takewhile(lambda both: both[0] is None and isinstance(both[1], str), behind))
            if isinstance(cell, str) and empty:
                yield at, first, at, first + len(empty)
