"""The element, area, period and span of each cell, by the names in its row, in the header and around the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from pipeline.ingest.periods import (
    PERIOD,
    FinancialYear,
    Period,
    expected_period,
    parse_period,
    parse_year,
)
from pipeline.ingest.source import ElementColumn, Layout
from pipeline.ingest.tables.grid import Rows, distinct_combinations
from pipeline.ingest.tables.header import Table, ValueColumn, header_period, takes_span
from pipeline.ingest.tables.table_context import (
    TableContext,
    elements_named,
    period_in_context,
    refuse_ambiguous,
)
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.spelling import normalised

Path = tuple[str | None, ...]
COUNTED = ("flow", "stock")
_WORDED = {"month": "a month", "ytd": "months since January", "quarter": "a quarter", "year": "a year"}


@dataclass(frozen=True)
class Entry:
    """A text that names an area or a period, what it resolves to, and what was expected where that is nothing.

    `paths` are the ways in which an area may be named, for a name that several areas share.
    """

    text: str | None
    resolved: Any
    expected: str
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Attribute:
    """The areas, or the periods, of cells: the distinct entries, and which of them each cell has, by row and column."""

    entries: list[Entry]
    of_cell: np.ndarray

    @property
    def resolved(self) -> list[Any]:
        return [entry.resolved for entry in self.entries]


@dataclass(frozen=True)
class CellIndex:
    """Positions, for each of some cells: its row and column, and its element, period, span and area in `CellNames`."""

    row: np.ndarray
    column: np.ndarray
    element: np.ndarray
    period: np.ndarray
    span: np.ndarray
    area: np.ndarray


@dataclass(frozen=True)
class CellNames:
    """The elements, periods, spans and areas of the cells of some rows; `elements` is by row and column, -1 for none."""

    entries: tuple[ElementColumn, ...]
    elements: np.ndarray
    periods: Attribute
    areas: Attribute
    spans: list[tuple[str, str]]
    labels_unread: tuple[str, ...]

    def of(self, is_wanted: np.ndarray) -> CellIndex:
        """The cells for which a matrix of rows and columns is true."""
        row, column = np.nonzero(is_wanted)
        element, period = self.elements[row, column], self.periods.of_cell[row, column]
        span = element * len(self.periods.entries) + period
        return CellIndex(row, column, element, period, span, self.areas.of_cell[row, column])

    def has_period(self, cells: CellIndex) -> np.ndarray:
        """For each cell, whether its period is known and has a span that the element may have."""
        fits = np.array([not wish for _, wish in self.spans], dtype=bool)
        return is_resolved(self.periods.resolved)[cells.period] & fits[cells.span]

    def of_element(self, cells: CellIndex, fact: Callable[[ElementColumn], Any]) -> np.ndarray:
        """For each cell, what holds of its element."""
        return np.array([fact(entry) for entry in self.entries])[cells.element]

    def is_of_kind(self, cells: CellIndex, *kinds: str) -> np.ndarray:
        return self.of_element(cells, lambda entry: entry.element.kind in kinds)


def is_resolved(known: Sequence[object]) -> np.ndarray:
    return np.array([entry is not None for entry in known], dtype=bool)


def names_of_cells(rows: Rows, table: Table, context: TableContext, names: AreaNames) -> CellNames:
    """The names of the cells of some rows, with the labels that no entry of [elements] fits."""
    shape = len(rows), len(table.value_columns)
    elements, unread = _elements(rows, table)
    areas, periods = _areas(rows, table, context, names), _periods(rows, table, context)
    entries = table.layout.elements
    return CellNames(
        entries,
        np.broadcast_to(elements, shape),
        Attribute(periods.entries, np.broadcast_to(periods.of_cell, shape)),
        Attribute(areas.entries, np.broadcast_to(areas.of_cell, shape)),
        [_span(entry, known, table.layout) for entry, known in product(entries, periods.resolved)],
        unread,
    )


def _elements(rows: Rows, table: Table) -> tuple[np.ndarray, tuple[str, ...]]:
    """The element of each cell, -1 for none; and the labels that no entry of [elements] fits."""
    layout = table.layout
    if table.element is None:
        return np.array([[column.element for column in table.value_columns]], dtype=np.int64), ()
    labels, label_of = distinct_combinations(rows, [table.element])
    found = np.full((len(labels), len(table.value_columns)), -1, dtype=np.int64)
    unread = []
    periods = [header_period(column.header, layout, layout.any_year) for column in table.value_columns]
    for number, (label,) in enumerate(labels):
        named = elements_named(label, layout) if label else []
        if not named:
            unread.append(label or "")
        for column, period in enumerate(periods):
            fitting = named
            if layout.has_periods_in_header and period is not None:
                fitting = [entry for entry in named if takes_span(layout.elements[entry], period, layout)]
            refuse_ambiguous(label or "", fitting, layout, table.location)
            if fitting:
                found[number, column] = fitting[0]
    return found[label_of], tuple(filter(None, unread))


def _periods(rows: Rows, table: Table, context: TableContext) -> Attribute:
    layout, rules = table.layout, table.layout.period_rules
    keys, of_row = distinct_combinations(rows, [table.period, table.year])
    entries = []
    for written, year_written in keys:
        year = parse_year(year_written, rules=rules) if year_written else context.year
        if layout.has_periods_in_header:
            entries += [_period_of_header(column.header, layout, year) for column in table.value_columns]
        elif table.period:
            entries.append(_period_of_row(written, layout, year))
        else:
            said = context.period_text
            entries.append(Entry(said, *(period_in_context(said, year, layout) if said else (None, PERIOD))))
    columns = len(table.value_columns) if layout.has_periods_in_header else 1
    return Attribute(entries, of_row[:, None] * columns + np.arange(columns))


def _period_of_header(header: tuple[str, ...], layout: Layout, year: int | FinancialYear | None) -> Entry:
    period, text = header_period(header, layout, year), "/".join(header)
    wish = "" if period else expected_period(text, year, title=True, rules=layout.period_rules)
    return Entry(text, period, wish)


def _period_of_row(written: str | None, layout: Layout, year: int | FinancialYear | None) -> Entry:
    cut = layout.period.cut(written) if written else None
    period = parse_period(cut, year, rules=layout.period_rules) if cut else None
    if period or not written:
        return Entry(written, period, PERIOD)
    return Entry(written, None, expected_period(cut or written, year, rules=layout.period_rules))


def _areas(rows: Rows, table: Table, context: TableContext, names: AreaNames) -> Attribute:
    """The areas of rows or columns by their names; a name that several areas share is not resolved here."""
    if table.layout.has_areas_in_header:
        entries = [_area_of_column(column, context, names) for column in table.value_columns]
        return Attribute(entries, np.arange(len(entries))[None])
    parts, of_row = distinct_combinations(rows, table.area)
    entries = [
        Entry(" ".join(filter(None, part)) or None, *names.resolve(_path(context.within, part)), (part,))
        for part in (parts if table.area else [context.area or ()])
    ]
    return Attribute(entries, of_row[:, None])


def _area_of_column(column: ValueColumn, context: TableContext, names: AreaNames) -> Entry:
    """The area of a column, by the longest part of its header that is the name of an area."""
    resolved = [(name, *names.resolve(_path(context.within, (name,)))) for name in column.area]
    name, code, wish = next((entry for entry in resolved if entry[1]), resolved[0])
    paths = tuple((name,) for name in column.area)
    return Entry(name if code else "/".join(column.header), code, wish, paths)


def _path(within: str | None, parts: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """The names of an area from the top down, beginning with `within` unless the row begins with that name itself."""
    first = next((part for part in parts if part), "")
    is_said = within is not None and normalised(first).startswith(normalised(within))
    return parts if is_said else (within, *parts)


def areas_by_month(
    named: CellNames, cells: CellIndex, names: AreaNames, context: TableContext
) -> tuple[list[str | None], np.ndarray]:
    """The areas there are, and which of them each cell has: a name that former and present areas share is one of them
    in the month of the figure.
    """
    codes, area, periods = named.areas.resolved, cells.area, named.periods.resolved
    missing = ~is_resolved(codes)[area] & is_resolved(periods)[cells.period]
    if not missing.any():
        return codes, area
    pairs, of_cell = np.unique((area * len(periods) + cells.period)[missing], return_inverse=True)
    area = area.copy()
    area[missing] = len(codes) + of_cell
    for pair in pairs.tolist():
        entry, month = named.areas.entries[pair // len(periods)], periods[pair % len(periods)].month
        tried = (names.resolve(_path(context.within, path), month)[0] for path in entry.paths)
        codes.append(next(filter(None, tried), None))
    return codes, area


def _span(entry: ElementColumn, period: Period | None, layout: Layout) -> tuple[str, str]:
    """The span that a cell of an element covers, and what was expected where its period has another span."""
    kind = entry.element.kind
    wanted = entry.span or (
        period.span if period and (layout.period.span or layout.has_periods_in_header) else "month"
    )
    span = "month" if kind == "stock" else wanted
    if period is None or kind in ("stock", "date"):
        return span, ""
    ends = {"quarter": 3, "year": 12}.get(wanted, 1)
    fits = {"quarter": ("quarter", "ytd"), "year": ("year", "ytd")}.get(period.span, tuple(_WORDED))
    if period.span == "ytd" and wanted == "month" and (entry.span is None or layout.period.where == "column"):
        fits = ("ytd",)  # a title may say 1-8月 above a column that source.toml calls one of the month
    if wanted not in fits or period.month.month % ends:
        return span, (
            f"{_WORDED[wanted]}, as source.toml says of {entry.element.name}; "
            f'this is {_WORDED[period.span]} (span = "{period.span}")'
        )
    return span, ""
