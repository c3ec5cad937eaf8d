"""Many texts as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.ingest.values.numbers import NOTATION, Notation, parse_number

_FACTS = ("is_blank", "is_share", "is_ambiguous_count", "is_ambiguous_decimal")


@dataclass(frozen=True)
class ParsedNumbers:
    """The fields of numbers.Number for many texts, as arrays; `value` is NaN where a text is no number."""

    value: np.ndarray
    is_blank: np.ndarray
    is_share: np.ndarray
    is_ambiguous_count: np.ndarray
    is_ambiguous_decimal: np.ndarray


def parse_numbers(texts: list[str | None], notation: Notation = NOTATION) -> ParsedNumbers:
    """Parse texts in a notation. Plain digits, which mean the same in any notation, are cast by polars."""
    whole = pl.Series(texts, dtype=pl.String).cast(pl.Int64, strict=False)
    value = whole.cast(pl.Float64).to_numpy().copy()
    facts = np.zeros((len(_FACTS), len(texts)), dtype=bool)
    for at in np.flatnonzero(np.isnan(value)).tolist():
        number = parse_number(texts[at], notation)
        if number.value is not None:
            value[at] = number.value
        facts[:, at] = [getattr(number, fact) for fact in _FACTS]
    return ParsedNumbers(value, *facts)
