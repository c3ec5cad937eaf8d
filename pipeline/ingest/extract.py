"""One sheet to observations and rejects: its tables one after the other, every figure in the one or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from pipeline.ingest.figures import COUNTED, Figures, no_cells, read_figures
from pipeline.ingest.header import Table, find_table, header_rows, is_headed, repeated_header_rows
from pipeline.ingest.missing import FoundTable
from pipeline.ingest.names import AreaNames
from pipeline.ingest.near_misses import nearest_text
from pipeline.ingest.numbers import parse_numbers
from pipeline.ingest.readers import Sheet
from pipeline.ingest.rows import sort_rows
from pipeline.ingest.source import SourceDescription
from pipeline.ingest.surroundings import SheetTexts, Surroundings, element_of_sheet, read_surroundings
from pipeline.ingest.totals import DEVIATIONS, TableTotals, add_cells, deviations
from pipeline.problems import Place, ProblemError, shorten

_HEAD_ROWS = 40
_ROWS_AT_ONCE = 10_000
_CUT_OFF = object()


@dataclass(frozen=True)
class _OpenTable:
    """The table whose rows are being read, with what its next rows depend on."""

    table: Table
    around: Surroundings
    names_above: dict[str, str | None] = field(default_factory=dict)
    totals: TableTotals | None = None

    def goes_on_from(self, other: _OpenTable) -> bool:
        """Whether this is the other table again, after a page break."""
        return self.table.is_like(other.table) and self.around == other.around


@dataclass(frozen=True)
class Carried:
    """What the next block of rows of the same sheet goes on with."""

    open: _OpenTable | None = None
    top: tuple[tuple[str | None, ...], ...] | None = None
    deviations: pl.DataFrame | None = None
    cut_off: pl.DataFrame | None = None


@dataclass(frozen=True)
class Extract:
    """What one sheet, or one block of its rows, gave.

    `cells` has one row per figure that was not blank, in the order of row and column, with `reason` null if accepted.
    `totals` holds the deviating cells of total rows of the whole sheet so far: of several blocks the last one's counts.
    """

    cells: pl.DataFrame
    cells_blank: int
    rows_left_out: int
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
        self._grid = sheet.grid
        if before.cut_off is not None:
            self._grid = pl.concat([before.cut_off, sheet.grid], how="diagonal_relaxed")
        self._grid = _without_empty_columns(self._grid)
        self._is_first = carried is None
        self._place = Place(path, sheet.name)
        self._layouts = tuple(layout for layout in source.parts if layout.reads(sheet.name))
        self._names = names
        self._top = before.top
        self._first_row = 0
        self._open = before.open
        if self._open is not None:
            self._grid = _widened(self._grid, self._open.table.columns)
        self._deviations = [] if before.deviations is None else [before.deviations]
        self._figures: list[Figures] = []
        self._found: dict[Place, FoundTable] = {}
        self._unread: dict[str, None] = {}
        self._left_out = self._checked = 0
        self._shifted: set[Place] = set()
        self._problems: list[ProblemError] = []

    def extract(self) -> Extract:
        cut_off = self._read_tables()
        cells = [part.cells for part in self._figures if not part.cells.is_empty()]
        return Extract(
            cells=pl.concat(cells) if cells else no_cells(),
            cells_blank=sum(part.cells_blank for part in self._figures),
            rows_left_out=self._left_out,
            cells_checked=self._checked,
            columns_unread=tuple(self._unread),
            totals=pl.concat(
                [pl.DataFrame(schema=DEVIATIONS), *self._deviations, *self._deviations_of_open()]
            ),
            tables=tuple(self._found.values()),
            problems=self._problems,
            carried=Carried(
                self._open,
                self._top or tuple(row[1:] for row in self._grid.head(_HEAD_ROWS).rows()),
                pl.concat(self._deviations) if self._deviations else None,
                cut_off,
            ),
        )

    def _read_tables(self) -> pl.DataFrame | None:
        """Go from header to header; returns a last header whose second row is in the next block."""
        begin = 0
        pages: list[pl.DataFrame] = []
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
                self._read_rows([*pages, self._grid.slice(begin, position - begin)])
                return self._grid.slice(position)
            if isinstance(found, ProblemError):
                if self._open is None:
                    failure = failure or found
                elif self._looks_like_header(position):
                    self._read_rows([*pages, self._grid.slice(begin, position - begin)])
                    self._close()
                    self._problems.append(found)
                    is_explained = True
                    pages, begin = [], position + 1
                    candidates = self._candidates(begin)
                continue
            pages.append(self._grid.slice(begin, position - begin))
            begin = self._first_row = position + found.table.layout.header_rows
            if self._open is not None and found.goes_on_from(self._open):
                continue
            if self._open is None and not is_explained:
                self._refuse_figures_without_header(pages[-1], found.table, failure)
            self._read_rows(pages)
            self._close()
            self._begin(found)
            was_open, is_explained, failure, pages = True, False, None, []
            candidates = self._candidates(begin)
        self._read_rows([*pages, self._grid.slice(begin)])
        if not was_open and self._is_first:
            self._report_no_header(failure)
        return None

    def _candidates(self, begin: int) -> Iterator[int]:
        """Positions from `begin` where a header may stand."""
        if self._open is None:
            yield from (begin + position for position in header_rows(self._grid.slice(begin), self._layouts))
            return
        table = self._open.table
        for start in range(begin, self._grid.height, _ROWS_AT_ONCE):
            rows = self._grid.slice(start, _ROWS_AT_ONCE)
            yield from (start + position for position in repeated_header_rows(rows, table, self._layouts))

    def _table_at(self, position: int) -> _OpenTable | ProblemError | object | None:
        """The table whose header stands at a row, by the first layout it fits; else what is wrong with it."""
        row = self._grid.row(position)
        problem: ProblemError | None = None
        for layout in self._layouts:
            if not is_headed(row, layout):
                continue
            rows = self._grid.slice(position, layout.header_rows).rows()
            if len(rows) < layout.header_rows and not self._place.sheet:
                return _CUT_OFF
            try:
                texts = SheetTexts(self._place_of(position), self._heads(position))
                element = element_of_sheet(layout, texts)
                table = find_table(rows, self._grid.columns[1:], layout, element, self._place)
                around = read_surroundings(layout, texts, self._names(layout.area_level), element)
                return _OpenTable(table, around)
            except ProblemError as error:
                problem = problem or error
        return problem

    def _place_of(self, position: int) -> Place:
        return Place(self._place.file, self._place.sheet, int(self._grid["row"][position]))

    def _heads(self, position: int) -> tuple[tuple[tuple[str | None, ...], ...], ...]:
        """Rows above a header: those right above it, then the top of the sheet."""
        start = max(self._first_row, position - _HEAD_ROWS)
        near = tuple(row[1:] for row in self._grid.slice(start, position - start).rows())
        if self._top is None and self._first_row == 0:
            return near, tuple(row[1:] for row in self._grid.head(min(position, _HEAD_ROWS)).rows())
        return near, self._top or ()

    def _looks_like_header(self, position: int) -> bool:
        """Whether words stand where figures should: then it is a header again, though not a right one."""
        cells = self._grid.row(position, named=True)
        texts = [cells.get(figure.column) for figure in self._open.table.figures]
        parsed = parse_numbers(pl.Series(texts, dtype=pl.String))
        return bool((parsed["value"].is_null() & ~parsed["is_blank"]).any())

    def _begin(self, found: _OpenTable) -> None:
        table = found.table
        if self._top is None:
            above = self._grid.filter(pl.col("row") < table.place.row)
            self._top = tuple(row[1:] for row in above.head(_HEAD_ROWS).rows())
        self._open = found
        elements = {figure.element for figure in table.figures} - {None}
        self._note(elements)
        self._unread |= dict.fromkeys(table.unread)

    def _note(
        self, elements: Iterable[int], figures: pl.DataFrame | None = None, totals: pl.DataFrame | None = None
    ) -> None:
        table = self._open.table
        found = FoundTable(
            table.layout.number,
            table.place,
            frozenset(elements),
            table.headers,
            _reach(figures),
            _reach(totals),
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
        return [deviations(self._open.totals, names.holding)]

    def _refuse_figures_without_header(
        self, above: pl.DataFrame, table: Table, failure: ProblemError | None
    ) -> None:
        """Figures above the first header that can be read belong to a header that cannot, or is not there."""
        figures = [pl.col(figure.column).cast(pl.Float64, strict=False) for figure in table.figures]
        numbers = pl.sum_horizontal(figure.is_not_null() for figure in figures)
        labels = [name for name in (*table.area, table.period, table.element) if name]
        is_labelled = pl.any_horizontal(pl.col(name).is_not_null() for name in labels or above.columns)
        rows = above.filter((numbers > 1) & is_labelled)["row"]
        if len(rows):
            place = Place(self._place.file, self._place.sheet, int(rows[0]))
            wish = f"a header like that in row {table.place.row} above them"
            self._problems.append(failure or ProblemError(place, "figures without a header", wish, "column"))

    def _refuse_figures_under_no_header(self, rows: pl.DataFrame) -> None:
        """A column without a header in which figures stand: the rows may have been shifted to the right."""
        table = self._open.table
        unnamed = [name for name in rows.columns[1:] if name not in table.named]
        for name in unnamed:
            parsed = parse_numbers(rows[name])["value"]
            if parsed.count() and table.place not in self._shifted:
                self._shifted.add(table.place)
                row = int(rows["row"][parsed.is_not_null().arg_max()])
                place = Place(self._place.file, self._place.sheet, row, int(name))
                wish = "a header above each column of figures; rows may have been shifted to the right"
                self._problems.append(
                    ProblemError(place, "a figure in a column without a header", wish, "column")
                )

    def _refuse_figures_of_no_element(self, rows: pl.DataFrame) -> None:
        """Figures in rows whose text names no element, not even an unknown one: they would get lost."""
        table = self._open.table
        if table.element is None:
            return
        unnamed = rows.filter(pl.col(table.element).is_null())
        for figure in table.figures:
            parsed = parse_numbers(unnamed[figure.column])["value"]
            if parsed.count():
                row = int(unnamed["row"][parsed.is_not_null().arg_max()])
                place = Place(self._place.file, self._place.sheet, row, int(figure.column))
                wish = (
                    "its name in that row (fill_down = true in [element] if it stands once on a merged block)"
                )
                self._problems.append(ProblemError(place, "a figure without a name", wish, "column"))
                return

    def _report_no_header(self, failure: ProblemError | None) -> None:
        if failure is None and all(layout.is_optional for layout in self._layouts):
            return
        seen = next((row[1:] for row in self._grid.head(_HEAD_ROWS).rows() if any(row[1:])), ())
        patterns = dict.fromkeys(layout.header_contains for layout in self._layouts)
        cells = (cell for row in self._grid.head(_HEAD_ROWS).rows() for cell in row[1:])
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

    def _read_rows(self, pages: list[pl.DataFrame]) -> None:
        """Read rows of the open table; pages of it have the same header."""
        if self._open is None:
            return
        body = pl.concat(pages) if len(pages) > 1 else pages[0]
        if body.is_empty():
            return
        table, around = self._open.table, self._open.around
        names = self._names(table.layout.area_level)
        rows = sort_rows(body, table, self._open.names_above)
        try:
            figures = read_figures(rows.figures, table, around, names)
        except ProblemError as problem:
            self._problems.append(problem)
            return
        self._figures.append(figures)
        self._left_out += rows.left_out
        self._unread |= dict.fromkeys(figures.labels_unread)
        self._note(figures.elements_found, rows.figures, rows.totals)
        self._refuse_figures_under_no_header(rows.figures)
        self._refuse_figures_of_no_element(rows.figures)
        self._open = replace(self._open, names_above=rows.names_above)
        if table.layout.totals is not None:
            self._hold_totals(rows.totals, figures.cells, names)

    def _hold_totals(self, rows: pl.DataFrame, cells: pl.DataFrame, names: AreaNames) -> None:
        table = self._open.table
        stated = read_figures(rows.drop("label"), replace(table, area=()), self._open.around, names).cells
        stated = stated.filter(pl.col("kind").is_in(COUNTED))
        self._checked += stated.height
        stated = stated.filter(pl.col("value").is_not_null()).join(
            rows.select(pl.col("row").cast(pl.Int64), "label"), on="row", maintain_order="left"
        )
        totals = add_cells(
            self._open.totals,
            cells,
            stated.select("row", "column", "element", "label", stated="value"),
            areas_by_column=table.layout.has_areas_in_header,
        )
        self._open = replace(self._open, totals=totals)


def _reach(rows: pl.DataFrame | None) -> tuple[int, int] | None:
    """First and last row number."""
    return (int(rows["row"][0]), int(rows["row"][-1])) if rows is not None and rows.height else None


def _without_empty_columns(grid: pl.DataFrame) -> pl.DataFrame:
    """Nothing stands in them; left in, the header of a merged cell would reach over them."""
    blank = [name for name, nulls in grid.null_count().row(0, named=True).items() if nulls == grid.height]
    return grid.drop(blank) if grid.height else grid


def _widened(grid: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The grid with all of these columns; later rows of a text file may be shorter than its header."""
    missing = [name for name in columns if name not in grid.columns]
    return grid.with_columns(pl.lit(None, pl.String).alias(name) for name in missing) if missing else grid
