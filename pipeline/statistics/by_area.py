"""Dataclasses of arrays over areas: some of the areas, and the parts of a level side by side."""

from collections import ChainMap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

AREAS_FIRST = {"axis": 0}  # metadata of a field whose arrays have the areas on their first axis
SHARED = {"axis": None}  # of an array that is not by area


@dataclass(frozen=True)
class ByArea:
    """Fields are arrays with the areas on their last axis (or `AREAS_FIRST`), or `ByArea` themselves; others are shared.

    A last axis of length 1 serves all areas.
    """

    def of(self, areas: slice | np.ndarray) -> Self:
        """The same for some of the areas, by position."""
        return self._each(lambda array: array if array.shape[-1] == 1 else array[..., areas], areas)

    def for_each_of(self, number: int) -> Self:
        """The same with an array of its own for each of so many areas where one served all."""

        def repeated(array: np.ndarray) -> np.ndarray:
            return array if array.shape[-1] == number else np.repeat(array, number, axis=-1)

        return self._each(repeated, slice(None))

    @classmethod
    def side_by_side(cls, parts: Sequence[Self]) -> Self:
        """Several sets of areas as one; of a dictionary by area, all entries; of what is shared, the first's."""

        def beside(name: str, axis: int | None) -> Any:
            values = [getattr(part, name) for part in parts]
            first = values[0]
            if isinstance(first, ByArea):
                return type(first).side_by_side(values)
            if isinstance(first, np.ndarray) and axis is not None:
                return np.concatenate(values, axis=axis)
            return dict(ChainMap(*values)) if isinstance(first, dict) else first

        return cls(*(beside(f.name, f.metadata.get("axis", -1)) for f in fields(cls)))

    def _each(self, change: Callable[[np.ndarray], np.ndarray], first: slice | np.ndarray) -> Self:
        """`change` for every array with the areas last; of those with the areas first, the positions `first`."""

        def changed(value: Any, axis: int | None) -> Any:
            if isinstance(value, ByArea):
                return value._each(change, first)
            if not isinstance(value, np.ndarray) or axis is None:
                return value
            return value[first] if axis == 0 else change(value)

        return type(self)(*(changed(getattr(self, f.name), f.metadata.get("axis", -1)) for f in fields(self)))
