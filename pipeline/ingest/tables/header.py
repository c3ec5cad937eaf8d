"""Headers: in which row they stand, what their columns are called, and which column holds what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.ingest.periods import Period, names_period, parse_header
from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import ElementColumn, Layout, compiled, matches
from pipeline.ingest.tables.grid import Cells, Grid
from pipeline.ingest.values.near_misses import nearest_text
from pipeline.ingest.values.numbers import Notation
from pipeline.ingest.values.spelling import normalised, spaced
from pipeline.problems import Location, ProblemError, column_letters, shorten

_SEARCHED_ROWS = 40
_NO_MARKS = SheetMarks()


@dataclass(frozen=True)
class ValueColumn:
    """A column of values, by its name in the grid, and what its header says.

    `element` is a position in the layout's elements, None where the rows name it; `header` holds the rows of
    a merged header from the top down; `area` are the names an area in the header may have, the longest first:
    a township below its county is named by both.
    """

    name: str
    element: int | None
    header: tuple[str, ...]
    area: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of a sheet: its layout, its columns by their names in the grid ("1", "2", ...).

    Where several columns name the element of a row, `element` is the last and `element_above` those before it.
    """

    layout: Layout
    location: Location
    first_row: int
    first_column: str
    area: tuple[str, ...]
    period: str | None
    year: str | None
    element: str | None
    element_above: tuple[str, ...]
    value_columns: tuple[ValueColumn, ...]
    unread: tuple[str, ...]
    named: frozenset[str]
    headers: str

    @property
    def notation(self) -> Notation:
        """How its numbers are written: those of a workbook's cells have a decimal point whatever its texts have."""
        return replace(self.layout.notation, is_typed=bool(self.location.sheet))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, and the first column."""
        by_row = (name for name in (self.period, self.year, self.element) if name)
        figures = (column.name for column in self.value_columns)
        return (self.first_column, *self.area, *self.element_above, *by_row, *figures)

    def is_like(self, other: Table) -> bool:
        """Whether another header names the same things in the same columns: the table goes on below it."""
        columns = ("layout", "area", "period", "year", "element", "element_above", "value_columns")
        return all(getattr(self, name) == getattr(other, name) for name in columns)


def find_table(
    rows: list[Cells],
    columns: list[str],
    layout: Layout,
    element: int | None,
    location: Location,
    marks: SheetMarks = _NO_MARKS,
) -> Table:
    """Assign the columns below a header as source.toml says; `rows` are those of the header, the first of them at `place`.

    `element` is the element of the whole table, where the sheet names it. What cannot be found is a
    ProblemError; an element that is not there is none as long as another is.
    """
    parts = _names(rows, columns, location.row, marks)
    names = {column: normalised("/".join(header)) for column, header in parts.items() if header}
    if layout.columns_left_out:
        names = {column: name for column, name in names.items() if not layout.columns_left_out.search(name)}
    area = _side_by_side(names, parts, layout.area_columns, location)
    element_columns = _side_by_side(names, parts, layout.element_columns, location)
    by_row = {
        role: _one(names, lookup.columns, location) if lookup and lookup.where == "column" else None
        for role, lookup in (("period", layout.period), ("year", layout.year))
    }
    labels = {*area, *element_columns, *by_row.values()}
    others = {column: name for column, name in names.items() if column not in labels}
    figures = _figures({column: parts[column] for column in others}, others, layout, element, location)
    if not figures:
        wish = _wish(layout) + nearest_text(_wanted(layout), names.values())
        raise ProblemError(location, f"columns {_listed(names)}", wish, "column")
    taken = {column.name for column in figures}
    return Table(
        layout=layout,
        location=location,
        first_row=location.row + layout.header_rows,
        first_column=columns[0],
        area=area,
        element=element_columns[-1] if element_columns else None,
        element_above=element_columns[:-1],
        value_columns=tuple(sorted(figures, key=lambda column: int(column.name))),
        unread=tuple(name for column, name in others.items() if column not in taken),
        named=frozenset(column for column, header in parts.items() if header or column in labels),
        headers=shorten(", ".join(names.values()), 200),
        **by_row,
    )


def header_rows(grid: Grid, begin: int, layouts: tuple[Layout, ...]) -> Iterator[int]:
    """Positions of the rows from `begin` that hold a cell as some layout's header does, from the top down."""
    near = grid.cells(begin, begin + _SEARCHED_ROWS)
    yield from (
        begin + at for at, row in enumerate(near) if any(is_headed(row, layout) for layout in layouts)
    )
    rest = np.arange(min(begin + _SEARCHED_ROWS, grid.height), grid.height)
    yield from _headed(grid, rest, layouts)


def repeated_header_rows(
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


def is_headed(row: Cells, layout: Layout) -> bool:
    return any(cell and matches(layout.header_contains, cell) for cell in row)


def _headed(grid: Grid, positions: np.ndarray, layouts: tuple[Layout, ...]) -> list[int]:
    """Those of some rows in which a cell fits the header text of a layout; `*`, which any cell fits, is passed over."""
    patterns = {layout.header_contains for layout in layouts} - {"*"}
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


def _names(
    rows: list[Cells], columns: list[str], first: int, marks: SheetMarks
) -> dict[str, tuple[str, ...]]:
    """The texts above each column, from the top down; upper rows of a merged header reach to the right."""
    merged = {(top, left): right for top, left, _, right in marks.merged if first <= top < first + len(rows)}
    filled = [
        _filled_right(cells, columns, {left: right for (top, left), right in merged.items() if top == row})
        if row < first + len(rows) - 1
        else cells
        for row, cells in enumerate(rows, start=first)
    ]
    return {
        column: tuple(dict.fromkeys(spaced(part) for part in parts if part and spaced(part)))
        for column, *parts in zip(columns, *filled, strict=True)
    }


def _filled_right(cells: Cells, columns: list[str], merged: dict[int, int]) -> list[str | None]:
    """Each text over the empty cells to its right: as far as its merged cell reaches, if it stands in one."""
    filled: list[str | None] = []
    text, end = None, 0
    for column, cell in zip(map(int, columns), cells, strict=True):
        if cell:
            text, end = cell, merged.get(column, 0)
        filled.append(text if not end or column <= end else None)
    return filled


def _figures(
    parts: dict[str, tuple[str, ...]],
    names: dict[str, str],
    layout: Layout,
    element: int | None,
    location: Location,
) -> list[ValueColumn]:
    if layout.has_elements_in_header:
        wanted: list[tuple[int | None, str]] = [
            (number, column)
            for number, entry in enumerate(layout.elements)
            for column in _columns_of(names, entry, layout, location)
        ]
    else:
        columns = _fitting(names, layout.value) if layout.value else list(names)
        if layout.value and not (layout.has_periods_in_header or layout.has_areas_in_header):
            columns = [_one(names, layout.value, location)]
        wanted = [(element, column) for column in columns]
    figures = [
        ValueColumn(column, number, parts[column], _area_names(parts[column], layout))
        for number, column in wanted
        if _is_figure(parts[column], number, layout)
    ]
    _refuse_twins(figures, layout, location)
    return figures


def _columns_of(names: dict[str, str], entry: ElementColumn, layout: Layout, location: Location) -> list[str]:
    if layout.has_periods_in_header or layout.has_areas_in_header:
        return _fitting(names, entry.headers)
    return [_one(names, entry.headers, location)] if _fitting(names, entry.headers) else []


def _is_figure(header: tuple[str, ...], element: int | None, layout: Layout) -> bool:
    """Whether a header names what the layout reads from it: an area, or a period of the span that is asked for."""
    if layout.has_areas_in_header and not _area_names(header, layout):
        return False
    if not layout.has_periods_in_header:
        return True
    text = period_text(header, layout)
    if text is None:
        return False
    period = parse_header(tuple(text.split("/")), layout.any_year, rules=layout.period_rules)
    if period is None:
        return names_period(text)
    entries = layout.elements if element is None else (layout.elements[element],)
    return any(takes_span(entry, period, layout) for entry in entries)


def period_text(header: tuple[str, ...], layout: Layout) -> str | None:
    """The part of a header that names the period; `pattern` may be written for the text without its blanks."""
    text = "/".join(header)
    return layout.period.cut(text) or layout.period.cut(normalised(text))


def takes_span(entry: ElementColumn, period: Period, layout: Layout) -> bool:
    """Whether an element is read from a column whose header names a period of that span."""
    is_free = entry.span is None and layout.is_span_as_written and entry.element.kind != "stock"
    is_first_quarter = period.month.month == 3 and {period.span, entry.span} == {"quarter", "ytd"}
    return is_free or is_first_quarter or period.span == (entry.span or "month")


def _area_names(header: tuple[str, ...], layout: Layout) -> tuple[str, ...]:
    if layout.area is None or not layout.has_areas_in_header:
        return ()
    if layout.area.pattern:
        cut = layout.area.cut("/".join(header))
        return (cut,) if cut else ()
    lengths = range(len(header), 0, -1)
    runs = (header[at : at + length] for length in lengths for at in range(len(header) - length + 1))
    return tuple(dict.fromkeys("".join(run) for run in runs))


def _refuse_twins(figures: list[ValueColumn], layout: Layout, location: Location) -> None:
    """Refuse a column that fits two elements, and two columns with the same header."""
    columns: dict[str, ValueColumn] = {}
    for column in figures:
        other = columns.setdefault(column.name, column)
        if other is not column:
            both = " and ".join(layout.elements[entry.element or 0].element.name for entry in (other, column))
            raise ProblemError(
                Location(location.file, location.sheet, location.row, int(column.name)),
                f"{'/'.join(column.header)!r}, which fits {both}",
                "a column of one element: make the patterns in [elements] narrower",
                "column",
            )
    seen: dict[tuple[int | None, tuple[str, ...]], ValueColumn] = {}
    for column in figures:
        key = (column.element, column.header)
        other = seen.setdefault(key, column)
        if other is not column:
            raise ProblemError(
                location,
                f"columns {_letters((other.name, column.name))} all called {'/'.join(column.header)!r}",
                "one such column",
                "column",
            )


def _wanted(layout: Layout) -> tuple[str, ...]:
    """The patterns of the names of value columns."""
    if layout.value:
        return layout.value
    if layout.has_elements_in_header:
        return tuple(pattern for entry in layout.elements for pattern in entry.headers)
    return ()


def _wish(layout: Layout) -> str:
    patterns = _wanted(layout)
    called = f" called {' or '.join(map(repr, patterns[:6]))}" if patterns else ""
    what = " whose header names a month" if layout.has_periods_in_header else ""
    return f"a column{called}{what} (add its new name in source.toml)"


def _fitting(names: dict[str, str], patterns: tuple[str, ...]) -> list[str]:
    """Columns whose name, normalised, fits the first pattern that fits any."""
    for pattern in patterns:
        fits = compiled(pattern).match
        if found := [column for column, name in names.items() if fits(name)]:
            return found
    return []


def _side_by_side(
    names: dict[str, str],
    parts: dict[str, tuple[str, ...]],
    wanted: tuple[tuple[str, ...], ...],
    location: Location,
) -> tuple[str, ...]:
    """The columns called like `wanted`, in that order; a name given twice stands for a header merged over two columns."""
    found: list[str] = []
    for patterns in wanted:
        times = wanted.count(patterns)
        if times == 1:
            found.append(_one(names, patterns, location))
            continue
        fitting = _fitting(names, patterns) or [_one(names, patterns, location)]
        order = list(parts)
        run = order[order.index(fitting[0]) :][:times]
        if len(run) < times or not set(fitting) <= set(run) or any(parts[c] for c in set(run) - set(fitting)):
            raise ProblemError(
                location,
                f"columns {_letters(fitting)} called like {patterns[0]!r}",
                f"{times} columns side by side below that name",
                "column",
            )
        found.append(run[wanted[: len(found)].count(patterns)])
    return tuple(found)


def _one(names: dict[str, str], patterns: tuple[str, ...], location: Location) -> str:
    found = _fitting(names, patterns)
    if len(found) == 1:
        return found[0]
    wanted = " or ".join(repr(pattern) for pattern in patterns)
    if found:
        raise ProblemError(
            location, f"columns {_letters(found)} all called like {wanted}", "one such column", "column"
        )
    raise ProblemError(
        location,
        f"columns {_listed(names)}",
        f"a column called {wanted} (add its new name in source.toml){nearest_text(patterns, names.values())}",
        "column",
    )


def _letters(columns: Iterable[str]) -> str:
    return ", ".join(column_letters(int(column)) for column in columns)


def _listed(names: dict[str, str]) -> str:
    return shorten(", ".join(names.values()), 200)
