"""What the areas of one level have in common: the prior of an area's effects, and the process of all.

Effects (the level, the seasonal pattern) of an area are drawn around those of the level of areas, β ~
N(β̄, diag(spread²)), and β̄ itself around its anchor. The hyperparameters (the spreads and those of the
process) are estimated once for all areas by their marginal likelihood times a log-normal prior around
published anchors: where the areas are few or tell nothing, the anchor is the answer, and no boundary is
ever met.

The prior of an area leaves the area itself out (its own data count once), and carries the uncertainty of β̄:
a single area is simply held against the anchor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from pipeline.statistics.kalman import Process
from pipeline.statistics.likelihoods import Likelihood
from pipeline.statistics.posterior import filter_with_regressors, find_mode, messages

MOST_AREAS = 120
LINEARISATIONS = 3
SEARCH = {"eps": 1e-4, "ftol": 1e-9, "gtol": 1e-2}
FURTHEST_FROM_ANCHOR = 6.0


@dataclass(frozen=True)
class Anchor:
    """A positive hyperparameter's prior: log-normal with this median and standard deviation of the log."""

    median: float
    log_sd: float


@dataclass(frozen=True)
class Structure:
    """A trend model up to its hyperparameters, given by name in the order of `anchors`.

    `process_of` and `spread_of` turn their values into the process and the standard deviations (k,) of
    effects.
    """

    anchors: dict[str, Anchor]
    process_of: Callable[[dict[str, float]], Process]
    spread_of: Callable[[dict[str, float]], np.ndarray]
    design: np.ndarray  # (T, k)
    centre_mean: np.ndarray  # (k,) anchor of β̄
    centre_sd: np.ndarray  # (k,)


@dataclass(frozen=True)
class Pooled:
    """The estimate for a level: hyperparameters, and the prior of every area, (A, k) and (A, k, k)."""

    hyperparameters: dict[str, float]
    prior_mean: np.ndarray
    prior_cov: np.ndarray

    def of(self, areas: slice) -> Pooled:
        return Pooled(self.hyperparameters, self.prior_mean[areas], self.prior_cov[areas])


@dataclass(frozen=True)
class _Centre:
    """Information on β̄: of the anchor and all areas together, and each area's share of it."""

    precision: np.ndarray
    information: np.ndarray
    area_precision: np.ndarray
    area_information: np.ndarray


def representative(size: np.ndarray, limit: int = MOST_AREAS) -> np.ndarray:
    """At most `limit` positions, ascending: half of them the largest, half spread over the rest."""
    if len(size) <= limit:
        return np.arange(len(size))
    by_size = np.argsort(-size, kind="stable")
    largest = by_size[: limit // 2]
    rest = np.sort(by_size[limit // 2 :])
    evenly = rest[np.linspace(0, len(rest) - 1, limit - len(largest)).round().astype(int)]
    return np.sort(np.concatenate([largest, evenly]))


def _centre(
    structure: Structure, spread: np.ndarray, precision: np.ndarray, information: np.ndarray
) -> _Centre:
    between = np.diag(spread**-2.0)
    shrink = np.linalg.solve(precision + between, np.broadcast_to(between, precision.shape))
    area_precision = precision @ shrink
    area_precision = (area_precision + area_precision.transpose(0, 2, 1)) / 2
    area_information = np.einsum("ajk,aj->ak", shrink, information)
    anchor = structure.centre_sd**-2.0
    return _Centre(
        np.diag(anchor) + area_precision.sum(axis=0),
        anchor * structure.centre_mean + area_information.sum(axis=0),
        area_precision,
        area_information,
    )


def _priors(centre: _Centre, spread: np.ndarray, leave_out: bool) -> tuple[np.ndarray, np.ndarray]:
    precision, information = centre.precision[None], centre.information[None]
    if leave_out:
        precision, information = precision - centre.area_precision, information - centre.area_information
    cov = np.linalg.inv(precision)
    mean = np.einsum("ajk,ak->aj", cov, information)
    return mean, (cov + cov.transpose(0, 2, 1)) / 2 + np.diag(spread**2)


def log_marginal(
    structure: Structure, hyperparameters: dict[str, float], pseudo: np.ndarray, weights: np.ndarray
) -> float:
    """Log marginal likelihood of the pseudo-observations (T, A), β and β̄ integrated out; up to a constant."""
    spread = structure.spread_of(hyperparameters)
    filtered = filter_with_regressors(
        structure.process_of(hyperparameters), structure.design, pseudo, weights
    )
    products = filtered.products()
    precision, information = products[:, 1:, 1:], products[:, 1:, 0]
    posterior = precision + np.diag(spread**-2.0)
    explained = np.einsum(
        "ak,ak->", information, np.linalg.solve(posterior, information[:, :, None])[:, :, 0]
    )
    centre = _centre(structure, spread, precision, information)
    centre_mean = np.linalg.solve(centre.precision, centre.information)
    areas = pseudo.shape[1]
    return 0.5 * float(
        explained
        - products[:, 0, 0].sum()
        - filtered.log_variance.sum()
        - np.linalg.slogdet(posterior)[1].sum()
        - areas * 2 * np.log(spread).sum()
        + centre.information @ centre_mean
        - np.linalg.slogdet(centre.precision)[1]
    )


def estimate(
    structure: Structure, likelihood_of: Callable[[np.ndarray], Likelihood], size: np.ndarray
) -> Pooled:
    """Hyperparameters of a level (posterior mode) and the prior of each of its areas.

    `likelihood_of` gives the data of chosen areas; `size` (A,) is their number of events, by which at most
    `MOST_AREAS` are chosen. The likelihood is linearised at the posterior mode of the current estimate and
    maximised, in turn (penalised quasi-likelihood, Breslow & Clayton, JASA 88, 1993). The search is over
    scores: standard deviations of the prior from its median, in the log. (Its small linear algebra wakes the
    threads of OpenBLAS, to no use: several workers are faster with OPENBLAS_NUM_THREADS=1.)
    """
    chosen = representative(size)
    likelihood = likelihood_of(chosen)
    names = list(structure.anchors)
    medians = np.log([structure.anchors[name].median for name in names])
    log_sd = np.array([structure.anchors[name].log_sd for name in names])

    def named(scores: np.ndarray) -> dict[str, float]:
        return dict(zip(names, np.exp(medians + log_sd * scores).tolist(), strict=True))

    def mode_at(scores: np.ndarray, start: np.ndarray | None):
        values = named(scores)
        spread = structure.spread_of(values)

        def prior_of(precision: np.ndarray, information: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return _priors(_centre(structure, spread, precision, information), spread, leave_out=True)

        return find_mode(likelihood, structure.process_of(values), structure.design, prior_of, start)

    bounds = [(-FURTHEST_FROM_ANCHOR, FURTHEST_FROM_ANCHOR)] * len(names)
    scores = np.zeros(len(names))
    mode = mode_at(scores, None)
    for _ in range(LINEARISATIONS):

        def loss(candidate: np.ndarray, pseudo=mode.pseudo, weights=mode.weights) -> float:
            return 0.5 * float(candidate @ candidate) - log_marginal(
                structure, named(candidate), pseudo, weights
            )

        scores = minimize(loss, scores, method="L-BFGS-B", bounds=bounds, options=SEARCH).x
        mode = mode_at(scores, mode.latent)

    values = named(scores)
    spread = structure.spread_of(values)
    centre = _centre(structure, spread, *messages(mode.filtered))
    prior_mean, prior_cov = (
        np.repeat(part, len(size), axis=0) for part in _priors(centre, spread, leave_out=False)
    )
    prior_mean[chosen], prior_cov[chosen] = _priors(centre, spread, leave_out=True)
    return Pooled(values, prior_mean, prior_cov)
