"""How many times faster a series is fitted and smoothed than by statsmodels on its own."""

import time
import warnings

import numpy as np
from statsmodels.tsa.statespace.structural import UnobservedComponents

from pipeline.validation.fitting import fit
from pipeline.validation.measures import Measure, Row, Target
from pipeline.validation.simulation import SERIES, simulate, sizes_of_areas

SERIES_TIMED = 4
TITLES = {"sexes": "SRB", "births": "births"}


def speed_rows(areas: int, months: int) -> list[Row]:
    """The times of so many areas of so many months, both series, measured one after the other."""
    per_size = max(areas // 4, 3)
    rows = []
    level = simulate("births", "own", 0, per_size, months).counts
    some = level.areas(np.flatnonzero(sizes_of_areas(per_size) == 300)[:SERIES_TIMED])
    theirs = _time_of_statsmodels(np.log((some.events + 0.5) / some.size))
    for series in SERIES:
        counts = simulate(series, "own", 0, per_size, months).counts
        chosen = np.linspace(0, counts.events.shape[1] - 1, areas).astype(int)
        start = time.perf_counter()
        fit(counts.areas(chosen))
        ours = (time.perf_counter() - start) / areas
        what = "times faster a series than UnobservedComponents(lltrend, seasonal=12).fit()"
        measured = {f"{areas:,} areas of {months} months": (Measure(theirs / ours),)}
        rows.append(Row(TITLES[series], "speed", what, "1", Target("≥ 10", 10), measured))
    return rows


def _time_of_statsmodels(log_rates: np.ndarray) -> float:
    start = time.perf_counter()
    with warnings.catch_warnings(action="ignore"):
        for series in log_rates.T:
            UnobservedComponents(series, level="lltrend", seasonal=12).fit(disp=False)
    return (time.perf_counter() - start) / log_rates.shape[1]
