"""Cells merged over several areas or elements: nobody knows of which of them a value in one is."""

import numpy as np

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.rows import SortedRows
from pipeline.problems import column_letters


def merged_cells(
    rows: SortedRows, table: Table, marks: SheetMarks, *, are_hidden_left_out: bool
) -> dict[tuple[int, int], str]:
    """The ranges (B3:B5) that reach over more than one row, or more than one column, of the table, by their first cell.

    A hidden row or column that is not read counts too: it may be another area or element.
    """
    if not marks.merged:
        return {}
    numbers = np.union1d(rows.data.numbers, rows.totals.numbers)
    columns = set(map(int, table.named))
    if are_hidden_left_out:
        numbers = np.union1d(numbers, np.array(sorted(marks.hidden_rows), dtype=np.int64))
        columns |= marks.hidden_columns
    ranges = {}
    for top, left, bottom, right in marks.merged:
        rows_below = np.searchsorted(numbers, bottom, side="right") - np.searchsorted(numbers, top)
        columns_below = sum(left <= column <= right for column in columns)
        if rows_below > 1 or columns_below > 1:
            ranges[top, left] = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
    return ranges
