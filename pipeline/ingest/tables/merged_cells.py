"""Refuses a value in a cell merged over several areas or elements: nobody knows of which of them it is."""

import numpy as np
import polars as pl

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.rows import SortedRows
from pipeline.problems import column_letters


def refuse_merged_cells(
    cells: pl.DataFrame, rows: SortedRows, table: Table, marks: SheetMarks, *, are_hidden_left_out: bool
) -> pl.DataFrame:
    """The cells, with those refused that are merged over more than one row, or more than one column, of the table.

    A hidden row or column that is not read counts too: it may be another area or element.
    """
    if not marks.merged or not cells.height:
        return cells
    numbers = np.union1d(rows.data.numbers, rows.totals.numbers)
    columns = set(map(int, table.named))
    if are_hidden_left_out:
        numbers = np.union1d(numbers, np.array(sorted(marks.hidden_rows), dtype=np.int64))
        columns |= marks.hidden_columns
    ranges = {}
    for merged in marks.merged:
        top, left, bottom, right = merged
        rows_below = np.searchsorted(numbers, bottom, side="right") - np.searchsorted(numbers, top)
        columns_below = sum(left <= column <= right for column in columns)
        if rows_below > 1 or columns_below > 1:
            ranges[top, left] = merged
    corners = zip(cells["row"].to_list(), cells["column"].to_list(), strict=True)
    at = [number for number, corner in enumerate(corners) if corner in ranges]
    if not at:
        return cells
    refused = cells[at]
    said = [
        f"{text}, one figure merged over {_letters(*ranges[row, column])}"
        for text, row, column in refused.select("text", "row", "column").iter_rows()
    ]
    refusal = {
        "reason": ["number"] * len(at),
        "found": said,
        "expected": ["a figure for each of the cells; unmerge them at the office and send the file again"]
        * len(at),
    }
    return cells.with_columns(cells[name].scatter(at, texts) for name, texts in refusal.items())


def _letters(top: int, left: int, bottom: int, right: int) -> str:
    return f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
