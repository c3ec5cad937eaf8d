"""Numbers as offices write them: full width, thousand separators, `12人`, `84.71%`, dashes for nothing."""

from __future__ import annotations

import polars as pl

_BLANK = r"^([-—–]+|/|\.{3,})?$"
_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_UNIT = r"(人|户|例|件|条|个|名|%|‰)$"


def parse_numbers(texts: pl.Series) -> pl.DataFrame:
    """Columns `text` (as it stood), `is_blank` and `value` (null where the text is no number).

    A blank or a dash is not a zero: it has neither a value nor a refusal.
    """
    frame = pl.DataFrame({"text": texts})
    quick = pl.col("text").cast(pl.Float64, strict=False)
    frame = frame.with_columns(value=pl.when(quick.is_finite()).then(quick))
    if frame["value"].null_count() == 0:
        return frame.with_columns(is_blank=pl.lit(False))
    plain = pl.col("text").str.normalize("NFKC").str.replace_all(r"[\s\u200b\u00a0\u3000]", "")
    without_unit = plain.str.replace(_UNIT, "")
    without_groups = (
        pl.when(without_unit.str.contains(_GROUPED))
        .then(without_unit.str.replace_all(",", ""))
        .otherwise(without_unit)
    )
    bracketed = without_groups.str.replace(r"^\((\d+(?:\.\d+)?)\)$", "-$1")
    slow = (
        pl.when(bracketed.str.contains(r"^[+-]?\d+(\.\d+)?$")).then(bracketed).cast(pl.Float64, strict=False)
    )
    return frame.with_columns(
        value=pl.coalesce("value", slow),
        is_blank=pl.col("text").is_null() | plain.str.contains(_BLANK),
    )
