"""The numbers that the texts of a column of figures stand for, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from pipeline.ingest.values.numbers import NOTATION, Notation, parse_number
from pipeline.ingest.values.text_columns import text_column


@dataclass(frozen=True)
class ParsedNumbers:
    """What each of some texts stands for, as numbers.Number says it: `value` is NaN where it is no number."""

    value: np.ndarray
    is_blank: np.ndarray
    is_share: np.ndarray
    is_ambiguous_count: np.ndarray
    is_ambiguous_decimal: np.ndarray

    def at(self, positions: np.ndarray) -> ParsedNumbers:
        return ParsedNumbers(*(getattr(self, fact)[positions] for fact in FACTS))


FACTS = tuple(entry.name for entry in fields(ParsedNumbers))
_MARKS = FACTS[1:]


def numerals(texts: Iterable[str | None], notation: Notation = NOTATION) -> ParsedNumbers:
    """What texts stand for in a notation, one by one."""
    numbers = [parse_number(text, notation) for text in texts]
    value = np.array([np.nan if number.value is None else number.value for number in numbers], dtype=float)
    return ParsedNumbers(
        value, *(np.array([getattr(number, fact) for number in numbers], dtype=bool) for fact in _MARKS)
    )


def parsed(column: pl.Series, notation: Notation = NOTATION) -> ParsedNumbers:
    """What the texts of a column stand for, row by row. Digits alone mean themselves, in any notation."""
    value = column.cast(pl.Int64, strict=False).cast(pl.Float64).to_numpy().copy()
    others = np.flatnonzero(np.isnan(value))
    found = ParsedNumbers(value, *(np.zeros(len(value), dtype=bool) for _ in _MARKS))
    if len(others):
        texts = text_column(column[others.astype(np.uint32)])
        known = numerals(texts.distinct, notation).at(texts.at)
        for fact in FACTS:
            getattr(found, fact)[others] = getattr(known, fact)
    return found
