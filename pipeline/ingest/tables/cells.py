"""The rows of one table to cells, each with element, area, period, span and value, accepted or refused."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.ingest.periods import first_month, parse_days
from pipeline.ingest.tables.cell_names import (
    COUNTED,
    CellIndex,
    CellNames,
    areas_by_month,
    is_resolved,
    names_of_cells,
)
from pipeline.ingest.tables.fill_down import Doubt
from pipeline.ingest.tables.grid import Rows
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.refusals import is_number, refusals
from pipeline.ingest.tables.table_context import TableContext
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.number_columns import FACTS, ParsedNumbers
from pipeline.ingest.values.text_columns import as_index, gather, nulls, text_column

_NEARLY = 1e-6
CELLS = {
    "row": pl.Int64,
    "column": pl.Int64,
    "element": pl.String,
    "kind": pl.String,
    "area_code": pl.String,
    "period": pl.Date,
    "span": pl.String,
    "text": pl.String,
    "value": pl.Float64,
    "reason": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "hint": pl.String,
}
_PLACED = ("row", "column", "element", "kind", "area_code", "period", "span")
BLANKS = {name: CELLS[name] for name in _PLACED if name != "kind"}


@dataclass(frozen=True)
class TableCells:
    """The cells of some rows, in the columns and the order of CELLS, and what was passed over.

    `blanks` are blank cells of areas that have another figure in the same month, in the columns of BLANKS.
    """

    cells: pl.DataFrame
    cells_blank: int
    blanks: pl.DataFrame | None
    elements_found: frozenset[int]
    labels_unread: tuple[str, ...]


def read_cells(
    rows: Rows,
    table: Table,
    context: TableContext,
    names: AreaNames,
    doubts: tuple[Doubt, ...] = (),
    doubt_of: np.ndarray | None = None,
) -> TableCells:
    """Read the cells of rows of data: titles, totals and notes are not among them.

    `doubts` say why the names of some rows do not count; `doubt_of` has the position of that of each row, -1 for none.
    """
    named, unread = names_of_cells(rows, table, context, names)

    parsed = _figures(rows, table)
    is_named = named.elements[named.label_of] >= 0
    is_blank = parsed.is_blank & is_named
    cells = named.of(*np.nonzero(~parsed.is_blank & is_named))
    number = parsed.at((cells.row, cells.column))
    written = _written(rows, table, cells)
    value = _in_units(number.value, written, named, cells)
    codes, area = areas_by_month(named, cells, names, context)
    doubt = np.full(len(value), -1) if doubt_of is None else doubt_of[cells.row]
    checks = {
        "period": named.has_period(cells),
        "doubt": doubt < 0,
        "area": is_resolved(codes)[area],
        "number": is_number(value, number, named, cells),
    }
    is_right = np.logical_and.reduce(list(checks.values()))
    refused = None
    if not is_right.all():
        refused = refusals(named, cells, written, checks, doubts, doubt, table.notation)
    frame = pl.DataFrame(
        {
            **_placed(rows, table, named, cells, codes, area),
            "text": written,
            "value": pl.Series(value, nan_to_null=True),
            **(refused or dict.fromkeys(("reason", "found", "expected", "hint"), nulls(len(value)))),
        }
    )
    is_counted = is_right & named.is_counted(cells)
    canonical = {known: number for number, known in enumerate(codes)}
    same = np.array([canonical[known] for known in codes])
    reported = np.unique((same[area] * len(named.periods.resolved) + cells.period)[is_counted])
    blanks = None
    if len(reported) and len(codes) and is_blank.any():
        blanks = _blanks(rows, table, named, is_blank, canonical, reported, doubt_of)
    found = frozenset(int(number) for number in np.unique(named.elements) if number >= 0)
    return TableCells(frame, int(is_blank.sum()), blanks, found, unread)


def are_counted(cells: pl.DataFrame) -> np.ndarray:
    """Which cells are of elements that are counted."""
    return text_column(cells["kind"]).where(lambda kind: kind in COUNTED)


def no_cells() -> pl.DataFrame:
    return pl.DataFrame(schema=CELLS)


def _figures(rows: Rows, table: Table) -> ParsedNumbers:
    """The numbers in the value columns, as matrices of rows and columns."""
    columns = [rows.numerals(column.name, table.notation) for column in table.value_columns]
    return ParsedNumbers(*(np.stack([getattr(column, fact) for column in columns], axis=1) for fact in FACTS))


def _written(rows: Rows, table: Table, cells: CellIndex) -> pl.Series:
    """The texts of some cells."""
    height = rows.grid.height
    columns = [rows.grid.frame[column.name] for column in table.value_columns]
    every = pl.concat(columns, rechunk=True) if len(columns) > 1 else columns[0]
    return every[as_index(cells.column * height + rows.positions[cells.row])].alias("text")


def _placed(
    rows: Rows,
    table: Table,
    named: CellNames,
    cells: CellIndex,
    codes: Sequence[str | None],
    area: np.ndarray,
) -> dict[str, pl.Series]:
    """Row, column, element, kind, area, period and span of cells, as the columns of _PLACED."""
    columns = np.array([int(column.name) for column in table.value_columns])
    element = pl.Series(as_index(cells.element))
    return {
        "row": pl.Series(rows.numbers[cells.row]),
        "column": pl.Series(columns[cells.column]),
        "element": pl.Series([entry.element.name for entry in named.entries], dtype=pl.String)[element],
        "kind": pl.Series([entry.element.kind for entry in named.entries], dtype=pl.String)[element],
        "area_code": gather(codes, area, pl.String),
        "period": gather([known and known.month for known in named.periods.resolved], cells.period, pl.Date),
        "span": gather([worded for worded, _ in named.spans], cells.span, pl.String),
    }


def _blanks(
    rows: Rows,
    table: Table,
    named: CellNames,
    is_blank: np.ndarray,
    areas: dict[str | None, int],
    reported: np.ndarray,
    doubt_of: np.ndarray | None,
) -> pl.DataFrame | None:
    """Blank cells of counted elements whose area has an accepted figure of the same month in these rows."""
    if doubt_of is not None:
        is_blank = is_blank & (doubt_of < 0)[:, None]
    cells = named.of(*np.nonzero(is_blank))
    of_area = np.array([-1 if known is None else areas.get(known, -1) for known in named.areas.resolved])
    area = of_area[cells.area]
    is_told = np.isin(area * len(named.periods.resolved) + cells.period, reported) & (area >= 0)
    is_told &= named.has_period(cells) & named.is_counted(cells)
    if not is_told.any():
        return None
    cells = cells.where(is_told)
    placed = _placed(rows, table, named, cells, named.areas.resolved, cells.area)
    return pl.DataFrame({name: placed[name] for name in BLANKS})


def _in_units(value: np.ndarray, written: pl.Series, named: CellNames, cells: CellIndex) -> np.ndarray:
    """Values in the element's unit: multiplied by `times` of source.toml, and dates as days since 1970-01-01."""
    entries = named.entries
    if any(entry.times != 1 for entry in entries):
        times = np.array([entry.times for entry in entries])[cells.element]
        value = value * times
        whole = np.round(value)
        is_count = named.is_counted(cells) & (np.abs(value - whole) <= _NEARLY) & (times != 1)
        value = np.where(is_count, whole, value)
    if any(entry.element.kind == "date" for entry in entries):
        is_date = np.array([entry.element.kind == "date" for entry in entries])[cells.element]
        known = named.periods.resolved
        since = gather([period and first_month(period) for period in known], cells.period[is_date], pl.Date)
        value = value.copy()
        value[is_date] = parse_days(written[as_index(np.flatnonzero(is_date))], since).to_numpy()
    return value
