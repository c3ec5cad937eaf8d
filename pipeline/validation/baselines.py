"""What the model has to beat: forecasts of an area from nothing but its own past, as distributions.

    last value                    the last known month, as the rate of all months to come
    mean of the last 12 months    the same of the last twelve months together
    statsmodels                   `UnobservedComponents` fitted to the area: of the male proportion a local level;
                                  of the log rate a local linear trend and a season of 12 months
    spline GLM                    `GLM` (binomial with logit, Poisson with log and exposure) of a natural cubic
                                  regression spline of time, a knot a year, linear beyond the last month; of
                                  births with two harmonics of the year. The covariance of its coefficients is in
                                  the forecast.

The last two are fitted area by area and take long, so they are given few areas. statsmodels' parameters are those
of the first forecast, the later ones take in the months that came.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import statsmodels.api as sm
from patsy import dmatrix
from statsmodels.tsa.statespace.structural import UnobservedComponents

from pipeline.validation.counts import Counts
from pipeline.validation.forecasts import Conjugate, Forecast, Gaussian, LatentNormal

HARMONICS = 2


def last_value(counts: Counts, cut: int, horizon: int) -> Forecast:
    """From the last known month before `cut`; of an area without any, from one event in two."""
    before = counts.until(cut)
    last = cut - 1 - np.argmax(before.is_known[::-1], axis=0)
    area = np.arange(before.events.shape[1])
    known = before.is_known[last, area]
    events, size = (np.where(known, values[last, area], 0) for values in (before.events, before.size))
    return _conjugate(counts, cut, horizon, events, size)


def mean_of_last_year(counts: Counts, cut: int, horizon: int) -> Forecast:
    """From the known months among the last twelve."""
    return _conjugate(
        counts, cut, horizon, *counts.months(slice(max(cut - counts.period, 0), cut)).known_sums()
    )


SIMPLE: dict[str, Callable[[Counts, int, int], Forecast]] = {
    "last value": last_value,
    "mean of the last 12 months": mean_of_last_year,
}


def simple(counts: Counts) -> dict[str, Callable[[Counts, int, int], Forecast]]:
    """The baselines without a model; of a yearly table the last year is the last value."""
    return SIMPLE if counts.period > 1 else {"last value": last_value}


def _conjugate(counts: Counts, cut: int, horizon: int, events: np.ndarray, size: np.ndarray) -> Conjugate:
    coming = counts.size[cut : cut + horizon]
    if not counts.is_binomial:
        size = np.where(size > 0, size, np.nan)
    events, size, _ = np.broadcast_arrays(events, size, coming)
    return Conjugate(events, size, coming, counts.is_binomial)


def statsmodels_forecasts(counts: Counts, cuts: list[int], horizon: int) -> Iterator[Forecast]:
    """`UnobservedComponents` area by area, from each of `cuts` (the parameters from the first)."""
    if counts.is_binomial:
        parts: dict[str, Any] = {"level": "llevel"}
        series = np.divide(
            counts.events, counts.size, out=np.full(counts.size.shape, np.nan), where=counts.is_known
        )
    else:
        parts = {"level": "lltrend"} | ({"seasonal": counts.period} if counts.period > 1 else {})
        series = np.log((np.where(counts.is_known, counts.events, np.nan) + 0.5) / counts.size)
    with _quiet():
        fitted = [UnobservedComponents(of[: cuts[0]], **parts).fit(disp=False) for of in series.T]
    for cut in cuts:
        length = min(horizon, len(series) - cut)
        with _quiet():
            known = zip(fitted, series[:cut].T, strict=True)
            ahead = [one.apply(of_area).get_forecast(length) for one, of_area in known]
        mean = np.column_stack([one.predicted_mean for one in ahead])
        sd = np.column_stack([one.se_mean for one in ahead])
        yield Gaussian(mean, np.maximum(sd, 1e-9), counts.size[cut : cut + length], counts.is_binomial)


def spline_forecasts(counts: Counts, cuts: list[int], horizon: int) -> Iterator[Forecast]:
    """The spline GLM area by area, from each of `cuts`."""
    for cut in cuts:
        length = min(horizon, len(counts.events) - cut)
        design = _design(counts, cut, length)
        with _quiet():
            latent = [_glm(counts, design, cut, area) for area in range(counts.events.shape[1])]
        mean, sd = (np.column_stack(part) for part in zip(*latent, strict=True))
        yield LatentNormal(mean, sd, counts.size[cut : cut + length], counts.is_binomial)


PER_AREA: dict[str, Callable[[Counts, list[int], int], Iterator[Forecast]]] = {
    "statsmodels": statsmodels_forecasts,
    "spline GLM": spline_forecasts,
}


def _design(counts: Counts, cut: int, length: int) -> np.ndarray:
    spacing = 12 if counts.period > 1 else 5
    month = np.arange(cut + length, dtype=float)
    knots = [float(knot) for knot in range(spacing, cut - spacing // 2, spacing)]
    if knots:
        formula = f"0 + cr(month, knots={knots}, lower_bound=0, upper_bound={cut - 1})"
        columns = [np.asarray(dmatrix(formula, {"month": month}))]
    else:
        columns = [np.ones((len(month), 1)), month[:, None]]
    if not counts.is_binomial and counts.period > 1:
        angle = 2 * np.pi * month[:, None] * np.arange(1, HARMONICS + 1) / counts.period
        columns += [np.cos(angle), np.sin(angle)]
    return np.hstack(columns)


def _glm(counts: Counts, design: np.ndarray, cut: int, area: int) -> tuple[np.ndarray, np.ndarray]:
    known = counts.is_known[:cut, area]
    events, size = counts.events[:cut, area][known], counts.size[:cut, area][known]
    if counts.is_binomial:
        model = sm.GLM(np.column_stack([events, size - events]), design[:cut][known], sm.families.Binomial())
    else:
        model = sm.GLM(events, design[:cut][known], sm.families.Poisson(), exposure=size)
    fitted = model.fit()
    coming = design[cut:]
    variance = np.einsum("tk,kl,tl->t", coming, np.asarray(fitted.cov_params()), coming)
    return coming @ fitted.params, np.sqrt(np.maximum(variance, 0))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings of optimisers at a boundary: what they forecast there stands as it is."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        yield
