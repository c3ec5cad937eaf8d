"""One sheet to observations and rejects: its tables one after the other, every figure in the one or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from pipeline.ingest import strays
from pipeline.ingest.figures import Figures, are_counted, no_cells, read_figures
from pipeline.ingest.fills import Above
from pipeline.ingest.grid import Cells, Grid, Rows
from pipeline.ingest.header import Table, find_table, header_rows, is_headed, repeated_header_rows
from pipeline.ingest.hidden_parts import HiddenFigures, without_hidden_parts
from pipeline.ingest.merged_figures import refuse_merged_figures
from pipeline.ingest.missing import FoundTable
from pipeline.ingest.missing import Rows as RowNumbers
from pipeline.ingest.names import AreaNames
from pipeline.ingest.near_misses import nearest_text
from pipeline.ingest.readers import Sheet
from pipeline.ingest.rows import SortedRows, sort_rows
from pipeline.ingest.source import SourceDescription
from pipeline.ingest.surroundings import SheetTexts, Surroundings, element_of_sheet, read_surroundings
from pipeline.ingest.texts import picked
from pipeline.ingest.totals import DEVIATIONS, TableTotals
from pipeline.problems import Location, ProblemError, shorten

_HEAD_ROWS = 40
_ROWS_AT_ONCE = 10_000
_CUT_OFF = object()


@dataclass(frozen=True)
class _OpenTable:
    """The table whose rows are being read, with what its next rows depend on."""

    table: Table
    around: Surroundings
    above: Above = field(default_factory=Above)
    totals: TableTotals | None = None

    def goes_on_from(self, other: _OpenTable) -> bool:
        """Whether this is the other table again, after a page break."""
        return self.table.is_like(other.table) and self.around == other.around


@dataclass(frozen=True)
class Carried:
    """What the next block of rows of the same sheet goes on with."""

    open: _OpenTable | None = None
    top: tuple[Cells, ...] | None = None
    deviations: pl.DataFrame | None = None
    cut_off: pl.DataFrame | None = None


@dataclass(frozen=True)
class Extract:
    """What one sheet, or one block of its rows, gave.

    `cells` has one row per figure that was not blank, in the order of row and column, with `reason` null if accepted;
    `blanks` are blank cells beside other figures of their area, `hidden` where accepted figures of hidden parts stood.
    `totals` holds the deviating cells of total rows of the whole sheet so far: of several blocks the last one's counts.
    """

    cells: pl.DataFrame
    blanks: pl.DataFrame | None
    cells_blank: int
    rows_left_out: int
    hidden: HiddenFigures
    cells_checked: int
    columns_unread: tuple[str, ...]
    totals: pl.DataFrame
    tables: tuple[FoundTable, ...]
    problems: list[ProblemError]
    carried: Carried


def extract(
    sheet: Sheet,
    path: str,
    source: SourceDescription,
    names: Callable[[str], AreaNames],
    carried: Carried | None = None,
) -> Extract:
    """Read one sheet as source.toml describes it; `names` gives the area names of a level.

    `cells` has the columns of figures.CELLS, `totals` those of totals.DEVIATIONS. A table that cannot be read is
    among `problems`; the others of the sheet count.
    """
    return _Reading(sheet, path, source, names, carried).extract()


class _Reading:
    """The way through the rows of one sheet: headers open tables, the rows up to the next header are theirs."""

    def __init__(
        self,
        sheet: Sheet,
        path: str,
        source: SourceDescription,
        names: Callable[[str], AreaNames],
        carried: Carried | None,
    ) -> None:
        before = carried or Carried()
        frame, self._left_out = without_hidden_parts(sheet, source)
        if before.cut_off is not None:
            frame = pl.concat([before.cut_off, frame], how="diagonal_relaxed")
        self._grid = Grid(frame)
        self._marks = sheet.marks
        self._are_hidden_left_out = source.hidden == "leave_out"
        self._adds_up = source.sums_rows_of_an_area
        self._is_first = carried is None
        self._place = Location(path, sheet.name)
        self._layouts = tuple(layout for layout in source.parts if layout.reads(sheet.name))
        self._names = names
        self._top = before.top
        self._first_row = 0
        self._open = before.open
        if self._open is not None:
            self._grid = self._grid.widened(self._open.table.columns)
        self._deviations = [] if before.deviations is None else [before.deviations]
        self._figures: list[Figures] = []
        self._found: dict[Location, FoundTable] = {}
        self._unread: dict[str, None] = {}
        self._checked = 0
        self._shifted: set[Location] = set()
        self._problems: list[ProblemError] = []

    def extract(self) -> Extract:
        cut_off = self._read_tables()
        cells = [part.cells for part in self._figures if part.cells.height]
        blanks = [part.blanks for part in self._figures if part.blanks is not None]
        every = _joined(cells) if cells else no_cells()
        return Extract(
            cells=every,
            blanks=_joined(blanks) if blanks else None,
            cells_blank=sum(part.cells_blank for part in self._figures),
            rows_left_out=self._left_out,
            hidden=HiddenFigures.among(every, self._place.sheet, self._marks),
            cells_checked=self._checked,
            columns_unread=tuple(self._unread),
            totals=_joined(
                [*self._deviations, *self._deviations_of_open()] or [pl.DataFrame(schema=DEVIATIONS)]
            ),
            tables=tuple(self._found.values()),
            problems=self._problems,
            carried=Carried(
                self._open,
                self._top or tuple(self._grid.cells(0, _HEAD_ROWS)),
                _joined(self._deviations) if self._deviations else None,
                cut_off,
            ),
        )

    def _read_tables(self) -> pl.DataFrame | None:
        """Go from header to header; returns a last header whose second row is in the next block."""
        begin = 0
        pages: list[np.ndarray] = []
        failure: ProblemError | None = None
        candidates = self._candidates(begin)
        was_open, is_explained = self._open is not None, False
        while (position := next(candidates, None)) is not None:
            if position < begin:
                continue
            found = self._table_at(position)
            if found is None:
                continue
            if found is _CUT_OFF:
                self._read_rows([*pages, np.arange(begin, position)])
                return self._grid.frame.slice(position)
            if isinstance(found, ProblemError):
                if self._open is None:
                    failure = failure or found
                elif strays.has_words_for_figures(self._grid, position, self._open.table):
                    self._read_rows([*pages, np.arange(begin, position)])
                    self._close()
                    self._problems.append(found)
                    is_explained = True
                    pages, begin = [], position + 1
                    candidates = self._candidates(begin)
                continue
            pages.append(np.arange(begin, position))
            begin = self._first_row = position + found.table.layout.header_rows
            if self._open is not None and found.goes_on_from(self._open):
                continue
            if self._open is None and not is_explained:
                self._problems += strays.above_header(
                    self._grid, pages[-1], found.table, self._place, failure
                )
            self._read_rows(pages)
            self._close()
            self._begin(found)
            was_open, is_explained, failure, pages = True, False, None, []
            candidates = self._candidates(begin)
        self._read_rows([*pages, np.arange(begin, self._grid.height)])
        if not was_open and self._is_first:
            self._report_no_header(failure)
        return None

    def _candidates(self, begin: int) -> Iterator[int]:
        """Positions from `begin` where a header may stand."""
        if self._open is None:
            yield from header_rows(self._grid, begin, self._layouts)
            return
        table = self._open.table
        for start in range(begin, self._grid.height, _ROWS_AT_ONCE):
            end = min(start + _ROWS_AT_ONCE, self._grid.height)
            yield from repeated_header_rows(self._grid, start, end, table, self._layouts)

    def _table_at(self, position: int) -> _OpenTable | ProblemError | object | None:
        """The table whose header stands at a row, by the first layout it fits; else what is wrong with it."""
        (row,) = self._grid.cells(position, position + 1)
        problem: ProblemError | None = None
        for layout in self._layouts:
            if not is_headed(row, layout):
                continue
            rows = self._grid.cells(position, position + layout.header_rows)
            if len(rows) < layout.header_rows and not self._place.sheet:
                return _CUT_OFF
            try:
                place = self._place_of(position)
                texts = SheetTexts(place, self._heads(position))
                element = element_of_sheet(layout, texts)
                table = find_table(rows, self._grid.names, layout, element, place, self._marks)
                around = read_surroundings(layout, texts, self._names(layout.area_level), element)
                return _OpenTable(table, around)
            except ProblemError as error:
                problem = problem or error
        return problem

    def _place_of(self, position: int) -> Location:
        return Location(self._place.file, self._place.sheet, int(self._grid.numbers[position]))

    def _heads(self, position: int) -> tuple[tuple[Cells, ...], ...]:
        """Rows above a header: those right above it, then the top of the sheet."""
        near = tuple(self._grid.cells(max(self._first_row, position - _HEAD_ROWS), position))
        if self._top is None and self._first_row == 0:
            return near, tuple(self._grid.cells(0, min(position, _HEAD_ROWS)))
        return near, self._top or ()

    def _begin(self, found: _OpenTable) -> None:
        table = found.table
        if self._top is None:
            above = int(np.searchsorted(self._grid.numbers, table.place.row))
            self._top = tuple(self._grid.cells(0, min(above, _HEAD_ROWS)))
        self._open = found
        elements = {figure.element for figure in table.figures} - {None}
        self._note(elements)
        self._unread |= dict.fromkeys(table.unread)

    def _note(
        self, elements: Iterable[int], figures: RowNumbers | None = None, totals: RowNumbers | None = None
    ) -> None:
        table = self._open.table
        found = FoundTable(
            table.layout.number, table.place, frozenset(elements), table.headers, figures, totals
        )
        known = self._found.get(table.place)
        self._found[table.place] = found.joined_with(known) if known else found

    def _close(self) -> None:
        self._deviations += self._deviations_of_open()
        self._open = None

    def _deviations_of_open(self) -> list[pl.DataFrame]:
        if self._open is None or self._open.totals is None:
            return []
        names = self._names(self._open.table.layout.area_level)
        return [self._open.totals.deviations(names.holding)]

    def _report_no_header(self, failure: ProblemError | None) -> None:
        if failure is None and all(layout.is_optional for layout in self._layouts):
            return
        head = self._grid.cells(0, _HEAD_ROWS)
        seen = next(filter(any, head), ())
        patterns = dict.fromkeys(layout.header_contains for layout in self._layouts)
        cells = (cell for row in head for cell in row)
        self._problems.append(
            failure
            or ProblemError(
                self._place,
                f"no header: the sheet begins with {shorten(' | '.join(filter(None, seen)))!r}",
                f"a cell like {' or '.join(map(repr, patterns))} ([header] contains in source.toml)"
                f"{nearest_text(patterns, cells)}",
                "column",
            )
        )

    def _read_rows(self, pages: list[np.ndarray]) -> None:
        """Read rows of the open table; pages of it have the same header."""
        positions = np.concatenate(pages)
        if self._open is None or not len(positions):
            return
        table, around = self._open.table, self._open.around
        names = self._names(table.layout.area_level)
        rows = sort_rows(
            Rows(self._grid, positions),
            table,
            self._open.above,
            self._marks,
            self._holds,
            adds_up=self._adds_up,
        )
        try:
            figures = read_figures(rows.figures, table, around, names, rows.doubts, rows.doubt_of)
        except ProblemError as problem:
            self._problems.append(problem)
            return
        figures = replace(
            figures,
            cells=refuse_merged_figures(
                figures.cells, rows, table, self._marks, are_hidden_left_out=self._are_hidden_left_out
            ),
        )
        self._figures.append(figures)
        self._left_out += rows.left_out
        self._unread |= dict.fromkeys(figures.labels_unread)
        self._note(figures.elements_found, rows.figures.reach, rows.totals.reach)
        if table.place not in self._shifted:
            shifted = strays.under_no_header(rows.figures, table, self._place)
            self._shifted |= {table.place} if shifted else set()
            self._problems += shifted
        self._problems += strays.of_no_element(rows.figures, table, self._place)
        self._open = replace(self._open, above=rows.above)
        if table.layout.totals is not None:
            self._hold_totals(rows, figures.cells, names)

    def _holds(self, one: str, other: str) -> bool:
        """Whether the first name is an area that holds that of the second, or is it."""
        names = self._names("")
        above, below = (names.resolve((name,))[0] for name in (one, other))
        return bool(above and below) and names.holding([above, below]) == above

    def _hold_totals(self, rows: SortedRows, cells: pl.DataFrame, names: AreaNames) -> None:
        table = self._open.table
        totals = self._open.totals or TableTotals(table.layout.has_areas_in_header)
        stated = read_figures(rows.totals, replace(table, area=()), self._open.around, names).cells
        is_counted = are_counted(stated)
        self._checked += int(is_counted.sum())
        is_stated = is_counted & ~np.isnan(stated["value"].to_numpy())
        totals.add(cells, picked(stated, is_stated), rows.labels)
        self._open = replace(self._open, totals=totals)


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts) if len(parts) > 1 else parts[0]
