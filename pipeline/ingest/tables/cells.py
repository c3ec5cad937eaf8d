"""The rows of one table to cells: names, numbers and units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipeline.ingest.periods import first_month, parse_days
from pipeline.ingest.tables.cell_names import COUNTED, CellIndex, CellNames, areas_by_month, names_of_cells
from pipeline.ingest.tables.fill_down import Doubts
from pipeline.ingest.tables.grid import Grid, Rows
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.refusals import judged
from pipeline.ingest.tables.table_cells import TableCells
from pipeline.ingest.tables.table_context import TableContext
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.text_columns import as_index, gather

_NEARLY = 1e-6


def read_cells(
    rows: Rows,
    table: Table,
    context: TableContext,
    names: AreaNames,
    doubts: Doubts | None = None,
    merged: Mapping[tuple[int, int], str] | None = None,
) -> TableCells:
    """Read the cells of rows of data: titles, totals and notes are not among them.

    `doubts` say why the names of some rows do not count; `merged` names the range of each cell that is merged over several
    areas or elements, by its row and column in the sheet.
    """
    named = names_of_cells(rows, table, context, names)
    grid, codes = rows.grid, rows.matrix(table.value_names)
    is_blank, is_named = grid.numbers_in(codes)["is_blank"][codes], named.elements >= 0
    index = named.of(~is_blank & is_named)
    text = codes[index.row, index.column]
    value = _in_units(grid, text, named, index)
    area_codes, area = areas_by_month(named, index, names, context)
    cells = TableCells(rows, table, named, index, area_codes, area, text, value, is_blank & is_named, doubts)
    cells.is_right, cells.refusals = judged(cells, merged or {})
    return cells


def _in_units(grid: Grid, text: np.ndarray, named: CellNames, cells: CellIndex) -> np.ndarray:
    """Values in the element's unit: multiplied by `times` of source.toml, and dates as days since 1970-01-01."""
    value = grid.numbers_in(text)["value"][text]
    if any(entry.times != 1 for entry in named.entries):
        times = np.array([entry.times for entry in named.entries])[cells.element]
        value = value * times
        whole = np.round(value)
        is_count = named.is_of_kind(cells, *COUNTED) & (np.abs(value - whole) <= _NEARLY) & (times != 1)
        value = np.where(is_count, whole, value)
    is_date = named.is_of_kind(cells, "date")
    if is_date.any():
        months = [period and first_month(period) for period in named.periods.resolved]
        since = gather(months, cells.period[is_date], pl.Date)
        value[is_date] = parse_days(grid.written[as_index(text[is_date])], since).to_numpy()
    return value
