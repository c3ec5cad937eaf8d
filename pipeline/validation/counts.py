"""Counts of a level of areas, as the validation holds them: simulated or real, of sexes or of events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Counts:
    """`events` among `size`, each (months, areas), NaN where missing.

    Binomial: male births among births, behind them the log ratio males : females. Poisson: births or deaths
    in person-years, behind them the log rate. `period` is the number of "months" in a year, 12 or 1.
    """

    events: np.ndarray
    size: np.ndarray
    is_binomial: bool
    period: int = 12

    @property
    def is_known(self) -> np.ndarray:
        return np.isfinite(self.events) & np.isfinite(self.size) & (np.nan_to_num(self.size) > 0)

    def until(self, month: int) -> Counts:
        """The months before this one."""
        return self.months(slice(month))

    def months(self, which: slice) -> Counts:
        return Counts(self.events[which], self.size[which], self.is_binomial, self.period)

    def areas(self, which: np.ndarray) -> Counts:
        return Counts(self.events[:, which], self.size[:, which], self.is_binomial, self.period)

    def known_sums(self) -> tuple[np.ndarray, np.ndarray]:
        """Events and size of the known months together, (areas,)."""
        return tuple(np.where(self.is_known, values, 0).sum(axis=0) for values in (self.events, self.size))


def sexes(males: np.ndarray, females: np.ndarray, period: int = 12) -> Counts:
    return Counts(np.asarray(males, float), np.asarray(males, float) + females, True, period)


def events(number: np.ndarray, person_years: np.ndarray, period: int = 12) -> Counts:
    return Counts(np.asarray(number, float), np.asarray(person_years, float), False, period)
