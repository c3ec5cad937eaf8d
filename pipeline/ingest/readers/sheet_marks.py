"""What a workbook says of a sheet beyond its values: what is hidden, and which cells are merged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetMarks:
    """Numbers of rows and columns from 1, as a spreadsheet shows them.

    A merged range is its first row, first column, last row and last column.
    """

    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
