"""How counts see the latent log rate: binomial and Poisson months as Gaussian pseudo-observations.

Around a current guess η of the latent series, a log-likelihood that is concave in η is replaced by the
Gaussian one with the same slope and curvature: a pseudo-observation z = η + score/w with variance 1/w, where
w is the information of the month (Durbin & Koopman, Biometrika 84, 1997). Arrays are (months, areas); a month
without a figure has w = 0, which the smoother reads as missing.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit

from pipeline.statistics.by_area import ByArea


@dataclass(frozen=True)
class _Counts(ByArea, ABC):
    """`events` among `exposure`: successes among trials, or events in person-years."""

    events: np.ndarray
    exposure: np.ndarray

    @property
    def is_observed(self) -> np.ndarray:
        return np.logical_and(self.exposure > 0, np.isfinite(self.events))

    @property
    def has_data(self) -> np.ndarray:
        """Whether any month of an area has a figure, (areas,)."""
        return np.asarray(self.is_observed.any(axis=0))

    @property
    def size(self) -> np.ndarray:
        """What an area has to say, by which representative areas are chosen, (areas,)."""
        return np.where(self.is_observed, self.events, 0).sum(axis=0)

    def padded(self, months: int) -> Self:
        """The same with so many months without figures at the end."""
        missing = np.full((months, self.events.shape[1]), np.nan)
        return type(self)(np.vstack([self.events, missing]), np.vstack([self.exposure, missing]))

    def together(self, groups: np.ndarray, number: int) -> Self:
        """The sums of the areas of each group 0..number−1, (months, number); −1 is no group."""
        events, exposure = self._observed()
        of_group = self._standard_rate(
            *(_sums(part.sum(axis=0)[None], groups, number)[0] for part in (events, exposure))
        )
        return type(self)(
            _sums(events, groups, number), _sums(exposure * self._own_rate(), groups, number) / of_group
        )

    def siblings(self, groups: np.ndarray) -> Self:
        """For each area, the sum of the other areas of its group; what rounding leaves of an only child is nothing."""
        number = groups.max(initial=-1) + 1
        is_alone = np.bincount(groups, minlength=number)[groups] == 1

        def of_others(part: np.ndarray) -> np.ndarray:
            return np.where(is_alone, 0, np.maximum(_sums(part, groups, number)[:, groups] - part, 0))

        events, exposure = self._observed()
        rate = self._standard_rate(*(of_others(part.sum(axis=0)[None])[0] for part in (events, exposure)))
        return type(self)(of_others(events), of_others(exposure * self._own_rate()) / rate)

    def concentration(self, groups: np.ndarray) -> np.ndarray:
        """Σ of the squared shares of each area's siblings in their events, (areas,); 0 where there are none.

        It is 1 for a single sibling and 1/n for n of one size.
        """
        size = self.size
        number = groups.max(initial=-1) + 1
        others = np.bincount(groups, size, number)[groups] - size
        squares = np.bincount(groups, size**2, number)[groups] - size**2
        shares = np.divide(squares, others**2, out=np.zeros(len(size)), where=others > 0)
        return np.clip(shares, 0, 1)

    def linearise(self, latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pseudo-observations and their weights: n·p·(1−p), or the events expected."""
        events, exposure = self._observed()
        mean, weights = self._mean_and_weights(exposure, latent)
        step = np.divide(events - mean, weights, out=np.zeros_like(latent), where=weights > 0)
        return latent + step, weights

    @abstractmethod
    def _mean_and_weights(self, exposure: np.ndarray, latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Events expected, and the weights of the pseudo-observations, (months, areas) each."""

    def _observed(self) -> tuple[np.ndarray, np.ndarray]:
        return np.where(self.is_observed, self.events, 0), np.where(self.is_observed, self.exposure, 0)

    def _totals(self) -> tuple[np.ndarray, np.ndarray]:
        events, exposure = self._observed()
        return events.sum(axis=0), exposure.sum(axis=0)

    def _own_rate(self) -> np.ndarray:
        """What a unit of exposure of each area counts in a sum, (areas,) or a number, over `_standard_rate`."""
        return np.ones(1)

    def _standard_rate(self, _events: np.ndarray, _exposure: np.ndarray) -> np.ndarray:
        return np.ones(1)


@dataclass(frozen=True)
class Binomial(_Counts):
    """`events` successes of `exposure` trials, with logit of the probability as the latent series."""

    def crude(self) -> np.ndarray:
        """A start for each area: the logit over all its months, shape (areas,)."""
        successes, trials = self._totals()
        return np.log((successes + 0.5) / (trials - successes + 0.5))

    def _mean_and_weights(self, exposure: np.ndarray, latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = exposure * expit(latent)
        return mean, mean * expit(-latent)


@dataclass(frozen=True)
class Poisson(_Counts):
    """`events` in `exposure` (person-years), with the log rate as the latent series."""

    def crude(self) -> np.ndarray:
        """A start for each area: the log rate over all its months, shape (areas,)."""
        events, exposure = self._totals()
        return np.log((events + 0.5) / np.where(exposure > 0, exposure, 1))

    def _mean_and_weights(self, exposure: np.ndarray, latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = exposure * np.exp(latent)
        return mean, mean

    def _own_rate(self) -> np.ndarray:
        """Exposures are added up as events to be expected, over the rate of the sum (indirect standardisation).

        So a sum does not move because an area with a high rate misses a month; with all areas there, the exposures
        add up to the exposure.
        """
        return self._standard_rate(*self._totals())

    def _standard_rate(self, events: np.ndarray, exposure: np.ndarray) -> np.ndarray:
        return np.divide(events + 0.5, exposure, out=np.ones_like(events), where=exposure > 0)


Likelihood = Binomial | Poisson


def _sums(values: np.ndarray, groups: np.ndarray, number: int) -> np.ndarray:
    member = np.flatnonzero(groups >= 0)
    result = np.zeros((len(values), number))
    np.add.at(result.T, groups[member], values.T[member])
    return result
