"""Hidden sheets, rows and columns, which nobody at the office saw when sending: left out, or read and counted apart."""

import json
from collections import Counter

import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import SourceDescription

HiddenValues = Counter[tuple[str, int, int]]  # by sheet, row and column, 0 for all of them


def without_hidden_parts(sheet: Sheet, source: SourceDescription) -> tuple[pl.DataFrame, int]:
    """The grid without its hidden rows and columns where source.toml leaves them out, and how many rows went."""
    grid, marks = sheet.grid, sheet.marks
    if not marks.hide_something or source.toml.hidden != "leave_out":
        return grid, 0
    written = grid.filter(pl.any_horizontal(pl.all().exclude("row").is_not_null()))["row"]
    if marks.is_hidden:
        return grid.clear(), len(written)
    hidden = sorted(marks.hidden_rows)
    kept = grid.filter(~pl.col("row").is_in(hidden))
    columns = {str(column) for column in marks.hidden_columns}
    return kept.drop(columns & set(grid.columns)), int(written.is_in(hidden).sum())


def hidden_values(cells: pl.DataFrame, sheet: str, marks: SheetMarks) -> HiddenValues:
    """How many accepted values stand in hidden sheets, rows and columns, each counted once."""
    counts: HiddenValues = Counter()
    if marks.hide_something:
        accepted = cells.filter(cells["reason"].is_null())
        for row, column in accepted.select("row", "column").iter_rows():
            if marks.is_hidden:
                counts[sheet, 0, 0] += 1
            elif row in marks.hidden_rows:
                counts[sheet, row, 0] += 1
            elif column in marks.hidden_columns:
                counts[sheet, 0, column] += 1
    return counts


def hidden_as_text(counts: HiddenValues) -> str:
    """As `files` has it: JSON, a list of [sheet, row, column, figures]; empty for none."""
    parts = [[*place, figures] for place, figures in sorted(counts.items())]
    return json.dumps(parts, ensure_ascii=False) if parts else ""
