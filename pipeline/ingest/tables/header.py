"""Headers: what their columns are called, and which column holds what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.ingest.periods import FinancialYear, Period, names_period, parse_header
from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import ElementColumn, Layout, compiled
from pipeline.ingest.tables.grid import Cells
from pipeline.ingest.values.near_misses import nearest_text
from pipeline.ingest.values.spelling import normalised, spaced
from pipeline.problems import Location, ProblemError, column_letters, shorten


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

    Where several columns name the element of a row, `element` is the last and `element_above` those before it. Two tables
    are equal if their headers name the same things in the same columns: the one goes on in the other.
    """

    layout: Layout
    location: Location = field(compare=False)
    first_row: int = field(compare=False)
    first_column: str = field(compare=False)
    area: tuple[str, ...]
    period: str | None
    year: str | None
    element: str | None
    element_above: tuple[str, ...]
    value_columns: tuple[ValueColumn, ...]
    unread: tuple[str, ...] = field(compare=False)
    named: frozenset[str] = field(compare=False)
    headers: str = field(compare=False)

    @cached_property
    def value_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.value_columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, and the first column."""
        by_row = (name for name in (self.period, self.year, self.element) if name)
        return (self.first_column, *self.area, *self.element_above, *by_row, *self.value_names)


def find_table(
    rows: list[Cells],
    columns: list[str],
    layout: Layout,
    element: int | None,
    location: Location,
    marks: SheetMarks,
) -> Table:
    """Assign the columns below a header as source.toml says; `rows` are those of the header, at `location`.

    `element` is the element of the whole table, where the sheet names it. A column that cannot be found is a
    ProblemError; the column of an element may be missing as long as that of another one is there.
    """
    parts = header_texts(rows, columns, location.row, marks)
    names = {column: normalised("/".join(header)) for column, header in parts.items() if header}
    if layout.columns.leave_out:
        names = {
            column: name for column, name in names.items() if not re.search(layout.columns.leave_out, name)
        }
    every = _Columns(parts, names, location)
    area = every.side_by_side(layout.area.columns)
    element_columns = every.side_by_side(layout.element.named_in if layout.element else ())
    by_row = {
        role: every.one(lookup.column) if lookup and lookup.where == "column" else None
        for role, lookup in (("period", layout.period), ("year", layout.period.year))
    }
    labels = {*area, *element_columns, *by_row.values()}
    others = replace(every, names={column: name for column, name in names.items() if column not in labels})
    figures = _figures(others, layout, element)
    if not figures:
        patterns: tuple[str, ...] = layout.value
        if layout.has_elements_in_header and not patterns:
            patterns = tuple(pattern for entry in layout.elements for pattern in entry.headers)
        called = f" called {' or '.join(map(repr, patterns[:6]))}" if patterns else ""
        what = " whose header names a month" if layout.has_periods_in_header else ""
        wish = f"a column{called}{what} (add its new name in source.toml){nearest_text(patterns, names.values())}"
        raise every.problem(f"columns {every.listed}", wish)
    taken = {column.name for column in figures}
    return Table(
        layout=layout,
        location=location,
        first_row=location.row + layout.header.rows,
        first_column=columns[0],
        area=area,
        element=element_columns[-1] if element_columns else None,
        element_above=element_columns[:-1],
        value_columns=tuple(sorted(figures, key=lambda column: int(column.name))),
        unread=tuple(name for column, name in others.names.items() if column not in taken),
        named=frozenset(column for column, header in parts.items() if header or column in labels),
        headers=every.listed,
        **by_row,
    )


@dataclass(frozen=True)
class _Columns:
    """Columns by their names in the grid.

    `parts` are the texts above each of them from the top down, `names` the same joined, of those that are looked for.
    """

    parts: dict[str, tuple[str, ...]]
    names: dict[str, str]
    location: Location

    @property
    def listed(self) -> str:
        return shorten(", ".join(self.names.values()), 200)

    def problem(self, found: str, expected: str) -> ProblemError:
        return ProblemError(self.location, found, expected, "column")

    def fitting(self, patterns: tuple[str, ...]) -> list[str]:
        """Columns whose name, normalised, fits the first pattern that fits any."""
        for pattern in patterns:
            fits = compiled(pattern).match
            if found := [column for column, name in self.names.items() if fits(name)]:
                return found
        return []

    def one(self, patterns: tuple[str, ...]) -> str:
        found = self.fitting(patterns)
        if len(found) == 1:
            return found[0]
        wanted = " or ".join(map(repr, patterns))
        if found:
            raise self.problem(f"columns {_letters(found)} all called like {wanted}", "one such column")
        near = nearest_text(patterns, self.names.values())
        wish = f"a column called {wanted} (add its new name in source.toml){near}"
        raise self.problem(f"columns {self.listed}", wish)

    def side_by_side(self, wanted: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
        """The columns called like `wanted`, in that order; a name given twice is that of a header over two columns."""
        found: list[str] = []
        for patterns in wanted:
            times = wanted.count(patterns)
            if times == 1:
                found.append(self.one(patterns))
                continue
            fitting = self.fitting(patterns) or [self.one(patterns)]
            order = list(self.parts)
            run = order[order.index(fitting[0]) :][:times]
            between = set(run) - set(fitting)
            if len(run) < times or not set(fitting) <= set(run) or any(self.parts[c] for c in between):
                raise self.problem(
                    f"columns {_letters(fitting)} called like {patterns[0]!r}",
                    f"{times} columns side by side below that name",
                )
            found.append(run[wanted[: len(found)].count(patterns)])
        return tuple(found)


def header_texts(
    rows: list[Cells], columns: list[str], first: int, marks: SheetMarks
) -> dict[str, tuple[str, ...]]:
    """The texts above each column, from the top down; upper rows of a merged header reach to the right."""
    ends = {(top, left): right for top, left, _, right in marks.merged}
    upper = [_filled_right(cells, columns, row, ends) for row, cells in enumerate(rows[:-1], start=first)]
    return {
        column: tuple(dict.fromkeys(spaced(part) for part in parts if part and spaced(part)))
        for column, *parts in zip(columns, *upper, *rows[-1:], strict=True)
    }


def _filled_right(
    cells: Cells, columns: list[str], row: int, ends: dict[tuple[int, int], int]
) -> list[str | None]:
    """Each text over the empty cells to its right: as far as its merged cell reaches, if it stands in one."""
    filled: list[str | None] = []
    text, end = None, 0
    for column, cell in zip(map(int, columns), cells, strict=True):
        if cell:
            text, end = cell, ends.get((row, column), 0)
        filled.append(text if not end or column <= end else None)
    return filled


def _figures(columns: _Columns, layout: Layout, element: int | None) -> list[ValueColumn]:
    """Which of the columns hold values; `element` is that of the whole table, where the sheet names it."""
    is_wide = layout.has_periods_in_header or layout.has_areas_in_header
    wanted: list[tuple[int | None, tuple[str, ...]]] = [(element, layout.value)]
    if layout.has_elements_in_header:
        wanted = [(number, entry.headers) for number, entry in enumerate(layout.elements)]
    figures = []
    for number, patterns in wanted:
        fitting = columns.fitting(patterns) if patterns else list(columns.names)
        if patterns and not is_wide and (fitting or not layout.has_elements_in_header):
            fitting = [columns.one(patterns)]
        for column in fitting:
            header = columns.parts[column]
            if _is_figure(header, number, layout):
                figures.append(ValueColumn(column, number, header, _area_names(header, layout)))
    _refuse_twins(figures, layout, columns)
    return figures


def _is_figure(header: tuple[str, ...], element: int | None, layout: Layout) -> bool:
    """Whether a header names what the layout reads from it: an area, or a period of the span that is asked for."""
    if layout.has_areas_in_header and not _area_names(header, layout):
        return False
    if not layout.has_periods_in_header:
        return True
    period = header_period(header, layout, layout.any_year)
    if period is None:
        return names_period(_period_text(header, layout) or "")
    entries = layout.elements if element is None else (layout.elements[element],)
    return any(takes_span(entry, period, layout) for entry in entries)


def header_period(header: tuple[str, ...], layout: Layout, year: int | FinancialYear | None) -> Period | None:
    text = _period_text(header, layout)
    return parse_header(tuple(text.split("/")), year, rules=layout.period_rules) if text else None


def _period_text(header: tuple[str, ...], layout: Layout) -> str | None:
    """The part of a header that names the period; `pattern` may be written for the text without its blanks."""
    text = "/".join(header)
    return layout.period.cut(text) or layout.period.cut(normalised(text))


def takes_span(entry: ElementColumn, period: Period, layout: Layout) -> bool:
    """Whether an element is read from a column whose header names a period of that span."""
    is_free = entry.span is None and layout.period.span is not None and entry.element.kind != "stock"
    is_first_quarter = period.month.month == 3 and {period.span, entry.span} == {"quarter", "ytd"}
    return is_free or is_first_quarter or period.span == (entry.span or "month")


def _area_names(header: tuple[str, ...], layout: Layout) -> tuple[str, ...]:
    if not layout.has_areas_in_header:
        return ()
    if layout.area.pattern:
        cut = layout.area.cut("/".join(header))
        return (cut,) if cut else ()
    lengths = range(len(header), 0, -1)
    runs = (header[at : at + length] for length in lengths for at in range(len(header) - length + 1))
    return tuple(dict.fromkeys("".join(run) for run in runs))


def _refuse_twins(figures: list[ValueColumn], layout: Layout, columns: _Columns) -> None:
    """Refuse a column that fits two elements, and two columns with the same header."""
    first: dict[str, ValueColumn] = {}
    for column in figures:
        other = first.setdefault(column.name, column)
        if other is not column:
            both = " and ".join(layout.elements[entry.element or 0].element.name for entry in (other, column))
            found = f"{'/'.join(column.header)!r}, which fits {both}"
            wish = "a column of one element: make the patterns in [elements] narrower"
            raise ProblemError(replace(columns.location, column=int(column.name)), found, wish, "column")
    alike: dict[tuple[int | None, tuple[str, ...]], ValueColumn] = {}
    for column in figures:
        other = alike.setdefault((column.element, column.header), column)
        if other is not column:
            letters = _letters((other.name, column.name))
            raise columns.problem(
                f"columns {letters} all called {'/'.join(column.header)!r}", "one such column"
            )


def _letters(columns: Iterable[str]) -> str:
    return ", ".join(column_letters(int(column)) for column in columns)
