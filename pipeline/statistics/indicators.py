"""Intervals of every indicator value, and of its change since the same window a year earlier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from pipeline.statistics import differences, intervals
from pipeline.statistics.intervals import Limits
from pipeline.tables import TABLES

Figures = dict[str, np.ndarray]

_FIGURES = (
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
    return _METHODS[method][1](_figures(table), confidence)


def _figures(table: pl.DataFrame) -> Figures:
    return {name: table[name].cast(pl.Float64).to_numpy() for name in _FIGURES}


def _proportion(f: Figures, confidence: ArrayLike) -> Limits:
    lower, upper = intervals.wilson(f["numerator"], f["denominator"], confidence)
    return f["factor"] * lower, f["factor"] * upper


def _sex_ratio(f: Figures, confidence: ArrayLike) -> Limits:
    return intervals.sex_ratio(f["numerator"], f["denominator"], confidence, f["factor"])


def _rate(f: Figures, confidence: ArrayLike) -> Limits:
    return intervals.rate(f["numerator"], f["denominator"] * f["year_share"], confidence, f["factor"])


def _count(f: Figures, confidence: ArrayLike) -> Limits:
    return intervals.rate(f["numerator"], 1.0, confidence, f["factor"])


def _balance(f: Figures, confidence: ArrayLike) -> Limits:
    exposure = f["denominator"] * f["year_share"]
    return intervals.balance(f["numerator"], f["events"], exposure, confidence, f["factor"])


def _proportion_change(f: Figures, confidence: ArrayLike) -> Limits:
    lower, upper = differences.proportion_difference(
        f["numerator"], f["denominator"], f["numerator_last_year"], f["denominator_last_year"], confidence
    )
    return f["factor"] * lower, f["factor"] * upper


def _sex_ratio_change(f: Figures, confidence: ArrayLike) -> Limits:
    return differences.sex_ratio_difference(
        f["numerator"], f["denominator"], f["numerator_last_year"], f["denominator_last_year"],
        confidence, f["factor"],
    )  # fmt: skip


def _rate_change(f: Figures, confidence: ArrayLike) -> Limits:
    return differences.rate_difference(
        f["numerator"], f["denominator"] * f["year_share"],
        f["numerator_last_year"], f["denominator_last_year"] * f["year_share"],
        confidence, f["factor"],
    )  # fmt: skip


def _count_change(f: Figures, confidence: ArrayLike) -> Limits:
    return differences.rate_difference(
        f["numerator"], 1.0, f["numerator_last_year"], 1.0, confidence, f["factor"]
    )


def _balance_change(f: Figures, confidence: ArrayLike) -> Limits:
    return differences.balance_difference(
        f["numerator"], f["events"], f["denominator"] * f["year_share"],
        f["numerator_last_year"], f["events_last_year"], f["denominator_last_year"] * f["year_share"],
        confidence, f["factor"],
    )  # fmt: skip


_METHODS: dict[str, tuple[Callable[[Figures, ArrayLike], Limits], Callable[[Figures, ArrayLike], Limits]]] = {
    "proportion": (_proportion, _proportion_change),
    "sex_ratio": (_sex_ratio, _sex_ratio_change),
    "rate": (_rate, _rate_change),
    "balance": (_balance, _balance_change),
    "count": (_count, _count_change),
}


def indicator_table(indicator_values: pl.DataFrame) -> pl.DataFrame:
    """The `indicators` table: `indicator_values` with limits, and the change with its limits.

    The limits are those of `intervals` and `differences` for the row's `method`, in the unit of the
    indicator, with an exposure of denominator × year_share for rates and balances (last year's window has the
    same share), and of 1 for counts. A value that is null has no limits, and a change without last year's
    value is null. Rows come out sorted by key.
    """
    unknown = set(indicator_values["method"].unique()) - set(_METHODS)
    if unknown:
        raise ValueError(f"indicator_values.method: {sorted(unknown)}; expected one of {sorted(_METHODS)}")
    values = indicator_values.sort(TABLES["indicators"].key)
    limits = {name: np.full(values.height, np.nan) for name in _LIMITS}
    for method, (interval, interval_of_change) in _METHODS.items():
        rows = (values["method"] == method).arg_true()
        figures = _figures(values[rows])
        for kind, function in (("", interval), ("change_", interval_of_change)):
            for level, confidence in (("95", 0.95), ("998", 0.998)):
                lower, upper = function(figures, confidence)
                limits[f"{kind}lower_{level}"][rows] = lower
                limits[f"{kind}upper_{level}"][rows] = upper
    change = pl.col("value") - pl.col("value_last_year")
    has_figure = {
        name: change.is_not_null() if "change" in name else pl.col("value").is_not_null() for name in limits
    }
    return (
        values.with_columns(
            change=change, **{name: pl.Series(limit).fill_nan(None) for name, limit in limits.items()}
        )
        .with_columns(pl.when(has_figure[name]).then(pl.col(name)).alias(name) for name in limits)
        .select(TABLES["indicators"].column_names)
    )
