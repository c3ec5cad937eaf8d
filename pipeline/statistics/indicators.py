"""Intervals of every indicator value, and of its change since the same window a year earlier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from pipeline.statistics import comparisons, intervals
from pipeline.statistics.intervals import Limits
from pipeline.tables import TABLES

Figures = dict[str, np.ndarray]

_FIGURES = (
    "factor", "numerator", "denominator", "events", "year_share",
    "numerator_last_year", "denominator_last_year", "events_last_year",
)  # fmt: skip


def _proportion(f: Figures, confidence: float) -> Limits:
    lower, upper = intervals.wilson(f["numerator"], f["denominator"], confidence)
    return f["factor"] * lower, f["factor"] * upper


def _sex_ratio(f: Figures, confidence: float) -> Limits:
    return intervals.sex_ratio(f["numerator"], f["denominator"], confidence, f["factor"])


def _rate(f: Figures, confidence: float) -> Limits:
    return intervals.rate(f["numerator"], f["denominator"] * f["year_share"], confidence, f["factor"])


def _balance(f: Figures, confidence: float) -> Limits:
    exposure = f["denominator"] * f["year_share"]
    return intervals.balance(f["numerator"], f["events"], exposure, confidence, f["factor"])


def _proportion_change(f: Figures, confidence: float) -> Limits:
    lower, upper = comparisons.proportion_difference(
        f["numerator"], f["denominator"], f["numerator_last_year"], f["denominator_last_year"], confidence
    )
    return f["factor"] * lower, f["factor"] * upper


def _sex_ratio_change(f: Figures, confidence: float) -> Limits:
    return comparisons.sex_ratio_difference(
        f["numerator"], f["denominator"], f["numerator_last_year"], f["denominator_last_year"],
        confidence, f["factor"],
    )  # fmt: skip


def _rate_change(f: Figures, confidence: float) -> Limits:
    return comparisons.rate_difference(
        f["numerator"], f["denominator"] * f["year_share"],
        f["numerator_last_year"], f["denominator_last_year"] * f["year_share"],
        confidence, f["factor"],
    )  # fmt: skip


def _balance_change(f: Figures, confidence: float) -> Limits:
    return comparisons.balance_difference(
        f["numerator"], f["events"], f["denominator"] * f["year_share"],
        f["numerator_last_year"], f["events_last_year"], f["denominator_last_year"] * f["year_share"],
        confidence, f["factor"],
    )  # fmt: skip


_METHODS: dict[str, tuple[Callable[[Figures, float], Limits], Callable[[Figures, float], Limits]]] = {
    "proportion": (_proportion, _proportion_change),
    "sex_ratio": (_sex_ratio, _sex_ratio_change),
    "rate": (_rate, _rate_change),
    "balance": (_balance, _balance_change),
}


def indicator_table(indicator_values: pl.DataFrame) -> pl.DataFrame:
    """The `indicators` table: `indicator_values` with limits, and the change with its 95 % limits.

    The limits are those of `intervals` and `comparisons` for the row's `method`, in the unit of the
    indicator, with exposure = denominator × year_share for rates and balances (last year's window has the
    same share). A value that is null has no limits, and a change without last year's value is null. Rows
    come out sorted by key.
    """
    unknown = set(indicator_values["method"].unique()) - set(_METHODS)
    if unknown:
        raise ValueError(f"indicator_values.method: {sorted(unknown)}; expected one of {sorted(_METHODS)}")
    values = indicator_values.sort(TABLES["indicators"].key)
    limits = {name: np.full(values.height, np.nan) for name in TABLES["indicators"].column_names[-7:]}
    del limits["change"]
    for method, (interval, interval_of_change) in _METHODS.items():
        rows = (values["method"] == method).arg_true()
        figures = {name: values[name].gather(rows).cast(pl.Float64).to_numpy() for name in _FIGURES}
        limits["lower_95"][rows], limits["upper_95"][rows] = interval(figures, 0.95)
        limits["lower_998"][rows], limits["upper_998"][rows] = interval(figures, 0.998)
        limits["change_lower_95"][rows], limits["change_upper_95"][rows] = interval_of_change(figures, 0.95)
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
