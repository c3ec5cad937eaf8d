"""The search for the tables of a sheet: which row is a header, of which layout, and what stands around its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import Layout, matches
from pipeline.ingest.tables.grid import Cells, Grid, Rows
from pipeline.ingest.tables.header import Table, find_table
from pipeline.ingest.tables.table_context import (
    SheetTexts,
    TableContext,
    element_of_sheet,
    read_table_context,
)
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.near_misses import nearest_text
from pipeline.problems import Location, ProblemError, shorten

_HEAD_ROWS = 40
_ROWS_AT_ONCE = 10_000


class CutOffError(Exception):
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
        """Positions from `begin` on where a header may stand, from the top down.

        `*`, which any cell fits, counts only near the top. Below a table only rows that look like a header again count: no
        number stands in its value columns.
        """
        patterns = {layout.header.contains for layout in self.layouts}
        if table is None:
            yield from self._headed(np.arange(begin, min(begin + _HEAD_ROWS, self.grid.height)), patterns)
            begin += _HEAD_ROWS
        for start in range(begin, self.grid.height, _ROWS_AT_ONCE):
            positions = np.arange(start, min(start + _ROWS_AT_ONCE, self.grid.height))
            if table and not any(layout.has_periods_in_header for layout in self.layouts):
                has_number = Rows(self.grid, positions).has_numbers(table.value_names).any(axis=1)
                positions = positions[~has_number]
            yield from self._headed(positions, patterns - {"*"})

    def _headed(self, positions: np.ndarray, patterns: set[str]) -> list[int]:
        """The rows, among some, with a cell that fits one of the patterns."""
        if not patterns or not len(positions):
            return []
        codes = self.grid.codes[positions]
        fitting = self.grid.fitting(codes, lambda text: any(matches(pattern, text) for pattern in patterns))
        return positions[fitting.any(axis=1)].tolist()

    def table_at(self, position: int) -> tuple[Table, TableContext] | ProblemError | None:
        """The table whose header stands at a row, by the first layout that fits; else what is wrong with it.

        Raises a CutOffError where the next block of rows is needed to know.
        """
        (row,) = self.grid.cells(position, position + 1)
        problem: ProblemError | None = None
        for layout in self.layouts:
            if not any(cell and matches(layout.header.contains, cell) for cell in row):
                continue
            rows = self.grid.cells(position, position + layout.header.rows)
            if len(rows) < layout.header.rows and not self.location.sheet:
                raise CutOffError
            try:
                location = replace(self.location, row=int(self.grid.numbers[position]))
                texts = SheetTexts(location, self._rows_above(position))
                element = element_of_sheet(layout, texts)
                table = find_table(rows, self.grid.names, layout, element, location, self.marks)
                return table, read_table_context(layout, texts, self.names(layout.area.level), element)
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
        first = " | ".join(filter(None, next(filter(any, head), ())))
        patterns = dict.fromkeys(layout.header.contains for layout in self.layouts)
        near = nearest_text(patterns, (cell for row in head for cell in row))
        wish = f"a cell like {' or '.join(map(repr, patterns))} ([header] contains in source.toml){near}"
        found = f"no header: the sheet begins with {shorten(first)!r}"
        return ProblemError(self.location, found, wish, "column")
