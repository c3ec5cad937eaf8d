"""Values outside of the tables, or without a header or an element: named as problems, so that none is lost silently."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.ingest.tables.grid import Grid, Rows
from pipeline.ingest.tables.header import Table
from pipeline.problems import Location, ProblemError

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def above_header(
    grid: Grid, above: np.ndarray, table: Table, location: Location, failure: ProblemError | None
) -> list[ProblemError]:
    """A problem where values stand above the first header that can be read: their own header is missing or unreadable."""
    labels = [name for name in (*table.area, table.period, table.element) if name] or grid.names
    rows = Rows(grid, above)
    is_plain = grid.fitting(rows.matrix(table.value_names), lambda text: bool(_PLAIN_NUMBER.fullmatch(text)))
    found = np.flatnonzero((is_plain.sum(axis=1) > 1) & rows.any_there(labels))
    if not len(found):
        return []
    wish = f"a header like that in row {table.location.row} above them"
    at = replace(location, row=int(rows.numbers[found[0]]))
    return [failure or ProblemError(at, "figures without a header", wish, "column")]


def has_words_for_values(grid: Grid, position: int, table: Table) -> bool:
    """Whether words stand in the value columns of a row, so that it is another header, though one that cannot be read."""
    codes = Rows(grid, np.array([position])).matrix(table.value_names)
    numbers = grid.numbers_in(codes)[codes]
    return bool((np.isnan(numbers["value"]) & ~numbers["is_blank"]).any())


def under_no_header(rows: Rows, table: Table, location: Location) -> list[ProblemError]:
    """A problem where values stand in a column without a header: rows may have been shifted to the right."""
    wish = "a header above each column of figures; rows may have been shifted to the right"
    names = [name for name in rows.grid.names if name not in table.named]
    return _first(rows, names, location, "a figure in a column without a header", wish)


def of_no_element(rows: Rows, table: Table, location: Location) -> list[ProblemError]:
    """A problem where values stand in rows in which no element is named, not even an unknown one."""
    if table.element is None:
        return []
    unnamed = rows.where(rows.codes(table.element) == 0)
    wish = "its name in that row (fill_down = true in [element] if it stands once on a merged block)"
    return _first(unnamed, table.value_names, location, "a figure without a name", wish)


def _first(rows: Rows, names: Sequence[str], location: Location, found: str, wish: str) -> list[ProblemError]:
    """The problem with the uppermost number in the first of some columns that holds any."""
    for name in names if len(rows) else ():
        at = np.flatnonzero(rows.has_numbers([name]))
        if len(at):
            place = replace(location, row=int(rows.numbers[at[0]]), column=int(name))
            return [ProblemError(place, found, wish, "column")]
    return []
