"""What a row of the validation table holds: measured values, their simulation error, and the target.

Areas are independent of one another and the months of an area are not, so every simulation error takes the
area as its unit: A/B is measured over areas as the ratio ΣAᵢ/ΣBᵢ, with standard error √Σ(Aᵢ − r·Bᵢ)²/ΣBᵢ
(Cochran, Sampling Techniques, 3rd ed. 1977, section 6.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit, roots_hermitenorm
from scipy.stats import binom

PREDICTIVE_NODES = 21
NOISE_ERRORS = 2


class Measure(NamedTuple):
    """A value and the standard error that the number of simulated areas leaves; None if not simulated."""

    value: float
    error: float | None = None


@dataclass(frozen=True)
class Target:
    """The range a value should lie in, ends included, and its wording."""

    text: str
    low: float = -np.inf
    high: float = np.inf

    def miss(self, value: float) -> float:
        """How far outside the range, in its own unit; infinite for NaN."""
        return np.inf if np.isnan(value) else max(self.low - value, value - self.high, 0.0)


@dataclass(frozen=True)
class Row:
    """One line of the table; `measured` by column (sizes of areas), each with one value per side."""

    what: str
    anchor: str
    target: Target
    measured: dict[str, tuple[Measure, ...]]
    digits: int = 1

    @property
    def missed_by(self) -> float:
        return max(self.target.miss(measure.value) for measure in self._all())

    @property
    def is_met(self) -> bool:
        return self.missed_by == 0

    @property
    def is_within_noise(self) -> bool:
        """Whether every miss is smaller than two of its own standard errors."""
        return all(self.target.miss(value) <= NOISE_ERRORS * (error or 0) for value, error in self._all())

    @property
    def largest_error(self) -> float | None:
        return max((measure.error for measure in self._all() if measure.error is not None), default=None)

    def _all(self) -> list[Measure]:
        return [measure for sides in self.measured.values() for measure in sides]


def ratio_of_sums(numerator: np.ndarray, denominator: np.ndarray) -> Measure:
    """ΣA/ΣB over areas, (areas,) each, with its standard error."""
    total = denominator.sum()
    ratio = numerator.sum() / total
    return Measure(float(ratio), float(np.sqrt(((numerator - ratio * denominator) ** 2).sum()) / total))


def root_ratio(numerator: np.ndarray, denominator: np.ndarray) -> Measure:
    """√(ΣA/ΣB) of sums of squares, as a ratio of root mean squared errors."""
    ratio, error = ratio_of_sums(numerator, denominator)
    root = np.sqrt(ratio)
    return Measure(float(root), float(error / (2 * root)))


def median(values: np.ndarray) -> Measure:
    """Median over areas, with the normal approximation of its standard error, 1.2533·SD/√n."""
    return Measure(
        float(np.median(values)), float(np.sqrt(np.pi / 2) * np.std(values) / np.sqrt(len(values)))
    )


def tail_counts(values: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Months below the lower limit and months above the upper one, (areas,) each, from (months, areas)."""
    return (values < lower).sum(axis=0), (values > upper).sum(axis=0)


def predictive_position(
    males: np.ndarray, births: np.ndarray, mean: np.ndarray, sd: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Where observed counts lie in their forecast, in [0, 1]: uniform if the forecast is calibrated.

    The forecast of the count is binomial with log ratio ~ N(mean, sd²), by Gauss–Hermite quadrature: its
    nodes are close enough while sd is at most about twice the sampling error of the log ratio, 2/√births, as
    in every band simulated here. Being discrete, the forecast's own step is split at random (randomised PIT:
    Czado, Gneiting & Held, Biometrics 65, 2009). All arrays (months, areas).
    """
    nodes, weights = roots_hermitenorm(PREDICTIVE_NODES)
    below, at = np.zeros(males.shape), np.zeros(males.shape)
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        probability = expit(mean + sd * node)
        below += weight * binom.cdf(males - 1, births, probability)
        at += weight * binom.pmf(males, births, probability)
    return below + random.random(males.shape) * at
