"""One sheet to observations and rejects: its tables one after the other, every cell in the one or the other."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.source import SourceDescription
from pipeline.ingest.tables import stray_values
from pipeline.ingest.tables.cells import TableCells, are_counted, no_cells, read_cells
from pipeline.ingest.tables.grid import Cells, Grid, Rows
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.header_search import CutOff, HeaderSearch, OpenTable
from pipeline.ingest.tables.hidden_parts import HiddenValues, hidden_values, without_hidden_parts
from pipeline.ingest.tables.merged_cells import refuse_merged_cells
from pipeline.ingest.tables.missing_parts import FoundTable
from pipeline.ingest.tables.rows import SortedRows, sort_rows
from pipeline.ingest.tables.totals import DEVIATIONS, TableTotals
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.text_columns import rows_where
from pipeline.problems import Location, ProblemError


@dataclass(frozen=True)
class Carried:
    """What the next block of rows of the same sheet goes on with.

    `cut_off` are the last rows of this block, where they begin a header whose other rows lie in the next one.
    """

    open: OpenTable | None
    top: tuple[Cells, ...]
    deviations: tuple[pl.DataFrame, ...]
    cut_off: pl.DataFrame | None


@dataclass
class Extract:
    """What one sheet, or one block of its rows, gave.

    `cells` has one row per cell that was not blank, in the order of row and column, with `reason` null if accepted;
    `blanks` are blank cells beside other values of their area, `hidden` counts the accepted values of hidden parts.
    `totals` holds the deviating cells of total rows of the whole sheet so far: of several blocks the last one's counts.
    """

    rows_left_out: int
    cells: pl.DataFrame = field(default_factory=no_cells)
    blanks: pl.DataFrame | None = None
    cells_blank: int = 0
    hidden: HiddenValues = field(default_factory=Counter)
    cells_checked: int = 0
    columns_unread: dict[str, None] = field(default_factory=dict)
    totals: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEVIATIONS))
    tables: dict[Location, FoundTable] = field(default_factory=dict)
    problems: list[ProblemError] = field(default_factory=list)
    carried: Carried | None = None

    def note(
        self,
        table: Table,
        elements: Iterable[int | None],
        data_rows: tuple[int, int] | None = None,
        total_rows: tuple[int, int] | None = None,
    ) -> None:
        """Note the elements, and the first and last rows, that were found of a table."""
        known = frozenset(element for element in elements if element is not None)
        found = FoundTable(table.layout.number, table.location, known, table.headers, data_rows, total_rows)
        earlier = self.tables.get(table.location)
        self.tables[table.location] = earlier.joined_with(found) if earlier else found


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


class _SheetReading:
    """The way through the rows of one sheet: headers open tables, the rows up to the next header are theirs."""

    def __init__(
        self,
        sheet: Sheet,
        path: str,
        source: SourceDescription,
        names: Callable[[str], AreaNames],
        carried: Carried | None,
    ) -> None:
        frame, left_out = without_hidden_parts(sheet, source)
        if carried and carried.cut_off is not None:
            frame = pl.concat([carried.cut_off, frame], how="diagonal_relaxed")
        self._open = carried.open if carried else None
        self._grid = Grid(frame)
        if self._open is not None:
            self._grid = self._grid.widened(self._open.table.columns)
        self._sheet = sheet
        self._source = source
        self._names = names
        self._is_first = carried is None
        self._location = Location(path, sheet.name)
        layouts = tuple(layout for layout in source.parts if layout.reads(sheet.name))
        top = carried.top if carried else None
        self._search = HeaderSearch(self._grid, layouts, self._location, sheet.marks, names, top)
        self._found = Extract(left_out)
        self._parts: list[TableCells] = []
        self._deviations = list(carried.deviations) if carried else []
        self._shifted: set[Location] = set()  # the places of tables whose rows were shifted

    def extract(self) -> Extract:
        cut_off = self._read_tables()
        found = self._found
        if cells := [part.cells for part in self._parts if part.cells.height]:
            found.cells = _joined(cells)
        if blanks := [part.blanks for part in self._parts if part.blanks is not None]:
            found.blanks = _joined(blanks)
        if deviations := [*self._deviations, *self._deviations_of_open()]:
            found.totals = _joined(deviations)
        found.cells_blank = sum(part.cells_blank for part in self._parts)
        found.hidden = hidden_values(found.cells, self._location.sheet, self._sheet.marks)
        found.carried = Carried(self._open, self._search.keep_top(), tuple(self._deviations), cut_off)
        return found

    def _read_tables(self) -> pl.DataFrame | None:
        """Go from header to header; returns the last rows, where they begin a header that ends in the next block."""
        begin = 0
        pages: list[np.ndarray] = []
        failure: ProblemError | None = None
        candidates = self._candidates(begin)
        was_open, is_explained = self._open is not None, False
        while (position := next(candidates, None)) is not None:
            if position < begin:
                continue
            found = self._search.table_at(position)
            if found is None:
                continue
            if isinstance(found, CutOff):
                self._read_rows([*pages, np.arange(begin, position)])
                return self._grid.frame.slice(position)
            if isinstance(found, ProblemError):
                if self._open is None:
                    failure = failure or found
                elif stray_values.has_words_for_values(self._grid, position, self._open.table):
                    self._read_rows([*pages, np.arange(begin, position)])
                    self._close()
                    self._found.problems.append(found)
                    is_explained = True
                    pages, begin = [], position + 1
                    candidates = self._candidates(begin)
                continue
            pages.append(np.arange(begin, position))
            begin = self._search.first_row = position + found.table.layout.header.rows
            if self._open is not None and found.goes_on_from(self._open):
                continue
            if self._open is None and not is_explained:
                self._found.problems += stray_values.above_header(
                    self._grid, pages[-1], found.table, self._location, failure
                )
            self._read_rows(pages)
            self._close()
            self._begin(found)
            was_open, is_explained, failure, pages = True, False, None, []
            candidates = self._candidates(begin)
        self._read_rows([*pages, np.arange(begin, self._grid.height)])
        if not was_open and self._is_first and (problem := failure or self._search.no_header()):
            self._found.problems.append(problem)
        return None

    def _candidates(self, begin: int) -> Iterator[int]:
        return self._search.candidates(begin, self._open.table if self._open else None)

    def _begin(self, found: OpenTable) -> None:
        table = found.table
        self._search.keep_top(table)
        self._open = found
        self._found.note(table, (column.element for column in table.value_columns))
        self._found.columns_unread |= dict.fromkeys(table.unread)

    def _close(self) -> None:
        self._deviations += self._deviations_of_open()
        self._open = None

    def _deviations_of_open(self) -> list[pl.DataFrame]:
        if self._open is None or self._open.totals is None:
            return []
        names = self._names(self._open.table.layout.area.level)
        return [self._open.totals.deviations(names.holding)]

    def _read_rows(self, pages: list[np.ndarray]) -> None:
        """Read rows of the open table; `pages` are positions in the grid, those below each repeated header."""
        positions = np.concatenate(pages)
        if self._open is None or not len(positions):
            return
        table, context, found = self._open.table, self._open.context, self._found
        names = self._names(table.layout.area.level)
        rows = sort_rows(
            Rows(self._grid, positions),
            table,
            self._open.before,
            self._sheet.marks,
            self._holds,
            adds_up=self._source.toml.rows.several_per_area == "sum",
        )
        try:
            part = read_cells(rows.data, table, context, names, rows.doubts, rows.doubt_of)
        except ProblemError as problem:
            found.problems.append(problem)
            return
        are_hidden_left_out = self._source.toml.hidden == "leave_out"
        cells = refuse_merged_cells(
            part.cells, rows, table, self._sheet.marks, are_hidden_left_out=are_hidden_left_out
        )
        self._parts.append(replace(part, cells=cells))
        found.rows_left_out += rows.left_out
        found.columns_unread |= dict.fromkeys(part.labels_unread)
        found.note(table, part.elements_found, rows.data.reach, rows.totals.reach)
        if table.location not in self._shifted and (
            shifted := stray_values.under_no_header(rows.data, table, self._location)
        ):
            self._shifted.add(table.location)
            found.problems += shifted
        found.problems += stray_values.of_no_element(rows.data, table, self._location)
        self._open = replace(self._open, before=rows.before)
        if table.layout.rows.totals is not None:
            self._hold_totals(self._open, rows, cells, names)

    def _holds(self, one: str, other: str) -> bool:
        """Whether the first name is an area that holds that of the second, or is it."""
        names = self._names("")
        above, below = (names.resolve((name,))[0] for name in (one, other))
        return above is not None and below is not None and names.holding([above, below]) == above

    def _hold_totals(
        self, open_table: OpenTable, rows: SortedRows, cells: pl.DataFrame, names: AreaNames
    ) -> None:
        """Give the open table's totals what they are held against: the cells of rows of data and of total rows."""
        table = open_table.table
        totals = open_table.totals or TableTotals(table.layout.has_areas_in_header)
        stated = read_cells(rows.totals, replace(table, area=()), open_table.context, names).cells
        is_counted = are_counted(stated)
        self._found.cells_checked += int(is_counted.sum())
        is_stated = is_counted & ~np.isnan(stated["value"].to_numpy())
        totals.add(cells, rows_where(stated, is_stated), rows.labels)
        self._open = replace(open_table, totals=totals)


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts) if len(parts) > 1 else parts[0]
