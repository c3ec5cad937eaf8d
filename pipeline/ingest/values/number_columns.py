"""Many texts as numbers."""

from operator import attrgetter

import numpy as np
import polars as pl

from pipeline.ingest.values.numbers import NOTATION, Notation, parse_number

_MARKS = ("is_blank", "is_share", "is_ambiguous_count", "is_ambiguous_decimal")
NUMBER = np.dtype(
    [("value", float), *((mark, bool) for mark in _MARKS)]
)  # numbers.Number; value is NaN for none


def parse_numbers(texts: list[str | None], notation: Notation = NOTATION) -> np.ndarray:
    """Parse texts in a notation, as an array of NUMBER. Plain digits, the same in any notation, are cast by polars."""
    found = np.zeros(len(texts), NUMBER)
    whole = pl.Series(texts, dtype=pl.String).cast(pl.Int64, strict=False)
    found["value"] = whole.cast(pl.Float64).to_numpy()
    others, facts = np.flatnonzero(np.isnan(found["value"])), attrgetter(*NUMBER.names or ())
    found[others] = [facts(parse_number(texts[at], notation)) for at in others.tolist()]
    return found
