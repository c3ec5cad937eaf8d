"""The counts behind an indicator, in the one form in which they can be added up, compared and drawn again.

| method | successes | size | share θ = successes / size |
|---|---|---|---|
| sex_ratio | males | births | male proportion: ratio = factor·θ/(1−θ) |
| proportion | numerator | denominator | value = factor·θ |
| rate | events | person-years (denominator × year_share) | value = factor·θ |
| balance | births − deaths, with all events beside them | person-years | value = factor·θ |
| count | events | 1 | value = factor·θ |
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

METHODS = ("proportion", "sex_ratio", "rate", "balance", "count")
BINOMIAL = ("proportion", "sex_ratio")
BALANCE_FROM_EVENTS = 10


@dataclass(frozen=True)
class Counted:
    """Counts of one method; arrays of one shape (n,). `events` is what was counted at all (births + deaths)."""

    method: str
    factor: np.ndarray
    successes: np.ndarray
    size: np.ndarray
    events: np.ndarray

    @property
    def share(self) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.successes / np.where(self.size > 0, self.size, np.nan)

    @property
    def value(self) -> np.ndarray:
        """In the unit of the indicator; NaN where it has none."""
        return value_of_share(self.method, self.share, self.factor)

    @property
    def is_sound(self) -> np.ndarray:
        """Counts that do not contradict themselves, and that are enough for the indicator's interval."""
        with np.errstate(invalid="ignore"):
            if self.method in BINOMIAL:
                holds = (self.successes >= 0) & (self.successes <= self.size)
            elif self.method == "balance":
                holds = (np.abs(self.successes) <= self.events) & (self.events >= BALANCE_FROM_EVENTS)
            else:
                holds = self.successes >= 0
            return holds & (self.size > 0) & ~np.isnan(self.value)

    @property
    def observations(self) -> np.ndarray:
        """What `withhold_below` counts: births of a sex ratio, cases of a proportion, else events."""
        return self.size if self.method in BINOMIAL else self.events

    def at(self, rows: np.ndarray) -> Counted:
        return Counted(self.method, *(getattr(self, f.name)[rows] for f in fields(self)[1:]))

    def total(self) -> Counted:
        """All areas added up, of shape (1,)."""
        factor = self.factor[:1] if self.factor.size else np.ones(1)
        added = (np.atleast_1d(counts.sum()) for counts in (self.successes, self.size, self.events))
        return Counted(self.method, factor, *added)

    def without(self, part: Counted) -> Counted:
        """What is left of these counts when a part of them is taken out."""
        left = [getattr(self, name) - getattr(part, name) for name in ("successes", "size", "events")]
        return Counted(self.method, self.factor, *left)


def floats(table: pl.DataFrame, *names: str) -> list[np.ndarray]:
    """Columns as arrays, NaN where null."""
    return [table[name].cast(pl.Float64).to_numpy().astype(float) for name in names]


def read_counts(table: pl.DataFrame, method: str, period: str = "") -> Counted:
    """The counts of rows of `indicators`, all of one method; NaN where unknown.

    `period` is `_last_year` for those of the same window a year earlier, which is the same share of its year.
    """
    counts = [f"{name}{period}" for name in ("numerator", "denominator", "events")]
    numerator, denominator, of_balance = floats(table, *counts)
    share_of_year, factor = floats(table, "year_share", "factor")
    size = {
        "sex_ratio": numerator + denominator,
        "proportion": denominator,
        "count": np.ones(table.height),
    }.get(method, denominator * share_of_year)
    return Counted(method, factor, numerator, size, of_balance if method == "balance" else numerator)


def value_of_share(method: str, share: ArrayLike, factor: ArrayLike) -> np.ndarray:
    """The indicator, in its unit, of a share θ; NaN where a sex ratio is infinite."""
    share = np.asarray(share, dtype=float)
    if method == "sex_ratio":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.multiply(factor, np.where(share < 1, share / (1 - share), np.nan))
    return np.multiply(factor, share)


def share_of_value(method: str, value: ArrayLike, factor: ArrayLike) -> np.ndarray:
    """The share θ at which the indicator has this value."""
    value, factor = np.asarray(value, dtype=float), np.asarray(factor, dtype=float)
    return value / (factor + value) if method == "sex_ratio" else value / factor
