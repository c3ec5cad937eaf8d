"""An area, month and element stands once in a file: what comes a second time is refused."""

import numpy as np
import polars as pl

from pipeline.ingest.values.text_columns import text_column

_ONCE = "each area and month once in a file"
_AGAIN = f"{_ONCE}; the same figure stands there already: one of the two rows or sheets is one too many"
_SEVERAL = (
    f'{_ONCE} (if both rows are parts of the area, several_per_area = "sum" in source.toml adds them up)'
)
_KEY = {"area_code": 28, "element": 10, "span": 4}
_DAYS = 21


class Repeats:
    """Refuses cells whose area, period, element and span were given before, among the same cells or earlier ones."""

    def __init__(self) -> None:
        self._codes: dict[str, dict[str | None, int]] = {name: {} for name in _KEY}
        self._seen = np.zeros(0, dtype=np.int64)
        self._values = np.zeros(0)

    def refuse(self, cells: pl.DataFrame, *, are_last: bool) -> pl.DataFrame:
        """The cells with `reason`, `found` and `expected` set where they repeat; the first of its kind is kept."""
        is_accepted = cells["reason"].is_null().to_numpy()
        accepted = np.flatnonzero(is_accepted)
        keys, values = self._keys(cells)[accepted], cells["value"].to_numpy()[accepted]
        firsts, begins, of_cell = np.unique(keys, return_index=True, return_inverse=True)
        is_repeat = begins[of_cell] != np.arange(len(keys))
        standing = values[begins[of_cell]]
        if len(self._seen):
            at = np.minimum(np.searchsorted(self._seen, keys), len(self._seen) - 1)
            stood = self._seen[at] == keys
            standing = np.where(stood, self._values[at], standing)
            is_repeat |= stood
        if not are_last:
            self._seen, kept = np.unique(np.concatenate([self._seen, firsts]), return_index=True)
            self._values = np.concatenate([self._values, values[begins]])[kept]
        if not is_repeat.any():
            return cells
        repeated, is_same = accepted[is_repeat], (standing == values)[is_repeat]
        refusal = {
            "reason": ["duplicate"] * len(repeated),
            "found": cells["text"][repeated].to_list(),
            "expected": np.where(is_same, _AGAIN, _SEVERAL).tolist(),
        }
        order = repeated.astype(np.uint32)
        return cells.with_columns(
            cells[name].scatter(order, pl.Series(texts, dtype=pl.String)) for name, texts in refusal.items()
        )

    def _keys(self, cells: pl.DataFrame) -> np.ndarray:
        """A key for each cell: area, element, span and period packed into one integer."""
        key = cells["period"].cast(pl.Int32).fill_null(0).to_numpy().astype(np.int64) + (1 << (_DAYS - 1))
        for name, bits in _KEY.items():
            texts, codes = text_column(cells[name]), self._codes[name]
            known = [codes.setdefault(text, len(codes)) for text in texts.distinct]
            key = (key << bits) + np.array(known, dtype=np.int64)[texts.at]
        return key
