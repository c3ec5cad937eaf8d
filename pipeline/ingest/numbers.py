"""Numbers as offices write them: full width, thousand separators, `12人`, `84.71%`, dashes for nothing."""

from __future__ import annotations

import polars as pl

_BLANK = r"^([-—–−－]+|[/／]|\.{3,}|…+)?$"
_SPACE = r"[ \t\r\n\u00a0\u2002-\u200b\u202f\u3000\ufeff]"
_GROUPED = r"^[+-]?\d{1,3}([, ]\d{3})+(\.\d+)?$"
_UNIT = r"(人|户|例|件|条|个|名|次)$"
_SHARE = r"[%‰]$"
_NUMBER = r"^[+-]?\d+(\.\d+)?$"


def parse_numbers(texts: pl.Series) -> pl.DataFrame:
    """Columns `text` (as it stood), `value` (null where the text is no number), `is_blank` and `is_share`.

    A blank or a dash is not a zero: it has neither a value nor a refusal. A share bears % or ‰, its value is the
    number before the sign.
    """
    frame = pl.DataFrame({"text": texts})
    quick = pl.col("text").cast(pl.Float64, strict=False)
    frame = frame.with_columns(value=pl.when(quick.is_finite()).then(quick))
    is_odd = frame["value"].is_null()
    if not is_odd.any():
        return frame.with_columns(is_blank=pl.lit(False), is_share=pl.lit(False))
    odd = _parse_odd(frame["text"].filter(is_odd).unique())
    return (
        frame.join(odd, on="text", how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            pl.coalesce("value", "odd_value").alias("value"),
            pl.col("is_blank", "is_share").fill_null(False),
        )
        .drop("odd_value")
    )


def _parse_odd(texts: pl.Series) -> pl.DataFrame:
    """The texts that are not plain numbers, each once."""
    plain = pl.col("text").str.normalize("NFKC").str.replace_all("−", "-")
    trimmed = plain.str.replace_all(rf"^{_SPACE}+|{_SPACE}+$", "")
    bare = trimmed.str.replace(_SHARE, "").str.replace(_UNIT, "").str.replace(rf"{_SPACE}+$", "")
    signed = bare.str.replace(r"^\((\d[\d, .]*)\)$", "-$1")
    joined = pl.when(signed.str.contains(_GROUPED)).then(signed.str.replace_all("[, ]", "")).otherwise(signed)
    number = pl.when(joined.str.contains(_NUMBER)).then(joined).cast(pl.Float64, strict=False)
    return pl.DataFrame({"text": texts}).with_columns(
        odd_value=number,
        is_blank=pl.col("text").is_null() | trimmed.str.contains(_BLANK),
        is_share=trimmed.str.contains(_SHARE) & number.is_not_null(),
    )
