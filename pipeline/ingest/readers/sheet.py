"""What every reader gives: sheets of texts, with the row and column numbers a spreadsheet shows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from pipeline.problems import Location, ProblemError, column_letters

_CELLS_LAID_OUT = 20_000_000


@dataclass
class SheetMarks:
    """What a workbook says of a sheet beyond its values: what is hidden, and which cells are merged.

    Rows and columns have their numbers from 1, as a spreadsheet shows them. A merged range is its first row, first
    column, last row and last column.
    """

    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def hide_something(self) -> bool:
        return bool(self.is_hidden or self.hidden_rows or self.hidden_columns)


@dataclass(frozen=True)
class Sheet:
    """One sheet as text, or a block of rows of a long one.

    `grid` has a column `row` (from 1) and one column per sheet column: "1", "2", ...; an empty cell and an empty text
    are null. A sheet that source.toml does not ask for is not wanted: it is only searched for personal data.
    """

    name: str
    grid: pl.DataFrame
    begins: bool = True
    is_wanted: bool = True
    marks: SheetMarks = field(default_factory=SheetMarks)


# How the sheets of a workbook are read, by name, none before it is asked for.
GridAndMarks = tuple[pl.DataFrame, SheetMarks]
Workbook = dict[str, Callable[[], GridAndMarks]]


@dataclass(frozen=True)
class Content:
    """What a file holds: the encoding of a text file, and its sheets by name, long ones in blocks of rows."""

    encoding: str
    sheets: Iterator[Sheet]


def grid_of(cells: Mapping[int, Mapping[int, str]]) -> pl.DataFrame:
    """The grid of a sheet of which the texts are known, by row and then by column, both from 1."""
    rows = [cells.get(row, {}) for row in range(1, max(cells, default=0) + 1)]
    width = max((max(row, default=0) for row in rows), default=0)
    columns = (pl.Series(str(n), [row.get(n) for row in rows], pl.String) for n in range(1, width + 1))
    return pl.DataFrame(list(columns)).with_row_index("row", offset=1)


def without_empty_texts(grid: pl.DataFrame) -> pl.DataFrame:
    """The grid with null for every empty text."""
    is_empty = pl.col(pl.String) == ""
    found = grid.select(is_empty.any())
    empty = [name for name in found.columns if found.item(0, name)] if found.height else []
    return grid.with_columns(pl.col(empty).replace("", None)) if empty else grid


def with_texts(grid: pl.DataFrame, texts: Mapping[tuple[int, int], str]) -> pl.DataFrame:
    """The grid with other texts in some cells, by row and column from 1; it grows where they stand outside."""
    if not texts:
        return grid
    height = max(grid.height, *(row for row, _ in texts))
    by_column: dict[int, dict[int, str]] = {}
    for (row, column), text in texts.items():
        by_column.setdefault(column, {})[row] = text
    columns = []
    for number in sorted({*map(int, grid.columns[1:]), *by_column}):
        cells = grid[str(number)].to_list() if str(number) in grid.columns else []
        cells += [None] * (height - len(cells))
        for row, text in by_column.get(number, {}).items():
            cells[row - 1] = text
        columns.append(pl.Series(str(number), cells, pl.String))
    return pl.DataFrame(columns).with_row_index("row", offset=1)


def refuse_far_cells(location: Location, filled: int) -> None:
    """Refuse a sheet that would fill the memory: a cell far from the others spans rows and columns of nothing.

    `location` names the last row and column that hold anything, `filled` says how many cells do.
    """
    last = f"{column_letters(location.column)}{location.row}"
    if location.row * location.column > _CELLS_LAID_OUT and location.row * location.column > 20 * filled:
        found = f"cells as far as {last}, though only {filled:,} hold anything"
    elif filled > _CELLS_LAID_OUT:
        found = f"{filled:,} cells, as far as {last}"
    else:
        return
    wish = "a table whose cells stand together; delete the rows and columns beyond it and send the file again"
    raise ProblemError(Location(location.file, location.sheet), found, wish)
