"""What a row of the validation table holds: measured values, their simulation error, and the target.

The months of an area are not independent, so every simulation error takes the area as its unit: A/B is measured
over areas as the ratio ΣAᵢ/ΣBᵢ, with standard error √Σ(Aᵢ − r·Bᵢ)²/ΣBᵢ (Cochran, Sampling Techniques, 3rd ed.
1977, section 6.4); or the level of areas, where that is larger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

MET, NOISE, MISSED = "met", "missed within simulation error", "missed"
NOISE_ERRORS = 2
DRAWS = 1000


class Measure(NamedTuple):
    """A value and the standard error that the number of areas leaves; NaN if it is exact."""

    value: float
    error: float = np.nan


@dataclass(frozen=True)
class Target:
    """The range a value should lie in, ends included, and its wording."""

    text: str
    low: float = -np.inf
    high: float = np.inf

    def miss(self, value: float) -> float:
        """How far outside the range, in its own unit; infinite for NaN."""
        return np.inf if np.isnan(value) else max(self.low - value, value - self.high, 0.0)

    def outcome(self, measure: Measure) -> str:
        """Met, missed, or missed by no more than two of its own standard errors."""
        miss = self.miss(measure.value)
        if miss == 0:
            return MET
        return NOISE if miss <= NOISE_ERRORS * np.nan_to_num(measure.error, posinf=np.inf) else MISSED


NO_TARGET = Target("–")


@dataclass(frozen=True)
class Row:
    """One line of the table: a measure of one series, simulated by one process (or of one set of real data).

    `measured` holds by column (size of areas) one value per side; the target is for the columns of `judged`, or
    for all. Columns that were not measured are absent. `is_extra` is what is measured beyond what was promised.
    """

    series: str
    process: str
    what: str
    anchor: str
    target: Target
    measured: Mapping[str, tuple[Measure, ...]]
    digits: int = 1
    judged: tuple[str, ...] | None = None
    is_extra: bool = False

    @property
    def cells(self) -> list[tuple[str, Measure]]:
        """The values that the target is for, with their columns."""
        return [
            (column, side)
            for column, sides in self.measured.items()
            if self.judged is None or column in self.judged
            for side in sides
        ]

    @property
    def missed_by(self) -> float:
        return max((self.target.miss(measure.value) for _, measure in self.cells), default=0.0)

    @property
    def is_met(self) -> bool:
        return self.missed_by == 0

    @property
    def is_within_noise(self) -> bool:
        return MISSED not in (self.target.outcome(measure) for _, measure in self.cells)

    @property
    def worst(self) -> tuple[str, Measure] | None:
        """Where the target is missed most; if nowhere, where the room left is least."""

        def badness(cell: tuple[str, Measure]) -> tuple[float, float]:
            value = cell[1].value
            return self.target.miss(value), -min(value - self.target.low, self.target.high - value)

        return max(self.cells, key=badness, default=None)

    @property
    def largest_error(self) -> float:
        """NaN where all are exact."""
        return np.fmax.reduce([measure.error for _, measure in self.cells], initial=np.nan)


def ratio_of_sums(
    numerator: np.ndarray, denominator: np.ndarray, levels: np.ndarray | None = None
) -> Measure | None:
    """ΣA/ΣB over areas, (areas,) each, with its standard error; None if there is nothing to divide by.

    The error of a single area cannot be told, and is infinite. `levels` says which level an area is of: areas of a
    level share hyperparameters, and all that happens to them at once, so the error with the level as unit is
    taken where it is larger.
    """
    total = denominator.sum()
    if not total > 0:
        return None
    ratio = numerator.sum() / total
    rest = numerator - ratio * denominator
    error = np.sqrt((rest**2).sum()) if len(rest) > 1 else np.inf
    of_levels = np.unique(levels, return_inverse=True)[1] if levels is not None else np.zeros(len(rest), int)
    sums = np.bincount(of_levels, rest)
    if len(sums) > 1:
        error = max(error, np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)))
    return Measure(float(ratio), float(error / total))


def root_ratio(
    numerator: np.ndarray, denominator: np.ndarray, levels: np.ndarray | None = None
) -> Measure | None:
    """√(ΣA/ΣB) of sums of squares, as a ratio of root mean squared errors."""
    ratio = ratio_of_sums(numerator, denominator, levels)
    if ratio is None or ratio.value <= 0:
        return None
    root = np.sqrt(ratio.value)
    return Measure(float(root), float(ratio.error / (2 * root)))


def share(hits: np.ndarray, of: np.ndarray, levels: np.ndarray | None = None) -> Measure | None:
    """Hits among so many, both (areas,), in per cent."""
    ratio = ratio_of_sums(hits, of, levels)
    return None if ratio is None else Measure(100 * ratio.value, 100 * ratio.error)


def share_of_months(hits: np.ndarray, known: np.ndarray, levels: np.ndarray | None = None) -> Measure | None:
    """Hits among the known months, both (months, areas), in per cent."""
    return share(hits.sum(axis=0), known.sum(axis=0), levels)


def median(values: np.ndarray, levels: np.ndarray | None = None) -> Measure | None:
    """Median over areas; its error 1.2533·SD/√n, or that of the medians of the levels where it is larger."""
    if len(values) == 0:
        return None
    error = np.sqrt(np.pi / 2) * np.std(values) / np.sqrt(len(values)) if len(values) > 1 else np.inf
    levels = np.zeros(len(values)) if levels is None else levels
    of_levels = [np.median(values[levels == level]) for level in np.unique(levels)]
    if len(of_levels) > 1:
        error = max(error, np.std(of_levels, ddof=1) / np.sqrt(len(of_levels)))
    return Measure(float(np.median(values)), float(error))


def tail_counts(values: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Months below the lower limit and months above the upper one, (areas,) each, from (months, areas)."""
    return (values < lower).sum(axis=0), (values > upper).sum(axis=0)


def one_an_area(
    hits: np.ndarray, known: np.ndarray, random: np.random.Generator, levels: np.ndarray | None = None
) -> Measure | None:
    """The share of hits if each area gives one known month, drawn at random `DRAWS` times; per cent.

    `hits` and `known` (months, areas). The mean over the draws; as its error the standard deviation of a single
    draw, or the error of the share of all months where that is larger.
    """
    of_all = share_of_months(hits, known, levels)
    if of_all is None:
        return None
    has_any = known.any(axis=0)
    hits, known = hits[:, has_any], known[:, has_any]
    known_first = np.argsort(~known, axis=0, kind="stable")
    number = known.sum(axis=0)
    shares = np.empty(DRAWS)
    area = np.arange(len(number))
    for draw in range(DRAWS):
        month = known_first[(random.random(len(number)) * number).astype(int), area]
        shares[draw] = hits[month, area].mean()
    return Measure(float(100 * shares.mean()), max(float(100 * shares.std()), of_all.error))
