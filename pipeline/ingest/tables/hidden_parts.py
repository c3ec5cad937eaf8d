"""Hidden sheets, rows and columns, which nobody at the office saw when sending: left out, or read and counted apart."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import SourceDescription


def without_hidden_parts(sheet: Sheet, source: SourceDescription) -> tuple[pl.DataFrame, int]:
    """The grid without its hidden rows and columns where source.toml leaves them out, and how many rows went."""
    grid, marks = sheet.grid, sheet.marks
    if not marks.hide_something or source.hidden != "leave_out":
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

    counts: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    @classmethod
    def among(cls, cells: pl.DataFrame, sheet: str, marks: SheetMarks) -> HiddenValues:
        """The values of hidden parts among the accepted cells."""
        if not marks.hide_something:
            return cls()
        accepted = cells.filter(cells["reason"].is_null())
        counts: Counter[tuple[str, str, int]] = Counter()
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
        """As `files` has it: JSON, a list of [sheet, row, column, figures]; empty for none."""
        parts = [
            [sheet, number if kind == "row" else 0, number if kind == "column" else 0, figures]
            for (sheet, kind, number), figures in sorted(self.counts.items())
        ]
        return json.dumps(parts, ensure_ascii=False) if parts else ""
