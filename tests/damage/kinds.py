"""What a kind of damage is: a function that strikes a good file somewhere, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.damage.table_file import Cell, Grid, Table

T = TypeVar("T")
Tables = dict[str, Table]
Damage = dict[str, bytes | None]
Files = Callable[[Table], bool]
Choose = Callable[[Sequence[T]], T]  # draws one of several; where the damage strikes is drawn by nothing else


class Hit:
    """The file that is struck, drawn among `files`, and a copy of its grid for the damage to change."""

    def __init__(self, choose: Choose, tables: Tables, files: Files) -> None:
        self.choose, self.tables = choose, tables
        self.table: Table = choose(list(filter(files, tables.values())))
        self.grid: Grid = [list(row) for row in self.table.grid]

    def row(self) -> int:
        """A row of an area."""
        return self.choose(self.table.body)

    def column(self) -> int:
        """A column of figures."""
        return self.choose(self.table.figures)

    def cell(self, fits: Callable[[Cell], bool]) -> tuple[int, int]:
        """Row and column of a figure that fits."""
        places = [(row, column) for row in self.table.body for column in self.table.figures]
        return self.choose([(row, column) for row, column in places if fits(self.grid[row][column])])

    def empty_row(self) -> list[Cell]:
        return [None] * len(self.grid[0])

    def insert_below_header(self, row: list[Cell]) -> None:
        self.grid.insert(self.choose(range(self.table.body[0], len(self.grid) + 1)), row)

    @property
    def previous(self) -> Table:
        """The file of the month before."""
        of_source = [table for table in self.tables.values() if table.source == self.table.source]
        return of_source[of_source.index(self.table) - 1]


@dataclass(frozen=True)
class Kind:
    """A kind of damage: `harm` changes the grid of the hit that it is given, or returns a file's new bytes, or those of
    several; `files` says of each whether it can be struck.

    `must_be` is the verdict that every example needs; without it any but a silent change.
    """

    group: str
    name: str
    meaning: str
    harm: Callable[[Hit], bytes | Damage | None]
    must_be: str
    files: Files

    def strike(self, choose: Choose, tables: Tables) -> Damage:
        """The new content of files by path, None for a file that goes."""
        hit = Hit(choose, tables, self.files)
        content = self.harm(hit)
        if isinstance(content, dict):
            return content
        return {hit.table.path: hit.table.with_grid(hit.grid).content() if content is None else content}


class Kinds(list[Kind]):
    """The kinds of one group."""

    def __init__(self, group: str) -> None:
        super().__init__()
        self.group = group

    def add(self, name: str, meaning: str, harm: Callable, *, must_be: str = "", files: Files) -> None:
        self.append(Kind(self.group, name, meaning, harm, must_be, files))

    def kind(self, must_be: str = "", files: Files | None = None) -> Callable[[Callable], Callable]:
        """Decorates a function with the name of the kind, which its docstring says in words."""

        def note(harm: Callable) -> Callable:
            meaning = harm.__doc__.strip().rstrip(".")
            self.add(harm.__name__, meaning, harm, must_be=must_be, files=files or all_files)
            return harm

        return note


def all_files(_: Table) -> bool:
    return True


def text_files(table: Table) -> bool:
    return not table.is_workbook


def workbooks(table: Table) -> bool:
    return table.is_workbook


def later_files(table: Table) -> bool:
    """Those whose source sent a file for the month before, too."""
    return table.month > 1


def later_workbooks(table: Table) -> bool:
    return table.is_workbook and table.month > 1
