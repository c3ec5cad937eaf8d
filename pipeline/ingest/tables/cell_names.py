"""The element, area, period and span of each cell, by the names in its row, in the header and around the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

import numpy as np

from pipeline.ingest.periods import (
    PERIOD,
    FinancialYear,
    Period,
    expected_period,
    parse_header,
    parse_period,
    parse_year,
)
from pipeline.ingest.source import ElementColumn, Layout
from pipeline.ingest.tables.grid import Rows, distinct_combinations
from pipeline.ingest.tables.header import Table, period_text, takes_span
from pipeline.ingest.tables.table_context import (
    TableContext,
    elements_named,
    expected_in_context,
    period_in_context,
    refuse_ambiguous,
)
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.spelling import normalised
from pipeline.ingest.values.text_columns import TextColumn

Paths = Sequence[list[tuple[str | None, ...]]]
COUNTED = ("flow", "stock")
_WORDED = {"month": "a month", "ytd": "months since January", "quarter": "a quarter", "year": "a year"}


@dataclass(frozen=True)
class Attribute:
    """The areas, or the periods, of cells: the distinct entries, and which of them each row or column has.

    A cell's entry is at `of_row[row] * columns + column`, with `columns` 1 where the header says nothing. A text is None
    where nothing is written.
    """

    of_row: np.ndarray
    columns: int
    texts: Sequence[str | None]
    resolved: Sequence[Any]
    expected: Sequence[str]
    paths: Paths

    @classmethod
    def of_entries(
        cls,
        of_row: np.ndarray,
        columns: int,
        entries: Sequence[tuple[str | None, Any, str]],
        paths: Paths = (),
    ) -> Attribute:
        """Made of entries: a text, what it resolves to (or None), and what was expected where it resolves to nothing."""
        texts, resolved, expected = zip(*entries, strict=True) if entries else ((), (), ())
        return cls(of_row, columns, texts, resolved, expected, paths)

    def of_cells(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        entry = self.of_row[row]
        return entry * self.columns + column if self.columns > 1 else entry


@dataclass(frozen=True)
class CellIndex:
    """Positions, for each of some cells: its row and column, and its element, period, span and area in `CellNames`."""

    row: np.ndarray
    column: np.ndarray
    element: np.ndarray
    period: np.ndarray
    span: np.ndarray
    area: np.ndarray

    def where(self, mask: np.ndarray) -> CellIndex:
        return CellIndex(*(getattr(self, entry.name)[mask] for entry in fields(CellIndex)))


@dataclass(frozen=True)
class CellNames:
    """The elements, periods, spans and areas of the cells of some rows."""

    entries: tuple[ElementColumn, ...]
    elements: np.ndarray
    label_of: np.ndarray
    periods: Attribute
    areas: Attribute
    spans: list[tuple[str, str]]

    def of(self, row: np.ndarray, column: np.ndarray) -> CellIndex:
        element = self.elements[self.label_of[row], column]
        period = self.periods.of_cells(row, column)
        span = element * len(self.periods.resolved) + period
        return CellIndex(row, column, element, period, span, self.areas.of_cells(row, column))

    def has_period(self, cells: CellIndex) -> np.ndarray:
        """For each cell, whether its period is known and has a span that the element may have."""
        fits = np.array([not wish for _, wish in self.spans], dtype=bool)
        return is_resolved(self.periods.resolved)[cells.period] & fits[cells.span]

    def is_counted(self, cells: CellIndex) -> np.ndarray:
        return np.array([entry.element.kind in COUNTED for entry in self.entries], dtype=bool)[cells.element]


def _texts(rows: Rows, name: str | None) -> TextColumn | None:
    return rows.texts(name) if name else None


def is_resolved(known: Sequence[object]) -> np.ndarray:
    return np.array([entry is not None for entry in known], dtype=bool)


def _elements(labels: list[str | None], table: Table) -> tuple[np.ndarray, tuple[str, ...]]:
    """The element of each label (by row) and column, -1 for none; and the labels that no entry of [elements] fits."""
    layout = table.layout
    if table.element is None:
        return np.array([[column.element for column in table.value_columns]], dtype=np.int64), ()
    found = np.full((len(labels), len(table.value_columns)), -1, dtype=np.int64)
    unread = []
    periods = [_header_period(column.header, layout, layout.any_year) for column in table.value_columns]
    for number, label in enumerate(labels):
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
    return found, tuple(filter(None, unread))


def _header_period(
    header: tuple[str, ...], layout: Layout, year: int | FinancialYear | None
) -> Period | None:
    text = period_text(header, layout)
    return parse_header(tuple(text.split("/")), year, rules=layout.period_rules) if text else None


def _periods(rows: Rows, table: Table, context: TableContext) -> Attribute:
    layout = table.layout
    keys, of_row = distinct_combinations([_texts(rows, table.period), _texts(rows, table.year)], len(rows))
    rules = layout.period_rules
    entries: list[tuple[str | None, Period | None, str]] = []
    for written, year_written in keys:
        year = parse_year(year_written, rules=rules) if year_written else context.year
        if layout.has_periods_in_header:
            for column in table.value_columns:
                period, text = _header_period(column.header, layout, year), "/".join(column.header)
                wish = "" if period else expected_period(text, year, title=True, rules=rules)
                entries.append((text, period, wish))
            continue
        said, wish = written if table.period else context.period_text, PERIOD
        if not said:
            period = None
        elif table.period:
            cut = layout.period.cut(said)
            period = parse_period(cut, year, rules=rules) if cut else None
            wish = "" if period else expected_period(cut or said, year, rules=rules)
        else:
            period = period_in_context(said, year, layout)
            wish = "" if period else expected_in_context(said, year, layout)
        entries.append((said, period, wish))
    columns = len(table.value_columns) if layout.has_periods_in_header else 1
    return Attribute.of_entries(of_row, columns, entries)


def _areas(rows: Rows, table: Table, context: TableContext, names: AreaNames) -> Attribute:
    """The areas of rows or columns by their names; a name that several areas share is not resolved here."""
    if table.layout.has_areas_in_header:
        return _areas_of_columns(len(rows), table, context, names)
    parts, of_row = distinct_combinations([rows.texts(name) for name in table.area], len(rows))
    parts = parts if table.area else [context.area or ()]
    entries = [
        (" ".join(filter(None, part)) or None, *names.resolve(_path(context.within, part))) for part in parts
    ]
    return Attribute.of_entries(of_row, 1, entries, [[part] for part in parts])


def _areas_of_columns(rows: int, table: Table, context: TableContext, names: AreaNames) -> Attribute:
    """The area of each column, by the longest part of its header that is the name of an area."""
    entries = []
    for column in table.value_columns:
        resolved = [(name, *names.resolve(_path(context.within, (name,)))) for name in column.area]
        name, code, wish = next((entry for entry in resolved if entry[1]), resolved[0])
        entries.append((name if code else "/".join(column.header), code, wish))
    paths: Paths = [[(name,) for name in column.area] for column in table.value_columns]
    return Attribute.of_entries(np.zeros(rows, dtype=np.int64), len(entries), entries, paths)


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
    codes, area = list(named.areas.resolved), cells.area
    missing = ~is_resolved(codes)[area] & is_resolved(named.periods.resolved)[cells.period]
    if not missing.any():
        return codes, area
    months = len(named.periods.resolved)
    pairs, of_cell = np.unique((area * months + cells.period)[missing], return_inverse=True)
    start = len(codes)
    for pair in pairs.tolist():
        at, month = pair // months, named.periods.resolved[pair % months].month
        tried = (names.resolve(_path(context.within, path), month)[0] for path in named.areas.paths[at])
        codes.append(next(filter(None, tried), None))
    area = area.copy()
    found = start + of_cell
    is_found = is_resolved(codes)[found]
    area[np.flatnonzero(missing)[is_found]] = found[is_found]
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


def names_of_cells(
    rows: Rows, table: Table, context: TableContext, names: AreaNames
) -> tuple[CellNames, tuple[str, ...]]:
    """The names of the cells of some rows, and the labels that no entry of [elements] fits."""
    labels, label_of = distinct_combinations([_texts(rows, table.element)], len(rows))
    elements, unread = _elements([label for (label,) in labels], table)
    periods = _periods(rows, table, context)
    areas = _areas(rows, table, context, names)
    entries = table.layout.elements
    spans = [_span(entry, known, table.layout) for entry, known in product(entries, periods.resolved)]
    return CellNames(entries, elements, label_of, periods, areas, spans), unread
