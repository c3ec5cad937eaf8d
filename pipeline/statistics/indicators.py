"""Intervals of every indicator value, and of its change since the same window a year earlier."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from pipeline.statistics import differences, intervals
from pipeline.statistics.counted import METHODS
from pipeline.statistics.intervals import Limits
from pipeline.tables import TABLES

Counts = dict[str, np.ndarray]

_COUNTS = (
    "factor", "numerator", "denominator", "events", "year_share",
    "numerator_last_year", "denominator_last_year", "events_last_year",
)  # fmt: skip

_LIMITS = [
    f"{kind}{side}_{level}"
    for kind in ("", "change_")
    for level in ("95", "998")
    for side in ("lower", "upper")
]


def change_limits(table: pl.DataFrame, method: str, confidence: ArrayLike) -> Limits:
    """Limits of the change since a year earlier, of rows that are all of one method; NaN where unknown."""
    return _change(_counts(table), method, confidence)


def _counts(table: pl.DataFrame) -> Counts:
    return {name: table[name].cast(pl.Float64).to_numpy() for name in _COUNTS}


def _interval(c: Counts, method: str, confidence: ArrayLike) -> Limits:
    """Limits of the value, in the unit of the indicator."""
    number, size, exposure, factor = (
        c["numerator"], c["denominator"], c["denominator"] * c["year_share"], c["factor"],
    )  # fmt: skip
    match method:
        case "proportion":
            lower, upper = intervals.wilson(number, size, confidence)
            return factor * lower, factor * upper
        case "sex_ratio":
            return intervals.sex_ratio(number, size, confidence, factor)
        case "balance":
            return intervals.balance(number, c["events"], exposure, confidence, factor)
        case "count":
            return intervals.rate(number, 1.0, confidence, factor)
        case _:
            return intervals.rate(number, exposure, confidence, factor)


def _change(c: Counts, method: str, confidence: ArrayLike) -> Limits:
    """Limits of the change since a year earlier, in the unit of the indicator."""
    numbers, sizes, events = (
        (c[name], c[f"{name}_last_year"]) for name in ("numerator", "denominator", "events")
    )
    now, before = zip(numbers, sizes, strict=True)
    exposed_now, exposed_before = (size * c["year_share"] for size in sizes)
    factor = c["factor"]
    match method:
        case "proportion":
            lower, upper = differences.proportion_difference(*now, *before, confidence)
            return factor * lower, factor * upper
        case "sex_ratio":
            return differences.sex_ratio_difference(*now, *before, confidence, factor)
        case "balance":
            return differences.balance_difference(
                numbers[0], events[0], exposed_now, numbers[1], events[1], exposed_before, confidence, factor
            )
        case "count":
            return differences.rate_difference(numbers[0], 1.0, numbers[1], 1.0, confidence, factor)
        case _:
            return differences.rate_difference(
                numbers[0], exposed_now, numbers[1], exposed_before, confidence, factor
            )


def indicator_table(indicator_values: pl.DataFrame) -> pl.DataFrame:
    """The `indicators` table: `indicator_values` with limits, and the change with its limits.

    The limits are those of `intervals` and `differences` for the row's `method`, in the unit of the
    indicator, with an exposure of denominator × year_share for rates and balances (last year's window has the
    same share), and of 1 for counts. A value that is null has no limits, and a change without last year's
    value is null. Rows come out sorted by key.
    """
    unknown = set(indicator_values["method"].unique()) - set(METHODS)
    if unknown:
        raise ValueError(f"indicator_values.method: {sorted(unknown)}; expected one of {sorted(METHODS)}")
    values = indicator_values.sort(TABLES["indicators"].key)
    limits = {name: np.full(values.height, np.nan) for name in _LIMITS}
    for method in METHODS:
        rows = (values["method"] == method).arg_true()
        counts = _counts(values[rows])
        for kind, limits_of in (("", _interval), ("change_", _change)):
            for level, confidence in (("95", 0.95), ("998", 0.998)):
                lower, upper = limits_of(counts, method, confidence)
                limits[f"{kind}lower_{level}"][rows] = lower
                limits[f"{kind}upper_{level}"][rows] = upper
    change = pl.col("value") - pl.col("value_last_year")
    has_value = {
        name: change.is_not_null() if "change" in name else pl.col("value").is_not_null() for name in limits
    }
    return (
        values.with_columns(
            change=change, **{name: pl.Series(limit).fill_nan(None) for name, limit in limits.items()}
        )
        .with_columns(pl.when(has_value[name]).then(pl.col(name)).alias(name) for name in limits)
        .select(TABLES["indicators"].column_names)
    )
