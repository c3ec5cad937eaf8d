"""Forecasts of a count as distributions: what a model, or a baseline in its stead, says before the month.

Every forecast gives, for arrays (months, areas): the distribution function at whole counts, and the mean and
standard deviation of the count. Which distribution is natural to whom:

    LatentNormal   the model, and the spline GLM: binomial (Poisson) around a Gaussian logit (log rate)
    Conjugate      a share or rate taken from some months: beta-binomial with Jeffreys' prior Beta(½, ½),
                   gamma-Poisson with Gamma(½), the predictive distribution of counts given those months
    Gaussian       statsmodels' `UnobservedComponents`: normal share, normal log rate
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import betainc, expit, gammaln, ndtr, pdtr
from scipy.stats import betabinom, nbinom

REACH, NODES = 5.0, 29
MANY, WIDE = 50, 2


class Forecast(ABC):
    """Counts among (in) `size`; arrays are (months, areas)."""

    size: np.ndarray
    is_binomial: bool

    @abstractmethod
    def table(self, most: int) -> np.ndarray:
        """P(k or fewer) of k = 0 to `most`, (most + 1, months, areas)."""

    @abstractmethod
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the count, (months, areas)."""

    def _counts_to(self, most: int) -> np.ndarray:
        return np.arange(most + 1.0).reshape(-1, *[1] * self.size.ndim)

    def at(self, which: tuple[Any, ...]) -> Self:
        """The same for a selection of months and areas."""
        fields = vars(self).values()
        return type(self)(*(value[which] if isinstance(value, np.ndarray) else value for value in fields))


@dataclass(frozen=True)
class LatentNormal(Forecast):
    """Binomial (Poisson) counts whose logit (log rate) is N(mean, sd²).

    Integrated over evenly spaced points within ±`REACH` sd, exact to rounding while the points are no farther
    apart than the sampling error of the count on the latent scale; where sd is more than twice that error, the
    two are added as variances instead.
    """

    mean: np.ndarray
    sd: np.ndarray
    size: np.ndarray
    is_binomial: bool

    def table(self, most: int) -> np.ndarray:
        counts = self._counts_to(most)
        if self.is_binomial:
            others = np.maximum(self.size - counts, 0)
            of_count = gammaln(self.size + 1) - gammaln(counts + 1) - gammaln(others + 1)
            of_count = np.where(counts <= self.size, of_count, -np.inf)
        else:
            of_count = counts * np.log(self.size) - gammaln(counts + 1)
        total = np.zeros(np.broadcast_shapes(counts.shape, self.size.shape))
        for node, weight in _nodes():
            latent = self.mean + self.sd * node
            none = self.size * (np.logaddexp(0, latent) if self.is_binomial else np.exp(latent))
            total += weight * np.exp(of_count + counts * latent - none)
        return np.cumsum(total, axis=0)

    def cdf(self, count: np.ndarray) -> np.ndarray:
        total = np.zeros(np.broadcast_shapes(np.shape(count), self.size.shape))
        some = np.maximum(count, 0)
        for node, weight in _nodes():
            latent = self.mean + self.sd * node
            if self.is_binomial:
                total += weight * _binomial_cdf(some, self.size, expit(latent))
            else:
                total += weight * pdtr(some, self.size * np.exp(latent))
        p = expit(self.mean)
        information = self.size * (p * (1 - p) if self.is_binomial else np.exp(self.mean))
        is_wide = (information > MANY) & (self.sd**2 * information > WIDE**2)
        others = np.maximum(self.size - some, 0) + 0.5 if self.is_binomial else self.size
        observed = np.log((some + 0.5) / others)
        added = ndtr((observed - self.mean) / np.sqrt(self.sd**2 + 1 / np.maximum(information, MANY)))
        return np.where(np.asarray(count) < 0, 0, np.where(is_wide, added, np.minimum(total, 1)))

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        inverse = expit if self.is_binomial else np.exp
        first, second = np.zeros(self.size.shape), np.zeros(self.size.shape)
        for node, weight in _nodes():
            rate = inverse(self.mean + self.sd * node)
            first += weight * rate
            second += weight * rate**2
        sampling = self.size * (first - second if self.is_binomial else first)
        return self.size * first, np.sqrt(sampling + self.size**2 * np.maximum(second - first**2, 0))


def dispersed(
    mean: np.ndarray, sd: np.ndarray, size: np.ndarray, dispersion: float, is_binomial: bool
) -> LatentNormal:
    """The forecast of counts that vary `dispersion` times as much as binomial (Poisson) ones.

    The excess is given to the latent value as that month's own deviation, of the variance that makes the
    variance of the count right: (φ − 1)/(n·p·q) of the logit to first order, log(1 + (φ − 1)/μ) of the log
    rate, its mean kept.
    """
    excess = max(dispersion, 1.0) - 1
    if excess == 0:
        return LatentNormal(mean, sd, size, is_binomial)
    with np.errstate(divide="ignore"):
        if is_binomial:
            p = expit(mean)
            extra = excess / (np.maximum(size, 1) * p * (1 - p))
            return LatentNormal(mean, np.sqrt(sd**2 + extra), size, is_binomial)
        extra = np.log1p(excess / np.maximum(size * np.exp(mean + sd**2 / 2), excess / 10))
    return LatentNormal(mean - extra / 2, np.sqrt(sd**2 + extra), size, is_binomial)


@dataclass(frozen=True)
class Conjugate(Forecast):
    """Counts given `events` among `size_before`: beta-binomial or gamma-Poisson with Jeffreys' prior."""

    events: np.ndarray
    size_before: np.ndarray
    size: np.ndarray
    is_binomial: bool

    def table(self, most: int) -> np.ndarray:
        counts = self._counts_to(most)
        return np.cumsum(self._count.pmf(counts), axis=0) if self.is_binomial else self._count.cdf(counts)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        return self._count.mean(), self._count.std()

    @property
    def _count(self) -> Any:
        if self.is_binomial:
            return betabinom(self.size, self.events + 0.5, self.size_before - self.events + 0.5)
        return nbinom(self.events + 0.5, self.size_before / (self.size_before + self.size))


@dataclass(frozen=True)
class Gaussian(Forecast):
    """A normal share of `size`, or a log rate, count + ½ per size, that is normal; rounded to whole counts."""

    mean: np.ndarray
    sd: np.ndarray
    size: np.ndarray
    is_binomial: bool

    def table(self, most: int) -> np.ndarray:
        counts = self._counts_to(most)
        if self.is_binomial:
            z = ((counts + 0.5) / self.size - self.mean) / self.sd
            return np.where(counts >= self.size, 1, ndtr(z))
        return ndtr((np.log(counts + 1) - np.log(self.size) - self.mean) / self.sd)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        if self.is_binomial:
            return self.size * self.mean, self.size * self.sd
        mean = self.size * np.exp(self.mean + self.sd**2 / 2)
        return np.maximum(mean - 0.5, 0), mean * np.sqrt(np.expm1(self.sd**2))


def position(forecast: LatentNormal, events: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Where counts lie in their forecast, in [0, 1]: uniform if the forecast is calibrated.

    A count is discrete, so the forecast's own step is split at random (randomised PIT: Czado, Gneiting & Held,
    Biometrics 65, 2009).
    """
    below, up_to = forecast.cdf(events - 1), forecast.cdf(events)
    return below + random.random(events.shape) * (up_to - below)


def _binomial_cdf(count: np.ndarray, size: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.where(count >= size, 1, betainc(np.maximum(size - count, 1), count + 1, 1 - p))


def _nodes() -> list[tuple[float, float]]:
    nodes = np.linspace(-REACH, REACH, NODES)
    weights = np.exp(-(nodes**2) / 2)
    return list(zip(nodes.tolist(), (weights / weights.sum()).tolist(), strict=True))
