"""The hyperparameters of a level, estimated once for all its areas (empirical Bayes).

They are the standard deviations of the process, of the irregular and of the effects between areas, and the
dispersion of counts. Their marginal likelihood, given what each area takes over from its siblings, is maximised
times a log-normal prior around published anchors: where the areas are few or tell nothing, the anchor is the
answer, and no boundary is ever met.
"""

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from pipeline.statistics.likelihoods import Likelihood
from pipeline.statistics.models import Hyperparameters, Inherited, LatentSeries
from pipeline.statistics.posterior import Model, filter_with_regressors, find_mode, find_shifts

MOST_AREAS, FEWEST_AREAS = 120, 40
MOST_AREA_MONTHS = 14_400
LINEARISATIONS = 3
SEARCH = {"ftol": 1e-9, "gtol": 1e-2}
DIFFERENCE = 1e-4
FURTHEST_FROM_ANCHOR = 6.0


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
    series: type[LatentSeries],
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
    models = [inherited.model(series, values).for_each_of(areas) for values in hyperparameters]
    model = Model.side_by_side(models)
    filtered = filter_with_regressors(
        model, np.tile(pseudo - inherited.prior.offset, number), np.tile(weights, number) / model.dispersion
    )
    products = filtered.products()
    precision, mean = np.linalg.inv(model.prior.cov), model.prior.mean
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
        - np.log(model.dispersion) * np.tile((weights > 0).sum(axis=0), number)
        - np.linalg.slogdet(posterior)[1]
        + np.linalg.slogdet(precision)[1]
    )
    return of_area.reshape(number, areas).sum(axis=1)


def estimate(series: type[LatentSeries], likelihood: Likelihood, inherited: Inherited) -> Hyperparameters:
    """Hyperparameters of a level (posterior mode) from representative areas of it, `areas_enough` of them.

    The likelihood is linearised at the posterior mode of the current estimate and maximised, in turn
    (penalised quasi-likelihood, Breslow & Clayton, JASA 88, 1993). The search is over scores: standard
    deviations of the prior from its median, in the log; its gradient is by differences, all of them filtered
    at once.
    """
    names = list(series.anchors)
    medians = np.log([series.anchors[name].median for name in names])
    log_sd = np.array([series.anchors[name].log_sd for name in names])

    def named(scores: np.ndarray) -> Hyperparameters:
        return dict(zip(names, np.exp(medians + log_sd * scores).tolist(), strict=True))

    def search(
        inherited: Inherited, scores: np.ndarray, latent: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        for _ in range(LINEARISATIONS):
            mode = find_mode(likelihood, inherited.model(series, named(scores)), latent)
            latent, weights = mode.latent, mode.weights * mode.model.dispersion

            def loss(
                candidate: np.ndarray, pseudo: np.ndarray = mode.pseudo, weights: np.ndarray = weights
            ) -> tuple[float, np.ndarray]:
                steps = np.vstack([candidate, candidate + DIFFERENCE * np.eye(len(candidate))])
                marginal = log_marginal(series, inherited, [named(step) for step in steps], pseudo, weights)
                losses = 0.5 * (steps**2).sum(axis=1) - marginal
                return losses[0], (losses[1:] - losses[0]) / DIFFERENCE

            scores = minimize(loss, scores, jac=True, method="L-BFGS-B", bounds=bounds, options=SEARCH).x
        return scores, latent

    bounds = [(-FURTHEST_FROM_ANCHOR, FURTHEST_FROM_ANCHOR)] * len(names)
    scores, latent = search(inherited, np.zeros(len(names)), None)
    if not inherited.may_shift:
        return named(scores)
    mode, shifts = find_shifts(likelihood, inherited.model(series, named(scores)))
    if shifts.months.any():
        prior = replace(inherited.prior, offset=mode.model.prior.offset)
        shifted = replace(inherited, prior=prior, shift_var=mode.model.process.shift_var)
        scores, _ = search(shifted, scores, latent)
    return named(scores)
