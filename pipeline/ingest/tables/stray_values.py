"""Values outside of the tables, or without a header or an element: named as problems, so that none is lost silently."""

import re

import numpy as np

from pipeline.ingest.tables.grid import Grid, Rows
from pipeline.ingest.tables.header import Table
from pipeline.ingest.values.number_columns import parse_numbers
from pipeline.problems import Location, ProblemError

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def above_header(
    grid: Grid, above: np.ndarray, table: Table, location: Location, failure: ProblemError | None
) -> list[ProblemError]:
    """A problem where values stand above the first header that can be read: their own header is missing or unreadable."""
    labels = [name for name in (*table.area, table.period, table.element) if name] or grid.names
    for position in above.tolist():
        (cells,) = grid.cells(position, position + 1)
        written = dict(zip(grid.names, cells, strict=True))
        figures = sum(_is_plain_number(written[column.name]) for column in table.value_columns)
        if figures > 1 and any(written[name] is not None for name in labels):
            wish = f"a header like that in row {table.location.row} above them"
            row = Location(location.file, location.sheet, int(grid.numbers[position]))
            return [failure or ProblemError(row, "figures without a header", wish, "column")]
    return []


def _is_plain_number(text: str | None) -> bool:
    return text is not None and _PLAIN_NUMBER.fullmatch(text) is not None


def has_words_for_values(grid: Grid, position: int, table: Table) -> bool:
    """Whether words stand in the value columns of a row, so that it is another header, though one that cannot be read."""
    texts = [grid.texts(column.name).of_row(position) for column in table.value_columns]
    parsed = parse_numbers(texts, table.notation)
    return bool((np.isnan(parsed.value) & ~parsed.is_blank).any())


def under_no_header(rows: Rows, table: Table, location: Location) -> list[ProblemError]:
    """A problem where values stand in a column without a header: rows may have been shifted to the right."""
    for name in rows.grid.names:
        if name in table.named:
            continue
        found = np.flatnonzero(rows.has_number(name, table.notation))
        if len(found):
            wish = "a header above each column of figures; rows may have been shifted to the right"
            at = Location(location.file, location.sheet, int(rows.numbers[found[0]]), int(name))
            return [ProblemError(at, "a figure in a column without a header", wish, "column")]
    return []


def of_no_element(rows: Rows, table: Table, location: Location) -> list[ProblemError]:
    """A problem where values stand in rows in which no element is named, not even an unknown one."""
    if table.element is None:
        return []
    unnamed = rows.where(~rows.is_there(table.element))
    for column in table.value_columns if len(unnamed) else ():
        found = np.flatnonzero(unnamed.has_number(column.name, table.notation))
        if len(found):
            at = Location(location.file, location.sheet, int(unnamed.numbers[found[0]]), int(column.name))
            wish = "its name in that row (fill_down = true in [element] if it stands once on a merged block)"
            return [ProblemError(at, "a figure without a name", wish, "column")]
    return []
