"""The cells of a sheet as numbers of its distinct texts, so that each text is looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.ingest.values.number_columns import NUMBER, parse_numbers
from pipeline.ingest.values.numbers import Notation
from pipeline.ingest.values.text_columns import text_column

Cells = tuple[str | None, ...]


class Grid:
    """A whole sheet, or a block of its rows, without its empty columns.

    In row i of column j stands the text `texts[codes[i, j]]`; code 0 is an empty cell. `numbers` are the numbers of the
    rows in the sheet, `names` those of the columns, as texts. `kept` are columns that stay even if they are empty: later
    rows of a text file may be shorter than its head.
    """

    def __init__(self, frame: pl.DataFrame, notation: Notation, kept: Iterable[str] = ()) -> None:
        row, *columns = frame.get_columns()
        self.numbers = row.to_numpy().astype(np.int64)
        self.height = len(self.numbers)
        texts = text_column(pl.concat([pl.Series([None], dtype=pl.String), *columns], rechunk=True))
        self.texts = texts.distinct
        at = dict(zip(frame.columns[1:], texts.at[1:].reshape(len(columns), self.height), strict=True))
        self.names = sorted({*kept, *(name for name, codes in at.items() if codes.any())}, key=int)
        empty = np.zeros(self.height, np.int32)
        by_column = [at.get(name, empty) for name in self.names]
        self.codes = np.array(by_column, np.int32).reshape(len(by_column), self.height).T
        self.notation = notation
        self._is_parsed = np.zeros(len(self.texts), dtype=bool)
        self._numbers = np.zeros(len(self.texts), NUMBER)

    def numbers_in(self, codes: np.ndarray) -> np.ndarray:
        """What the texts of some cells are as numbers (NUMBER), by code: a text is parsed when it is first asked for."""
        asked = np.bincount(codes.ravel(), minlength=len(self._numbers)) > 0
        new = np.flatnonzero(asked & ~self._is_parsed)
        self._numbers[new] = parse_numbers([self.texts[code] for code in new.tolist()], self.notation)
        self._is_parsed[new] = True
        return self._numbers

    @cached_property
    def written(self) -> pl.Series:
        """The texts by their codes, to be gathered from."""
        return pl.Series(self.texts, dtype=pl.String)

    def column(self, name: str) -> np.ndarray:
        return self.codes[:, self.names.index(name)]

    def cells(self, start: int, stop: int) -> list[Cells]:
        """The texts of some rows, one row after the other."""
        return [tuple(self.texts[code] for code in row) for row in self.codes[start:stop].tolist()]

    def code_of(self, text: str | None) -> int:
        """The code of a text, which may be written nowhere in the sheet."""
        code = self._codes_by_text.setdefault(text, len(self.texts))
        if code == len(self.texts):
            self.texts.append(text)
        return code

    @cached_property
    def _codes_by_text(self) -> dict[str | None, int]:
        return {text: code for code, text in enumerate(self.texts)}

    def fitting(self, codes: np.ndarray, holds: Callable[[str], bool]) -> np.ndarray:
        """For each of some cells, whether something is written and holds of it."""
        known = np.zeros(len(self.texts), dtype=bool)
        for code in np.flatnonzero(np.bincount(codes.ravel())).tolist():
            known[code] = code > 0 and holds(self.texts[code])  # type: ignore[arg-type]
        return known[codes]


class Rows:
    """Some rows of a grid, in its order. The texts of a column may have been replaced, by names filled down for one."""

    def __init__(
        self, grid: Grid, positions: np.ndarray, instead: dict[str, np.ndarray] | None = None
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

    def codes(self, name: str) -> np.ndarray:
        instead = self._instead.get(name)
        return self.grid.column(name)[self._at] if instead is None else instead

    def text(self, name: str, row: int) -> str | None:
        return self.grid.texts[self.codes(name)[row]]

    def matrix(self, names: Sequence[str]) -> np.ndarray:
        """The codes of some columns, side by side."""
        columns = [self.codes(name) for name in names]
        return np.stack(columns, axis=1) if columns else np.zeros((len(self), 0), np.int32)

    def has_numbers(self, names: Sequence[str]) -> np.ndarray:
        """By row and column, for some columns, whether a number was written there."""
        codes = np.stack([self.grid.column(name)[self._at] for name in names], axis=1)
        return ~np.isnan(self.grid.numbers_in(codes)["value"][codes])

    def any_there(self, names: Sequence[str]) -> np.ndarray:
        """For each row, whether something is written in any of the columns."""
        return np.any(self.matrix(names), axis=1)

    def where(self, mask: np.ndarray) -> Rows:
        if mask.all():
            return self
        return Rows(
            self.grid, self.positions[mask], {name: codes[mask] for name, codes in self._instead.items()}
        )

    def written_over(self, name: str, codes: np.ndarray) -> Rows:
        return Rows(self.grid, self.positions, self._instead | {name: codes})

    @property
    def reach(self) -> list[int]:
        """First and last row number."""
        return self.numbers[[0, -1]].tolist() if len(self) else []


def distinct_combinations(rows: Rows, columns: Sequence[str | None]) -> tuple[list[Cells], np.ndarray]:
    """The distinct combinations of texts in some columns, in the order of the rows, and which of them each row has.

    A column that is not there is None in each combination; without any there is one combination.
    """
    present = [rows.codes(name) if name and len(rows) else None for name in columns]
    number, firsts = np.zeros(len(rows), dtype=np.int64), [0]
    for codes in present:
        if codes is not None:
            number, firsts = _numbered(number * len(rows.grid.texts) + codes)
    combinations = [
        tuple(None if codes is None else rows.grid.texts[codes[first]] for codes in present)
        for first in firsts
    ]
    return combinations, number


def _numbered(keys: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The keys numbered in the order in which they come, and where each stands first."""
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    numbers: dict[int, int] = {}
    of_run = np.array([numbers.setdefault(key, len(numbers)) for key in keys[begins].tolist()], np.int64)
    firsts = begins[np.unique(of_run, return_index=True)[1]]
    return np.repeat(of_run, np.diff(begins, append=len(keys))), firsts.tolist()


def last_true_up_to(marked: np.ndarray) -> np.ndarray:
    """For each row the position of the last true row up to and including it; -1 for none."""
    return np.maximum.accumulate(np.where(marked, np.arange(len(marked)), -1))
