"""Monthly births and deaths of made-up counties below one province, as `vital_events`."""

from datetime import date

import numpy as np
import polars as pl

PROVINCE = "99"
RATE, DEATH_RATE, MALES = 0.010, 0.008, 0.516
COUNTS = ("births_male", "births_female", "births", "deaths")


def calendar(months, start=date(2021, 1, 1)):
    last = start.month - 1 + months - 1
    return pl.date_range(start, date(start.year + last // 12, last % 12 + 1, 1), "1mo", eager=True)


def code(area):
    return f"{PROVINCE}{area:04}"


def counts_of(sizes, months=48, seed=1, log_factor=0.0):
    """Counts by name, (months, areas), of so many births a month; `log_factor` moves the log rate of births."""
    random = np.random.default_rng(seed)
    exposure = np.tile(np.asarray(sizes, float) / RATE, (months, 1))
    births = random.poisson(exposure * RATE * np.exp(np.broadcast_to(log_factor, exposure.shape)))
    males = random.binomial(births, MALES)
    return {
        "births_male": males.astype(float),
        "births_female": (births - males).astype(float),
        "births": births.astype(float),
        "deaths": random.poisson(exposure * DEATH_RATE).astype(float),
        "person_years": exposure,
    }


def vital_events(counts, *, with_province=True, start=date(2021, 1, 1)):
    """The table of the counties, and of the province that is their sum."""
    areas = counts["births"].shape[1]
    table = _table(counts, [code(area) for area in range(areas)], "county", PROVINCE, start)
    if not with_province:
        return table.with_columns(parent_code=pl.lit(None, pl.String))
    total = {name: np.nansum(values, axis=1, keepdims=True) for name, values in counts.items()}
    return pl.concat([_table(total, [PROVINCE], "province", None, start), table])


def areas_of(table):
    return table.select("area_code", "level", "parent_code").unique("area_code").sort("area_code")


def _table(counts, codes, level, parent, start):
    months = len(counts["births"])
    table = pl.DataFrame(
        {
            "area_code": np.repeat(codes, months),
            "month": pl.concat([calendar(months, start)] * len(codes)),
            "level": level,
            "parent_code": pl.Series([parent] * (len(codes) * months), dtype=pl.String),
            **{name: values.T.ravel() for name, values in counts.items()},
        },
        schema_overrides={"area_code": pl.String},
    )
    return table.with_columns(pl.col(list(counts)).fill_nan(None))
