"""The `indicators` table of made-up areas, by counts."""

from datetime import date

import numpy as np
import polars as pl

from pipeline.statistics.indicators import indicator_table
from pipeline.tables import schema

MONTH = date(2026, 6, 1)
FACTORS = {"sex_ratio": 100.0, "proportion": 100.0, "rate": 1000.0, "balance": 1000.0, "count": 1.0}


def made(method, numerator, denominator=None, *, codes=None, events=None, last_year=None, **more):
    """One row an area. `last_year` is (numerator, denominator[, events]); `more` are columns or constants."""
    numerator = np.atleast_1d(np.asarray(numerator, dtype=float))
    areas, factor = numerator.size, FACTORS[method]
    denominator = None if denominator is None else np.broadcast_to(np.asarray(denominator, float), areas)
    value = factor * numerator if denominator is None else _divided(factor * numerator, denominator)
    columns = {
        "area_code": codes or [f"{n:05d}" for n in range(areas)],
        "month": MONTH,
        "time_window": "rolling_12",
        "indicator": method,
        "method": method,
        "factor": factor,
        "numerator": numerator,
        "denominator": denominator,
        "events": numerator if events is None else np.asarray(events, dtype=float),
        "year_share": 1.0,
        "months_missing": 0,
        "is_denominator_estimated": False,
        "value": value,
    }
    if last_year:
        names = ("numerator_last_year", "denominator_last_year", "events_last_year")
        counts = [np.broadcast_to(np.asarray(c, float), areas) for c in last_year]
        columns |= dict(zip(names, counts, strict=False))
        columns["value_last_year"] = (
            _divided(factor * counts[0], counts[1]) if denominator is not None else counts[0]
        )
    empty = pl.from_arrow(schema("indicator_values").empty_table())
    rows = pl.DataFrame(columns | more).with_columns(pl.col(pl.Float64).fill_nan(None))
    return indicator_table(pl.concat([empty, rows], how="diagonal_relaxed").cast(empty.schema))


def births(total, ratio):
    """Males and females of so many births at this ratio."""
    males = np.round(np.asarray(total) * np.asarray(ratio) / (100 + np.asarray(ratio)))
    return males, np.asarray(total) - males


def of_level(codes, level="county", parents=None):
    parents = pl.Series(parents if parents is not None else [None] * len(codes), dtype=pl.String)
    return pl.DataFrame({"area_code": list(codes), "level": level, "parent_code": parents})


def _divided(numerator, denominator):
    return np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)
