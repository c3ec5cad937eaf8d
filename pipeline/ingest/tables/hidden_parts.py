"""Hidden sheets, rows and columns, which nobody at the office saw when sending: left out, or read and counted apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.readers.sheet_marks import SheetMarks
from pipeline.ingest.source import SourceDescription
from pipeline.problems import column_letters


def without_hidden_parts(sheet: Sheet, source: SourceDescription) -> tuple[pl.DataFrame, int]:
    """The grid without its hidden rows and columns where source.toml leaves them out, and how many rows went."""
    grid, marks = sheet.grid, sheet.marks
    is_marked = marks.is_hidden or marks.hidden_rows or marks.hidden_columns
    if not is_marked or source.hidden != "leave_out":
        return grid, 0
    written = grid.filter(pl.any_horizontal(pl.all().exclude("row").is_not_null()))["row"]
    if marks.is_hidden:
        return grid.clear(), len(written)
    hidden = sorted(marks.hidden_rows)
    kept = grid.filter(~pl.col("row").is_in(hidden))
    columns = {str(column) for column in marks.hidden_columns}
    return kept.drop(columns & set(grid.columns)), int(written.is_in(hidden).sum())


@dataclass(frozen=True)
class HiddenValues:
    """How many values stood in hidden sheets, rows and columns, each counted once, by sheet and part."""

    counts: Counter = field(default_factory=Counter)

    @classmethod
    def among(cls, cells: pl.DataFrame, sheet: str, marks: SheetMarks) -> HiddenValues:
        """The values of hidden parts among the accepted cells."""
        if not (marks.is_hidden or marks.hidden_rows or marks.hidden_columns):
            return cls()
        accepted = cells.filter(cells["reason"].is_null())
        counts: Counter = Counter()
        for row, column in zip(accepted["row"].to_list(), accepted["column"].to_list(), strict=True):
            if marks.is_hidden:
                counts[sheet, "", 0] += 1
            elif row in marks.hidden_rows:
                counts[sheet, "row", row] += 1
            elif column in marks.hidden_columns:
                counts[sheet, "column", column] += 1
        return cls(counts)

    def __add__(self, other: HiddenValues) -> HiddenValues:
        return HiddenValues(self.counts + other.counts)

    def __str__(self) -> str:
        """As `files` says it: sheet Old: 6 figures; sheet 表一, row 5: 2 figures."""
        return "; ".join(
            f"{_part(*part)}: {number} {'figure' if number == 1 else 'figures'}"
            for part, number in sorted(self.counts.items())
        )


def _part(sheet: str, kind: str, number: int) -> str:
    parts = [f"sheet {sheet}"] if sheet else []
    if kind:
        parts.append(f"{kind} {column_letters(number) if kind == 'column' else number}")
    return ", ".join(parts)
