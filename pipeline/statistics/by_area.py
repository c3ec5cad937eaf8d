"""Dataclasses of arrays over areas: some of the areas, and the parts of a level side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

AREAS_FIRST = {"are_areas_first": True}  # metadata of a field whose arrays have the areas on their first axis


@dataclass(frozen=True)
class ByArea:
    """Fields are arrays with the areas on their last axis (or `AREAS_FIRST`), or `ByArea` themselves; others are shared.

    A last axis of length 1 serves all areas.
    """

    def of(self, areas: slice | np.ndarray) -> Self:
        """The same for some of the areas, by position."""

        def some(value: Any, is_first: bool) -> Any:
            if isinstance(value, ByArea):
                return value.of(areas)
            if not isinstance(value, np.ndarray):
                return value
            if is_first:
                return value[areas]
            return value if value.shape[-1] == 1 else value[..., areas]

        return type(self)(*(some(getattr(self, f.name), f.metadata == AREAS_FIRST) for f in fields(self)))

    @classmethod
    def side_by_side(cls, parts: Sequence[Self]) -> Self:
        """Several sets of areas as one; of a dictionary by area, all entries; of what is shared, the first's."""

        def beside(values: list[Any], is_first: bool) -> Any:
            first = values[0]
            if isinstance(first, ByArea):
                return type(first).side_by_side(values)
            if isinstance(first, np.ndarray):
                return np.concatenate(values, axis=0 if is_first else -1)
            return (
                {key: value for part in values for key, value in part.items()}
                if type(first) is dict
                else first
            )

        columns = ([getattr(part, f.name) for part in parts] for f in fields(cls))
        return cls(*map(beside, columns, (f.metadata == AREAS_FIRST for f in fields(cls))))
