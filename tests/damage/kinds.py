"""What a kind of damage is: a function that strikes good files somewhere, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

from tests.damage.table_file import Grid, Table

T = TypeVar("T")
Tables = dict[str, Table]
Damage = dict[str, bytes | None]


class Choose(Protocol):
    """Draws one of several; where the damage strikes is drawn by nothing else."""

    def __call__(self, options: Sequence[T]) -> T: ...


Strike = Callable[[Choose, Tables], Damage]


@dataclass(frozen=True)
class Kind:
    """A kind of damage. `strike` returns the new content of files by path, None for a file that goes.

    `must_be` is the verdict that every example needs; without it any but a silent change.
    """

    group: str
    strike: Strike
    must_be: str = ""

    @property
    def name(self) -> str:
        return self.strike.__name__

    @property
    def meaning(self) -> str:
        return (self.strike.__doc__ or "").strip().rstrip(".")


class Kinds(list[Kind]):
    """The kinds of one group, put together by decorating functions."""

    def __init__(self, group: str) -> None:
        super().__init__()
        self.group = group

    def kind(self, must_be: str = "") -> Callable[[Strike], Strike]:
        def note(strike: Strike) -> Strike:
            self.append(Kind(self.group, strike, must_be))
            return strike

        return note


def copied(table: Table) -> Grid:
    return [list(row) for row in table.grid]


def damaged(table: Table, grid: Grid) -> Damage:
    return {table.path: table.with_grid(grid).content()}


def text_files(tables: Tables) -> list[Table]:
    return [table for table in tables.values() if not table.is_workbook]


def workbooks(tables: Tables) -> list[Table]:
    return [table for table in tables.values() if table.is_workbook]


def with_previous(tables: Tables) -> list[tuple[Table, Table]]:
    """Files, each behind that of the month before."""
    ordered = sorted(tables.values(), key=lambda table: table.path)
    return [pair for pair in pairwise(ordered) if pair[0].source == pair[1].source]
