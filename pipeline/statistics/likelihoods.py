"""How counts see the latent log rate: binomial and Poisson months as Gaussian pseudo-observations.

Around a current guess η of the latent series, a log-likelihood that is concave in η is replaced by the
Gaussian one with the same slope and curvature: a pseudo-observation z = η + score/w with variance 1/w, where
w is the information of the month (Durbin & Koopman, Biometrika 84, 1997). Arrays are (months, areas); a month
without a figure has w = 0, which the smoother reads as missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit


@dataclass(frozen=True)
class Binomial:
    """`successes` of `trials`, with logit of the probability as the latent series."""

    successes: np.ndarray
    trials: np.ndarray

    @property
    def is_observed(self) -> np.ndarray:
        return (self.trials > 0) & np.isfinite(self.successes)

    def crude(self) -> np.ndarray:
        """A start for each area: the logit over all its months, shape (areas,)."""
        successes = np.where(self.is_observed, self.successes, 0).sum(axis=0)
        trials = np.where(self.is_observed, self.trials, 0).sum(axis=0)
        return np.log((successes + 0.5) / (trials - successes + 0.5))

    def linearise(self, latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pseudo-observations and their weights w = n·p·(1−p)."""
        trials = np.where(self.is_observed, self.trials, 0)
        probability = expit(latent)
        weights = trials * probability * expit(-latent)
        score = np.where(self.is_observed, self.successes, 0) - trials * probability
        return _pseudo(latent, score, weights)


@dataclass(frozen=True)
class Poisson:
    """`events` in `exposure`, with the log rate as the latent series."""

    events: np.ndarray
    exposure: np.ndarray

    @property
    def is_observed(self) -> np.ndarray:
        return (self.exposure > 0) & np.isfinite(self.events)

    def crude(self) -> np.ndarray:
        """A start for each area: the log rate over all its months, shape (areas,)."""
        events = np.where(self.is_observed, self.events, 0).sum(axis=0)
        exposure = np.where(self.is_observed, self.exposure, 0).sum(axis=0)
        return np.log((events + 0.5) / np.where(exposure > 0, exposure, 1))

    def linearise(self, latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pseudo-observations and their weights w = expected events."""
        expected = np.where(self.is_observed, self.exposure, 0) * np.exp(latent)
        score = np.where(self.is_observed, self.events, 0) - expected
        return _pseudo(latent, score, expected)


Likelihood = Binomial | Poisson


def _pseudo(latent: np.ndarray, score: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    step = np.divide(score, weights, out=np.zeros_like(latent), where=weights > 0)
    return latent + step, weights
