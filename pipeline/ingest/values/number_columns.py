"""The numbers of a column of texts, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from pipeline.ingest.values.numbers import NOTATION, Notation, parse_number
from pipeline.ingest.values.text_columns import text_column


@dataclass(frozen=True)
class ParsedNumbers:
    """The fields of numbers.Number for many texts, as arrays; `value` is NaN where a text is no number."""

    value: np.ndarray
    is_blank: np.ndarray
    is_share: np.ndarray
    is_ambiguous_count: np.ndarray
    is_ambiguous_decimal: np.ndarray

    def at(self, positions: np.ndarray) -> ParsedNumbers:
        return ParsedNumbers(*(getattr(self, fact)[positions] for fact in FACTS))


FACTS = tuple(entry.name for entry in fields(ParsedNumbers))
_MARKS = FACTS[1:]


def parse_numbers(texts: Iterable[str | None], notation: Notation = NOTATION) -> ParsedNumbers:
    """Parse texts one by one in a notation."""
    numbers = [parse_number(text, notation) for text in texts]
    value = np.array([np.nan if number.value is None else number.value for number in numbers], dtype=float)
    return ParsedNumbers(
        value, *(np.array([getattr(number, fact) for number in numbers], dtype=bool) for fact in _MARKS)
    )


def parse_column(column: pl.Series, notation: Notation = NOTATION) -> ParsedNumbers:
    """Parse the texts of a column row by row. Plain digits, which mean the same in any notation, are cast by polars."""
    value = column.cast(pl.Int64, strict=False).cast(pl.Float64).to_numpy().copy()
    others = np.flatnonzero(np.isnan(value))
    found = ParsedNumbers(value, *(np.zeros(len(value), dtype=bool) for _ in _MARKS))
    if len(others):
        texts = text_column(column[others.astype(np.uint32)])
        known = parse_numbers(texts.distinct, notation).at(texts.at)
        for fact in FACTS:
            getattr(found, fact)[others] = getattr(known, fact)
    return found
