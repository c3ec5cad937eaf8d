"""An area, month and element stands once in a file: what comes a second time is refused."""

from __future__ import annotations

import polars as pl

_ONCE = 'each area and month once in a file (several_per_area = "sum" in source.toml adds rows up)'
_KEY = pl.struct("area_code", "period", "element", "span")


class Repeats:
    """Refuses accepted cells whose area, period, element and span stood before, in these cells or in earlier ones."""

    def __init__(self) -> None:
        self._seen: list[pl.Series] = []

    def refuse(self, cells: pl.DataFrame, *, are_last: bool) -> pl.DataFrame:
        """The cells with `reason`, `found` and `expected` set where they repeat; the first of its kind is kept."""
        is_accepted = pl.col("reason").is_null()
        accepted = cells.filter(is_accepted)
        is_repeat = accepted.select(is_repeat=~_KEY.is_first_distinct())["is_repeat"]
        if self._seen or not are_last:
            keys = accepted.select(key=_KEY.hash())["key"]
            for seen in self._seen:
                is_repeat |= keys.is_in(seen.implode())
            self._seen.append(keys)
        if not is_repeat.any():
            return cells
        judged = accepted.with_columns(
            reason=pl.when(is_repeat).then(pl.lit("duplicate")),
            found=pl.when(is_repeat).then(pl.col("text")),
            expected=pl.when(is_repeat).then(pl.lit(_ONCE)),
        )
        return pl.concat([judged, cells.filter(~is_accepted)])
