"""What the trend has to beat: simple forecasts of the sex ratio, and statsmodels fitted area by area."""

from __future__ import annotations

import time
import warnings

import numpy as np
from statsmodels.tsa.statespace.structural import UnobservedComponents

from pipeline.statistics import growth_trend
from pipeline.statistics.validation.simulation import (
    LEFT_OUT,
    OBSERVED,
    SIZES,
    simulate_growth,
    without_last_months,
)

SMALL_LEVEL = 16
SERIES_TIMED = 6


def last_value(males: np.ndarray, births: np.ndarray) -> np.ndarray:
    """Male proportion of the last observed month that has births, (areas,); ½ where none has."""
    last = OBSERVED - 1 - np.argmax(births[OBSERVED - 1 :: -1] > 0, axis=0)
    area = np.arange(births.shape[1])
    return _proportion(males[last, area], births[last, area])


def mean_of_last_year(males: np.ndarray, births: np.ndarray) -> np.ndarray:
    """Male proportion of the last 12 observed months together, (areas,)."""
    year = slice(OBSERVED - 12, OBSERVED)
    return _proportion(males[year].sum(axis=0), births[year].sum(axis=0))


def local_level_per_area(males: np.ndarray, births: np.ndarray) -> np.ndarray:
    """Male proportion as `UnobservedComponents("llevel")` forecasts it, (left-out months, areas)."""
    with np.errstate(invalid="ignore"):
        proportion = males[:OBSERVED] / births[:OBSERVED]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an optimiser at a boundary says so; the forecast stands as it is
        return np.column_stack(
            [
                UnobservedComponents(series, level="llevel").fit(disp=False).forecast(LEFT_OUT)
                for series in proportion.T
            ]
        )


def speed_ratios(areas_per_size: int) -> dict[str, float]:
    """How many times faster a births series is fitted and smoothed than by statsmodels on its own.

    The same task on the same simulated series, timed one after the other: level, slope and a season of 12
    months, `UnobservedComponents(level="lltrend", seasonal=12).fit()` on log rates. Ours shares its
    hyperparameters, so a small level gains less: both a small and a large one are timed.
    """
    large = simulate_growth("own", 0, areas_per_size)
    births, person_years = without_last_months(large.births)[:OBSERVED], large.person_years[:OBSERVED]
    log_rate = np.log((births[:, -SERIES_TIMED:] + 0.5) / person_years[:, -SERIES_TIMED:])
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for series in log_rate.T:
            UnobservedComponents(series, level="lltrend", seasonal=12).fit(disp=False)
    theirs = (time.perf_counter() - start) / SERIES_TIMED
    ratios = {}
    for areas in (SMALL_LEVEL, len(SIZES) * areas_per_size):
        some = np.linspace(0, births.shape[1] - 1, areas).astype(int)
        start = time.perf_counter()
        pooled = growth_trend.estimate_level(births[:, some], person_years[:, some])
        growth_trend.adjusted_log_rate(births[:, some], person_years[:, some], pooled)
        ratios[f"level of {areas:,} areas"] = theirs / ((time.perf_counter() - start) / areas)
    return ratios


def _proportion(males: np.ndarray, births: np.ndarray) -> np.ndarray:
    return np.divide(males, births, out=np.full(births.shape, 0.5), where=births > 0)
