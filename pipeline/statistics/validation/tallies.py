"""What one simulated level contributes: fitted exactly as `trends` does it, and counted area by area."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, ndtri

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.validation import baselines
from pipeline.statistics.validation.measures import predictive_position, tail_counts
from pipeline.statistics.validation.simulation import (
    OBSERVED,
    STEP_MONTH,
    Sexes,
    generator,
    simulate_growth,
    simulate_sexes,
    without_last_months,
)

BASELINE_AREAS = 10
REFERENCE_UPPER = 107.0
TAILS = {"95": 0.025, "80": 0.1}
OBSERVED_MONTHS, AROUND_STEP, LEFT_OUT_MONTHS = (
    "observed months",
    "6 months on either side of the step",
    "12 months left out",
)
SPANS = {
    OBSERVED_MONTHS: slice(OBSERVED),
    AROUND_STEP: slice(STEP_MONTH - 6, STEP_MONTH + 6),
    LEFT_OUT_MONTHS: slice(OBSERVED, None),
}

Job = tuple[str, str, int, int]
"""Series, process, number of the level, areas per size."""
Tallies = dict[str, np.ndarray]
"""Figures of each area under the name of what they tell, (areas,), areas ordered by size."""


def tally_level(job: Job) -> Tallies:
    """One simulated level, fitted without its last twelve months, and what its areas contribute."""
    series, process, level, areas_per_size = job
    of_series = _tally_sexes if series == "sexes" else _tally_growth
    return of_series(process, level, areas_per_size)


def _tally_sexes(process: str, level: int, areas_per_size: int) -> Tallies:
    simulated = simulate_sexes(process, level, areas_per_size)

    def fitted(males: np.ndarray, females: np.ndarray) -> dict[str, np.ndarray]:
        pooled = sex_ratio_trend.estimate_level(males, females)
        return sex_ratio_trend.trend_figures(males, females, pooled, REFERENCE_UPPER)

    figures = fitted(without_last_months(simulated.males), without_last_months(simulated.females))
    truth = 100 * np.exp(simulated.log_ratio)
    tallies = _tally_bands(truth, figures)
    tallies["relative error"] = np.median((figures["trend"] / truth - 1)[OBSERVED:], axis=0)
    if process == "own":
        later = fitted(simulated.males.astype(float), simulated.females.astype(float))
        tallies["holds update"] = _holds_update(figures, later)
    births = simulated.males + simulated.females
    ahead = slice(OBSERVED, None)
    mean = np.log(figures["trend"][ahead] / 100)
    sd = np.log(figures["upper_95"][ahead] / figures["lower_95"][ahead]) / (2 * ndtri(0.975))
    position = predictive_position(
        simulated.males[ahead], births[ahead], mean, sd, generator(process, "sexes", level).spawn(1)[0]
    )
    for name, tail in TAILS.items():
        counts = tail_counts(position, tail, 1 - tail)
        tallies[f"count {name} below"], tallies[f"count {name} above"] = counts
    return tallies | _tally_errors(simulated, births, mean, process, level, areas_per_size)


def _tally_errors(
    simulated: Sexes, births: np.ndarray, mean: np.ndarray, process: str, level: int, areas_per_size: int
) -> Tallies:
    """Squared errors of the left-out counts of males ÷ births, by the trend and by the baselines.

    `mean` is the forecast log ratio, (left-out months, areas).
    """
    males, ahead = simulated.males, slice(OBSERVED, None)
    probability = expit(simulated.log_ratio[ahead])

    def squared(forecast: np.ndarray, areas: np.ndarray | slice = slice(None)) -> np.ndarray:
        number = births[ahead, areas]
        return ((males[ahead, areas] - number * forecast) ** 2 / np.maximum(number, 1)).sum(axis=0)

    tallies = {
        "squared": squared(expit(mean)),
        "sampling": (probability * (1 - probability) * (births[ahead] > 0)).sum(axis=0),
        "squared last value": squared(baselines.last_value(males, births)),
        "squared mean of the last 12 months": squared(baselines.mean_of_last_year(males, births)),
    }
    if level == 0 and process != "overdispersed":
        areas = np.flatnonzero(np.arange(males.shape[1]) % areas_per_size < BASELINE_AREAS)
        forecast = baselines.local_level_per_area(males[:, areas], births[:, areas])
        tallies["squared statsmodels local level"] = squared(forecast, areas)
        tallies["squared where statsmodels"] = tallies["squared"][areas]
    return tallies


def _tally_growth(process: str, level: int, areas_per_size: int) -> Tallies:
    simulated = simulate_growth(process, level, areas_per_size)

    def fitted(births: np.ndarray, deaths: np.ndarray) -> dict[str, np.ndarray]:
        person_years = simulated.person_years
        pooled = [growth_trend.estimate_level(events, person_years) for events in (births, deaths)]
        return growth_trend.trend_figures(births, deaths, person_years, *pooled)

    figures = fitted(without_last_months(simulated.births), without_last_months(simulated.deaths))
    tallies = _tally_bands(simulated.per_mille, figures)
    if process == "own":
        later = fitted(simulated.births.astype(float), simulated.deaths.astype(float))
        tallies["holds update"] = _holds_update(figures, later)
    return tallies


def _tally_bands(truth: np.ndarray, figures: dict[str, np.ndarray]) -> Tallies:
    """Months in which the truth is outside the limits, by span, limits and side."""
    tallies = {}
    for span, months in SPANS.items():
        for name in TAILS:
            counts = tail_counts(
                truth[months], figures[f"lower_{name}"][months], figures[f"upper_{name}"][months]
            )
            tallies[f"{span} {name} below"], tallies[f"{span} {name} above"] = counts
    return tallies


def _holds_update(figures: dict[str, np.ndarray], later: dict[str, np.ndarray]) -> np.ndarray:
    """Whether the 95 % band of the last observed month holds that month's estimate a year later."""
    last = OBSERVED - 1
    estimate = later["trend"][last]
    return (figures["lower_95"][last] <= estimate) & (estimate <= figures["upper_95"][last])
