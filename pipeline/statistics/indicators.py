"""Limits of every indicator value, and of its change since the same window a year earlier."""

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from pipeline.statistics import intervals
from pipeline.statistics.contract import in_contract
from pipeline.statistics.counted import METHODS, Counted, read_counts
from pipeline.statistics.differences import sex_ratio_difference, square_and_add
from pipeline.statistics.intervals import Limits

CONFIDENCES = {"95": 0.95, "998": 0.998}
_COUNTS = pl.col("^(numerator|denominator|events)(_last_year)?$", "year_share", "factor")


def value_limits(counts: Counted, confidence: ArrayLike) -> Limits:
    """Limits of the value, in the unit of the indicator; NaN where unknown."""
    successes, size, factor = counts.successes, counts.size, counts.factor
    match counts.method:
        case "proportion":
            lower, upper = intervals.wilson(successes, size, confidence)
            return factor * lower, factor * upper
        case "sex_ratio":
            return intervals.sex_ratio(successes, size - successes, confidence, factor)
        case "balance":
            return intervals.balance(successes, counts.events, size, confidence, factor)
        case _:
            return intervals.rate(successes, size, confidence, factor)


def change_limits(now: Counted, before: Counted, confidence: ArrayLike) -> Limits:
    """Limits of the change, in the unit of the indicator: of a sex ratio by its log, else by square-and-add."""
    if now.method == "sex_ratio":
        girls, girls_before = (counts.size - counts.successes for counts in (now, before))
        return sex_ratio_difference(
            now.successes, girls, before.successes, girls_before, confidence, now.factor
        )
    sides: list[tuple[np.ndarray, Limits]] = []
    for counts in (now, before):
        lower, upper = value_limits(counts, confidence)
        # the limits of a balance are normal, and known where its share is not
        sides.append(((lower + upper) / 2 if counts.method == "balance" else counts.value, (lower, upper)))
    return square_and_add(*sides[0], *sides[1])


def indicator_table(indicator_values: pl.DataFrame) -> pl.DataFrame:
    """The `indicators` table: `indicator_values` with limits, and the change with its limits, sorted by key.

    A value that is null has no limits, and a change without last year's value is null.
    """
    unknown = set(indicator_values["method"].unique()) - set(METHODS)
    if unknown:
        raise ValueError(f"indicator_values.method: {sorted(unknown)}; expected one of {sorted(METHODS)}")
    limits: dict[str, np.ndarray] = {}
    for method in METHODS:
        at = indicator_values.select(pl.arg_where(pl.col("method") == method)).to_series().to_numpy()
        rows = indicator_values.select(_COUNTS)[at]
        now, before = read_counts(rows, method), read_counts(rows, method, "_last_year")
        for name, confidence in CONFIDENCES.items():
            sides = *value_limits(now, confidence), *change_limits(now, before, confidence)
            for side, limit in zip(("lower", "upper", "change_lower", "change_upper"), sides, strict=True):
                column = limits.setdefault(f"{side}_{name}", np.full(indicator_values.height, np.nan))
                column[at] = limit
    table = indicator_values.with_columns(change=pl.col("value") - pl.col("value_last_year"))
    return in_contract(
        "indicators",
        [
            table.with_columns(
                pl.when(pl.col("change" if name.startswith("change") else "value").is_not_null())
                .then(pl.Series(limit))
                .alias(name)
                for name, limit in limits.items()
            )
        ],
    )
