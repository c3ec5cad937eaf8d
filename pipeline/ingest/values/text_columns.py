"""A column of texts as distinct texts and an index, so that each distinct text is looked at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

_MANY = 1000  # from so many rows on Arrow is quicker than Python


@dataclass(frozen=True)
class TextColumn:
    """The texts of a column in some rows: row i has `distinct[at[i]]`, where None is an empty cell."""

    distinct: list[str | None]
    at: np.ndarray

    def where(self, holds: Callable[[str | None], bool]) -> np.ndarray:
        """For each row, whether something holds of its text."""
        return np.fromiter(map(holds, self.distinct), bool, len(self.distinct))[self.at]

    @property
    def is_there(self) -> np.ndarray:
        if None not in self.distinct:
            return np.ones(len(self.at), dtype=bool)
        return self.at != self.distinct.index(None)

    def of(self, rows: np.ndarray | slice) -> TextColumn:
        return TextColumn(self.distinct, self.at[rows])

    def of_row(self, row: int) -> str | None:
        return self.distinct[self.at[row]]


def text_column(column: pl.Series) -> TextColumn:
    if len(column) < _MANY:
        numbers: dict[str | None, int] = {}
        at = [numbers.setdefault(text, len(numbers)) for text in column.to_list()]
        return TextColumn(list(numbers), np.array(at, dtype=np.int32))
    both = column.to_arrow().dictionary_encode(null_encoding="encode")
    at = np.frombuffer(both.indices.buffers()[1], np.int32, len(column))  # to_numpy would import pandas
    return TextColumn(pl.Series(both.dictionary).to_list(), at)


def rows_where(frame: pl.DataFrame, mask: np.ndarray) -> pl.DataFrame:
    """The rows for which the mask is true; quicker than `filter`, which plans a query."""
    return frame if mask.all() else frame[np.flatnonzero(mask).astype(np.uint32)]


def as_index(positions: np.ndarray) -> np.ndarray:
    return positions.astype(np.uint32)


def gather(values: list, positions: np.ndarray, kind: pl.DataType) -> pl.Series:
    return pl.Series(values, dtype=kind)[as_index(positions)]


def nulls(length: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String)[np.zeros(length, dtype=np.uint32)]
