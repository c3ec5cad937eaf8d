"""The hyperparameters of a level, estimated once for all its areas (empirical Bayes).

They are the standard deviations of the process, of the irregular and of the effects between areas, and the
dispersion of counts. Their marginal likelihood, given what each area takes over from its siblings, is maximised
times a log-normal prior around published anchors: where the areas are few or tell nothing, the anchor is the
answer, and no boundary is ever met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from pipeline.statistics.kalman import Process
from pipeline.statistics.likelihoods import Likelihood
from pipeline.statistics.posterior import Prior, filter_with_regressors, find_mode, find_shifts

MOST_AREAS, FEWEST_AREAS = 120, 40
MOST_AREA_MONTHS = 14_400
LINEARISATIONS = 3
SEARCH = {"ftol": 1e-9, "gtol": 1e-2}
DIFFERENCE = 1e-4
FURTHEST_FROM_ANCHOR = 6.0

Hyperparameters = dict[str, float]


@dataclass(frozen=True)
class Anchor:
    """A positive hyperparameter's prior: log-normal with this median and standard deviation of the log."""

    median: float
    log_sd: float


@dataclass(frozen=True)
class Structure:
    """A trend model up to its hyperparameters, given by name in the order of `anchors`.

    `process_of` and `spread_of` turn their values into the process and the standard deviations (k,) of effects
    between siblings. The hyperparameter `excess_dispersion` is the dispersion of counts less one. The top of the
    hierarchy has effects N(top_mean, top_sd²).
    """

    anchors: dict[str, Anchor]
    process_of: Callable[[Hyperparameters], Process]
    spread_of: Callable[[Hyperparameters], np.ndarray]
    design: np.ndarray  # (T, k)
    level_design: np.ndarray  # (T, k) the same, all but the regressors of the level zero
    top_mean: np.ndarray  # (k,)
    top_sd: np.ndarray  # (k,)
    top_may_shift: bool = True  # whether a sudden change of all areas together is a new level

    def dispersion(self, hyperparameters: Hyperparameters) -> float:
        return 1.0 + hyperparameters["excess_dispersion"]


@dataclass(frozen=True)
class Inherited:
    """What an area takes over: the prior of its effects and offset, and what is open in the process above.

    The process covariances (m, m, A or 1) and the irregular's variance (T, A or 1) add to the area's own, which
    is that of its level times 1 + `concentration` (A or 1,): few siblings, or one that outweighs the others, are
    themselves off the middle of the family. `may_shift` says whether a sudden new level is looked for.
    """

    prior: Prior
    state_cov: np.ndarray
    initial_cov: np.ndarray
    irregular_var: np.ndarray
    concentration: np.ndarray
    may_shift: bool = True
    shift_var: np.ndarray | None = None

    def of(self, areas: slice | np.ndarray) -> Inherited:
        def last(part: np.ndarray | None) -> np.ndarray | None:
            return part if part is None or part.shape[-1] == 1 else part[..., areas]

        return Inherited(
            self.prior.of(areas),
            last(self.state_cov),
            last(self.initial_cov),
            last(self.irregular_var),
            last(self.concentration),
            self.may_shift,
            last(self.shift_var),
        )

    def model(self, structure: Structure, hyperparameters: Hyperparameters) -> tuple[Process, Prior]:
        """Process and prior of these areas: the level's own, widened by what is taken over."""
        process = structure.process_of(hyperparameters).scaled(1 + self.concentration)
        process = process.widened(self.state_cov, self.initial_cov, self.irregular_var)
        process = replace(process, shift_var=self.shift_var)
        spread = np.diag(structure.spread_of(hyperparameters) ** 2) * (1 + self.concentration)[:, None, None]
        return process, Prior(self.prior.mean, self.prior.cov + spread, self.prior.offset)


def areas_enough(months: int) -> int:
    """How many areas of so many months tell what a level is like; more would only take longer."""
    return int(np.clip(MOST_AREA_MONTHS // months, FEWEST_AREAS, MOST_AREAS))


def representative(size: np.ndarray, limit: int) -> np.ndarray:
    """At most `limit` positions, ascending: half of them the largest, half spread over the rest."""
    if len(size) <= limit:
        return np.arange(len(size))
    by_size = np.argsort(-size, kind="stable")
    largest = by_size[: limit // 2]
    rest = np.sort(by_size[limit // 2 :])
    evenly = rest[np.linspace(0, len(rest) - 1, limit - len(largest)).round().astype(int)]
    return np.sort(np.concatenate([largest, evenly]))


def log_marginal(
    structure: Structure,
    inherited: Inherited,
    hyperparameters: list[Hyperparameters],
    pseudo: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Log marginal likelihood of the pseudo-observations (T, A) for each candidate; up to a constant.

    The candidates stand side by side as if each were a set of areas of its own, so all are filtered at once.
    `weights` are those of binomial or Poisson counts, the dispersion apart.
    """
    areas, number = pseudo.shape[1], len(hyperparameters)
    models = [inherited.model(structure, values) for values in hyperparameters]
    processes, priors = zip(*models, strict=True)
    process = Process(
        *(
            np.concatenate([np.repeat(part, areas // part.shape[-1], axis=-1) for part in parts], axis=-1)
            for parts in zip(
                *((p.transition, p.state_cov, p.initial_cov, p.irregular_var) for p in processes), strict=True
            )
        ),
        shift_var=None if inherited.shift_var is None else np.tile(inherited.shift_var, number),
    )
    dispersion = np.repeat([structure.dispersion(values) for values in hyperparameters], areas)
    filtered = filter_with_regressors(
        process,
        structure.design,
        np.tile(pseudo - priors[0].offset, number),
        np.tile(weights, number) / dispersion,
    )
    products = filtered.products()
    precision = np.linalg.inv(np.concatenate([prior.cov for prior in priors]))
    mean = np.concatenate([prior.mean for prior in priors])
    pull = np.einsum("ajk,ak->aj", precision, mean)
    posterior = products[:, 1:, 1:] + precision
    information = products[:, 1:, 0] + pull
    explained = np.einsum(
        "ak,ak->a", information, np.linalg.solve(posterior, information[:, :, None])[:, :, 0]
    )
    of_area = 0.5 * (
        explained
        - products[:, 0, 0]
        - np.einsum("ak,ak->a", mean, pull)
        - filtered.log_variance
        - np.log(dispersion) * np.tile((weights > 0).sum(axis=0), number)
        - np.linalg.slogdet(posterior)[1]
        + np.linalg.slogdet(precision)[1]
    )
    return of_area.reshape(number, areas).sum(axis=1)


def estimate(structure: Structure, likelihood: Likelihood, inherited: Inherited) -> Hyperparameters:
    """Hyperparameters of a level (posterior mode) from representative areas of it, `areas_enough` of them.

    The likelihood is linearised at the posterior mode of the current estimate and maximised, in turn
    (penalised quasi-likelihood, Breslow & Clayton, JASA 88, 1993). The search is over scores: standard
    deviations of the prior from its median, in the log; its gradient is by differences, all of them filtered
    at once.
    """
    names = list(structure.anchors)
    medians = np.log([structure.anchors[name].median for name in names])
    log_sd = np.array([structure.anchors[name].log_sd for name in names])

    def named(scores: np.ndarray) -> Hyperparameters:
        return dict(zip(names, np.exp(medians + log_sd * scores).tolist(), strict=True))

    def search(inherited: Inherited, scores: np.ndarray, latent: np.ndarray | None) -> tuple:
        for _ in range(LINEARISATIONS):
            values = named(scores)
            process, prior = inherited.model(structure, values)
            mode = find_mode(
                likelihood, process, structure.design, prior, structure.dispersion(values), latent
            )
            latent, weights = mode.latent, mode.weights * structure.dispersion(values)

            def loss(candidate: np.ndarray, pseudo=mode.pseudo, weights=weights) -> tuple[float, np.ndarray]:
                steps = np.vstack([candidate, candidate + DIFFERENCE * np.eye(len(candidate))])
                marginal = log_marginal(
                    structure, inherited, [named(step) for step in steps], pseudo, weights
                )
                losses = 0.5 * (steps**2).sum(axis=1) - marginal
                return losses[0], (losses[1:] - losses[0]) / DIFFERENCE

            scores = minimize(loss, scores, jac=True, method="L-BFGS-B", bounds=bounds, options=SEARCH).x
        return scores, latent

    bounds = [(-FURTHEST_FROM_ANCHOR, FURTHEST_FROM_ANCHOR)] * len(names)
    scores, latent = search(inherited, np.zeros(len(names)), None)
    if not inherited.may_shift:
        return named(scores)
    values = named(scores)
    process, prior = inherited.model(structure, values)
    _, shifts = find_shifts(likelihood, process, structure.design, prior, structure.dispersion(values))
    if shifts.months.any():
        offset = inherited.prior.offset + shifts.steps
        shifted = replace(
            inherited,
            prior=replace(inherited.prior, offset=offset),
            shift_var=shifts.process.shift_var,
        )
        scores, _ = search(shifted, scores, latent)
    return named(scores)
