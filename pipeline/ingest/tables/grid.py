"""The cells of a sheet by column. The distinct texts of a column are parsed once, and shared by its rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from pipeline.ingest.values.number_columns import ParsedNumbers, parse_column
from pipeline.ingest.values.numbers import Notation
from pipeline.ingest.values.text_columns import TextColumn, text_column

Cells = tuple[str | None, ...]


class Grid:
    """A whole sheet, or a block of its rows, without its empty columns."""

    def __init__(self, frame: pl.DataFrame) -> None:
        blank = [column.name for column in frame if column.null_count() == frame.height]
        self.frame = frame.drop(blank) if frame.height and blank else frame
        self.numbers = self.frame["row"].to_numpy().astype(np.int64)
        self.names = self.frame.columns[1:]
        self.height = frame.height
        self._texts: dict[str, TextColumn] = {}
        self._is_there: dict[str, np.ndarray] = {}
        self._numerals: dict[tuple[str, Notation], ParsedNumbers] = {}

    def widened(self, names: Iterable[str]) -> Grid:
        """The grid with all of these columns, empty if need be: later rows of a text file may be shorter than its head."""
        missing = [name for name in dict.fromkeys(names) if name not in self.names]
        if not missing:
            return self
        nothing = (pl.lit(None, pl.String).alias(name) for name in missing)
        wider = Grid.__new__(Grid)
        wider.__dict__.update(self.__dict__)
        wider.frame = self.frame.with_columns(nothing)
        wider.names = wider.frame.columns[1:]
        return wider

    def texts(self, name: str) -> TextColumn:
        if name not in self._texts:
            self._texts[name] = text_column(self.frame[name])
        return self._texts[name]

    def is_there(self, name: str) -> np.ndarray:
        """For each row, whether something is written in the column."""
        if name not in self._is_there:
            column = self.frame[name]
            if not column.null_count():
                self._is_there[name] = np.ones(self.height, dtype=bool)
            else:
                bits = np.frombuffer(column.to_arrow().buffers()[0], np.uint8)
                self._is_there[name] = np.unpackbits(bits, count=self.height, bitorder="little").astype(bool)
        return self._is_there[name]

    def numerals(self, name: str, notation: Notation) -> ParsedNumbers:
        """What the texts of the column stand for, row by row."""
        key = name, notation
        if key not in self._numerals:
            self._numerals[key] = parse_column(self.frame[name], notation)
        return self._numerals[key]

    def cells(self, start: int, stop: int) -> list[Cells]:
        """The cells of some rows, one row after the other."""
        return [row[1:] for row in self.frame.slice(start, max(stop - start, 0)).rows()]


class Rows:
    """Some rows of a grid, in its order. The texts of a column may have been replaced, by names filled down for one."""

    def __init__(
        self, grid: Grid, positions: np.ndarray, instead: dict[str, TextColumn] | None = None
    ) -> None:
        self.grid = grid
        self.positions = positions
        is_one_run = len(positions) and positions[-1] - positions[0] + 1 == len(positions)
        self._at = (
            slice(positions[0], positions[-1] + 1) if is_one_run else positions
        )  # a slice copies nothing
        self.numbers = grid.numbers[self._at]
        self._instead = instead or {}

    def __len__(self) -> int:
        return len(self.positions)

    def texts(self, name: str) -> TextColumn:
        return self._instead.get(name) or self.grid.texts(name).of(self._at)

    def is_there(self, name: str) -> np.ndarray:
        instead = self._instead.get(name)
        return instead.is_there if instead else self.grid.is_there(name)[self._at]

    def numerals(self, name: str, notation: Notation) -> ParsedNumbers:
        return self.grid.numerals(name, notation).at(self._at)

    def has_number(self, name: str, notation: Notation) -> np.ndarray:
        """For each row, whether a number stands in the column."""
        return ~np.isnan(self.grid.numerals(name, notation).value[self._at])

    def where(self, mask: np.ndarray) -> Rows:
        if mask.all():
            return self
        return Rows(
            self.grid, self.positions[mask], {name: texts.of(mask) for name, texts in self._instead.items()}
        )

    def written_over(self, instead: dict[str, TextColumn]) -> Rows:
        return Rows(self.grid, self.positions, self._instead | instead)

    @property
    def reach(self) -> tuple[int, int] | None:
        """First and last row number."""
        return (int(self.numbers[0]), int(self.numbers[-1])) if len(self) else None


def distinct_combinations(columns: list[TextColumn | None], rows: int) -> tuple[list[Cells], np.ndarray]:
    """The distinct combinations of texts in some columns, in the order of the rows, and which of them each row has.

    A column that is not there is None in each combination.
    """
    present = [texts for texts in columns if texts is not None]
    if not present or not rows:
        return [(None,) * len(columns)], np.zeros(rows, dtype=np.int64)
    code = present[0].at.astype(np.int64)
    for texts in present[1:]:
        code = code * len(texts.distinct) + texts.at
    begins = np.concatenate(([True], code[1:] != code[:-1]))
    firsts = np.flatnonzero(begins)
    numbers: dict[int, int] = {}
    of_run = np.array([numbers.setdefault(run, len(numbers)) for run in code[firsts].tolist()])
    seen = np.unique(of_run, return_index=True)[1]
    combinations = [
        tuple(None if texts is None else texts.of_row(firsts[run]) for texts in columns)
        for run in seen.tolist()
    ]
    return combinations, of_run[np.cumsum(begins) - 1]


def last_true_up_to(marked: np.ndarray) -> np.ndarray:
    """For each row the position of the last true row up to and including it; -1 for none."""
    return np.maximum.accumulate(np.where(marked, np.arange(len(marked)), -1))
