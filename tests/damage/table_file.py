"""A file with one table, of which damage knows where its parts stand, and how it is written as CSV or workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

import xlsxwriter

Cell = str | int | float | bool | date | None
Grid = list[list[Cell]]
_CREATED = datetime(2024, 9, 1)


@dataclass(frozen=True)
class Table:
    """A file with one table, and where its parts stand (rows and columns from 0).

    `names` are the columns of the area's names, upper first; `body` the rows of areas; `encoding` is empty for
    a workbook. Rows of one area stand together; there are `rows_of_area` of them.
    """

    source: str
    name: str
    grid: Grid
    header: tuple[int, ...]
    names: tuple[int, int]
    figures: tuple[int, ...]
    body: tuple[int, ...]
    totals: tuple[int, ...]
    encoding: str = ""
    rows_of_area: int = 1
    sheet: str = "分乡镇"

    @property
    def path(self) -> str:
        return f"{self.source}/{self.name}"

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
        book.set_properties({"created": _CREATED})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(grid):
                for column, cell in enumerate(row):
                    _write(sheet, number, column, cell, day)
            for first_row, first_column, last_row, last_column in (
                *_merged_down(grid),
                *_merged_across(grid),
            ):
                text = grid[first_row][first_column]
                sheet.merge_range(first_row, first_column, last_row, last_column, text)
    return written.getvalue()


def _write(sheet, row: int, column: int, cell: Cell, day) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), day)
    elif isinstance(cell, str) and cell.startswith("#"):
        sheet.write_formula(row, column, f"={cell}", None, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write(row, column, cell)


def _merged_down(grid: Grid) -> Iterable[tuple[int, int, int, int]]:
    """Names of the first column over the empty cells below, as far as the next column is filled."""
    for first, row in enumerate(grid):
        last = first
        while (
            len(row) > 1
            and row[0]
            and row[1]
            and last + 1 < len(grid)
            and grid[last + 1][0] is None
            and grid[last + 1][1]
        ):
            last += 1
        if last > first:
            yield first, 0, last, 0


def _merged_across(grid: Grid) -> Iterable[tuple[int, int, int, int]]:
    """TextColumn over the empty cells to the right, as far as texts stand below."""
    for number, (row, below) in enumerate(pairwise(grid)):
        for first, cell in enumerate(row):
            last = first
            while isinstance(cell, str) and last + 1 < len(row) and row[last + 1] is None:
                if not isinstance(below[last + 1], str):
                    break
                last += 1
            if last > first:
                yield number, first, number, last
