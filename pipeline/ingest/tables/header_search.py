"""The search for the tables of a sheet: which row is a header, of which layout, and what stands around its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import Layout, matches
from pipeline.ingest.tables.fill_down import RowsBefore
from pipeline.ingest.tables.grid import Cells, Grid
from pipeline.ingest.tables.header import Table, find_table
from pipeline.ingest.tables.table_context import (
    SheetTexts,
    TableContext,
    element_of_sheet,
    read_table_context,
)
from pipeline.ingest.tables.totals import TableTotals
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.near_misses import nearest_text
from pipeline.problems import Location, ProblemError, shorten

_HEAD_ROWS = 40
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class OpenTable:
    """A table whose header was found, with what the rows read so far mean for those that follow."""

    table: Table
    context: TableContext
    before: RowsBefore = field(default_factory=RowsBefore)
    totals: TableTotals | None = None

    def goes_on_from(self, other: OpenTable) -> bool:
        """Whether this is the other table again, after a page break."""
        return self.table.is_like(other.table) and self.context == other.context


class CutOff:
    """A header whose last rows lie in the next block of the sheet."""


@dataclass
class HeaderSearch:
    """Headers in the grid of one sheet, or of one block of it, from the top down.

    `top` holds the first rows of the sheet, once they are known; `first_row` is the position of the first row below
    the last header.
    """

    grid: Grid
    layouts: tuple[Layout, ...]
    location: Location
    marks: SheetMarks
    names: Callable[[str], AreaNames]
    top: tuple[Cells, ...] | None
    first_row: int = 0

    def candidates(self, begin: int, table: Table | None) -> Iterator[int]:
        """Positions from `begin` where a header may stand; below a table only where it looks like a header again."""
        if table is None:
            yield from _header_rows(self.grid, begin, self.layouts)
            return
        for start in range(begin, self.grid.height, _ROWS_AT_ONCE):
            end = min(start + _ROWS_AT_ONCE, self.grid.height)
            yield from _repeated_header_rows(self.grid, start, end, table, self.layouts)

    def table_at(self, position: int) -> OpenTable | ProblemError | CutOff | None:
        """The table whose header stands at a row, by the first layout that fits; else what is wrong with it."""
        (row,) = self.grid.cells(position, position + 1)
        problem: ProblemError | None = None
        for layout in self.layouts:
            if not _is_headed(row, layout):
                continue
            rows = self.grid.cells(position, position + layout.header.rows)
            if len(rows) < layout.header.rows and not self.location.sheet:
                return CutOff()
            try:
                location = replace(self.location, row=int(self.grid.numbers[position]))
                texts = SheetTexts(location, self._rows_above(position))
                element = element_of_sheet(layout, texts)
                table = find_table(rows, self.grid.names, layout, element, location, self.marks)
                context = read_table_context(layout, texts, self.names(layout.area.level), element)
                return OpenTable(table, context)
            except ProblemError as error:
                problem = problem or error
        return problem

    def _rows_above(self, position: int) -> tuple[tuple[Cells, ...], ...]:
        """Rows above a header: those right above it, then the top of the sheet."""
        near = tuple(self.grid.cells(max(self.first_row, position - _HEAD_ROWS), position))
        if self.top is None and self.first_row == 0:
            return near, tuple(self.grid.cells(0, min(position, _HEAD_ROWS)))
        return near, self.top or ()

    def keep_top(self, table: Table | None = None) -> tuple[Cells, ...]:
        """The first rows of the sheet: those above its first table."""
        if self.top is None:
            above = int(np.searchsorted(self.grid.numbers, table.location.row)) if table else _HEAD_ROWS
            self.top = tuple(self.grid.cells(0, min(above, _HEAD_ROWS)))
        return self.top

    def no_header(self) -> ProblemError | None:
        """What to say of a sheet without any header; nothing where all its tables are optional."""
        if all(layout.is_optional for layout in self.layouts):
            return None
        head = self.grid.cells(0, _HEAD_ROWS)
        first = next(filter(any, head), ())
        patterns = dict.fromkeys(layout.header.contains for layout in self.layouts)
        return ProblemError(
            self.location,
            f"no header: the sheet begins with {shorten(' | '.join(filter(None, first)))!r}",
            f"a cell like {' or '.join(map(repr, patterns))} ([header] contains in source.toml)"
            f"{nearest_text(patterns, (cell for row in head for cell in row))}",
            "column",
        )


def _header_rows(grid: Grid, begin: int, layouts: tuple[Layout, ...]) -> Iterator[int]:
    """Positions of the rows from `begin`, from the top down, with a cell that fits the header text of a layout."""
    near = grid.cells(begin, begin + _HEAD_ROWS)
    yield from (
        begin + at for at, row in enumerate(near) if any(_is_headed(row, layout) for layout in layouts)
    )
    rest = np.arange(min(begin + _HEAD_ROWS, grid.height), grid.height)
    yield from _headed(grid, rest, layouts)


def _repeated_header_rows(
    grid: Grid, begin: int, end: int, table: Table, layouts: tuple[Layout, ...]
) -> Iterator[int]:
    """Positions of rows below a header that may be a header again: they have its text, and no number in a value column."""
    without_figures = np.ones(end - begin, dtype=bool)
    if not any(layout.has_periods_in_header for layout in layouts):
        for column in table.value_columns:
            value = grid.numerals(column.name, table.notation).value
            without_figures &= np.isnan(value[begin:end])
            if not without_figures.any():
                return
    yield from _headed(grid, begin + np.flatnonzero(without_figures), layouts)


def _is_headed(row: Cells, layout: Layout) -> bool:
    return any(cell and matches(layout.header.contains, cell) for cell in row)


def _headed(grid: Grid, positions: np.ndarray, layouts: tuple[Layout, ...]) -> list[int]:
    """The rows, among some, with a cell that fits the header text of a layout; `*`, which any cell fits, is passed over."""
    patterns = {layout.header.contains for layout in layouts} - {"*"}
    if not patterns or not len(positions):
        return []
    found = np.zeros(len(positions), dtype=bool)
    for name in grid.names:
        texts = grid.texts(name)
        at = texts.at[positions]
        fitting = np.zeros(len(texts.distinct), dtype=bool)
        for number in set(at.tolist()):
            text = texts.distinct[number]
            fitting[number] = bool(text) and any(matches(pattern, text) for pattern in patterns)
        found |= fitting[at]
    return positions[found].tolist()
