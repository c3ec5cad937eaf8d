"""One sheet to observations and rejects: its tables one after the other, every cell in the one or the other."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.source import SourceDescription
from pipeline.ingest.tables import stray_values
from pipeline.ingest.tables.cells import NO_CELLS, TableCells, read_cells
from pipeline.ingest.tables.fill_down import RowsBefore
from pipeline.ingest.tables.grid import Cells, Grid, Rows
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.header_search import CutOffError, HeaderSearch
from pipeline.ingest.tables.hidden_parts import HiddenValues, hidden_values, without_hidden_parts
from pipeline.ingest.tables.merged_cells import merged_cells
from pipeline.ingest.tables.missing_parts import FoundTable
from pipeline.ingest.tables.rows import sort_rows
from pipeline.ingest.tables.table_context import TableContext
from pipeline.ingest.tables.totals import NO_DEVIATIONS, TableTotals
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import Location, ProblemError


@dataclass
class OpenTable:
    """A table whose header was found, with what the rows read so far mean for those that follow."""

    table: Table
    context: TableContext
    found: FoundTable
    totals: TableTotals | None
    before: RowsBefore = field(default_factory=RowsBefore)
    is_shifted: bool = False


@dataclass(frozen=True)
class Carried:
    """What the next block of rows of the same sheet goes on with.

    `cut_off` are the last rows of this block, where they begin a header whose other rows lie in the next one.
    """

    open: OpenTable | None
    top: tuple[Cells, ...] | None
    deviations: list[pl.DataFrame]
    cut_off: pl.DataFrame | None


@dataclass
class Extract:
    """What one sheet, or one block of its rows, gave.

    `cells` has one row per cell that was not blank, in the order of row and column, with `reason` null if accepted;
    `blanks` are blank cells beside other values of their area, `hidden` counts the accepted values of hidden parts.
    `totals` holds the deviating cells of total rows of the whole sheet so far: of several blocks the last one's counts.
    """

    rows_left_out: int
    cells: pl.DataFrame = field(default_factory=lambda: NO_CELLS)
    blanks: pl.DataFrame | None = None
    cells_blank: int = 0
    hidden: HiddenValues = field(default_factory=Counter)
    cells_checked: int = 0
    columns_unread: dict[str, None] = field(default_factory=dict)
    totals: pl.DataFrame = field(default_factory=lambda: NO_DEVIATIONS)
    tables: list[FoundTable] = field(default_factory=list)
    problems: list[ProblemError] = field(default_factory=list)
    carried: Carried | None = None


def extract(
    sheet: Sheet,
    path: str,
    source: SourceDescription,
    names: Callable[[str], AreaNames],
    carried: Carried | None = None,
) -> Extract:
    """Read one sheet as source.toml describes it; `names` gives the area names of a level.

    `cells` has the columns of cells.CELLS, `totals` those of totals.DEVIATIONS. A table that cannot be read is
    among `problems`; the others of the sheet count.
    """
    return _SheetReading(sheet, path, source, names, carried).extract()


@dataclass
class _SheetReading:
    """The way through the rows of one sheet: headers open tables, the rows up to the next header are theirs."""

    sheet: Sheet
    path: str
    source: SourceDescription
    names: Callable[[str], AreaNames]
    carried: Carried | None

    def __post_init__(self) -> None:
        sheet, before = self.sheet, self.carried or Carried(None, None, [], None)
        self._frame, left_out = without_hidden_parts(sheet, self.source)
        if before.cut_off is not None:
            self._frame = pl.concat([before.cut_off, self._frame], how="diagonal_relaxed")
        self._open, self._deviations = before.open, list(before.deviations)
        self._location = Location(self.path, sheet.name)
        notation = replace(self.source.parts[0].notation, is_typed=bool(sheet.name))
        self._grid = Grid(self._frame, notation, self._open.table.columns if self._open else ())
        layouts = tuple(layout for layout in self.source.parts if layout.reads(sheet.name))
        self._search = HeaderSearch(self._grid, layouts, self._location, sheet.marks, self.names, before.top)
        self._found = Extract(left_out)
        self._parts: list[TableCells] = []

    def extract(self) -> Extract:
        cut_off = self._read_tables()
        found = self._found
        if cells := [part.frame() for part in self._parts if len(part.row)]:
            found.cells = _joined(cells)
        if blanks := [frame for part in self._parts if (frame := part.blanks()) is not None]:
            found.blanks = _joined(blanks)
        if deviations := [*self._deviations, *self._deviations_of_open()]:
            found.totals = _joined(deviations)
        found.cells_blank = sum(int(part.is_blank.sum()) for part in self._parts)
        found.hidden = hidden_values(found.cells, self._location.sheet, self.sheet.marks)
        found.carried = Carried(self._open, self._search.keep_top(), self._deviations, cut_off)
        return found

    def _read_tables(self) -> pl.DataFrame | None:
        """Go from header to header; returns the last rows, where they begin a header that ends in the next block."""
        begin = 0
        pages: list[np.ndarray] = []
        failure: ProblemError | None = None
        candidates = self._search.candidates(begin, self._open.table if self._open else None)
        was_open, is_explained = self._open is not None, False
        while (position := next(candidates, None)) is not None:
            if position < begin:
                continue
            try:
                found = self._search.table_at(position)
            except CutOffError:
                self._read_rows([*pages, np.arange(begin, position)])
                return self._frame[position:]
            if found is None:
                continue
            above = np.arange(begin, position)
            if isinstance(found, ProblemError):
                if self._open is None:
                    failure = failure or found
                elif stray_values.has_words_for_values(self._grid, position, self._open.table):
                    self._read_rows([*pages, above])
                    self._close()
                    self._found.problems.append(found)
                    is_explained = True
                    pages, begin = [], position + 1
                    candidates = self._search.candidates(begin, None)
                continue
            table, context = found
            pages.append(above)
            begin = self._search.first_row = position + table.layout.header.rows
            if self._open and (table, context) == (self._open.table, self._open.context):
                continue
            if self._open is None and not is_explained:
                self._found.problems += stray_values.above_header(
                    self._grid, above, table, self._location, failure
                )
            self._read_rows(pages)
            self._close()
            self._begin(table, context)
            was_open, is_explained, failure, pages = True, False, None, []
            candidates = self._search.candidates(begin, table)
        self._read_rows([*pages, np.arange(begin, self._grid.height)])
        if not was_open and self.carried is None and (problem := failure or self._search.no_header()):
            self._found.problems.append(problem)
        return None

    def _begin(self, table: Table, context: TableContext) -> None:
        layout = table.layout
        self._search.keep_top(table)
        elements = {column.element for column in table.value_columns if column.element is not None}
        found = FoundTable(layout.number, table.location, table.headers, elements)
        self._open = OpenTable(table, context, found, TableTotals(layout) if layout.rows.totals else None)
        self._found.tables.append(found)
        self._found.columns_unread |= dict.fromkeys(table.unread)

    def _close(self) -> None:
        self._deviations += self._deviations_of_open()
        self._open = None

    def _deviations_of_open(self) -> list[pl.DataFrame]:
        if self._open is None or self._open.totals is None:
            return []
        names = self.names(self._open.table.layout.area.level)
        return [self._open.totals.deviations(names.holding)]

    def _read_rows(self, pages: list[np.ndarray]) -> None:
        """Read rows of the open table; `pages` are positions in the grid, those below each repeated header."""
        positions = np.concatenate(pages)
        if self._open is None or not len(positions):
            return
        open_table, table, found = self._open, self._open.table, self._found
        names, context = self.names(table.layout.area.level), self._open.context
        toml, marks, below = self.source.toml, self.sheet.marks, Rows(self._grid, positions)
        adds_up, leaves_out = toml.rows.several_per_area == "sum", toml.hidden == "leave_out"
        rows = sort_rows(below, table, open_table.before, marks, self.names(""), adds_up=adds_up)
        merged = merged_cells(rows, table, marks, are_hidden_left_out=leaves_out)
        try:
            part = read_cells(rows.data, table, context, names, rows.doubts, merged)
        except ProblemError as problem:
            found.problems.append(problem)
            return
        self._parts.append(part)
        found.rows_left_out += rows.left_out
        found.columns_unread |= dict.fromkeys(part.named.labels_unread)
        open_table.found.elements |= part.elements_found
        open_table.found.figure_rows += rows.data.reach
        open_table.found.total_rows += rows.totals.reach
        if not open_table.is_shifted:
            shifted = stray_values.under_no_header(rows.data, table, self._location)
            open_table.is_shifted = bool(shifted)
            found.problems += shifted
        found.problems += stray_values.of_no_element(rows.data, table, self._location)
        open_table.before = rows.before
        if open_table.totals:
            stated = read_cells(rows.totals, replace(table, area=()), context, names)
            found.cells_checked += int(stated.is_counted.sum())
            open_table.totals.add(part, stated, rows.labels)


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts) if len(parts) > 1 else parts[0]
