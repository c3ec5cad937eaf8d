"""The rows of one table to cells, each with element, area, period, span and value, accepted or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

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
from pipeline.ingest.tables.fill_down import Doubts
from pipeline.ingest.tables.grid import Grid, Rows
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.refusals import Refusal, judged
from pipeline.ingest.tables.table_context import TableContext
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.text_columns import as_index, gather, rows_where

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
NO_CELLS = pl.DataFrame(schema=CELLS)


@dataclass
class TableCells:
    """The cells of some rows that are not blank, and where blank ones are; an array has an entry for each cell.

    `area` is the position of its area in `area_codes`, `text` the code of its text in the grid; `is_blank` is by row and
    value column. Once they are judged, `refusals` are those of the cells that are not `is_right`, in their order.
    """

    rows: Rows
    table: Table
    named: CellNames
    index: CellIndex
    area_codes: list[str | None]
    area: np.ndarray
    text: np.ndarray
    value: np.ndarray
    is_blank: np.ndarray
    doubts: Doubts | None
    is_right: np.ndarray = field(init=False)
    refusals: list[Refusal] = field(init=False)

    @cached_property
    def row(self) -> np.ndarray:
        """The number of the row in the sheet."""
        return self.rows.numbers[self.index.row]

    @cached_property
    def column(self) -> np.ndarray:
        return self._columns[self.index.column]

    @property
    def _columns(self) -> np.ndarray:
        return np.array([int(name) for name in self.table.value_names])

    @cached_property
    def is_counted(self) -> np.ndarray:
        """Whether the element is counted: a flow or a stock."""
        return self.named.is_of_kind(self.index, *COUNTED)

    @property
    def elements_found(self) -> frozenset[int]:
        return frozenset(np.unique(self.named.elements).tolist()) - {-1}

    @property
    def months(self) -> np.ndarray:
        known = [period and period.month for period in self.named.periods.resolved]
        return np.array(known, dtype="datetime64[D]")[self.index.period]

    def frame(self) -> pl.DataFrame:
        """The cells in the order of rows and columns, in the columns of CELLS; `reason` is null where one is accepted."""
        refusal = np.where(self.is_right, 0, np.cumsum(~self.is_right))
        said = zip((None,) * 4, *self.refusals, strict=True)
        facts = self._placed(self.index, self.area)
        facts |= {
            "kind": gather(
                [entry.element.kind for entry in self.named.entries], self.index.element, pl.String
            ),
            "text": self.rows.grid.written[as_index(self.text)],
            "value": pl.Series(self.value, nan_to_null=True),
        }
        for name, texts in zip(("reason", "found", "expected", "hint"), said, strict=True):
            facts[name] = gather(texts, refusal, pl.String)
        return pl.DataFrame({name: facts[name] for name in CELLS})

    def blanks(self) -> pl.DataFrame | None:
        """Blank cells of counted elements whose area has an accepted figure of the same month in these rows."""
        named, months = self.named, len(self.named.periods.entries)
        numbers = {code: number for number, code in enumerate(self.area_codes)}
        of_area = np.array([numbers[code] for code in self.area_codes])
        reported = (of_area[self.area] * months + self.index.period)[self.is_right & self.is_counted]
        if not (len(reported) and self.is_blank.any()):
            return None
        cells = named.of(self.is_blank)
        is_told = (
            np.isin(of_area[cells.area] * months + cells.period, reported)
            & is_resolved(self.area_codes)[cells.area]
        )
        is_told &= named.has_period(cells) & named.is_of_kind(cells, *COUNTED)
        if self.doubts:
            is_told &= self.doubts.of_row[cells.row] < 0
        if not is_told.any():
            return None
        return rows_where(pl.DataFrame(self._placed(cells, cells.area)), is_told)

    def _placed(self, cells: CellIndex, area: np.ndarray) -> dict[str, pl.Series]:
        """Row, column, element, area, period and span of cells, as columns by their names in CELLS."""
        named = self.named
        months = [known and known.month for known in named.periods.resolved]
        return {
            "row": pl.Series(self.rows.numbers[cells.row]),
            "column": pl.Series(self._columns[cells.column]),
            "element": gather([entry.element.name for entry in named.entries], cells.element, pl.String),
            "area_code": gather(self.area_codes, area, pl.String),
            "period": gather(months, cells.period, pl.Date),
            "span": gather([worded for worded, _ in named.spans], cells.span, pl.String),
        }


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
        times = named.of_element(cells, lambda entry: entry.times)
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
